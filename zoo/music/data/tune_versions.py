"""Which melodies are versions of one tune, and which split each tune is in.

Versions are in another key or metre, or differ in some note lengths and notes. A melody is described by two sets of short runs
of intervals, which transposition does not change:

- the runs of intervals between 7 notes in a row, which say nothing of the rhythm;
- the runs of intervals between the pitches that sound at 9 eighth notes in a row, which pass over short ornaments.

Two melodies are versions of one tune when they are alike (zoo.core.near_duplicates) in one of the two descriptions. All versions
of a tune are in the same split, so that no network is tested on a tune that it has learned.
"""

from collections.abc import Sequence

import numpy as np

from zoo.core.near_duplicates import Clusters
from zoo.core.sources import share
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER

HELD_OUT = 0.1  # the share of the clusters of versions in the test split, and in the validation split as well
# Among 4,000 tunes of three books, most pairs share either nearly nothing or nearly everything. Of a sample of the pairs just
# above these limits most had the same or a related title, of those just below few.
SHARE_OF_INTERVALS = 0.25
SHARE_OF_CONTOUR = 0.3


def intervals(score: Score) -> set[bytes]:
    """The runs of 6 intervals between consecutive notes."""
    return _runs(np.diff([note.pitch for note in score.notes]), 6)


def contour(score: Score) -> set[bytes]:
    """The runs of 8 intervals between the pitches at consecutive eighth notes; in a rest, the pitch before it counts."""
    starts = [note.start for note in score.notes]
    times = np.arange(starts[0], score.notes[-1].end, TICKS_PER_QUARTER // 2)
    pitches = np.array([note.pitch for note in score.notes])[np.searchsorted(starts, times, side="right") - 1]
    return _runs(np.diff(pitches), 8)


def _runs(steps: np.ndarray, size: int) -> set[bytes]:
    data = steps.astype(np.int8).tobytes()
    return {data[i : i + size] for i in range(len(data) - size + 1)}


def clusters(scores: Sequence[Score]) -> list[int]:
    """The cluster of versions of each melody, named by the index of its first member. Each melody has at least one note."""
    found = Clusters(len(scores))
    for describe, least in ((intervals, SHARE_OF_INTERVALS), (contour, SHARE_OF_CONTOUR)):
        found.join_alike([describe(score) for score in scores], least)
    same: dict[bytes, int] = {}  # melodies too short for a run: these are versions where all their intervals are equal
    for i, score in enumerate(scores):
        pitches = np.diff([note.pitch for note in score.notes]).astype(np.int8).tobytes()
        found.join(same.setdefault(pitches, i), i)
    return found.names()


def content(score: Score) -> bytes:
    """The content of a melody, which decides its split: metre, key and notes, but neither title nor type."""
    notes = " ".join(f"{note.start},{note.duration},{note.pitch}" for note in score.notes)
    return f"{score.metre} {score.key} {notes}".encode()


def splits(scores: Sequence[Score], clusters: Sequence[int]) -> list[str]:
    """The split of each melody: that of its cluster, by the hash of the cluster's first content in the order of the bytes."""
    first: dict[int, bytes] = {}
    for cluster, score in zip(clusters, scores, strict=True):
        first[cluster] = min(content(score), first.get(cluster, content(score)))
    shares = {cluster: share(least) for cluster, least in first.items()}
    return ["test" if shares[each] < HELD_OUT else "validation" if shares[each] < 2 * HELD_OUT else "train" for each in clusters]
