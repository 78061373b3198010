"""A user's own table in a CSV file: the kinds of its columns, and their cells in compact arrays.

A file is read a chunk of rows at a time, twice where the kinds are to be found: once to look at the cells, once to keep them. A
million rows are arrays of numbers and of references to the few different texts, never a list of rows.
"""

import csv
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import TextIO

import numpy as np

from zoo.data.table_kinds import (
    DATE,
    DATE_BYTES,
    MISSING,
    NUMBER,
    Columns,
    Schema,
    Survey,
    class_name,
    classes_of,
    counters,
    is_date,
    kind_of,
    listed,
    number,
    shown,
    target_told,
    told,
)
from zoo.errors import UserError

CHUNK = 10_000  # rows that are looked at together
DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read(path: Path, target: str | None, task: str | None = None) -> tuple[Schema, Columns, np.ndarray]:
    """Finds the kinds of a file's columns, says them on standard error, and reads the rows that have a target.

    Args:
        path: a CSV file in UTF-8 with a header.
        target: the name of the column to predict.
        task: CLASSIFICATION or REGRESSION; None: the target decides. Texts, and at most WHOLE_CLASSES different whole numbers,
            are classes.

    Returns:
        What the columns are, the columns, and the target: class numbers int64 [n], or values float32 [n].

    Raises:
        UserError: a file that is missing or no such table, no such target or nothing to learn from it; a few cells that are no
            numbers in a column of numbers.
    """
    header = _header(path)
    named = listed([name for name in header if name])
    if not target:
        raise UserError(f"{path}: name the column to predict with --target, one of {named}")
    if target not in header:
        raise UserError(f"{path} has no column {target!r}: there are {named}")
    surveys, rows, without = _survey(path, header, target)
    notices = [f"{without:,} rows have no {target}: left out"] if without else []
    notices += [f"column {i} has no name: left out" for i, name in enumerate(header, start=1) if not name]
    classes = classes_of(path, target, surveys.pop(target), task)
    kinds: dict[str, str] = {}
    for name, survey in surveys.items():
        kind, remark = kind_of(path, name, survey)
        if kind:
            kinds[name] = kind
        notices += [remark] if remark else []
    if not kinds:
        reasons = shown("".join(f"; {notice}" for notice in notices))
        raise UserError(f"{path} has no column besides {target!r} to learn from{reasons}")
    schema = Schema(tuple(kinds), tuple(kinds.values()), target, classes)
    columns, targets = _fill(path, schema, with_target=True)
    for notice in (
        f"{rows:,} rows; {told(schema, surveys)}",
        *notices,
        target_told(schema, targets),
        *counters(schema, columns),
    ):
        print(f"data: {shown(notice)}", file=sys.stderr)
    return schema, columns, targets


def read_known(path: Path, schema: Schema) -> tuple[Columns, np.ndarray]:
    """The columns and the target of a file, of the kinds that a model knows. Raises UserError as `read_columns` does."""
    columns, targets = _fill(path, schema, with_target=True)
    if not len(targets):
        raise UserError(f"{path} has no row with a {shown(schema.target)}")
    return columns, targets


def read_columns(path: Path, schema: Schema) -> Columns:
    """The columns alone, for a file without a target; further columns are left out.

    Raises UserError that names a column that is missing, or the first cell that is not of the column's kind.
    """
    return _fill(path, schema, with_target=False)[0]


def _survey(path: Path, header: list[str], target: str) -> tuple[dict[str, Survey], int, int]:
    """A survey of each column with a name over the rows with a target; how many these are, and how many have none."""
    surveys = {name: Survey() for name in header if name}
    column, rows, without = header.index(target), 0, 0
    with closing(_chunks(path)) as chunks:
        for numbers, chunk in chunks:
            kept = [(i, row) for i, row in zip(numbers, chunk, strict=True) if row[column].lower() not in MISSING]
            without += len(chunk) - len(kept)
            rows += len(kept)
            if not kept:
                continue
            cells = zip(*(row for _, row in kept), strict=True)
            for name, values in zip(header, cells, strict=True):
                if name:
                    surveys[name].add(values, [i for i, _ in kept])
    if rows < 2:
        none = f" with a {shown(target)}" if without else ""
        raise UserError(f"{path} has {rows or 'no'} row{'s' * (rows != 1)}{none}: it needs a header and a row for each example")
    return surveys, rows, without


def _header(path: Path) -> list[str]:
    with closing(_rows(path)) as rows:
        _, header = next(rows, (0, []))
    if any("\0" in name for name in header):
        raise UserError(f"{path} is not in UTF-8, since its header holds NUL characters: save it in UTF-8")
    header = [name.strip() for name in header]
    if not any(header):
        raise UserError(f"{path} has no rows: it needs a header and a row for each example")
    if len(header) == 1:
        for delimiter, called in DELIMITERS.items():
            if delimiter in header[0]:
                raise UserError(f"{path}: its cells are separated by {called}, not by commas; save it as CSV with commas")
    double = [name for name, count in Counter(header).items() if name and count > 1]
    if double:
        raise UserError(f"{path} has {Counter(header)[double[0]]} columns called {double[0]!r}: give each a name of its own")
    return header


