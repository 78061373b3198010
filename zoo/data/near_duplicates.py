"""Which melodies are versions of one tune: in another key or metre, with other note lengths or small differences.

A melody is described by two sets of shingles that transposition leaves alone: every run of intervals between 7 notes in a
row (rhythm is no part of it), and every run of intervals between the pitches that sound at 9 eighth notes in a row
(ornaments are no part of it). Two melodies are versions of one tune when one of the two sets of the one holds a good part of
the smaller one's (Broder's containment, "On the resemblance and containment of documents", 1997). Versions of versions are
versions, too.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from zoo.music.score import TICKS_PER_QUARTER, Score

# Among 4,000 tunes of three books, pairs either share nearly nothing or nearly everything; in a sample of the pairs just above
# these shares most had the same or a related title, just below them few.
SHARE_OF_INTERVALS = 0.25
SHARE_OF_CONTOUR = 0.3
# What more tunes than this have in common (scales, repeated notes) says nothing about any two of them.
COMMON = 60


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
    parent = list(range(len(scores)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for describe, share in ((intervals, SHARE_OF_INTERVALS), (contour, SHARE_OF_CONTOUR)):
        shingles = [describe(score) for score in scores]
        for (a, b), common in _in_common(shingles).items():
            if common >= share * min(len(shingles[a]), len(shingles[b])):
                first, second = sorted((root(a), root(b)))
                parent[second] = first
    same: dict[bytes, int] = {}  # melodies too short for shingles
    for i, score in enumerate(scores):
        pitches = np.diff([note.pitch for note in score.notes]).astype(np.int8).tobytes()
        first, second = sorted((root(same.setdefault(pitches, i)), root(i)))
        parent[second] = first
    return [root(i) for i in range(len(scores))]


def _in_common(shingles: Sequence[set[bytes]]) -> Counter[tuple[int, int]]:
    """How many shingles each pair shares, by an inverted index."""
    holders: defaultdict[bytes, list[int]] = defaultdict(list)
    for i, each in enumerate(shingles):
        for shingle in each:
            holders[shingle].append(i)
    pairs: Counter[tuple[int, int]] = Counter()
    for indices in holders.values():
        if 1 < len(indices) <= COMMON:
            pairs.update(combinations(indices, 2))
    return pairs
