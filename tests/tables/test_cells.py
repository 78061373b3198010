from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.tables import cells
from zoo.tables.kinds import LARGEST, Way

POINT, COMMA = Way(), Way(decimal=",")
US, GERMAN = Way(thousands=","), Way(decimal=",", thousands=".")


@pytest.mark.parametrize(
    ("cell", "way", "value"),
    [
        ("-3.5", POINT, -3.5),
        (".5", POINT, 0.5),
        ("5.", POINT, 5),
        ("1e-3", POINT, 0.001),
        ("44,19", COMMA, 44.19),
        ("0,512", COMMA, 0.512),
        ("1,5e3", COMMA, 1500),
        ("1.234.567,8", GERMAN, 1234567.8),
        ("1,234,567.8", US, 1234567.8),
        ("12,34,567", US, 1234567),
        ("187'513", POINT, 187513),
        ("1’234.50", POINT, 1234.5),
        ("26\u202f787", POINT, 26787),
        ("26\u00a0787,5", COMMA, 26787.5),
        ("1 234 567", POINT, 1234567),
        ("1_910", POINT, 1910),
        ("−3.5", POINT, -3.5),
        ("–3", POINT, -3),
        ("(3.5)", POINT, -3.5),
        ("3.5-", POINT, -3.5),
        ("2.77D-04", POINT, 0.000277),
        ("0xb6", POINT, 182),
        ("٣٩", POINT, 39),
        ("٣٫٥", POINT, 3.5),
        ("１２", POINT, 12),
        ("12%", Way(unit="%"), 12),
        ("12 %", Way(unit="%"), 12),
        ("30 cm", Way(unit="cm"), 30),
        ("30", Way(unit="cm"), 30),
        ("EUR 123", Way(unit="EUR"), 123),
        ("€187513", Way(unit="€"), 187513),
        ("187.513 €", Way(decimal=",", thousands=".", unit="€"), 187513),
        ("$1,234.50", Way(thousands=",", unit="$"), 1234.5),
        ("-$5", Way(unit="$"), -5),
        ("($1,200)", Way(thousands=",", unit="$"), -1200),
        ('40"', Way(unit='"'), 40),
        ("50 m²", Way(unit="m²"), 50),
        ("50 m2", Way(unit="m2"), 50),
    ],
)
def test_numbers_are_read_in_the_way_of_their_column(cell: str, way: Way, value: float) -> None:
    assert cells.read_number(cell, way) == pytest.approx(value)
    number = cells.look(cell)
    assert number is not None
    assert way.decimal + way.thousands in number.styles
    assert number.unit in ("", way.unit)


@pytest.mark.parametrize(
    ("cell", "way"),
    [
        ("1,234", POINT),
        ("1.5", COMMA),
        ("44,19", US),
        ("12,34", US),
        ("30 m", Way(unit="cm")),
        ("30 cm", POINT),
        ("1e39", POINT),
        ("9" * 5000, POINT),
        ("0x" + "f" * 400, POINT),
        ("inf", POINT),
        ("-", POINT),
        (".", POINT),
        ("1.2.3", POINT),
        ("26-35", POINT),
        ("46+", POINT),
        ("12:30", POINT),
        ("5'11\"", POINT),
        ("1__000", POINT),
        ("(5", POINT),
        ("--5", POINT),
        ("-(5)", POINT),
        ("Q1", POINT),
        ("12 345 6", POINT),
        ("0 123", POINT),
    ],
)
def test_what_is_no_number_of_the_column_is_none(cell: str, way: Way) -> None:
    assert cells.read_number(cell, way) is None


def test_a_cell_alone_leaves_open_what_it_says() -> None:
    assert cells.look("1,234").styles == {",", ",.", ".,"}
    assert cells.look("1.234").styles == {".", ".,", ",."}
    assert cells.look("0,512").styles == {",", ",."}  # no thousand begins with 0
    assert cells.look("1234").styles == {".", ",", ".,", ",."}
    assert cells.dates("01/02/2023").forms == {"day first": "2023-02-01", "month first": "2023-01-02"}
    assert set(cells.dates("13/02/2023").forms) == {"day first"}


MINUS = st.sampled_from(["-", "−", "–"])
UNIT = st.sampled_from(
    [("", ""), ("€", ""), ("", " €"), ("", "%"), ("EUR ", ""), ("", " cm"), ("US$", ""), ("", " m²"), ("", "kg/m³")]
)


@given(
    st.integers(0, 10**12),
    st.integers(0, 4),
    st.sampled_from(
        [(".", ""), (",", ""), (".", ","), (",", "."), (".", "'"), (",", "’"), (".", " "), (",", "\u202f"), (".", "_")]
    ),
    UNIT,
    st.one_of(st.just(""), MINUS),
)
def test_a_number_is_read_as_it_was_written(
    digits: int, places: int, signs: tuple[str, str], unit: tuple[str, str], minus: str
) -> None:
    whole, fraction = divmod(digits, 10**places)
    decimal, thousands = signs
    text = f"{whole:,}".replace(",", thousands) + (f"{decimal}{fraction:0{places}}" if places else "")
    cell = minus + unit[0] + text + unit[1]
    way = Way(decimal, thousands if thousands in (".", ",") else "", (unit[0] + unit[1]).strip())
    expected = digits / 10**places * (-1 if minus else 1)
    assert cells.read_number(cell, way) == pytest.approx(expected)
    number = cells.look(cell)
    assert number is not None
    assert way.decimal + way.thousands in number.styles
    assert number.unit == way.unit


