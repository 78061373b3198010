"""Faults of four-part writing: parallel fifths and octaves, crossed voices, notes out of a voice's range.

Voices 0 ... 3 are soprano, alto, tenor and bass. A chord change is a tick at which at least one voice begins a note and at
least two voices sound. What two voices sing right before a chord change and at it is a quartet of notes; whether it is parallel
is decided as music21's `VoiceLeadingQuartet` does, and a test holds the two against each other (music21 reads a few hundred
chord changes a second, this many thousands). Notes have no spelling here: seven semitones are a fifth.

How often something is a fault is told per 100 chord changes, and Bach's chorales themselves are what to hold it against:
they have a few of each.
"""

from collections.abc import Iterable
from itertools import combinations

import numpy as np

from zoo.music.notation.score import Score
from zoo.music.notation.theory import Voice

VOICES = (Voice("Soprano", 52), Voice("Alto", 52), Voice("Tenor", 52), Voice("Bass", 52))  # a choir's "ah"
# The lowest and the highest MIDI pitch of each voice: C4-G5, G3-D5, C3-G4, E2-C4, as courses of harmony usually give them (some
# move a limit by a tone or two). 95 % of the notes of Bach's chorales are well inside: Eb4-E5, A3-A4, F3-F4, F2-Bb3 (Aarden and
# von Hippel, "Rules for chord doubling (and spacing)", Music Theory Online 10.2, 2004, section 4.2.2).
RANGES = ((60, 79), (55, 74), (48, 67), (40, 60))
FAULTS = ("parallel_fifths", "parallel_octaves", "voice_crossings", "out_of_range")


def faults(scores: Iterable[Score]) -> dict[str, float]:
    """Each of FAULTS per 100 chord changes of all scores together, and `chord_changes`, their number.

    parallel_fifths: pairs of voices that go from a fifth to a fifth, in the same or in contrary motion, either fifth with
    octaves between or not. parallel_octaves: from a unison to a unison or from an octave to an octave, more octaves between or
    not, and by contrary motion also from one to the other. voice_crossings: pairs of voices that begin to be crossed.
    out_of_range: notes beyond RANGES. ValueError where a score has no four voices, or none has a chord change.
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
    """The number of each of FAULTS in one score, and of its `chord_changes`. ValueError unless it has four voices."""
    if len(score.voices) != len(RANGES) or any(voice.drums for voice in score.voices):
        raise ValueError(f"voice leading needs soprano, alto, tenor and bass, but the score has {len(score.voices)} voices")
    ticks = np.unique([note.start for note in score.notes])
    before, after = _sounding(score, ticks - 1), _sounding(score, ticks)
    changes = (after >= 0).sum(axis=0) >= 2
    before, after = before[:, changes], after[:, changes]
    counts = dict.fromkeys(FAULTS, 0)
    for upper, lower in combinations(range(len(RANGES)), 2):
        quartet = (before[upper], after[upper], before[lower], after[lower])
        there, here = (before[[upper, lower]] >= 0).all(axis=0), (after[[upper, lower]] >= 0).all(axis=0)
        counts["parallel_fifths"] += int((there & here & parallel_fifths(*quartet)).sum())
        counts["parallel_octaves"] += int((there & here & parallel_octaves(*quartet)).sum())
        crossed = there & (before[upper] < before[lower])
        counts["voice_crossings"] += int((here & (after[upper] < after[lower]) & ~crossed).sum())
    counts["out_of_range"] = sum(not RANGES[note.voice][0] <= note.pitch <= RANGES[note.voice][1] for note in score.notes)
    return counts | {"chord_changes": int(changes.sum())}


def parallel_fifths(a1: np.ndarray, a2: np.ndarray, b1: np.ndarray, b2: np.ndarray) -> np.ndarray:
    """Where one voice goes from a1 to a2 and another from b1 to b2 (MIDI pitches [n]) in parallel or antiparallel fifths [n]."""
    both_move = (a1 != a2) & (b1 != b2)
    return both_move & (abs(a1 - b1) % 12 == 7) & (abs(a2 - b2) % 12 == 7)


def parallel_octaves(a1: np.ndarray, a2: np.ndarray, b1: np.ndarray, b2: np.ndarray) -> np.ndarray:
    """The same for unisons and octaves [n]: music21's parallelUnison() or parallelOctave()."""
    both_move = (a1 != a2) & (b1 != b2)
    contrary = np.sign(a2 - a1) != np.sign(b2 - b1)
    alike = contrary | ((a1 == b1) == (a2 == b2))
    return both_move & alike & ((a1 - b1) % 12 == 0) & ((a2 - b2) % 12 == 0)


def _sounding(score: Score, ticks: np.ndarray) -> np.ndarray:
    """The MIDI pitch [4, ticks] that each voice sings at each tick, -1 where it is silent; of several notes the last to begin."""
    pitches = np.full((len(RANGES), len(ticks)), -1)
    for voice in range(len(RANGES)):
        notes = [note for note in score.notes if note.voice == voice]
        if notes:
            last = np.searchsorted([note.start for note in notes], ticks, side="right") - 1
            sounds = (last >= 0) & (ticks < np.array([note.end for note in notes])[last])
            pitches[voice] = np.where(sounds, np.array([note.pitch for note in notes])[last], -1)
    return pitches
