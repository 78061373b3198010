"""Near-duplicates among texts: texts that were posted twice, corrected, or lengthened.

A text is described by its runs of 8 words; case and white space do not matter. Of the runs a sixteenth is kept, chosen by hash
(Broder 1997): the share that two texts have in common is nearly the same, with a sixteenth of the work. See
zoo.core.near_duplicates.
"""

from collections.abc import Iterable

import numpy as np
import tensorflow as tf

from zoo.core.near_duplicates import Clusters
from zoo.text import words

RUN = 8  # words of a run
KEPT = 16  # one of so many runs is kept
# Of the 25,000 training reviews of IMDB some 150 pairs have more in common than this: reviews that were posted twice, or written
# by filling in a form. Pairs below it are unrelated texts that quote the same lines or have the same heading.
SHARE = 0.2
FACTOR = np.uint64(0x9E3779B97F4A7C15)  # an odd number: multiplying by it is one to one modulo 2**64


def clusters(texts: list[bytes]) -> list[int]:
    """The cluster of each text, named by the index of its first member."""
    described = [each for part in words.split_in_parts(texts) for each in _describe(part)]
    found = Clusters(len(texts))
    same: dict[int, int] = {}
    for i, (whole, _) in enumerate(described):
        found.join(same.setdefault(whole, i), i)
    found.join_alike([runs for _, runs in described], SHARE)
    return found.names()


def _describe(tokens: tf.RaggedTensor) -> Iterable[tuple[int, set[int]]]:
    """For each text the hash of all its words, and the hashes of the runs that are kept."""
    hashes = tf.strings.to_hash_bucket_fast(tokens.flat_values, 2**62).numpy().astype(np.uint64)
    for row in np.split(hashes, tokens.row_splits.numpy()[1:-1]):
        size = min(RUN, len(row))
        runs = np.zeros(len(row) - size + 1, np.uint64)
        for i in range(size):
            runs = runs * FACTOR + row[i : len(row) - size + 1 + i]
        runs *= FACTOR
        kept = runs[(runs >> np.uint64(32)) % np.uint64(KEPT) == 0]
        yield hash(row.tobytes()), {*kept.tolist(), int(runs.min())}
