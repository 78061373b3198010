"""What is decided about a column of a file."""

from typing import NamedTuple

from zoo.tables.schema import CellFormat


class Decision(NamedTuple):
    """What is decided about a column.

    Args:
        kind: one of zoo.tables.kinds.KINDS; None: the column is left out.
        cell_format: how its cells are written.
        notices: for the user.
    """

    kind: str | None
    cell_format: CellFormat
    notices: list[str]
