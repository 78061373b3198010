"""What a cell of a table says: a number, a date or nothing, in the many ways that people and programs write them.

A cell alone may leave open what it says: `1,234` is more than a thousand or a little more than one, `01/02/2023` is in January or
in February. So `look` and `dates` give every reading of a cell, its whole column or the user decides between them
(zoo.tables.column_survey), and `stored` reads a cell in the way that was decided on.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from zoo.tables.kinds import BOOLEAN, CATEGORY, DATE, DATE_BYTES, ISO_DATE, ISO_TIME, LARGEST, MISSING, NO_ENTRY, NUMBER, Way

# What a number may be written with: its decimal sign, and the sign between thousands where that is the other of the two.
# Apostrophes, blanks and underscores between thousands can be nothing else, and are read in all four.
POINT, COMMA, POINT_GROUPED, COMMA_GROUPED = ".", ",", ".,", ",."
STYLES = (POINT, COMMA, POINT_GROUPED, COMMA_GROUPED)

# What is peculiar about a number.
WHOLE, ZERO, CODE, LONG = "whole", "zero", "code", "long"
IN_BRACKETS, TOO_LARGE, INFINITE = "in brackets", "too large", "infinite"
HEXADECIMAL_DIGITS = 31  # of a number that float32 can hold
LONG_DIGITS = 16  # no measurement has so many; float64 does not hold them all

# The forms of dates. `ISO` is 2024-05-31, with or without a time.
ISO, YEAR_FIRST, DAY_FIRST, MONTH_FIRST = "iso", "year first", "day first", "month first"
NAMED, MONTHLY, COMPACT, EPOCH = "named months", "months", "compact", "epoch"
_OLDEST_OF_TWO_DIGITS = 69  # the year 69 is 1969, 68 is 2068, as POSIX reads two digits
_COMPACT_YEARS = range(1900, 2100)
_EPOCH_MILLISECONDS = 1e11  # larger numbers are milliseconds since 1970; as seconds they would be after the year 5000

_MONEY = "$¢£¤¥฿₡₢₣₤₦₩₪₫€₭₮₱₲₴₵₸₹₺₼₽₾₿"
_CODES = (
    "AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY|KES|KRW|MXN|MYR|NGN|NOK|NZD|PHP|"
    "PKR|PLN|RON|RSD|RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|VND|ZAR"
)
_BEFORE = rf"[A-Z]{{0,2}}[{_MONEY}]|{_CODES}|Rs\.?|Fr\.?|kr\.?"
_AFTER = rf"(?:[^\W\d_]|[%‰°\"'{_MONEY}])[^\d,;:()\[\]<>]{{0,14}}[23²³]?"
_UNITS = (
    "[%‰'\"°KstdhlLgmAVWJNBkMΩ]|°[CF]|(mm|cm|dm|km|m)[²2³3]?|nm|[µum]?m|in|inch|inches|ft|feet|yd|mi|miles?|ha|acres|sqft|sqm|[mdc]l|"
    "mL|cc|gal|[mkµu]g|mcg|lbs?|oz|secs?|ms|mins?|hr|hrs|hours?|days?|weeks?|months?|years?|yrs?|[kMG]?Hz|[kM]W|hp|PS|[kM]?Wh|[mk]V|"
    "mAh?|Ah|[hkM]?Pa|m?bar|psi|k?J|k?cal|m?mol|[kKMGT]B|bit|[kM]bit|[kM]bps|km/h|kmh|mph|m/s|kn|rpm|px|pt|dB|Mio|bn"
)
_WRITTEN = re.compile(
    rf"""(?P<open>\()? [ ]? (?P<sign>[+-]?) [ ]? (?P<before>{_BEFORE})? [ ]? (?P<second>[+-]?) [ ]?
    (?P<body>[.,]?[0-9](?:[0-9.,'\ _]*[0-9])?[.,]?) (?:(?<=[.,])[-—]{{1,2}})? (?P<exponent>[eE][+-]?[0-9]+|[dD][+-][0-9]+)?
    [ ]{{0,3}} (?P<after>{_AFTER})? (?P<last>-?) (?P<close>\))?""",
    re.VERBOSE,
)
_PLAIN = re.compile(r"[+-]?(?=\.?[0-9])(?:(?P<whole>[0-9]+)|(?P<before>[0-9]*)\.(?P<after>[0-9]*))(?P<exponent>[eE][+-]?[0-9]+)?")
_HEXADECIMAL = re.compile(r"([+-]?)0[xX]([0-9a-fA-F]+)")
_INFINITE = frozenset({"inf", "infinity", "∞", "1.#inf"})
_SAME = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "),
        **dict.fromkeys("\u2018\u2019\u02bc\u00b4`\u066c", "'"),
        **dict.fromkeys("\u200b\u200e\u200f\u2060\ufeff", None),  # not to be seen
        "\u066b": ".",
        "\uff0e": ".",
        "\uff0c": ",",
        "\u066a": "%",
        "\uff05": "%",
    }
)


def _body(style: str) -> re.Pattern[str]:
    """The digits of a number in a style, thousands in groups of three; with commas also in India's groups of two."""
    decimal, thousands = re.escape(style[0]), re.escape(style[1:])
    groups = rf"[1-9][0-9]{{0,2}}(?:(?P<sign>[' _{thousands}])[0-9]{{3}})(?:(?P=sign)[0-9]{{3}})*"
    indian = r"|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}" if style == POINT_GROUPED else ""
    return re.compile(rf"(?:[0-9]+|{groups}{indian})(?:{decimal}[0-9]*)?|{decimal}[0-9]+")


_BODIES = {style: _body(style) for style in STYLES}


class Number(NamedTuple):
    """What a cell shows of the number that it may be.

    Args:
        styles: those of STYLES in which it is a number.
        unit: the text beside it; empty where there is none.
        mark: what is peculiar about it, WHOLE ... INFINITE, or nothing.
        plain: whether every program writes it so: digits, perhaps with a decimal point or an exponent.
    """

    styles: frozenset[str]
    unit: str
    mark: str
    plain: bool


class Day(NamedTuple):
    """What a cell shows of the date that it may be.

    Args:
        forms: the date in ISO form by each form in which the cell is one; of 01/02/2023 there are two.
        dotted: whether its parts are separated by dots, which nobody does who writes the month first.
    """

    forms: Mapping[str, str]
    dotted: bool


_ANY = frozenset(STYLES)
_WITH_POINT = frozenset({POINT, POINT_GROUPED})
_NO_DAY = Day(MappingProxyType({}), False)


@lru_cache(2**10)
def look(cell: str) -> Number | None:
    """All ways in which a cell may be a number; None where it is none."""
    if plain := _PLAIN.fullmatch(cell):
        return _look_plain(cell, plain)
    text = _usual(cell)
    if hexadecimal := _HEXADECIMAL.fullmatch(text):
        return _number(_ANY, "", TOO_LARGE if len(hexadecimal[2]) > HEXADECIMAL_DIGITS else "", False)
    if text.lstrip("+-").lower() in _INFINITE:
        return _number(_ANY, "", INFINITE, False)
    found = _parts(text)
    if not found:
        return None
    styles = frozenset(style for style in STYLES if _BODIES[style].fullmatch(found["body"]))
    if not styles:
        return None
    values = [_value(found, style) for style in styles]
    unit = _unit(found)
    if any(abs(value) > LARGEST for value in values):
        mark = TOO_LARGE
    elif not any(values):
        mark = ZERO
    elif found["open"]:
        mark = IN_BRACKETS
    else:
        whole = found["body"].isdigit() and not unit and not found["exponent"]
        mark = _mark_of_digits(found["body"]) if whole else ""
    return _number(styles, unit, mark, False)


_number = lru_cache(2**8)(Number)  # a column has few different ones


def _look_plain(cell: str, plain: re.Match[str]) -> Number:
    digits, before, after, exponent = plain.groups()
    if digits and not exponent:
        return _number(_ANY, "", _mark_of_digits(digits), True)
    if abs(float(cell)) > LARGEST:
        return _number(_ANY, "", TOO_LARGE, True)
    if digits:
        return _number(_ANY, "", "", True)
    zero = ZERO if float(cell) == 0 else ""
    grouped = 1 <= len(before) <= 3 and before[0] != "0" and len(after) == 3
    return _number(_WITH_POINT | {COMMA_GROUPED} if grouped else _WITH_POINT, "", zero, True)


def _mark_of_digits(digits: str) -> str:
    if len(digits) >= LONG_DIGITS:
        return LONG
    if digits.startswith("0"):
        return CODE if len(digits) > 1 else ZERO
    return WHOLE


def _usual(cell: str) -> str:
    """A cell with the signs and digits of ASCII for those of other scripts."""
    if cell.isascii():
        return cell
    text = cell.translate(_SAME)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _parts(text: str) -> re.Match[str] | None:
    """The parts of a number, where brackets are in pairs and the sign stands once."""
    found = _WRITTEN.fullmatch(text)
    if not found or bool(found["open"]) != bool(found["close"]):
        return None
    signs = [found["sign"], found["second"], found["last"], found["open"]]
    return found if sum(map(bool, signs)) <= 1 else None


def _unit(found: re.Match[str]) -> str:
    return " ".join(part.strip() for part in (found["before"], found["after"]) if part)


def _value(found: re.Match[str], style: str) -> float:
    body = re.sub(rf"[' _{re.escape(style[1:])}]", "", found["body"]).replace(style[0], ".")
    negative = found["open"] or "-" in (found["sign"], found["second"], found["last"])
    return float(("-" if negative else "") + body + (found["exponent"] or "").replace("d", "e").replace("D", "e"))


def read_number(cell: str, way: Way) -> float | None:
    """The number that a cell of a column writes, or None where it is none that float32 can hold."""
    if _PLAIN.fullmatch(cell) and way.decimal == "." and not way.thousands:
        value = float(cell)
    else:
        text = _usual(cell)
        if hexadecimal := _HEXADECIMAL.fullmatch(text):
            if len(hexadecimal[2]) > HEXADECIMAL_DIGITS:
                return None
            value = float(int(hexadecimal[1] + hexadecimal[2], 16))
        else:
            found, style = _parts(text), way.decimal + way.thousands
            if not found or _unit(found) not in ("", way.unit) or not _BODIES[style].fullmatch(found["body"]):
                return None
            value = _value(found, style)
    return value if abs(value) <= LARGEST else None


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
_NO_DATE = re.compile(r"(?:0000[-/.]00[-/.]00|00[-/.]00[-/.]0000)([T ]00:00(:00)?)?")


@lru_cache(2**11)  # a million rows have some thousand different days
def dates(cell: str) -> Day:
    """All ways in which a cell may be a date of the calendar; none where it is none."""
    if len(cell) < 6 or not any(c in "-/.: 0123456789" for c in cell[:12]):
        return _NO_DAY
    if _ISO.fullmatch(cell):
        text = _iso(cell[:4], cell[5:7], cell[8:10])
        return Day({ISO: cell[:DATE_BYTES], YEAR_FIRST: cell[:DATE_BYTES]}, False) if text else _NO_DAY
    cell = _usual(cell)
    if found := _NUMERIC.fullmatch(cell):
        return _numeric(found)
    if found := _EIGHT.fullmatch(cell):
        text = _iso(found["year"], found["month"], found["day"], found) if int(found["year"]) in _COMPACT_YEARS else None
        return Day({COMPACT: text}, False) if text else _NO_DAY
    for pattern in (_DAY_AND_NAME, _NAME_AND_DAY):
        if (found := pattern.fullmatch(cell)) and (month := _MONTHS.get(found["name"].lower())):
            text = _iso(_full_year(found["year"]), month, found["day"], found)
            return Day({NAMED: text}, False) if text else _NO_DAY
    for pattern in _MONTH_OF_YEAR:
        if found := pattern.fullmatch(cell):
            parts = found.groupdict()
            text = _iso(parts["year"], parts["month"] if "month" in parts else _MONTHS.get(parts["name"].lower(), 0), 1)
            return Day({MONTHLY: text}, False) if text else _NO_DAY
    return _NO_DAY


def _numeric(found: re.Match[str]) -> Day:
    """A date of three numbers."""
    first, second, third = found[1], found[3], found[4]
    orders = {YEAR_FIRST: (first, second, third), DAY_FIRST: (third, second, first), MONTH_FIRST: (third, first, second)}
    forms = {}
    for form, (year, month, day) in orders.items():
        # A year has four digits or two, a day at most two.
        text = _iso(_full_year(year), month, day, found) if len(year) in (2, 4) and len(month) <= 2 and len(day) <= 2 else None
        if text:
            forms[form] = text
    return Day(forms, found["sign"] == ".") if forms else _NO_DAY


def _full_year(year: str) -> int:
    return int(year) + (0 if len(year) > 2 else 1900 if int(year) >= _OLDEST_OF_TWO_DIGITS else 2000)


def _iso(year: str | int, month: str | int, day: str | int, found: re.Match[str] | None = None) -> str | None:
    """A date in ISO form, with the time of day where one was found; None where the calendar has no such day."""
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


def read_date(cell: str, way: Way) -> str | None:
    """The date that a cell of a column writes, in ISO form, or None where it is none. Text in ISO form is always one."""
    forms = dates(cell).forms
    if way.dates == EPOCH and ISO not in forms:
        value = read_number(cell, Way())
        return None if value is None else _since_1970(float(cell))
    return forms.get(ISO) or forms.get(way.dates)


def _since_1970(value: float) -> str | None:
    """The minute of so many seconds, or milliseconds, since the beginning of 1970, in UTC."""
    try:
        moment = datetime.fromtimestamp(value / (1000 if abs(value) >= _EPOCH_MILLISECONDS else 1), UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M").zfill(DATE_BYTES)


def is_unit(text: str) -> bool:
    """Whether a text beside a number is a unit or a currency that everyone knows."""
    return re.fullmatch(f"{_UNITS}|{_BEFORE}", text) is not None


def is_no_date(cell: str) -> bool:
    """Whether a cell is what databases write for a date that is not known: 0000-00-00."""
    return _NO_DATE.fullmatch(cell) is not None


def gap(cell: str, kind: str, missing: tuple[str, ...] = ()) -> bool:
    """Whether a cell says that nothing is known.

    Words like None and unknown, and lone signs, are gaps beside numbers, dates and booleans only: among texts they may be a
    category, as None is for a house without a garage.
    """
    lower = cell.lower()
    if lower in MISSING or (kind != CATEGORY and lower in NO_ENTRY):
        return True
    if kind == DATE and is_no_date(cell):
        return True
    return bool(missing) and (cell in missing or _same_number(cell, missing))


def _same_number(cell: str, missing: tuple[str, ...]) -> bool:
    """Whether a cell is one of the missing numbers, written with other zeros: -999.0 is -999."""
    if not _PLAIN.fullmatch(cell):
        return False
    return any(_PLAIN.fullmatch(each) and float(each) == float(cell) for each in missing)


_READERS: dict[str, Callable[[str, Way], float | str | None]] = {NUMBER: read_number, DATE: read_date}
_BITS = {"1": "true", "0": "false"}


def stored(cell: str, kind: str, way: Way) -> float | bytes | None:
    """What the arrays of a table hold of a cell: a float, NaN where it is missing; or bytes in UTF-8, empty where missing.

    None where the cell is not of the column's kind.
    """
    if gap(cell, kind, way.missing):
        return math.nan if kind == NUMBER else b""
    if kind == BOOLEAN:
        return _BITS.get(cell, cell).encode("utf-8", errors="replace")
    value = _READERS[kind](cell, way) if kind in _READERS else cell
    return value.encode("utf-8", errors="replace") if isinstance(value, str) else value


def wanted(kind: str, way: Way) -> str:
    """What cells of a column are, for a message on one that is not: "a date like 2024-05-31"."""
    if kind == DATE:
        examples = {YEAR_FIRST: "2024/5/31", DAY_FIRST: "31.5.2024", MONTH_FIRST: "5/31/2024", NAMED: "31 May 2024"}
        examples |= {MONTHLY: "2024-05", COMPACT: "20240531", EPOCH: "1717113600"}
        return f"a date like {examples.get(way.dates, '2024-05-31')}"
    unit = f" in {way.unit}" if way.unit else ""
    written = " with a decimal comma" if way.decimal == "," else ""
    return f"a number{unit}{written} that float32 can hold"
