import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.tables.reading.number_cells import number_in, read_number
from zoo.tables.schema import CellFormat

POINT, COMMA = CellFormat(), CellFormat(decimal=",")
US, GERMAN = CellFormat(thousands=","), CellFormat(decimal=",", thousands=".")


@pytest.mark.parametrize(
    ("cell", "cell_format", "value"),
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
        ("12%", CellFormat(unit="%"), 12),
        ("12 %", CellFormat(unit="%"), 12),
        ("30 cm", CellFormat(unit="cm"), 30),
        ("30", CellFormat(unit="cm"), 30),
        ("EUR 123", CellFormat(unit="EUR"), 123),
        ("€187513", CellFormat(unit="€"), 187513),
        ("187.513 €", CellFormat(decimal=",", thousands=".", unit="€"), 187513),
        ("$1,234.50", CellFormat(thousands=",", unit="$"), 1234.5),
        ("-$5", CellFormat(unit="$"), -5),
        ("($1,200)", CellFormat(thousands=",", unit="$"), -1200),
        ('40"', CellFormat(unit='"'), 40),
        ("50 m²", CellFormat(unit="m²"), 50),
        ("50 m2", CellFormat(unit="m2"), 50),
    ],
)
def test_numbers_are_read_in_the_format_of_their_column(cell: str, cell_format: CellFormat, value: float) -> None:
    assert read_number(cell, cell_format) == pytest.approx(value)
    number = number_in(cell)
    assert number is not None
    assert cell_format.decimal + cell_format.thousands in number.styles
    assert number.unit in ("", cell_format.unit)


@pytest.mark.parametrize(
    ("cell", "cell_format"),
    [
        ("1,234", POINT),
        ("1.5", COMMA),
        ("44,19", US),
        ("12,34", US),
        ("30 m", CellFormat(unit="cm")),
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
def test_what_is_no_number_of_the_column_is_none(cell: str, cell_format: CellFormat) -> None:
    assert read_number(cell, cell_format) is None


def test_a_cell_alone_leaves_open_what_it_says() -> None:
    assert number_in("1,234").styles == {",", ",.", ".,"}
    assert number_in("1.234").styles == {".", ".,", ",."}
    assert number_in("0,512").styles == {",", ",."}  # no thousand begins with 0
    assert number_in("1234").styles == {".", ",", ".,", ",."}


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
    cell_format = CellFormat(decimal, thousands if thousands in (".", ",") else "", (unit[0] + unit[1]).strip())
    expected = digits / 10**places * (-1 if minus else 1)
    assert read_number(cell, cell_format) == pytest.approx(expected)
    number = number_in(cell)
    assert number is not None
    assert cell_format.decimal + cell_format.thousands in number.styles
    assert number.unit == cell_format.unit


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_python_s_numbers_are_read_as_python_reads_them(value: float) -> None:
    assert read_number(repr(value), POINT) == value
    assert number_in(repr(value)).plain
