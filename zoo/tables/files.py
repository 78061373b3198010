"""A user's own table in a CSV file: the kinds of its columns, and their cells in compact arrays.

A file is read a chunk of rows at a time, twice where the kinds are to be found: once to look at the cells, once to keep them. A
million rows are arrays of numbers and of references to the few different texts, never a list of rows.
"""

from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np

from zoo.core.csv_cutting import Place
from zoo.core.csv_files import CsvFile
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.errors import UserError
from zoo.core.sources import tell
from zoo.tables import cells as cell_readers
from zoo.tables.column_survey import NO_HINTS, Column, Evidence, Hints, Survey, brief, class_name, truth
from zoo.tables.kinds import BOOLEAN, CATEGORY, DATE, DATE_BYTES, NUMBER, Columns, Schema, Way, listed, shown
from zoo.tables.remarks import doubts, target_told, told


def read(
    path: Path, target: str | None, task: str | None = None, csv_format: Format = AS_FOUND, hints: Hints = NO_HINTS
) -> tuple[Schema, Columns, np.ndarray]:
    """Finds the kinds of a file's columns, says them on standard error, and reads the rows that have a target.

    Args:
        path: a CSV file with a header.
        target: the name of the column to predict.
        task: CLASSIFICATION or REGRESSION; None: the target decides. Texts, and a few different small whole numbers, are classes.
        csv_format: how the file is written, as far as the user says it.
        hints: what the user says of the cells, for where they leave it open.

    Returns:
        What the columns are, the columns, and the target: class numbers int64 [n], or values float32 [n].

    Raises:
        UserError: a file that is missing or no such table, no such target or nothing to learn from it; cells of which it is not
            certain what they say.
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
    hints = hints.of_file(path, header, target)
    surveys = _survey(file, target, hints)
    evidence = Evidence.of(surveys.values())
    predicted = Column(path, target, surveys[target], hints, evidence, predicted=True)
    classes, way, remarks = predicted.target(task)
    kinds, ways = {}, {target: way}
    remarks += [f"column {i} has no name: left out" for i, name in enumerate(header, start=1) if not name]
    said = set[str]().union(*(survey.gaps for survey in surveys.values()))
    absent = said.difference(*(survey.found for survey in surveys.values()))
    remarks += [f"--missing {brief(gap)}: no cell is so" for gap in sorted(absent)]
    for name, survey in surveys.items():
        if name == target:
            continue
        kind, ways[name], told_of_it = Column(path, name, survey, hints, evidence, first=name == header[0]).kind()
        if kind:
            kinds[name] = kind
        remarks += told_of_it
    if not kinds:
        reasons = shown("".join(f"; {remark}" for remark in remarks))
        raise UserError(f"{path} has no column besides {target!r} to learn from{reasons}")
    schema = Schema(tuple(kinds), tuple(kinds.values()), target, classes, {name: ways[name] for name in (*kinds, target)})
    columns, targets = _fill(file, schema, with_target=True)
    without = surveys[target].missing + surveys[target].present - len(targets)
    written = sorted(map(repr, surveys[target].written))
    read_so = f" ({listed(written, 5)} {'are' if len(written) > 1 else 'is'} read as missing)" if written else ""
    for notice in (
        f"{len(targets):,} rows; {told(schema, surveys)}",
        *([f"{without:,} rows have no {target}{read_so}: left out"] if without else []),
        *remarks,
        target_told(schema, targets),
        *doubts(schema, surveys, columns, targets),
    ):
        tell(shown(notice))
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


def _survey(file: CsvFile, target: str, hints: Hints) -> dict[str, Survey]:
    """A survey of each column with a name, but for those to ignore: of the target in all rows, of others where there is one."""
    surveys = {name: Survey(hints.gaps(name, file.header)) for name in file.header if name and name not in hints.ignore}
    column = file.column(target)
    gaps = surveys[target].gaps
    with closing(file.chunks()) as chunks:
        for numbers, chunk in chunks:
            kept = [i for i, row in enumerate(chunk) if not cell_readers.gap(row[column], CATEGORY, gaps)]
            surveys[target].add([row[column] for row in chunk], numbers)
            for name, values in zip(file.header, zip(*chunk, strict=True), strict=True):
                if kept and name in surveys and name != target:
                    surveys[name].add([values[i] for i in kept], [numbers[i] for i in kept])
    rows, without = surveys[target].present, surveys[target].missing
    if rows < 2:
        none = f" with a {shown(target)}" if without else ""
        raise UserError(
            f"{file.path} has {rows or 'no'} row{'s' * (rows != 1)}{none}: it needs a header and a row for each example"
        )
    return surveys


def _fill(file: CsvFile, schema: Schema, with_target: bool) -> tuple[Columns, np.ndarray]:
    """The columns, and the target where it is asked for; then rows without one are passed over."""
    wanted = [*schema.names, schema.target] if with_target else list(schema.names)
    place = {name: file.column(name, f"the model needs {listed(wanted)}") for name in wanted}
    parts: dict[str, list[np.ndarray]] = {name: [_empty(kind)] for name, kind in zip(schema.names, schema.kinds, strict=True)}
    targets = [np.empty(0, np.int64 if schema.classes else np.float32)]
    texts: dict[bytes, bytes] = {}  # each different text once
    kind_of_target, way = _kind_of_target(schema), schema.way(schema.target)
    with closing(file.chunks()) as chunks:
        for numbers, chunk in chunks:
            rows = list(zip(numbers, chunk, strict=True))
            if with_target:
                cell = place[schema.target]
                rows = [(i, row) for i, row in rows if not cell_readers.gap(row[cell], kind_of_target, way.missing)]
                targets.append(_target(file.path, schema, [(i, row[cell]) for i, row in rows]))
            for name, kind in zip(schema.names, schema.kinds, strict=True):
                cells = [(i, row[place[name]]) for i, row in rows]
                parts[name].append(_cells(file.path, name, kind, schema.way(name), cells, texts))
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}, np.concatenate(targets)


def _kind_of_target(schema: Schema) -> str:
    """NUMBER, CATEGORY, or BOOLEAN where the classes are yes and no: it tells which words are gaps."""
    if not schema.classes:
        return NUMBER
    return BOOLEAN if sorted(map(str, map(truth, schema.classes))) == ["False", "True"] else CATEGORY


def _empty(kind: str) -> np.ndarray:
    return np.empty(0, {NUMBER: np.dtype(np.float32), DATE: np.dtype(f"S{DATE_BYTES}")}.get(kind, np.dtype(object)))


def _cells(path: Path, name: str, kind: str, way: Way, cells: list[tuple[Place, str]], texts: dict[bytes, bytes]) -> np.ndarray:
    """A part of a column, as the array of its kind."""
    array = np.zeros(len(cells), _empty(kind).dtype)
    for j, (i, cell) in enumerate(cells):
        value = cell_readers.stored(cell, kind, way)
        if value is None:
            raise UserError(f"{path}, row {i}, column {name!r}: {brief(cell)!r} is not {cell_readers.wanted(kind, way)}")
        array[j] = texts.setdefault(value, value) if isinstance(value, bytes) else value
    return array


def _target(path: Path, schema: Schema, cells: list[tuple[Place, str]]) -> np.ndarray:
    """A part of the target: class numbers or values."""
    way = schema.way(schema.target)
    if not schema.classes:
        return _cells(path, schema.target, NUMBER, way, cells, {})
    known = {name: i for i, name in enumerate(schema.classes)}
    booleans = {truth(name): i for i, name in enumerate(schema.classes)} if _kind_of_target(schema) == BOOLEAN else {}
    array = np.empty(len(cells), np.int64)
    for j, (i, cell) in enumerate(cells):
        index = known.get(cell, known.get(class_name(cell, way)))
        if index is None and truth(cell) is not None:  # yes and no, in another spelling
            index = booleans.get(truth(cell))
        if index is None:
            raise UserError(
                f"{path}, row {i}: the class {brief(cell)!r} is new to the model, which knows {listed(schema.classes)}"
            )
        array[j] = index
    return array
