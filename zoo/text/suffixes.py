"""The longest runs that one text has in common with another, by the sorted suffixes of the other.

All suffixes of a text are sorted (a suffix array: Manber and Myers, "Suffix arrays: a new method for on-line string searches",
1993). To find the longest run at a place of a second text, a binary search looks for the place of the second text's own suffix in
that order. Of all suffixes of the first text, the two beside this place share the longest beginning with it.
"""

from bisect import bisect_left

import numpy as np

FIRST_SYMBOLS = 64  # of a text, with which the search for a run begins


class Suffixes:
    """A text, ready to be searched. To sort the suffixes of a million bytes takes about two seconds.

    Args:
        text: the text, of any bytes; at least one symbol.
        width: bytes of a symbol; runs begin with a symbol.
    """

    def __init__(self, text: bytes, width: int = 1) -> None:
        self._text, self._width = text, width
        symbols = np.frombuffer(text, np.uint8).reshape(-1, width)
        self._order = _suffix_array(symbols @ 256 ** np.arange(width)[::-1])

    def search(self, wanted: bytes) -> tuple[int, int]:
        """The longest run that `wanted` begins with and that the text has: its number of bytes, and the symbol where it begins.

        Of several places it is the first of the two that the search finds.
        """
        at = bisect_left(self._order, wanted, key=lambda place: self._suffix(place, len(wanted)))
        beside = self._order[max(at - 1, 0) : at + 1].tolist()
        shared, place = max((_in_common(wanted, self._suffix(place, len(wanted))), -place) for place in beside)
        return shared, -place

    def longest(self, text: bytes) -> np.ndarray:
        """The bytes of the longest run that begins at each symbol of another text and that this text has, int64 [symbols]."""
        found: list[int] = []
        for start in range(0, len(text), self._width):
            # A search copies as many bytes as it is given, so it gets few. Where all of them are found, it gets more.
            size = self._width * (FIRST_SYMBOLS + (found[-1] if found else 0))
            while (run := self.search(text[start : start + size])[0]) == size and start + size < len(text):
                size *= 2
            found.append(run)
        return np.array(found, np.int64)

    def _suffix(self, place: int, size: int) -> bytes:
        first = self._width * place
        return self._text[first : first + size]


def _in_common(first: bytes, second: bytes) -> int:
    """The number of bytes at the beginning of two strings that are equal."""
    size = min(len(first), len(second))
    if first[:size] == second[:size]:
        return size
    low, high = 0, size  # the first `low` bytes are equal, the first `high` are not
    while high - low > 1:
        middle = (low + high) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _suffix_array(symbols: np.ndarray) -> np.ndarray:
    """The positions [n] of a string of numbers [n], sorted by the suffixes that begin there.

    The suffixes are sorted by their first number, then by their first 2, 4, 8 ... numbers, until no two are equal.
    """
    rank = np.unique(symbols, return_inverse=True)[1].astype(np.int64)
    size = 1
    while True:
        behind = np.zeros_like(rank)
        behind[:-size] = rank[size:] + 1
        pairs = rank * (len(rank) + 1) + behind
        order = np.argsort(pairs, kind="stable")
        rank[order] = np.cumsum(np.diff(pairs[order], prepend=pairs[order[0]]) > 0)
        if rank[order[-1]] == len(rank) - 1 or size >= len(rank):
            return order
        size *= 2
