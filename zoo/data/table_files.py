"""A user's own table in a CSV file: the kinds of its columns, and their cells in compact arrays.

A file is read a chunk of rows at a time, twice where the kinds are to be found: once to look at the cells, once to keep them. A
million rows are arrays of numbers and of references to the few different texts, never a list of rows.
"""

import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np

from zoo.data.csv_files import AS_FOUND, CsvFile, Format, Place
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


def read(
    path: Path, target: str | None, task: str | None = None, csv_format: Format = AS_FOUND
) -> tuple[Schema, Columns, np.ndarray]:
    """Finds the kinds of a file's columns, says them on standard error, and reads the rows that have a target.

    Args:
        path: a CSV file with a header.
        target: the name of the column to predict.
        task: CLASSIFICATION or REGRESSION; None: the target decides. Texts, and at most WHOLE_CLASSES different whole numbers,
            are classes.
        csv_format: how the file is written, as far as the user says it.

    Returns:
        What the columns are, the columns, and the target: class numbers int64 [n], or values float32 [n].

    Raises:
        UserError: a file that is missing or no such table, no such target or nothing to learn from it; a few cells that are no
            numbers in a column of numbers.
    """
    file = CsvFile(path, csv_format)
    header = file.header
    for name, count in Counter(header).items():
        if name and count > 1:
            file.column(name)  # which refuses it
    if not target:
        named = listed([name for name in header if name])
        raise UserError(f"{path}: name the column to predict with --target, one of {named}")
    target = header[file.column(target)]
    surveys, rows, without = _survey(file, target)
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
    columns, targets = _fill(file, schema, with_target=True)
    for notice in (
        f"{rows:,} rows; {told(schema, surveys)}",
        *notices,
        target_told(schema, targets),
        *counters(schema, columns),
    ):
        print(f"data: {shown(notice)}", file=sys.stderr)
    return schema, columns, targets


def read_known(path: Path, schema: Schema, csv_format: Format = AS_FOUND) -> tuple[Columns, np.ndarray]:
    """The columns and the target of a file, of the kinds that a model knows. Raises UserError as `read_columns` does."""
    columns, targets = _fill(CsvFile(path, csv_format), schema, with_target=True)
    if not len(targets):
        raise UserError(f"{path} has no row with a {shown(schema.target)}")
    return columns, targets


def read_columns(path: Path, schema: Schema, csv_format: Format = AS_FOUND) -> Columns:
    """The columns alone, for a file without a target; further columns are left out.

    Raises UserError that names a column that is missing, or the first cell that is not of the column's kind.
    """
    return _fill(CsvFile(path, csv_format), schema, with_target=False)[0]


def _survey(file: CsvFile, target: str) -> tuple[dict[str, Survey], int, int]:
    """A survey of each column with a name over the rows with a target; how many these are, and how many have none."""
    surveys = {name: Survey() for name in file.header if name}
    column, rows, without = file.column(target), 0, 0
    with closing(file.chunks()) as chunks:
        for numbers, chunk in chunks:
            kept = [(i, row) for i, row in zip(numbers, chunk, strict=True) if row[column].lower() not in MISSING]
            without += len(chunk) - len(kept)
            rows += len(kept)
            if not kept:
                continue
            cells = zip(*(row for _, row in kept), strict=True)
            for name, values in zip(file.header, cells, strict=True):
                if name:
                    surveys[name].add(values, [i for i, _ in kept])
    if rows < 2:
        none = f" with a {shown(target)}" if without else ""
        raise UserError(
            f"{file.path} has {rows or 'no'} row{'s' * (rows != 1)}{none}: it needs a header and a row for each example"
        )
    return surveys, rows, without


def _fill(file: CsvFile, schema: Schema, with_target: bool) -> tuple[Columns, np.ndarray]:
    """The columns, and the target where it is asked for; then rows without one are passed over."""
    wanted = [*schema.names, schema.target] if with_target else list(schema.names)
    place = {name: file.column(name, f"the model needs {listed(wanted)}") for name in wanted}
    parts: dict[str, list[np.ndarray]] = {name: [_empty(kind)] for name, kind in zip(schema.names, schema.kinds, strict=True)}
    targets = [np.empty(0, np.int64 if schema.classes else np.float32)]
    texts: dict[str, bytes] = {}  # each different text once
    with closing(file.chunks()) as chunks:
        for numbers, chunk in chunks:
            rows = list(zip(numbers, chunk, strict=True))
            if with_target:
                rows = [(i, row) for i, row in rows if row[place[schema.target]].lower() not in MISSING]
                targets.append(_target(file.path, schema, [(i, row[place[schema.target]]) for i, row in rows]))
            for name, kind in zip(schema.names, schema.kinds, strict=True):
                cells = [(i, row[place[name]]) for i, row in rows]
                parts[name].append(_cells(file.path, name, kind, cells, texts))
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}, np.concatenate(targets)


def _empty(kind: str) -> np.ndarray:
    return np.empty(0, {NUMBER: np.dtype(np.float32), DATE: np.dtype(f"S{DATE_BYTES}")}.get(kind, np.dtype(object)))


def _cells(path: Path, name: str, kind: str, cells: list[tuple[Place, str]], texts: dict[str, bytes]) -> np.ndarray:
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


def _target(path: Path, schema: Schema, cells: list[tuple[Place, str]]) -> np.ndarray:
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
