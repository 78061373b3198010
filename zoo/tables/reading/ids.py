"""Columns that identify rows, from which a network would learn nothing but the rows by heart."""

import re
from collections import Counter

from zoo.tables.reading.number_cells import CODE, LONG, WHOLE, ZERO, is_digits, read_number
from zoo.tables.reading.surveyed_column import SurveyedColumn
from zoo.tables.schema import CellFormat

LEAST_ROWS = 10  # for numbers that differ in each row to be ids

# A column is an id by its name if this is the whole name, its first word or its last word. Words that also begin the name of a
# count (num_rooms) or end that of a measurement (price_index) must be the whole name.
_ID_FIRST = {"id", "unnamed", "serial"}
_ID_LAST = {"id", "ids", "nr", "no", "num", "key", "uuid", "guid", "oid", "pid", "uid", "rowid"}
_ID_NAMES = {"idx", "index", "obs", "record", "row", "rows", "rowname", "rownames", "rownumber", "row names", "row number"}
# A first column that counts from 0 or 1 has the numbers of the rows, unless it is called like a measurement.
_MEASURED = {"time", "day", "days", "week", "weeks", "month", "months", "hour", "hours", "minute", "minutes", "second", "seconds"}
_MEASURED |= {"year", "years", "age", "step", "dose", "distance", "size", "length", "width", "height", "weight", "count"}


def is_id_name(name: str) -> bool:
    """Whether a column is called like an id: id, PassengerId, order_no, Unnamed: 0."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
    return bool(words) and (words[0] in _ID_FIRST or words[-1] in _ID_LAST or " ".join(words) in _ID_NAMES)


def _is_measured(name: str) -> bool:
    """Whether the name of a column says that its numbers are measured, as that of one small letter may."""
    return name.lower() in _MEASURED or (len(name) == 1 and name.islower())


def id_of_numbers(column: SurveyedColumn, cell_format: CellFormat) -> tuple[bool, str] | None:
    """Whether a column of numbers is an id, or may be one.

    Returns:
        Whether the column is left out, and a notice; None where it is no id.
    """
    survey, name = column.survey, column.name
    if survey.known < LEAST_ROWS or cell_format.unit:
        return None
    keep = "left out; the kind number keeps it"
    if is_id_name(name) and (survey.different or survey.many) and _all_whole(column, cell_format):
        nearly = "nearly " if survey.many else ""
        return True, f"{name} is an id by its name, and different in {nearly}every row: {keep}"
    if any(number.mark not in (WHOLE, ZERO) for number in survey.numbers):
        return None
    if survey.order.from_start and not survey.missing and (name == "X" or (column.first and not _is_measured(name))):
        return True, f"{name} counts the rows: {keep}"
    if not survey.different or survey.missing:
        return None
    if survey.order.counts:
        return False, f"{name} counts the rows: ignore it if it is only their number"
    if survey.order.rises:
        return False, f"{name} rises from row to row: ignore it if it is only their order or an id"
    numbers = set(map(int, survey.texts)) if not survey.many and all(map(is_digits, survey.texts)) else set()
    if numbers and max(numbers) - min(numbers) + 1 == len(numbers):
        if column.first and min(numbers) in (0, 1) and not _is_measured(name):
            return True, f"{name} has the numbers of the rows in another order: {keep}"
        return False, f"{name} has each number from {min(numbers)} to {max(numbers)} once: ignore it if it is only an id"
    return None


def _all_whole(column: SurveyedColumn, cell_format: CellFormat) -> bool:
    """Whether all numbers are whole, as 7, 7.0 and 1,007 are."""
    texts = (text for text in column.survey.texts if text not in column.survey.missing_words)
    return all((read_number(text, cell_format) or 0.0).is_integer() for text in texts)


def are_codes(column: SurveyedColumn) -> bool:
    """Whether the cells are codes of digits rather than numbers: with leading zeros, or longer than any measurement."""
    marks = Counter[str]()
    for number, count in column.survey.numbers.items():
        if number.mark not in (WHOLE, ZERO, CODE, LONG) or not number.plain:
            return False
        marks[number.mark] += count
    return bool(marks[CODE]) or 2 * marks[LONG] > column.survey.known > 0
