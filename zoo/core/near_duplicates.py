"""Clusters of examples that are nearly the same.

Each example is given as a set of shingles, which are short overlapping pieces of it. Two examples are near duplicates if a large
share of the smaller set is in the other one (containment; Broder 1997, "On the resemblance and containment of documents"). Near
duplicates of near duplicates are in the same cluster.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations

# A shingle that more examples than this have, such as a scale or a greeting, is no sign of a near duplicate.
COMMON = 60


class Clusters:
    """A partition of the examples 0 ... n - 1, in a union-find structure. At first each example is a cluster of its own.

    Args:
        n: the number of examples.
    """

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))

    def _root(self, i: int) -> int:
        while self._parent[i] != i:
            self._parent[i] = self._parent[self._parent[i]]
            i = self._parent[i]
        return i

    def join(self, a: int, b: int) -> None:
        """Joins the clusters of the examples a and b."""
        first, second = sorted((self._root(a), self._root(b)))
        self._parent[second] = first

    def join_alike(self, shingles: Sequence[AbstractSet[Hashable]], share: float) -> None:
        """Joins all near duplicates.

        Args:
            shingles: the shingles of each example.
            share: the share of the smaller set that two examples must have in common, at least.
        """
        for (a, b), common in _in_common(shingles).items():
            if common >= share * min(len(shingles[a]), len(shingles[b])):
                self.join(a, b)

    def names(self) -> list[int]:
        """The cluster of each example [n], named by its first member."""
        return [self._root(i) for i in range(len(self._parent))]


def _in_common(shingles: Sequence[AbstractSet[Hashable]]) -> Counter[tuple[int, int]]:
    """The number of shingles that each pair of examples has in common, found with an inverted index."""
    holders: defaultdict[Hashable, list[int]] = defaultdict(list)
    for i, each in enumerate(shingles):
        for shingle in each:
            holders[shingle].append(i)
    pairs: Counter[tuple[int, int]] = Counter()
    for indices in holders.values():
        if 1 < len(indices) <= COMMON:
            pairs.update(combinations(indices, 2))
    return pairs
