"""The melody in a score of any kind, on a grid that tokens can say, and its key where nobody said which."""

from collections.abc import Iterable
from itertools import zip_longest

import numpy as np

from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER, Key, Note, Voice

# How well each pitch class fits a key, from its tonic up (Krumhansl and Kessler 1982; Krumhansl 1990, table 2.1).
_PROFILES = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
# Thirty-seconds and triplet sixteenths: where in a quarter note a note may begin or end; and the nearest place of each tick.
_PLACES = sorted({*range(0, TICKS_PER_QUARTER + 1, 3), *range(0, TICKS_PER_QUARTER + 1, 4)})
_NEAREST = [min(_PLACES, key=lambda place: (abs(place - tick), place % 12, place)) for tick in range(TICKS_PER_QUARTER)]
_GAP = 3  # ticks: a shorter silence is the way of playing, not a rest


def estimate_key(score: Score) -> Key:
    """The major or minor key whose profile correlates best with the time that each pitch class sounds
    (Krumhansl and Schmuckler's algorithm). ValueError without notes.
    """
    if not score.notes:
        raise ValueError("the score has no notes")
    time = np.zeros(12)
    for note in score.notes:
        time[note.pitch % 12] += note.duration
    fits = {
        Key(tonic, mode): float(np.dot(time - time.mean(), np.roll(profile, tonic) - np.mean(profile)) / np.std(profile))
        for mode, profile in _PROFILES.items()
        for tonic in range(12)
    }
    return max(fits, key=fits.__getitem__)


def melody_voice(score: Score) -> int:
    """The voice with the highest mean pitch among those that are no drums and have a good part of the notes (a quarter of
    what the busiest one has). ValueError where all are drums.
    """
    pitches: dict[int, list[int]] = {}
    for note in score.notes:
        if not score.voices[note.voice].drums:
            pitches.setdefault(note.voice, []).append(note.pitch)
    if not pitches:
        raise ValueError("only drums")
    enough = max(map(len, pitches.values())) / 4
    return max((voice for voice in pitches if len(pitches[voice]) >= enough), key=lambda voice: np.mean(pitches[voice]))


def melody(score: Score) -> Score:
    """The melody of a score as one voice: of notes that begin together the highest, each to the next one's start at most.

    Starts and ends are brought to thirty-seconds and triplet sixteenths, silences shorter than a thirty-second
    are closed. The key is the score's, else the estimated one. ValueError where there are only drums.
    """
    voice = melody_voice(score)
    notes = line([note for note in score.notes if note.voice == voice], 0)
    chosen = score.voices[voice]
    return Score(
        tuple(notes),
        score.metres,
        score.key or estimate_key(score),
        score.tempos,
        (Voice(chosen.name, chosen.program),),
        score.title,
    )


def line(notes: Iterable[Note], voice: int) -> list[Note]:
    """Notes, given in the order of their starts, as those of one voice that has one at a time, as `melody` makes them."""
    highest: dict[int, Note] = {}
    for note in notes:
        start = snap(note.start)
        if start not in highest or note.pitch > highest[start].pitch:
            highest[start] = note
    found: list[Note] = []
    starts = sorted(highest)
    for start, following in zip_longest(starts, starts[1:]):
        note = highest[start]
        end = max(snap(note.end), start + _GAP)
        if following is not None and end + _GAP >= following:
            end = following
        found.append(Note(start, end - start, note.pitch, voice, note.velocity))
    return found


def snap(tick: int) -> int:
    """The nearest tick that is a multiple of a thirty-second or of a triplet sixteenth."""
    rest = tick % TICKS_PER_QUARTER
    return tick - rest + _NEAREST[rest]
