"""The kind of a column: what its cells, the user's hints and the other columns of the file decide."""

from zoo.core.messages import brief
from zoo.tables.kinds import BOOLEAN, CATEGORY, DATE, NUMBER
from zoo.tables.reading.date_cells import COMPACT
from zoo.tables.reading.date_columns import date_format
from zoo.tables.reading.decision import Decision
from zoo.tables.reading.ids import are_codes, id_of_numbers
from zoo.tables.reading.number_columns import number_format
from zoo.tables.reading.survey import LEAST_COMPACT
from zoo.tables.reading.surveyed_column import SurveyedColumn
from zoo.tables.reading.text_columns import are_booleans, categories, categories_of_codes, check_booleans
from zoo.tables.schema import PLAIN, CellFormat


def decide(column: SurveyedColumn) -> Decision:
    """Decides of which kind a column is, and how its cells are written.

    Raises:
        UserError: where this is not certain; the message names a cell, its row, and what the user can say to settle it.
    """
    survey, name, hinted = column.survey, column.name, column.hints.kinds.get(column.name)
    if not survey.present:
        return Decision(None, PLAIN, [f"{name} is empty in every row: left out"])
    if len(survey.texts) == 1 and not survey.missing:
        return Decision(None, PLAIN, [f"{name} is {brief(next(iter(survey.texts)))!r} in every row: left out"])
    cell_format = CellFormat(missing=survey.missing_texts)
    if hinted == CATEGORY:
        return Decision(CATEGORY, cell_format, [])
    if hinted == BOOLEAN:
        check_booleans(column)
        return Decision(BOOLEAN, cell_format, [])
    if hinted == DATE or (not hinted and survey.dated):
        return Decision(DATE, *date_format(column, cell_format))
    compact = survey.numeric and len(survey.texts) >= LEAST_COMPACT and survey.forms == {COMPACT}
    if not hinted and compact and survey.mostly(survey.dates.total()):
        raise column.not_a_date()
    if hinted == NUMBER or survey.numeric:
        return _numbers(column, cell_format)
    if survey.mostly(survey.alike.total()):
        raise column.not_a_number()
    if survey.mostly(survey.dates.total()):
        raise column.not_a_date()
    if are_booleans(set(survey.texts) - set(survey.missing_words)):
        return Decision(BOOLEAN, cell_format, column.words_notices())
    return categories(column, cell_format)


def _numbers(column: SurveyedColumn, cell_format: CellFormat) -> Decision:
    """Decides on a column whose cells are digits: numbers, codes or ids."""
    survey, hinted = column.survey, column.name in column.hints.kinds
    if hinted and survey.numbers.total() < survey.known:
        raise column.not_a_number()
    if not hinted and are_codes(column):
        return categories_of_codes(column, cell_format)
    cell_format, notices = number_format(column, cell_format)
    if not hinted and (found := id_of_numbers(column, cell_format)):
        left_out, notice = found
        if left_out:
            return Decision(None, cell_format, [notice])
        notices.append(notice)
    return Decision(NUMBER, cell_format, notices)
