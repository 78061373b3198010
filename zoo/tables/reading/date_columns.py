"""How the dates of a column are written."""

from dataclasses import replace

from zoo.tables.reading.date_cells import (
    COMPACT,
    DAY_FIRST,
    EPOCH,
    ISO,
    MONTH_FIRST,
    MONTHLY,
    NAMED,
    YEAR_FIRST,
    dates_in,
    read_date,
)
from zoo.tables.reading.surveyed_column import SurveyedColumn
from zoo.tables.schema import CellFormat

ISO_CHARACTERS = 19  # of a date with a time of day and seconds; of longer cells a part is dropped


def date_format(column: SurveyedColumn, plain: CellFormat) -> tuple[CellFormat, list[str]]:
    """How the dates of a column are written, and notices for the user.

    Args:
        column: of dates, or one that the user says is of dates.
        plain: the format to start from.

    Raises:
        UserError: if cells are not dates, or their form is not certain.
    """
    survey, name = column.survey, column.name
    forms = survey.forms
    if name in column.hints.kinds and not survey.dated:
        if not survey.numeric or survey.dates:
            raise column.not_a_date()
        return _seconds(column, plain)
    if not forms:
        first, *others = survey.dates
        second = next((key for key in others if not key[0] & first[0]), others[0])
        (_, one), (row, other) = column.example(first), column.example(second)
        raise column.refusal(row, other, f"is a date in another form than {one!r}")
    form, reason = _form(column, forms)
    found = replace(plain, dates=form)
    notices = column.words_notices()
    _, cell = column.example_of_dates()
    if form != ISO or len(cell) > ISO_CHARACTERS:
        notices.insert(0, f"{name}: {cell!r} is read as {read_date(cell, found)}{reason}")
    return found, notices


def _seconds(column: SurveyedColumn, plain: CellFormat) -> tuple[CellFormat, list[str]]:
    """The format of numbers that the user says are dates: seconds since 1970."""
    survey = column.survey
    row, cell = column.example(next(iter(survey.numbers)))
    found = replace(plain, dates=EPOCH)
    if any(read_date(each, found) is None for each in survey.texts if each not in survey.missing_words):
        raise column.refusal(row, cell, "is neither a date nor a number of seconds since 1970")
    notice = f"{column.name}: {cell!r} is read as {read_date(cell, found)}, seconds since 1970"
    return found, [notice, *column.words_notices()]


def _form(column: SurveyedColumn, forms: frozenset[str]) -> tuple[str, str]:
    """One of the forms in which all cells are dates and, where the cells leave it open, the reason for the choice."""
    for form in (ISO, NAMED, MONTHLY, COMPACT):
        if form in forms:
            return form, ""
    if len(forms) == 1:
        return next(iter(forms)), ""
    if column.hints.day_first is not None:
        hinted = DAY_FIRST if column.hints.day_first else MONTH_FIRST
        if hinted in forms:
            return hinted, ""
    if len(column.evidence.orders & forms) == 1 and YEAR_FIRST not in forms:
        return next(iter(column.evidence.orders & forms)), ", as the days of other columns are"
    row, cell = column.example_of_dates()
    read = " or ".join(sorted(dates_in(cell).forms[form] for form in forms))
    raise column.refusal(row, cell, f"may be {read}", ["say whether the day or the month comes first"], correct=False)
