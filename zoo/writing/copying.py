"""How much of a text is copied from a training text, letter for letter.

A run is shared when the training text has the same bytes in a row. The search is that of zoo.text.suffixes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from zoo.text.suffixes import Suffixes

MOST_COMPARED = 200_000  # bytes of a text; of one that is a copy, the time grows by the square of the length
COPIED = 50  # bytes; a run of this length counts as copied: shorter ones are turns of phrase and names


@dataclass(frozen=True)
class Run:
    """A run that a text shares with the training text.

    Attributes:
        text: its characters; broken ones at its ends are left out.
        begin: the place of its first byte in the text.
        size: in bytes.
    """

    text: str
    begin: int
    size: int


class Index:
    """A training text, ready to be searched. To make it of a million bytes takes about two seconds.

    Args:
        train: the training text, at least one byte.
    """

    def __init__(self, train: bytes) -> None:
        self._suffixes = Suffixes(train)

    def runs(self, text: bytes) -> list[Run]:
        """The shared runs that are part of no longer one, the longest first."""
        sizes = self._suffixes.longest(text)
        # A run that goes on with the one that begins a byte earlier is a part of it.
        begins = np.flatnonzero((sizes > 0) & (sizes >= np.append(1, sizes[:-1])))
        found = [Run(text[i : i + sizes[i]].decode("utf-8", errors="ignore"), i, int(sizes[i])) for i in begins.tolist()]
        return sorted(found, key=lambda run: (-run.size, run.begin))


def copied_share(runs: Iterable[Run], size: int) -> float:
    """The share of a text's bytes that are in shared runs of COPIED bytes or more; 0 for an empty text.

    Args:
        runs: those of the text, as `Index.runs` gives them.
        size: the bytes of the text.
    """
    copied = np.zeros(size, bool)
    for run in runs:
        if run.size >= COPIED:
            copied[run.begin : run.begin + run.size] = True
    return float(copied.mean()) if size else 0.0
