"""Which of many things are nearly the same: each is a set of shingles, small overlapping pieces of it.

Two are alike when one holds a good part of the smaller one's shingles (Broder's containment, "On the resemblance and containment
of documents", 1997). What is alike to something alike is alike, too.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations

# A shingle that more of them have than this (scales and repeated notes; a greeting) says nothing about any two.
COMMON = 60


class Clusters:
    """A partition of 0 ... n - 1, each alone at first; a union-find."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))

    def _root(self, i: int) -> int:
        while self._parent[i] != i:
            self._parent[i] = self._parent[self._parent[i]]
            i = self._parent[i]
        return i

    def join(self, a: int, b: int) -> None:
        """Puts the clusters of a and b together."""
        first, second = sorted((self._root(a), self._root(b)))
        self._parent[second] = first

    def join_alike(self, shingles: Sequence[AbstractSet[Hashable]], share: float) -> None:
        """Joins all pairs that have at least `share` of the smaller one's shingles in common."""
        for (a, b), common in _in_common(shingles).items():
            if common >= share * min(len(shingles[a]), len(shingles[b])):
                self.join(a, b)

    def names(self) -> list[int]:
        """The cluster of each, named by the smallest of its members."""
        return [self._root(i) for i in range(len(self._parent))]


def _in_common(shingles: Sequence[AbstractSet[Hashable]]) -> Counter[tuple[int, int]]:
    """How many shingles each pair shares, by an inverted index."""
    holders: defaultdict[Hashable, list[int]] = defaultdict(list)
    for i, each in enumerate(shingles):
        for shingle in each:
            holders[shingle].append(i)
    pairs: Counter[tuple[int, int]] = Counter()
    for indices in holders.values():
        if 1 < len(indices) <= COMMON:
            pairs.update(combinations(indices, 2))
    return pairs
