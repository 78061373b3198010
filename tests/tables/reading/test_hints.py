import numpy as np
import pytest

import zoo
from tests.tables.reading.tables import MEASURED, Files, cycle
from zoo.tables.schema import CellFormat


def test_what_a_message_asks_for_decides(files: Files) -> None:
    cells = {"x": ["inf", *MEASURED[1:]]}
    assert "name 'inf' as missing (if it stands for a missing value)" in files.refused(cells)
    schema = files.read(cells, missing=("inf", "abc"))
    assert np.isnan(files.columns["x"][0])
    assert "no cell is 'abc', which you named as missing\n" in files.told
    assert "no cell is 'inf'" not in files.told
    schema = files.read(cells, missing=("inf",))
    assert schema.cell_format("x") == CellFormat(missing=("inf",))
    files.read({"x": cycle("30 cm", "31"), "z": MEASURED}, kinds={"x": "number"})
    assert files.columns["x"][:2].tolist() == [30, 31]
    files.read({"x": cycle("01/02/2023", "05/06/2023")}, day_first=True)
    assert files.columns["x"][0] == b"2023-02-01"
    files.read({"x": cycle("01/02/2023", "05/06/2023")}, day_first=False)
    assert files.columns["x"][0] == b"2023-01-02"
    files.read({"x": cycle("1", "0")}, kinds={"x": "boolean"})
    assert files.columns["x"][:2].tolist() == [b"true", b"false"]
    files.read({"x": cycle("1700000002", "1700086402")}, kinds={"x": "date"})
    assert files.columns["x"][0] == b"2023-11-14T22:13"
    files.read({"x": cycle("-999", "1.5", "2.5"), "z": cycle("-999", "1")}, missing=("x=-999",))
    assert np.isnan(files.columns["x"][0])
    assert files.columns["z"][0] == -999


@pytest.mark.parametrize(
    ("hints", "message"),
    [
        ({"ignore": ("nope",)}, "has no column 'nope' to ignore: the columns are x, y"),
        ({"kinds": {"nope": "number"}}, "has no column 'nope' to read as number: the columns are x, y"),
        ({"ignore": ("y",)}, "the target y cannot be ignored"),
        ({"kinds": {"y": "date"}}, "the target y cannot have the kind date: give it the kind number or category"),
        ({"decimal": ",", "thousands": ","}, "',' cannot be both the decimal sign and the thousands sign"),
        ({"kinds": {"x": "boolean"}}, "x cannot have the kind boolean, since '1.5' is neither true nor false"),
        ({"kinds": {"x": "date"}}, "row 2, column 'x': '1.5' is neither a date|'1.5' is not a date"),
    ],
)
def test_a_hint_that_does_not_fit_is_one_line(files: Files, hints: dict[str, object], message: str) -> None:
    with pytest.raises(zoo.UserError, match=message):
        files.read({"x": cycle("1.5", "1e300" if "date" in message else "2")}, **hints)
