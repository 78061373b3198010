"""Numbers in the cells of a table, in the many ways in which people and programs write them.

A cell alone may be ambiguous: `1,234` is more than a thousand or a little more than one. So `number_in` gives every reading of a
cell. The whole column or the user decides between them (zoo.tables.reading.number_columns), and `read_number` reads a cell as was
decided.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from zoo.tables.kinds import LARGEST
from zoo.tables.schema import CellFormat

# The style of a number: its decimal sign, then the sign between thousands if that is the other of the two signs. Apostrophes,
# blanks and underscores can only stand between thousands, and are read in all four styles.
POINT, COMMA, POINT_GROUPED, COMMA_GROUPED = ".", ",", ".,", ",."
STYLES = (POINT, COMMA, POINT_GROUPED, COMMA_GROUPED)

# The marks of a number, which say what is special about it.
WHOLE, ZERO, CODE, LONG = "whole", "zero", "code", "long"
IN_BRACKETS, TOO_LARGE, INFINITE = "in brackets", "too large", "infinite"
HEXADECIMAL_DIGITS = 31  # of a number that float32 can hold
LONG_DIGITS = 16  # more than any measurement has, and more than float64 can hold

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
        **dict.fromkeys("\u200b\u200e\u200f\u2060\ufeff", None),  # invisible
        "\u066b": ".",
        "\uff0e": ".",
        "\uff0c": ",",
        "\u066a": "%",
        "\uff05": "%",
    }
)


def _body(style: str) -> re.Pattern[str]:
    """The digits of a number in a style: thousands in groups of three, with commas also in the groups of two used in India."""
    decimal, thousands = re.escape(style[0]), re.escape(style[1:])
    groups = rf"[1-9][0-9]{{0,2}}(?:(?P<sign>[' _{thousands}])[0-9]{{3}})(?:(?P=sign)[0-9]{{3}})*"
    indian = r"|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}" if style == POINT_GROUPED else ""
    return re.compile(rf"(?:[0-9]+|{groups}{indian})(?:{decimal}[0-9]*)?|{decimal}[0-9]+")


_BODIES = {style: _body(style) for style in STYLES}


class Number(NamedTuple):
    """How a cell can be read as a number.

    Args:
        styles: those of STYLES in which the cell is a number.
        unit: the text beside the number, or "".
        mark: what is special about the number, WHOLE ... INFINITE, or "".
        plain: whether it is written as programs do: digits, perhaps with a decimal point or an exponent.
    """

    styles: frozenset[str]
    unit: str
    mark: str
    plain: bool


_ANY = frozenset(STYLES)
_WITH_POINT = frozenset({POINT, POINT_GROUPED})


@lru_cache(2**10)
def number_in(cell: str) -> Number | None:
    """All ways in which a cell can be read as a number; None where it is not a number."""
    if plain := _PLAIN.fullmatch(cell):
        return _plain_number(cell, plain)
    text = ascii_signs(cell)
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


_number = lru_cache(2**8)(Number)  # a column has few different numbers in this sense


def _plain_number(cell: str, plain: re.Match[str]) -> Number:
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


def ascii_signs(cell: str) -> str:
    """A cell with the signs and digits of other scripts replaced by those of ASCII."""
    if cell.isascii():
        return cell
    text = cell.translate(_SAME)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _parts(text: str) -> re.Match[str] | None:
    """The parts of a number: brackets must come in pairs, and the sign once. None where the text is not a number."""
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


def read_number(cell: str, cell_format: CellFormat) -> float | None:
    """The number in a cell of a column, or None where it is not a number, or one that float32 cannot hold."""
    if _PLAIN.fullmatch(cell) and cell_format.decimal == "." and not cell_format.thousands:
        value = float(cell)
    else:
        text = ascii_signs(cell)
        if hexadecimal := _HEXADECIMAL.fullmatch(text):
            if len(hexadecimal[2]) > HEXADECIMAL_DIGITS:
                return None
            value = float(int(hexadecimal[1] + hexadecimal[2], 16))
        else:
            found, style = _parts(text), cell_format.decimal + cell_format.thousands
            if not found or _unit(found) not in ("", cell_format.unit) or not _BODIES[style].fullmatch(found["body"]):
                return None
            value = _value(found, style)
    return value if abs(value) <= LARGEST else None


def is_unit(text: str) -> bool:
    """Whether a text beside a number is a common unit or currency."""
    return re.fullmatch(f"{_UNITS}|{_BEFORE}", text) is not None


def is_same_number(cell: str, texts: tuple[str, ...]) -> bool:
    """Whether a cell is one of some plain numbers, perhaps with other zeros: -999.0 is -999."""
    if not _PLAIN.fullmatch(cell):
        return False
    return any(_PLAIN.fullmatch(each) and float(each) == float(cell) for each in texts)


def is_digits(text: str) -> bool:
    """Whether a text consists of the digits 0 to 9."""
    return text.isascii() and text.isdigit()
