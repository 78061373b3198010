"""Translations without a network, to compare with: that of the training sentence with most words in common."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from zoo.translation.dataset import words

AT_ONCE = 200  # sentences that are compared with the training sentences together


def nearest(sentences: Sequence[bytes], training: Sequence[bytes]) -> np.ndarray:
    """For each sentence the index of the training sentence with the largest share of words in common, int64 [n].

    The share is that of the words that are in both among those that are in either (Jaccard index). The first one counts where
    several have the same share.
    """
    known: dict[str, int] = {}
    theirs = _table(training, known)
    mine = _table(sentences, known)
    theirs = csr_array((theirs.data, theirs.indices, theirs.indptr), shape=(theirs.shape[0], len(known)))
    sizes = theirs.sum(axis=1)
    found = []
    for i in range(0, len(sentences), AT_ONCE):
        part = mine[i : i + AT_ONCE]
        common = (part @ theirs.T).toarray()
        either = part.sum(axis=1)[:, None] + sizes[None, :] - common
        found.append((common / np.maximum(either, 1)).argmax(axis=1))
    return np.concatenate(found)


def _table(sentences: Sequence[bytes], known: dict[str, int]) -> csr_array:
    """Which words each sentence has: float32 [n, words] of 0 and 1. New words are added to `known`."""
    rows = [[known.setdefault(word, len(known)) for word in sorted(set(words(sentence)))] for sentence in sentences]
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.array([column for row in rows for column in row], dtype=np.int64)
    return csr_array((np.ones(len(columns), np.float32), columns, ends), shape=(len(rows), len(known)))
