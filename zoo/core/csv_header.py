"""Where a table begins in a text file: its header, and the titles and comments before it."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from zoo.core.csv_cutting import Place

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_NUMERIC = re.compile(r"[-+−]?[.,]?[0-9][0-9.,' ]*(e[-+]?[0-9]+)?%?", re.IGNORECASE)


class SampledRow(NamedTuple):
    """One of the first rows of a file: its place, its cells and its first line."""

    place: Place
    cells: list[str]
    line: str

    @property
    def filled(self) -> int:
        """The number of cells that are not empty."""
        return sum(bool(cell.strip()) for cell in self.cells)

    @property
    def comment(self) -> bool:
        """Whether it begins like a comment."""
        return self.line.lstrip().startswith("#")


class Beginning(NamedTuple):
    """Where a table begins in a sample.

    Args:
        header: the index of the header.
        titles: the number of rows before it, which are titles or comments.
        row_names: whether the rows begin with names of their own, as R writes them; the header is one cell shorter then.
    """

    header: int
    titles: int = 0
    row_names: bool = False


def is_numeric(text: str) -> bool:
    """Whether a text looks like a number, however it is written, so that it is not the name of a column."""
    return bool(_NUMERIC.fullmatch(text))


def _fits(row: SampledRow, width: int) -> bool:
    """Whether a row has as many cells as the header, apart from empty cells at its end."""
    return len(row.cells) == width or (len(row.cells) > width and not any(cell.strip() for cell in row.cells[width:]))


def find_beginning(rows: Sequence[SampledRow]) -> Beginning | None:
    """Where a table of two or more columns begins in the first rows of a file; None where they are not such a table.

    The header is the first row after comments that begin with #, if most rows have as many cells as it has. Titles may precede
    it: rows with a single cell if the table has three columns or more, and other narrower rows if numbers distinguish the rows of
    the table from the header.
    """
    if not rows:
        return None
    first, usual = count_comments(rows), _usual(rows)
    header, after = rows[first], rows[first + 1 :]
    width = len(header.cells)
    if usual == width + 1 and _have_names([row for row in after if len(row.cells) == usual], header):
        return Beginning(first, first, row_names=True)
    titles = first
    while titles < len(rows) - 1 and (len(rows[titles].cells) < usual or rows[titles].filled < 2 or rows[titles].comment):
        titles += 1
    if titles > first and _is_header(rows[first:titles], rows[titles], rows[titles + 1 :]):
        return Beginning(titles, titles)
    fitting = sum(_fits(row, width) for row in after)
    if not header.cells[-1].strip():  # a delimiter follows the last name, but not the rows
        fitting = max(fitting, sum(len(row.cells) == width - 1 for row in after))
    return Beginning(first, first) if width > 1 and 2 * fitting >= len(after) and (fitting or not after) else None


def _is_header(titles: Sequence[SampledRow], row: SampledRow, after: Sequence[SampledRow]) -> bool:
    """Whether a row that follows titles is certainly the header."""
    names = [cell.strip() for cell in row.cells]
    if len(set(names)) < len(names) or any(not name or is_numeric(name) for name in names):
        return False
    columns = zip(*(each.cells for each in after if len(each.cells) == len(names)), strict=True)
    filled = [[cell.strip() for cell in column if cell.strip()] for column in columns]
    if any(cells and all(map(is_numeric, cells)) for cells in filled):
        return True
    # A title that contains a delimiter may be a header that is written in another way than the rows.
    single = all(each.filled < 2 and not any(mark in "".join(each.cells) for mark in DELIMITERS) for each in titles)
    return single and len(names) > 2


def _usual(rows: Sequence[SampledRow]) -> int:
    """The most frequent number of cells; the largest one, if there are several."""
    widths = Counter(len(row.cells) for row in rows)
    return max(widths, key=lambda width: (widths[width], width))


def count_comments(rows: Sequence[SampledRow]) -> int:
    """The number of comments at the beginning: rows that begin with # and have another number of cells than most rows."""
    usual = _usual(rows)
    comments = 0
    for row in rows[:-1]:
        if not row.comment or len(row.cells) == usual:
            break
        comments += 1
    return comments


def _have_names(rows: Sequence[SampledRow], header: SampledRow) -> bool:
    """Whether rows that are one cell longer than the header begin with different names in quotes, as R writes them.

    Without quotes, the longer rows may have another reason: a price of 187,513 is two cells, too.
    """
    in_quotes = all(row.line.lstrip().startswith('"') for row in (header, *rows))
    return in_quotes and len({row.cells[0].strip() for row in rows}) == len(rows) > 1
