import numpy as np
import pytest

from tests.tables.reading.tables import MEASURED, Files, cycle
from zoo.tables.reading import files as table_files
from zoo.tables.schema import Schema


@pytest.mark.parametrize(
    ("cells", "first", "said"),
    [
        (["44,19", "105,00", "7"], 44.19, "'44,19' is read as 44.19"),
        (["1,234", "0,5", "12"], 1.234, "'1,234' is read as 1.234"),
        (["1,234", "99.5", "12"], 1234, "'1,234' is read as 1234"),
        (["1.234,50", "3"], 1234.5, "'1.234,50' is read as 1234.5"),
        (["1.234.567", "1.234"], 1234567, "'1.234.567' is read as 1234567"),
        (["187'513", "999"], 187513, '"187\'513" is read as 187513'),
        (["−3.5", "(4.5)", "2"], -3.5, "'−3.5' is read as -3.5"),
        (["12%", "0", "30%"], 12, "'12%' is read as 12, in %"),
        (["30 cm", "41 cm"], 30, "'30 cm' is read as 30, in cm"),
        (["€187513", "€2"], 187513, "'€187513' is read as 187513, in €"),
        (["$1,234.50", "$3"], 1234.5, "'$1,234.50' is read as 1234.5, in $"),
        (["2.77D-04", "1.00D+01"], 0.000277, "'2.77D-04' is read as 0.000277"),
        (["0xb6", "0x10"], 182, "'0xb6' is read as 182"),
        (["٣٩", "٤"], 39, "'٣٩' is read as 39"),
        (["120.-", "7.50", "3.--"], 120, "'120.-' is read as 120"),
        (["1.020,-", "7,50", "3,--"], 1020, "'1.020,-' is read as 1020"),
        (["120-", "7.50"], -120, "'120-' is read as -120"),
        (["1.5", "None", "-", "2.5"], 1.5, "'None', '-' in 15 rows is read as missing"),
    ],
)
def test_numbers_are_read_as_they_are_written_and_told(files: Files, cells: list[str], first: float, said: str) -> None:
    schema = files.read({"x": cycle(*cells)})
    assert schema.kinds == ("number",)
    assert files.columns["x"][0] == np.float32(first)
    assert f"data: x: {said}" in files.told
    again = Schema.of(schema.to_card())  # what the card remembers reads the same
    np.testing.assert_array_equal(table_files.read_columns(files.path, again)["x"], files.columns["x"])


def test_other_columns_tell_what_a_comma_is(files: Files) -> None:
    comma = {"x": cycle("26,787", "8,061")}
    message = files.refused(comma)
    assert (
        "row 2, column 'x': '26,787' may be thousands or have a decimal comma: give , as the thousands sign or as the" in message
    )
    files.read({**comma, "size": MEASURED})
    assert files.columns["x"][0] == 26787
    assert "x: '26,787' is read as 26787, since other columns have decimal points" in files.told
    files.read({**comma, "size": [cell.replace(".", ",") for cell in MEASURED]})
    assert files.columns["x"][0] == np.float32(26.787)
    files.read(comma, thousands=",")
    assert files.columns["x"][0] == 26787
    schema = files.read(comma, decimal=",")
    assert files.columns["x"][0] == np.float32(26.787)
    assert schema.to_card()["ways"] == {"x": {"decimal": ","}}


def test_a_point_is_a_decimal_point_unless_other_columns_have_decimal_commas(files: Files) -> None:
    point = {"x": cycle("1.234", "5.678")}
    files.read(point)
    assert files.columns["x"][0] == np.float32(1.234)
    assert "x: '1.234' is read as 1.234; if its point separates thousands, give . as the thousands sign" in files.told
    files.read(point, thousands=".")
    assert files.columns["x"][0] == 1234
    files.read({**point, "size": cycle("3,5", "4,25")})
    assert files.columns["x"][0] == 1234
