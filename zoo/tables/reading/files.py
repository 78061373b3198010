"""A user's own table in a CSV file: the kinds of its columns, and their cells in compact arrays.

A file is read in chunks of rows, and twice where the kinds have to be found: once to look at the cells, once to keep them. A
million rows become arrays of numbers and of references to the few different texts, never a list of rows.
"""

from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np

from zoo.core.csv_cutting import Place
from zoo.core.csv_files import CsvFile
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.errors import UserError
from zoo.core.messages import brief, listed, shown
from zoo.core.sources import tell
from zoo.tables.kinds import BOOLEAN, CATEGORY, DATE, DATE_BYTES, NUMBER
from zoo.tables.reading import cells as cell_values
from zoo.tables.reading.cells import is_missing
from zoo.tables.reading.column_kinds import decide
from zoo.tables.reading.hints import NO_HINTS, Hints
from zoo.tables.reading.notices import columns_notice, doubts, target_notice
from zoo.tables.reading.survey import Evidence, Survey
from zoo.tables.reading.surveyed_column import SurveyedColumn
from zoo.tables.reading.target import class_name, classes_of
from zoo.tables.reading.text_columns import truth
from zoo.tables.schema import CellFormat, Columns, Schema


def read(
    path: Path, target: str | None, task: str | None = None, csv_format: Format = AS_FOUND, hints: Hints = NO_HINTS
) -> tuple[Schema, Columns, np.ndarray]:
    """Finds the kinds of a file's columns, reports them, and reads the rows that have a target.

    Args:
        path: a CSV file with a header.
        target: the name of the column to predict.
        task: CLASSIFICATION or REGRESSION; None: the target decides. Texts, and a few different small whole numbers, are classes.
        csv_format: how the file is written, as far as the user says it.
        hints: what the user says about the cells where they leave it open.

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
            file.column(name)  # raises an error
    if not target:
        raise UserError(f"{path}: name the target column, one of {listed([name for name in header if name])}")
    target = header[file.column(target)]
    hints = hints.of_file(path, header, target)
    surveys = _survey(file, target, hints)
    schema, notices = _decide(path, header, target, task, hints, surveys)
    columns, targets = _fill(file, schema, with_target=True)
    for notice in (
        f"{len(targets):,} rows; {columns_notice(schema, surveys)}",
        *_without_target(target, surveys[target], len(targets)),
        *notices,
        target_notice(schema, targets),
        *doubts(schema, surveys, columns, targets),
    ):
        tell(shown(notice))
    return schema, columns, targets


def _decide(
    path: Path, header: list[str], target: str, task: str | None, hints: Hints, surveys: dict[str, Survey]
) -> tuple[Schema, list[str]]:
    """What the columns are, with notices for the user. Raises UserError where it is not certain, or no column is left."""
    evidence = Evidence.of(surveys.values())
    classes, cell_format, notices = classes_of(
        SurveyedColumn(path, target, surveys[target], hints, evidence, is_target=True), task
    )
    kinds, formats = {}, {target: cell_format}
    notices += [f"column {i} has no name: left out" for i, name in enumerate(header, start=1) if not name]
    named = set[str]().union(*(survey.missing_texts for survey in surveys.values()))
    absent = named.difference(*(survey.missing_found for survey in surveys.values()))
    notices += [f"no cell is {brief(text)!r}, which you named as missing" for text in sorted(absent)]
    for name, survey in surveys.items():
        if name == target:
            continue
        decision = decide(SurveyedColumn(path, name, survey, hints, evidence, first=name == header[0]))
        if decision.kind:
            kinds[name], formats[name] = decision.kind, decision.cell_format
        notices += decision.notices
    if not kinds:
        reasons = shown("".join(f"; {notice}" for notice in notices))
        raise UserError(f"{path} has no column besides {target!r} to learn from{reasons}")
    in_order = {name: formats[name] for name in (*kinds, target)}
    return Schema(tuple(kinds), tuple(kinds.values()), target, classes, in_order), notices


def _without_target(target: str, survey: Survey, n: int) -> list[str]:
    """A notice of the rows that are left out since they have no target; n rows have one."""
    without = survey.missing + survey.present - n
    if not without:
        return []
    written = sorted(map(repr, survey.missing_written))
    read_so = f" ({listed(written, 5)} {'are' if len(written) > 1 else 'is'} read as missing)" if written else ""
    return [f"{without:,} rows have no {target}{read_so}: left out"]


def read_known(path: Path, schema: Schema, csv_format: Format = AS_FOUND) -> tuple[Columns, np.ndarray]:
    """The columns and the target of a file, read with the schema of a model. Raises UserError as `read_columns` does."""
    columns, targets = _fill(CsvFile(path, csv_format), schema, with_target=True)
    if not len(targets):
        raise UserError(f"{path} has no row with a {shown(schema.target)}")
    return columns, targets


def read_columns(path: Path, schema: Schema, csv_format: Format = AS_FOUND) -> Columns:
    """The columns of a file that needs no target, read with the schema of a model; further columns are left out.

    Raises UserError that names a column that is missing, or the first cell that is not of the column's kind.
    """
    return _fill(CsvFile(path, csv_format), schema, with_target=False)[0]


def _survey(file: CsvFile, target: str, hints: Hints) -> dict[str, Survey]:
    """A survey of each column that has a name and is not ignored, of the rows that have a target; of the target, of all rows."""
    surveys = {name: Survey(hints.missing_texts(name, file.header)) for name in file.header if name and name not in hints.ignore}
    column = file.column(target)
    missing = surveys[target].missing_texts
    with closing(file.chunks()) as chunks:
        for places, chunk in chunks:
            kept = [i for i, row in enumerate(chunk) if not is_missing(row[column], CATEGORY, missing)]
            surveys[target].add([row[column] for row in chunk], places)
            for name, values in zip(file.header, zip(*chunk, strict=True), strict=True):
                if kept and name in surveys and name != target:
                    surveys[name].add([values[i] for i in kept], [places[i] for i in kept])
    rows, without = surveys[target].present, surveys[target].missing
    if rows < 2:
        none = f" with a {shown(target)}" if without else ""
        raise UserError(
            f"{file.path} has {rows or 'no'} row{'s' * (rows != 1)}{none}: it needs a header and a row for each example"
        )
    return surveys


def _fill(file: CsvFile, schema: Schema, with_target: bool) -> tuple[Columns, np.ndarray]:
    """The columns and, if asked for, the target; then the rows without a target are left out."""
    needed = [*schema.names, schema.target] if with_target else list(schema.names)
    index = {name: file.column(name, f"the model needs {listed(needed)}") for name in needed}
    parts: dict[str, list[np.ndarray]] = {name: [_empty(kind)] for name, kind in zip(schema.names, schema.kinds, strict=True)}
    targets = [np.empty(0, np.int64 if schema.classes else np.float32)]
    texts: dict[bytes, bytes] = {}  # each different text once
    kind_of_target, missing = _kind_of_target(schema), schema.cell_format(schema.target).missing
    with closing(file.chunks()) as chunks:
        for places, chunk in chunks:
            rows = list(zip(places, chunk, strict=True))
            if with_target:
                cell = index[schema.target]
                rows = [(i, row) for i, row in rows if not is_missing(row[cell], kind_of_target, missing)]
                targets.append(_target(file.path, schema, [(i, row[cell]) for i, row in rows]))
            for name, kind in zip(schema.names, schema.kinds, strict=True):
                cells = [(i, row[index[name]]) for i, row in rows]
                parts[name].append(_cells(file.path, name, kind, schema.cell_format(name), cells, texts))
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}, np.concatenate(targets)


def _kind_of_target(schema: Schema) -> str:
    """NUMBER, CATEGORY, or BOOLEAN where the classes are yes and no. It decides which words mean that the target is missing."""
    if not schema.classes:
        return NUMBER
    return BOOLEAN if sorted(map(str, map(truth, schema.classes))) == ["False", "True"] else CATEGORY


def _empty(kind: str) -> np.ndarray:
    return np.empty(0, {NUMBER: np.dtype(np.float32), DATE: np.dtype(f"S{DATE_BYTES}")}.get(kind, np.dtype(object)))


def _cells(
    path: Path, name: str, kind: str, cell_format: CellFormat, cells: list[tuple[Place, str]], texts: dict[bytes, bytes]
) -> np.ndarray:
    """A part of a column, as the array of its kind."""
    array = np.zeros(len(cells), _empty(kind).dtype)
    for j, (i, cell) in enumerate(cells):
        value = cell_values.value(cell, kind, cell_format)
        if value is None:
            raise UserError(f"{path}, row {i}, column {name!r}: {brief(cell)!r} is not {cell_values.expected(kind, cell_format)}")
        array[j] = texts.setdefault(value, value) if isinstance(value, bytes) else value
    return array


def _target(path: Path, schema: Schema, cells: list[tuple[Place, str]]) -> np.ndarray:
    """A part of the target: class numbers or values."""
    cell_format = schema.cell_format(schema.target)
    if not schema.classes:
        return _cells(path, schema.target, NUMBER, cell_format, cells, {})
    known = {name: i for i, name in enumerate(schema.classes)}
    booleans = {truth(name): i for i, name in enumerate(schema.classes)} if _kind_of_target(schema) == BOOLEAN else {}
    array = np.empty(len(cells), np.int64)
    for j, (i, cell) in enumerate(cells):
        index = known.get(cell, known.get(class_name(cell, cell_format)))
        if index is None and truth(cell) is not None:  # yes and no, in another spelling
            index = booleans.get(truth(cell))
        if index is None:
            raise UserError(
                f"{path}, row {i}: the class {brief(cell)!r} is new to the model, which knows {listed(schema.classes)}"
            )
        array[j] = index
    return array
