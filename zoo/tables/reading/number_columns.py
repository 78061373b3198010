"""How the numbers of a column are written: their decimal sign, the sign between thousands, and their unit."""

from dataclasses import replace

from zoo.core.csv_cutting import Place
from zoo.core.errors import UserError
from zoo.core.messages import brief
from zoo.tables.kinds import NUMBER
from zoo.tables.reading.number_cells import (
    COMMA,
    COMMA_GROUPED,
    IN_BRACKETS,
    INFINITE,
    LONG,
    POINT,
    POINT_GROUPED,
    STYLES,
    TOO_LARGE,
    ZERO,
    read_number,
)
from zoo.tables.reading.surveyed_column import SurveyedColumn
from zoo.tables.schema import CellFormat

FLOAT32_DIGITS = 38  # of the largest numbers that float32 can hold
_SIGNS = {".": "points", ",": "commas"}


def number_format(column: SurveyedColumn, plain: CellFormat) -> tuple[CellFormat, list[str]]:
    """How the numbers of a column are written, and notices for the user.

    Args:
        column: of numbers.
        plain: the format to start from.

    Raises:
        UserError: if numbers are too large, or their sign, unit or style is not certain.
    """
    survey, name = column.survey, column.name
    for number in survey.numbers:
        too_long = number.mark == LONG and len(column.example(number)[1]) > FLOAT32_DIGITS
        if number.mark in (INFINITE, TOO_LARGE) or too_long:
            raise column.not_a_number(number)
    in_brackets = [number for number in survey.numbers if number.mark == IN_BRACKETS]
    if in_brackets and all(number.mark in (IN_BRACKETS, ZERO) for number in survey.numbers):
        row, cell = column.example(in_brackets[0])
        raise column.refusal(row, cell, "is in brackets like all numbers of the column, so that it may be negative or not")
    unit = _unit(column)
    style, reason = _style(column)
    found = replace(plain, decimal=style[0], thousands=style[1:], unit=unit)
    unusual = next((number for number in survey.numbers if not number.plain), None)
    if not unusual and reason:
        unusual = next(number for number in survey.numbers if COMMA not in number.styles)
    notices = column.words_notices()
    if unusual:
        _, cell = column.example(unusual)
        read = f"{read_number(cell, found):.10g}{f', in {unit}' if unit else ''}"
        notices.insert(0, f"{name}: {brief(cell)!r} is read as {read}{reason}")
    return found, notices


def _unit(column: SurveyedColumn) -> str:
    """The text beside the numbers, which must be the same for all."""
    first: dict[str, tuple[Place, str]] = {}
    for number in column.survey.numbers:
        if number.unit or number.mark != ZERO:
            first.setdefault(number.unit, column.example(number))
    units = [unit for unit in first if unit]
    if len(units) > 1:
        (_, one), (row, other) = first[units[0]], first[units[1]]
        raise column.refusal(row, other, f"has another unit than {one!r}")
    if units and "" in first and column.hints.kinds.get(column.name) != NUMBER:
        (row, cell), (_, other) = first[""], first[units[0]]
        same = "give the column the kind number (if its unit is the same)"
        raise column.refusal(row, cell, f"has no unit, but {other!r} has one", [same])
    return units[0] if units else ""


def _style(column: SurveyedColumn) -> tuple[str, str]:
    """One of STYLES for the numbers and, where the cells leave the style open, the reason for the choice."""
    survey, signs = column.survey, column.evidence.decimals
    if not survey.styles:
        raise _mixed_styles(column)
    styles = column.hints.styles(survey.styles)
    hinted = len(styles) < len(survey.styles)
    sign = next(iter(signs)) if len(signs) == 1 else ""
    if POINT in styles and COMMA in styles:  # only digits
        return (COMMA if sign == COMMA else POINT), ""
    if POINT in styles and COMMA_GROUPED in styles:  # 1.234, as any program may write it
        if sign == COMMA and not hinted:
            return COMMA_GROUPED, ", since other columns have decimal commas"
        return POINT, "" if sign == POINT or hinted else "; if its point separates thousands, give . as the thousands sign"
    if COMMA in styles and POINT_GROUPED in styles:  # 1,234
        if sign:
            return (COMMA if sign == COMMA else POINT_GROUPED), f", since other columns have decimal {_SIGNS[sign]}"
        number = next(number for number in survey.numbers if POINT not in number.styles)
        row, cell = column.example(number)
        what = "may be thousands or have a decimal comma"
        raise column.refusal(row, cell, what, ["give , as the thousands sign or as the decimal sign"], correct=False)
    return styles[0], ", as you said" if hinted and styles[0] == COMMA_GROUPED else ""


def _mixed_styles(column: SurveyedColumn) -> UserError:
    """The error where no style fits all numbers. It names a number that does not fit the style of most."""
    survey = column.survey
    fitting = {style: sum(n for number, n in survey.numbers.items() if style in number.styles) for style in STYLES}
    best = max(column.hints.styles(STYLES), key=lambda style: fitting[style])
    row, cell = min(column.example(number) for number in survey.numbers if best not in number.styles)
    others = [number for number in survey.numbers if best in number.styles]
    _, usual = column.example(max(others, key=lambda n: (len(n.styles) < len(STYLES), survey.numbers[n])))
    return column.refusal(row, cell, f"has another decimal sign than {usual!r}, or another sign between thousands")
