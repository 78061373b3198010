"""Faults of four-part writing: parallel fifths and octaves, crossed voices, notes out of a voice's range.

Voices 0 to 3 are soprano, alto, tenor and bass. A chord change is a tick where at least one voice begins a note and at least two
voices sound. For each pair of voices, their notes right before a chord change and at it are compared. Whether these move in
parallel is decided as music21's `VoiceLeadingQuartet` does, and a test compares the two; music21 itself can do only a few hundred
chord changes a second. Notes have no spelling here: seven semitones are a fifth.

Faults are counted per 100 chord changes. Bach's chorales have a few of each, so compare with theirs, not with zero.
"""

from collections.abc import Iterable
from itertools import combinations

import numpy as np

from zoo.music.notation.score import Score
from zoo.music.notation.theory import Voice

VOICES = (Voice("Soprano", 52), Voice("Alto", 52), Voice("Tenor", 52), Voice("Bass", 52))  # program 52: choir aahs
# The lowest and the highest MIDI pitch of each voice: C4-G5, G3-D5, C3-G4, E2-C4, as textbooks of harmony usually give them. 95 %
# of the notes of Bach's chorales are well within: Eb4-E5, A3-A4, F3-F4, F2-Bb3 (Aarden and von Hippel, "Rules for chord doubling
# (and spacing)", Music Theory Online 10.2, 2004, section 4.2.2).
RANGES = ((60, 79), (55, 74), (48, 67), (40, 60))
FAULTS = ("parallel_fifths", "parallel_octaves", "voice_crossings", "out_of_range")


def faults(scores: Iterable[Score]) -> dict[str, float]:
    """Each of FAULTS per 100 chord changes of all scores together, and `chord_changes`, the number of chord changes.

    - parallel_fifths: pairs of voices that move from a fifth to a fifth, in the same or in opposite directions. A fifth and some
      octaves are a fifth, too.
    - parallel_octaves: pairs of voices that move from a unison to a unison or from octaves to octaves; in opposite directions
      also from one to the other.
    - voice_crossings: pairs of voices that begin to be crossed, the lower voice above the higher one.
    - out_of_range: notes outside of RANGES.

    ValueError where a score has not four voices, or no score has a chord change.
    """
    counts = dict.fromkeys((*FAULTS, "chord_changes"), 0)
    for score in scores:
        for name, number in count(score).items():
            counts[name] += number
    changes = counts.pop("chord_changes")
    if not changes:
        raise ValueError("the scores have no chord changes")
    return {name: 100 * number / changes for name, number in counts.items()} | {"chord_changes": float(changes)}


def count(score: Score) -> dict[str, int]:
    """The number of each of FAULTS in one score, and of its `chord_changes`. ValueError where it has not four voices."""
    if len(score.voices) != len(RANGES) or any(voice.drums for voice in score.voices):
        raise ValueError(f"voice leading needs soprano, alto, tenor and bass, but the score has {len(score.voices)} voices")
    ticks = np.unique([note.start for note in score.notes])
    before, after = _sounding(score, ticks - 1), _sounding(score, ticks)
    changes = (after >= 0).sum(axis=0) >= 2
    before, after = before[:, changes], after[:, changes]
    counts = dict.fromkeys(FAULTS, 0)
    for upper, lower in combinations(range(len(RANGES)), 2):
        notes = (before[upper], after[upper], before[lower], after[lower])
        both_before, both_after = (before[[upper, lower]] >= 0).all(axis=0), (after[[upper, lower]] >= 0).all(axis=0)
        both = both_before & both_after  # where both voices sound before the chord change and after it
        counts["parallel_fifths"] += int((both & parallel_fifths(*notes)).sum())
        counts["parallel_octaves"] += int((both & parallel_octaves(*notes)).sum())
        crossed = both_before & (before[upper] < before[lower])
        counts["voice_crossings"] += int((both_after & (after[upper] < after[lower]) & ~crossed).sum())
    counts["out_of_range"] = sum(not RANGES[note.voice][0] <= note.pitch <= RANGES[note.voice][1] for note in score.notes)
    return counts | {"chord_changes": int(changes.sum())}


def parallel_fifths(a1: np.ndarray, a2: np.ndarray, b1: np.ndarray, b2: np.ndarray) -> np.ndarray:
    """Whether two voices move in parallel fifths, in the same or in opposite directions, bool [n].

    Args:
        a1, a2: the MIDI pitches of one voice before and after each chord change, [n].
        b1, b2: those of the other voice, [n].
    """
    both_move = (a1 != a2) & (b1 != b2)
    return both_move & (abs(a1 - b1) % 12 == 7) & (abs(a2 - b2) % 12 == 7)


def parallel_octaves(a1: np.ndarray, a2: np.ndarray, b1: np.ndarray, b2: np.ndarray) -> np.ndarray:
    """Whether two voices move in parallel unisons or octaves, bool [n]; arguments as of `parallel_fifths`."""
    both_move = (a1 != a2) & (b1 != b2)
    contrary = np.sign(a2 - a1) != np.sign(b2 - b1)
    alike = contrary | ((a1 == b1) == (a2 == b2))
    return both_move & alike & ((a1 - b1) % 12 == 0) & ((a2 - b2) % 12 == 0)


def _sounding(score: Score, ticks: np.ndarray) -> np.ndarray:
    """The MIDI pitch of each voice at each tick, [4, ticks]; -1 where it is silent. Of several notes, the last one counts."""
    pitches = np.full((len(RANGES), len(ticks)), -1)
    for voice in range(len(RANGES)):
        notes = [note for note in score.notes if note.voice == voice]
        if notes:
            last = np.searchsorted([note.start for note in notes], ticks, side="right") - 1
            sounds = (last >= 0) & (ticks < np.array([note.end for note in notes])[last])
            pitches[voice] = np.where(sounds, np.array([note.pitch for note in notes])[last], -1)
    return pitches
