"""Dates in the cells of a table, in the many ways in which people and programs write them.

A cell alone may be ambiguous: `01/02/2023` is in January or in February. So `dates_in` gives every reading of a cell. The whole
column or the user decides between them (zoo.tables.reading.date_columns), and `read_date` reads a cell as was decided.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from zoo.tables.kinds import DATE_BYTES, ISO_DATE, ISO_TIME
from zoo.tables.reading.number_cells import ascii_signs, read_number
from zoo.tables.schema import PLAIN, CellFormat

# The forms of dates. `ISO` is 2024-05-31, with or without a time.
ISO, YEAR_FIRST, DAY_FIRST, MONTH_FIRST = "iso", "year first", "day first", "month first"
NAMED, MONTHLY, COMPACT, EPOCH = "named months", "months", "compact", "epoch"
_OLDEST_OF_TWO_DIGITS = 69  # 69 is 1969 and 68 is 2068, as in POSIX
_COMPACT_YEARS = range(1900, 2100)
_EPOCH_MILLISECONDS = 1e11  # from here on milliseconds since 1970; as seconds they would lie after the year 5000


class Dates(NamedTuple):
    """How a cell can be read as a date.

    Args:
        forms: the date in ISO form, by each form in which the cell is a date; 01/02/2023 has two.
        dotted: whether dots separate its parts; people who write the month first use no dots.
    """

    forms: Mapping[str, str]
    dotted: bool


_NO_DATES = Dates(MappingProxyType({}), False)

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan january januar jänner",
            "feb february februar",
            "mar march märz mär mrz maerz",
            "apr april",
            "may mai",
            "jun june juni",
            "jul july juli",
            "aug august",
            "sep sept september",
            "oct october okt oktober",
            "nov november",
            "dec december dez dezember",
        ),
        start=1,
    )
    for name in names.split()
}
_TIME = (
    r"(?:(?:T|,?[ ]+)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    r"(?:[ ]?(?P<half>[AaPp])\.?[Mm]\.?)?(?:[ ]?(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_WEEKDAY = r"(?:[^\W\d_]{2,10}[,.]{0,2}[ ]+)?"
_NAME = r"(?P<name>[^\W\d_]{3,9})\.?"
_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_ISO = re.compile(f"{ISO_DATE}({ISO_TIME})?")
_NUMERIC = re.compile(rf"([0-9]{{1,4}})(?P<sign>[-/.])[ ]?([0-9]{{1,2}})(?P=sign)[ ]?([0-9]{{4}}|[0-9]{{1,2}}){_TIME}")
_DAY_AND_NAME = re.compile(rf"{_WEEKDAY}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|\.)?[ -]*{_NAME}[ ,-]*{_YEAR}{_TIME}")
_NAME_AND_DAY = re.compile(rf"{_WEEKDAY}{_NAME}[ -]*(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[ ,-]+{_YEAR}{_TIME}")
_MONTH_OF_YEAR = (
    re.compile(r"(?P<year>[12][0-9]{3})[-/](?P<month>[0-9]{1,2})"),
    re.compile(r"(?P<month>[0-9]{1,2})[-/](?P<year>[12][0-9]{3})"),
    re.compile(r"(?P<month>0[1-9]|1[0-2])\.(?P<year>(?:19|20)[0-9]{2})"),
    re.compile(rf"{_NAME}[ ,-]*(?P<year>[12][0-9]{{3}})"),
)
_EIGHT = re.compile(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?:[T ]?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?:[0-9]{2})?Z?)?"
)
_ZERO_DATE = re.compile(r"(?:0000[-/.]00[-/.]00|00[-/.]00[-/.]0000)([T ]00:00(:00)?)?")


@lru_cache(2**11)  # a million rows have a few thousand different days
def dates_in(cell: str) -> Dates:
    """All ways in which a cell can be read as a date of the calendar."""
    if len(cell) < 6 or not any(c in "-/.: 0123456789" for c in cell[:12]):
        return _NO_DATES
    if _ISO.fullmatch(cell):
        text = _iso(cell[:4], cell[5:7], cell[8:10])
        return Dates({ISO: cell[:DATE_BYTES], YEAR_FIRST: cell[:DATE_BYTES]}, False) if text else _NO_DATES
    cell = ascii_signs(cell)
    if found := _NUMERIC.fullmatch(cell):
        return _numeric(found)
    if found := _EIGHT.fullmatch(cell):
        text = _iso(found["year"], found["month"], found["day"], found) if int(found["year"]) in _COMPACT_YEARS else None
        return Dates({COMPACT: text}, False) if text else _NO_DATES
    for pattern in (_DAY_AND_NAME, _NAME_AND_DAY):
        if (found := pattern.fullmatch(cell)) and (month := _MONTHS.get(found["name"].lower())):
            text = _iso(_full_year(found["year"]), month, found["day"], found)
            return Dates({NAMED: text}, False) if text else _NO_DATES
    for pattern in _MONTH_OF_YEAR:
        if found := pattern.fullmatch(cell):
            parts = found.groupdict()
            text = _iso(parts["year"], parts["month"] if "month" in parts else _MONTHS.get(parts["name"].lower(), 0), 1)
            return Dates({MONTHLY: text}, False) if text else _NO_DATES
    return _NO_DATES


def _numeric(found: re.Match[str]) -> Dates:
    """The readings of a date of three numbers."""
    first, second, third = found[1], found[3], found[4]
    orders = {YEAR_FIRST: (first, second, third), DAY_FIRST: (third, second, first), MONTH_FIRST: (third, first, second)}
    forms = {}
    for form, (year, month, day) in orders.items():
        # A year has four digits or two, a day at most two.
        text = _iso(_full_year(year), month, day, found) if len(year) in (2, 4) and len(month) <= 2 and len(day) <= 2 else None
        if text:
            forms[form] = text
    return Dates(forms, found["sign"] == ".") if forms else _NO_DATES


def _full_year(year: str) -> int:
    return int(year) + (0 if len(year) > 2 else 1900 if int(year) >= _OLDEST_OF_TWO_DIGITS else 2000)


def _iso(year: str | int, month: str | int, day: str | int, found: re.Match[str] | None = None) -> str | None:
    """A date in ISO form, with its time of day if it has one; None where the calendar has no such day."""
    try:
        text = date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
    parts = found.groupdict() if found else {}
    if not parts.get("hour"):
        return text
    hour, minute = int(parts["hour"]), int(parts["minute"])
    if parts.get("half"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (parts["half"].lower() == "p")
    return f"{text}T{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def read_date(cell: str, cell_format: CellFormat) -> str | None:
    """The date in a cell of a column, in ISO form, or None where it is not a date. Dates in ISO form are always read."""
    forms = dates_in(cell).forms
    if cell_format.dates == EPOCH and ISO not in forms:
        value = read_number(cell, PLAIN)
        return None if value is None else _since_1970(float(cell))
    return forms.get(ISO) or forms.get(cell_format.dates)


def _since_1970(value: float) -> str | None:
    """The minute, in UTC, that lies so many seconds or milliseconds after the beginning of 1970."""
    try:
        moment = datetime.fromtimestamp(value / (1000 if abs(value) >= _EPOCH_MILLISECONDS else 1), UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M").zfill(DATE_BYTES)


def is_zero_date(cell: str) -> bool:
    """Whether a cell is 0000-00-00, which databases write for an unknown date."""
    return _ZERO_DATE.fullmatch(cell) is not None