CELLS = st.text("0123456789.,-+()'_ eEdDxX%€$:/TZJanMy−²\u202f٣", max_size=14) | st.text(max_size=8)


@given(CELLS)
def test_any_text_can_be_looked_at(cell: str) -> None:
    """What `look` promises `read_number` gives, and Python's own numbers are read as Python reads them."""
    cell = cell.strip()
    number = cells.look(cell)
    if number and number.mark not in (cells.INFINITE, cells.TOO_LARGE):
        for style in number.styles:
            value = cells.read_number(cell, Way(style[0], style[1:], number.unit))
            assert (value is None and number.mark == cells.LONG) or abs(value) <= LARGEST
    for form, text in cells.dates(cell).forms.items():
        assert datetime.fromisoformat(text)
        assert cells.read_date(cell, Way(dates=form)) is not None
    for kind in ("number", "category", "boolean", "date"):
        cells.stored(cell, kind, Way())


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_python_s_numbers_are_read_as_python_reads_them(value: float) -> None:
    assert cells.read_number(repr(value), POINT) == value
    assert cells.look(repr(value)).plain


FORMS = {
    "iso": "%Y-%m-%d",
    "year first": "%Y/%m/%d",
    "day first": "%d.%m.%Y",
    "month first": "%m/%d/%Y",
    "named months": "%b %d, %Y",
    "compact": "%Y%m%d",
}
TIMES = {" %H:%M": "T%H:%M", "T%H:%M:%S": "T%H:%M", " %I:%M %p": "T%H:%M", "": ""}


@given(st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)), st.sampled_from(sorted(FORMS)), st.sampled_from(sorted(TIMES)))
def test_a_date_is_read_as_it_was_written(moment: datetime, form: str, time: str) -> None:
    if form == "compact" or (form == "iso" and "p" in time):
        time = ""
    cell = moment.strftime(FORMS[form] + time)
    assert cells.read_date(cell, Way(dates=form)).replace(" ", "T") == moment.strftime("%Y-%m-%d" + TIMES[time])


@pytest.mark.parametrize(
    ("cell", "form", "iso"),
    [
        ("2023-05", "months", "2023-05-01"),
        ("05/2023", "months", "2023-05-01"),
        ("05.2023", "months", "2023-05-01"),
        ("May 2023", "months", "2023-05-01"),
        ("Jan 3, 2023", "named months", "2023-01-03"),
        ("3 Jan 2023", "named months", "2023-01-03"),
        ("03JAN2023", "named months", "2023-01-03"),
        ("3. Jänner 2023", "named months", "2023-01-03"),
        ("Mon, 3rd Jan 2022 9:05 pm", "named months", "2022-01-03T21:05"),
        ("26.10.23", "day first", "2023-10-26"),
        ("1/31/99", "month first", "1999-01-31"),
        ("2023-05-25 12:14:05+02:00", "iso", "2023-05-25 12:14"),
        ("1700000002", "epoch", "2023-11-14T22:13"),
        ("1700000002000", "epoch", "2023-11-14T22:13"),
    ],
)
def test_dates_of_many_forms(cell: str, form: str, iso: str) -> None:
    assert cells.read_date(cell, Way(dates=form)) == iso


@pytest.mark.parametrize(
    "cell", ["2023-02-30", "31.4.2023", "20231301", "2023", "12:30", "May", "1.2", "Jan 2023 5", "13/13/2023"]
)
def test_what_the_calendar_lacks_is_no_date(cell: str) -> None:
    assert not cells.dates(cell).forms


def test_a_compact_date_has_a_likely_year() -> None:
    assert cells.dates("18991231").forms == {}
    assert cells.dates(date(1900, 1, 1).strftime("%Y%m%d")).forms == {"compact": "1900-01-01"}


@pytest.mark.parametrize(
    ("cell", "kind", "gap"),
    [
        ("#N/A", "category", True),
        ("<NA>", "number", True),
        ("#DIV/0!", "number", True),
        ("None", "number", True),
        ("None", "boolean", True),
        ("None", "category", False),
        ("-", "number", True),
        (".", "date", True),
        ("0000-00-00", "date", True),
        ("0", "number", False),
    ],
)
def test_gaps_depend_on_the_kind_of_the_column(cell: str, kind: str, gap: bool) -> None:
    assert cells.gap(cell, kind) is gap


def test_a_number_that_stands_for_a_gap_may_have_other_zeros() -> None:
    assert cells.gap("-999.00", "number", ("-999",))
    assert not cells.gap("-99.9", "number", ("-999",))
