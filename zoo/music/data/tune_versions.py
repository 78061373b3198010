"""Which melodies are versions of one tune: in another key or metre, with other note lengths or small differences.

A melody is described by two sets of shingles that transposition leaves alone: every run of intervals between 7 notes in a
row (rhythm is no part of it), and every run of intervals between the pitches that sound at 9 eighth notes in a row
(ornaments are no part of it). Two melodies are versions of one tune when they are alike (zoo.core.near_duplicates) in one of the
two.
"""

from collections.abc import Sequence

import numpy as np

from zoo.core.near_duplicates import Clusters
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER

# Among 4,000 tunes of three books, pairs either share nearly nothing or nearly everything; in a sample of the pairs just above
# these shares most had the same or a related title, just below them few.
SHARE_OF_INTERVALS = 0.25
SHARE_OF_CONTOUR = 0.3


def intervals(score: Score) -> set[bytes]:
    """The runs of 6 intervals between consecutive notes."""
    return _shingles(np.diff([note.pitch for note in score.notes]), 6)


def contour(score: Score) -> set[bytes]:
    """The runs of 8 intervals between the pitches that sound (or sounded last) at consecutive eighth notes."""
    starts = [note.start for note in score.notes]
    times = np.arange(starts[0], score.notes[-1].end, TICKS_PER_QUARTER // 2)
    pitches = np.array([note.pitch for note in score.notes])[np.searchsorted(starts, times, side="right") - 1]
    return _shingles(np.diff(pitches), 8)


def _shingles(steps: np.ndarray, size: int) -> set[bytes]:
    data = steps.astype(np.int8).tobytes()
    return {data[i : i + size] for i in range(len(data) - size + 1)}


def clusters(scores: Sequence[Score]) -> list[int]:
    """The cluster of each melody, named by the index of its first member; melodies have one voice and at least a note."""
    found = Clusters(len(scores))
    for describe, share in ((intervals, SHARE_OF_INTERVALS), (contour, SHARE_OF_CONTOUR)):
        found.join_alike([describe(score) for score in scores], share)
    same: dict[bytes, int] = {}  # melodies too short for shingles
    for i, score in enumerate(scores):
        pitches = np.diff([note.pitch for note in score.notes]).astype(np.int8).tobytes()
        found.join(same.setdefault(pitches, i), i)
    return found.names()
