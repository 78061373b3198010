"""What a cell of a column says: that nothing is known, or a value of the column's kind."""

import math
from collections.abc import Callable

from zoo.tables.kinds import BOOLEAN, CATEGORY, DATE, MISSING, NO_ENTRY, NUMBER
from zoo.tables.reading import date_cells
from zoo.tables.reading.date_cells import is_zero_date, read_date
from zoo.tables.reading.number_cells import is_same_number, read_number
from zoo.tables.schema import CellFormat

_READERS: dict[str, Callable[[str, CellFormat], float | str | None]] = {NUMBER: read_number, DATE: read_date}
_BITS = {"1": "true", "0": "false"}


def is_missing(cell: str, kind: str, texts: tuple[str, ...] = ()) -> bool:
    """Whether a cell of a column of some kind means that the value is missing.

    Words like None and unknown, and single signs, do so among numbers, dates and booleans only: among texts they may be a
    category, as None is for a house without a garage.

    Args:
        cell: without blanks around it.
        kind: of the column.
        texts: further texts that stand for a missing value.
    """
    lower = cell.lower()
    if lower in MISSING or (kind != CATEGORY and lower in NO_ENTRY):
        return True
    if kind == DATE and is_zero_date(cell):
        return True
    return bool(texts) and (cell in texts or is_same_number(cell, texts))


def value(cell: str, kind: str, cell_format: CellFormat) -> float | bytes | None:
    """What the arrays of a table hold for a cell, or None where the cell is not of the column's kind.

    It is a float for a number, NaN where it is missing; else bytes in UTF-8, empty where the cell is missing.
    """
    if is_missing(cell, kind, cell_format.missing):
        return math.nan if kind == NUMBER else b""
    if kind == BOOLEAN:
        return _BITS.get(cell, cell).encode("utf-8", errors="replace")
    found = _READERS[kind](cell, cell_format) if kind in _READERS else cell
    return found.encode("utf-8", errors="replace") if isinstance(found, str) else found


def expected(kind: str, cell_format: CellFormat) -> str:
    """What the cells of a column are, for a message about one that is not: "a date like 2024-05-31"."""
    if kind == DATE:
        examples = {
            date_cells.YEAR_FIRST: "2024/5/31",
            date_cells.DAY_FIRST: "31.5.2024",
            date_cells.MONTH_FIRST: "5/31/2024",
            date_cells.NAMED: "31 May 2024",
            date_cells.MONTHLY: "2024-05",
            date_cells.COMPACT: "20240531",
            date_cells.EPOCH: "1717113600",
        }
        return f"a date like {examples.get(cell_format.dates, '2024-05-31')}"
    unit = f" in {cell_format.unit}" if cell_format.unit else ""
    comma = " with a decimal comma" if cell_format.decimal == "," else ""
    return f"a number{unit}{comma} that float32 can hold"
