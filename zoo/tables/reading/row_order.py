"""Whether the numbers of a column follow the order of the rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from zoo.tables.reading.number_cells import is_digits

MOST_DIGITS = 50  # of whole numbers that may count the rows: Python refuses to read a few thousand


@dataclass
class RowOrder:
    """Whether the whole numbers of a column count its rows, or rise from row to row."""

    first: int | None = None
    last: int = 0
    step: int = 0
    counts: bool = True
    rises: bool = True

    def add(self, column: Sequence[str]) -> None:
        """Looks at the next cells of the column."""
        for cell in column:
            if not (self.counts or self.rises):
                return
            digits = cell.removeprefix("-")
            if not is_digits(digits) or len(digits) > MOST_DIGITS:
                self.counts = self.rises = False
                return
            value = int(cell)
            if self.first is None:
                self.first = value
            else:
                step = value - self.last
                self.step = self.step or step
                self.counts &= step == self.step and step in (1, -1)
                self.rises &= step > 0
            self.last = value

    @property
    def from_start(self) -> bool:
        """Whether the numbers count up from 0 or 1, or down to it."""
        return self.counts and (self.first in (0, 1) or (self.step == -1 and self.last in (0, 1)))
