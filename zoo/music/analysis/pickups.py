"""Whether music that is written as if it began with a full bar begins with a pickup.

Some programs, such as abc2midi, leave out the rest before a pickup: its first note stands where the file's first bar begins, and
every bar line of the file is too early. Long notes tell, since they mostly begin with a bar, in its middle, or on another beat.
"""

from dataclasses import dataclass

import numpy as np

from zoo.music.notation.score import Score
from zoo.music.notation.theory import Metre

FEWEST_BARS, FEWEST_NOTES = 4, 12  # of less music the notes say too little
CERTAIN = 0.92  # the probability from which on a pickup of long music is believed
# Few bars say less than many, though they seem to say it as clearly: chance makes some places look like the beginning of a bar.
# The log odds that are needed grow by this many times over the number of bars.
_DOUBT = 3
LONGEST_BEAT = 36  # ticks: a dotted quarter
_GRID = 6  # ticks, to which played times are rounded: a sixteenth
_LONG = 1.5  # times the mean: a long note

# How much each kind of evidence counts, in the order of `_Notes.evidence`: a conditional logistic regression on the folk tunes
# and the chorales of the training splits, whole and cut. `python -m benchmarks.hearing` measures what they find.
WEIGHTS = np.array((4.9, 7.1, 5.8, 6.6, 3.3, 2.9, 4.0, 3.9, 5.6, 4.0))


@dataclass(frozen=True)
class Candidates:
    """The pickups that music may have.

    Attributes:
        first: the tick of the first note, rounded to sixteenths.
        ticks: the length of each, the first 0: none.
        evidence: float [pickup, kind] what speaks for each.
    """

    first: int
    ticks: tuple[int, ...]
    evidence: np.ndarray

    def probabilities(self, weights: np.ndarray) -> np.ndarray:
        """The probability of each pickup, float [pickup]."""
        fits = np.exp(self.evidence @ weights - np.max(self.evidence @ weights))
        return fits / fits.sum()


def hidden_pickup(score: Score) -> int:
    """The length in ticks of the pickup of music in one metre whose first note begins a bar; 0 where none is certain.

    Also 0 where the first note does not begin a bar, since the file says by that where its bars begin.
    """
    bar = score.metre.bar_ticks
    bars = (score.end - score.notes[0].start) / bar
    if len(score.notes) < FEWEST_NOTES or bars < FEWEST_BARS:
        return 0
    found = candidates(score)
    if found.first % bar:
        return 0
    probabilities = found.probabilities(WEIGHTS)
    best = int(probabilities.argmax())
    odds = (CERTAIN / (1 - CERTAIN)) ** (1 + _DOUBT / bars)
    return found.ticks[best] if probabilities[best] >= odds / (1 + odds) else 0


def candidates(score: Score) -> Candidates:
    """The pickups that end where a note of the first bar begins, and what speaks for each. The score has one metre and notes."""
    notes = [note for note in score.notes if not score.voices[note.voice].drums] or list(score.notes)
    starts = _rounded(np.array([note.start for note in notes]))
    voices = np.array([note.voice for note in notes])
    end = max(int(_rounded(np.array([note.end for note in notes])).max()), int(starts[-1]) + _GRID)
    begun = np.unique(np.stack([voices, starts]), axis=1)[1]
    music = _Notes(starts, _lengths(starts, voices, end), begun, len(np.unique(voices)), end, score.metre)
    ticks = sorted({int(place) for place in starts - starts[0] if place < score.metre.bar_ticks})
    return Candidates(int(starts[0]), tuple(ticks), np.array([music.evidence(pickup) for pickup in ticks]))


@dataclass(frozen=True)
class _Notes:
    """Notes of one metre.

    Attributes:
        starts: where they begin, int [note].
        lengths: the ticks to the next one of their voice, int [note].
        begun: where one or more notes of a voice begin, int [voice and place].
        voices: how many there are.
        end: the tick where the last note ends.
        metre: of the music.
    """

    starts: np.ndarray
    lengths: np.ndarray
    begun: np.ndarray
    voices: int
    end: int
    metre: Metre

    def evidence(self, pickup: int) -> list[float]:
        """What speaks for a pickup of so many ticks, 0 for none."""
        bar, beat = self.metre.bar_ticks, self.metre.beat_ticks
        if beat > LONGEST_BEAT:  # the half notes of 2/2
            beat //= 2
        first, total = int(self.starts[0]), self.end - int(self.starts[0])
        places = (self.starts - first - pickup) % bar
        beats = np.minimum(self.lengths, 2 * beat) / beat
        mean = beats.mean()
        all_beats = -(-total // beat) * self.voices
        middle = bar // 2 if bar // beat % 2 == 0 else -1
        last = int(self.starts.max())
        last_beats = min(2.0, (self.end - last) / beat)
        long = beats >= _LONG * mean
        ends = last_beats >= max(1, _LONG * mean)  # with a long note; other music is cut off
        return [
            pickup == 0,
            _mean(beats[places == 0]) - mean,  # notes are longer where a bar begins
            _mean(beats[places == middle]) - mean if middle > 0 else 0.0,  # and in its middle
            ((self.begun - first - pickup) % beat == 0).sum() / all_beats,  # notes begin on beats
            (long & (places % beat == 0)).sum() / max(1, long.sum()),  # the long ones among them most
            last_beats - 1 if (last - first - pickup) % bar == 0 else 0.0,  # a long last note begins a bar
            ends and (total - pickup) % bar == 0,  # the music ends with a full bar
            ends and pickup > 0 and total % bar == 0,  # or its last bar lacks what the pickup has
            0 < pickup < beat,  # how long pickups are
            pickup == beat,
        ]


def _lengths(starts: np.ndarray, voices: np.ndarray, end: int) -> np.ndarray:
    """The ticks from each note to the next one of its voice, so that it does not matter how short the notes are played."""
    lengths = np.zeros_like(starts)
    for voice in np.unique(voices):
        chosen = voices == voice
        places = np.unique(starts[chosen])
        following = np.append(places[1:], max(end, places[-1] + _GRID))
        lengths[chosen] = following[np.searchsorted(places, starts[chosen])] - starts[chosen]
    return lengths


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 0.0


def _rounded(ticks: np.ndarray) -> np.ndarray:
    """Ticks rounded to sixteenths."""
    return (ticks + _GRID // 2) // _GRID * _GRID
