"""Columns as Python users give them, lists, arrays or those of data frames, turned into the arrays that a model takes."""

from typing import Any

import numpy as np

from zoo.core.inputs import utf8
from zoo.tables.kinds import NUMBER
from zoo.tables.reading import cells
from zoo.tables.reading.number_cells import read_number
from zoo.tables.schema import CellFormat


def numbers(values: Any, cell_format: CellFormat) -> np.ndarray:
    """Cells of any type as float32 of the same shape, NaN where one is missing.

    Missing are None, NaN, NA, the texts that mean it, and numbers that do so in the model's own file, such as -999.

    Raises:
        ValueError: a text that is not a number.
        TypeError: a value of another type.
    """
    array = np.asarray(values)
    missing = [np.float32(value) for text in cell_format.missing if (value := read_number(text, cell_format)) is not None]
    if array.dtype.kind in "biuf":
        found = array.astype(np.float32)
        return np.where(np.isin(found, missing), np.float32(np.nan), found)

    def number(cell: Any) -> float:
        if _is_missing(cell):
            return float("nan")
        if not isinstance(cell, str | bytes):
            return float("nan") if np.float32(cell) in missing else float(cell)
        text = utf8(cell).decode("utf-8", errors="replace").strip()
        value = cells.value(text, NUMBER, cell_format)
        if not isinstance(value, float):
            raise ValueError(f"{text!r} is not {cells.expected(NUMBER, cell_format)}")
        return value

    objects = np.asarray(values, dtype=object)
    return np.array([number(cell) for cell in objects.ravel().tolist()], np.float32).reshape(objects.shape)


def texts(values: Any, kind: str, cell_format: CellFormat) -> np.ndarray:
    """Cells of any type as bytes in UTF-8 of the same shape, empty where one is missing.

    Dates are in ISO form if they can be read.
    """
    if np.asarray(values).dtype.kind == "M":  # NumPy's days and times, which Python's types may not be able to hold
        days = np.datetime_as_string(np.asarray(values), unit="m")
        return np.array([b"" if day == "NaT" else day.encode() for day in days.tolist()], dtype=object)
    known: dict[bytes, bytes] = {}  # a column has few different texts

    def text(cell: Any) -> bytes:
        if _is_missing(cell):
            return b""
        given = utf8(cell if isinstance(cell, str | bytes) else str(cell)).strip()
        if given not in known:
            value = cells.value(given.decode("utf-8", errors="replace").strip(), kind, cell_format)
            known[given] = value if isinstance(value, bytes) else given
        return known[given]

    objects = np.asarray(values, dtype=object)  # as another type, True in a list with NaN would become 1.0
    return np.array([text(cell) for cell in objects.ravel().tolist()], dtype=object).reshape(objects.shape)


def _is_missing(cell: Any) -> bool:
    """Whether a value of Python means that a cell is missing: None, NaN, or the NA and NaT of data frames."""
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):  # NA answers neither == nor != with a truth value
        return True
    return not isinstance(cell, str | bytes) and cell != cell