def _rows(path: Path) -> Generator[tuple[int, list[str]]]:
    """The header and the rows after it, each with its number from 1.

    Lines of white space alone are left out, but a file of one column has a missing cell there, unless no further row follows.
    """
    line, width, blank = "", 0, list[int]()

    def lines(file: TextIO) -> Iterator[str]:
        nonlocal line
        for each in file:
            line = each  # since a row alone does not tell a blank line from an empty cell in quotes
            yield each

    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe cannot be read twice
            raise UserError(f"{path} is no regular file: write it to a file first")
        with path.open(encoding="utf-8-sig", newline="") as file:
            for i, row in enumerate(csv.reader(lines(file), skipinitialspace=True), start=1):
                if not line.strip() and not "".join(row).strip():
                    blank += [i] * (width == 1)
                    continue
                yield from ((j, [""]) for j in blank)
                blank.clear()
                width = width or len(row)
                yield i, row
    except UnicodeDecodeError as error:
        raise UserError(f"{path} cannot be read as a CSV file in UTF-8 ({error.reason}): save it again, in UTF-8") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read as a CSV file: {str(error.strerror).lower()}") from error
    except csv.Error as error:
        raise UserError(f"{path} cannot be read as a CSV file: {error}") from error


def _chunks(path: Path) -> Generator[tuple[list[int], list[list[str]]]]:
    """The rows after the header, CHUNK at a time, with their numbers; cells without the blanks around them."""
    numbers: list[int] = []
    chunk: list[list[str]] = []
    with closing(_rows(path)) as rows:
        _, header = next(rows, (0, []))
        for i, row in rows:
            if len(row) != len(header):
                raise UserError(f"{path}, row {i}: {len(row)} cell{'s' * (len(row) != 1)}, but the header has {len(header)}")
            numbers.append(i)
            chunk.append([cell.strip() for cell in row])
            if len(chunk) == CHUNK:
                yield numbers, chunk
                numbers, chunk = [], []
    if chunk:
        yield numbers, chunk


def _fill(path: Path, schema: Schema, with_target: bool) -> tuple[Columns, np.ndarray]:
    """The columns, and the target where it is asked for; then rows without one are passed over."""
    header = _header(path)
    wanted = [*schema.names, schema.target] if with_target else list(schema.names)
    absent = [name for name in wanted if name not in header]
    if absent:
        raise UserError(f"{path} has no column {absent[0]!r}: the model needs {listed(wanted)}")
    place = {name: header.index(name) for name in wanted}
    parts: dict[str, list[np.ndarray]] = {name: [_empty(kind)] for name, kind in zip(schema.names, schema.kinds, strict=True)}
    targets = [np.empty(0, np.int64 if schema.classes else np.float32)]
    texts: dict[str, bytes] = {}  # each different text once
    with closing(_chunks(path)) as chunks:
        for numbers, chunk in chunks:
            rows = list(zip(numbers, chunk, strict=True))
            if with_target:
                rows = [(i, row) for i, row in rows if row[place[schema.target]].lower() not in MISSING]
                targets.append(_target(path, schema, [(i, row[place[schema.target]]) for i, row in rows]))
            for name, kind in zip(schema.names, schema.kinds, strict=True):
                cells = [(i, row[place[name]]) for i, row in rows]
                parts[name].append(_cells(path, name, kind, cells, texts))
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}, np.concatenate(targets)


def _empty(kind: str) -> np.ndarray:
    return np.empty(0, {NUMBER: np.dtype(np.float32), DATE: np.dtype(f"S{DATE_BYTES}")}.get(kind, np.dtype(object)))


def _cells(path: Path, name: str, kind: str, cells: list[tuple[int, str]], texts: dict[str, bytes]) -> np.ndarray:
    """A part of a column, as the array of its kind."""
    array = np.zeros(len(cells), _empty(kind).dtype)
    for j, (i, cell) in enumerate(cells):
        if cell.lower() in MISSING:
            array[j] = np.nan if kind == NUMBER else b""
        elif kind == NUMBER:
            value = number(cell)
            if value is None:
                raise UserError(f"{path}, row {i}, column {name!r}: {cell!r} is not a number that float32 can hold")
            array[j] = value
        elif kind == DATE:
            if not is_date(cell):
                raise UserError(f"{path}, row {i}, column {name!r}: {cell!r} is not a date like 2024-05-31")
            array[j] = cell[:DATE_BYTES].encode()
        else:
            array[j] = texts.setdefault(cell, cell.encode())
    return array


def _target(path: Path, schema: Schema, cells: list[tuple[int, str]]) -> np.ndarray:
    """A part of the target: class numbers or values."""
    if not schema.classes:
        return _cells(path, schema.target, NUMBER, cells, {})
    known = {name: i for i, name in enumerate(schema.classes)}
    array = np.empty(len(cells), np.int64)
    for j, (i, cell) in enumerate(cells):
        index = known.get(cell, known.get(class_name(cell)))
        if index is None:
            raise UserError(f"{path}, row {i}: the class {cell!r} is new to the model, which knows {listed(schema.classes)}")
        array[j] = index
    return array
