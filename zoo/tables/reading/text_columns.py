"""Columns of texts: categories, codes of digits, booleans, and columns whose texts tell nothing since nearly all differ."""

from zoo.core.errors import UserError
from zoo.core.messages import brief
from zoo.tables.kinds import BOOLEANS, CATEGORY, FALSE, TRUE
from zoo.tables.reading.decision import Decision
from zoo.tables.reading.ids import is_id_name
from zoo.tables.reading.number_cells import CODE, LONG, WHOLE, ZERO, is_digits, number_in
from zoo.tables.reading.surveyed_column import SurveyedColumn
from zoo.tables.schema import CellFormat

MANY_NUMBERS = 10  # more different numbers cannot be names of categories


def truth(cell: str) -> bool | None:
    """Whether a word means yes or no, in any spelling; None for other words."""
    word = cell.lower()
    return True if word in TRUE else False if word in FALSE else None


def are_booleans(texts: set[str]) -> bool:
    """Whether all texts are words for yes and no, in any spelling, with both words of at least one pair."""
    words = {text.lower() for text in texts}
    return words <= {*TRUE, *FALSE} and any(pair <= words for pair in BOOLEANS)


def check_booleans(column: SurveyedColumn) -> None:
    """Raises UserError for a cell that is neither true nor false."""
    for cell in column.survey.texts:
        if cell not in column.survey.missing_words and cell.lower() not in (*TRUE, *FALSE, "0", "1"):
            raise UserError(
                f"{column.path}: {column.name} cannot have the kind boolean, since {brief(cell)!r} is neither true nor false: "
                f"write {', '.join(TRUE)} or 1, and {', '.join(FALSE)} or 0"
            )


def categories(column: SurveyedColumn, cell_format: CellFormat) -> Decision:
    """Decides on a column of texts. Raises UserError where numbers or dates seem to be meant."""
    survey, name = column.survey, column.name
    alike = survey.alike
    if 2 * alike.total() > survey.known and sum(number_in(cell) in alike for cell in survey.texts) > MANY_NUMBERS:
        raise column.not_a_number()
    if _nearly_all_differ(column):
        if is_id_name(name):
            return Decision(None, cell_format, [f"{name} is an id by its name, and different in nearly every row: left out"])
        if survey.like_numbers > survey.known / 2:
            raise column.unreadable()
        return Decision(None, cell_format, [f"{name} is another text in nearly every row: left out"])
    notices = spelling_notices(column, "categories")
    if survey.dates:
        notices.append(f"{name} has {survey.dates.total():,} dates among {survey.present:,} cells: taken as categories")
    elif bare := sum(count for number, count in survey.numbers.items() if not number.unit):
        notices.append(f"{name} has {bare:,} numbers among {survey.present:,} cells: taken as categories")
    return Decision(CATEGORY, cell_format, notices)


def categories_of_codes(column: SurveyedColumn, cell_format: CellFormat) -> Decision:
    """Decides on a column of codes of digits. Raises UserError where it is not certain that they are codes."""
    survey, name = column.survey, column.name
    number = next(number for number in survey.numbers if number.mark in (CODE, LONG))
    row, cell = column.example(number)
    what = f"codes with leading zeros, like {brief(cell)!r}"
    if number.mark == LONG:
        what = f"numbers as long as {brief(cell)!r}, which are ids"
    if _nearly_all_differ(column):
        if number.mark == LONG or is_id_name(name) or survey.order.rises:
            return Decision(None, cell_format, [f"{name} has {what}, different in nearly every row: left out"])
        code = "has a leading zero like a code, and nearly every row has another cell"
        raise column.refusal(row, cell, code, ["give the column the kind number"])
    return Decision(CATEGORY, cell_format, [f"{name} has {what}: taken as categories; the kind number reads them as numbers"])


def spelling_notices(column: SurveyedColumn, what: str) -> list[str]:
    """A notice of two texts that are kept apart though they differ only in capitals or, as numbers, in leading zeros.

    Args:
        column: of texts.
        what: the texts are, "categories" or "classes".
    """
    first: dict[str, str] = {}
    if are_booleans(set(column.survey.texts)):
        return []
    for cell in column.survey.texts:
        number = number_in(cell)
        same = str(int(cell)) if number and number.mark in (CODE, WHOLE, ZERO) and is_digits(cell) else cell.casefold()
        other = first.setdefault(same, cell)
        if other != cell:
            return [f"{column.name}: {brief(other)!r} and {brief(cell)!r} are two {what}: write them alike if they are the same"]
    return []


def _nearly_all_differ(column: SurveyedColumn) -> bool:
    return column.survey.many or len(column.survey.texts) > column.survey.present / 2
