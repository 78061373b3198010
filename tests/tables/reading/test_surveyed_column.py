import pytest

import zoo
from tests.tables.reading.tables import MEASURED, Files, cycle


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["0.3", "2.5", "0.2", "1,5"], "row 5, column 'x': '1,5' has another decimal sign than '0.3'"),
        (["30 cm", "0.3 m"], "row 3, column 'x': '0.3 m' has another unit than '30 cm'"),
        (["€5", "£6", "0"], "row 3, column 'x': '£6' has another unit than '€5'"),
        (
            ["30 cm", "31"],
            "row 3, column 'x': '31' has no unit, but '30 cm' has one: correct it, give the column the kind number",
        ),
        (["(3.5)", "(0.1)"], "'(3.5)' is in brackets like all numbers of the column"),
        (["5'11\"", *(f"5'{i}\"" for i in range(1, 30))], "cannot be read as one, and nearly every row has another cell"),
        ([*MEASURED[:20], *["abc"] * 10], "'abc' is not a number, though 20 of 30 cells are: correct it"),
        (["inf", *MEASURED[1:]], "row 2, column 'x': 'inf' is not a number that float32 can hold, though 29 of 30 cells are"),
        (["m2", *MEASURED[1:]], "'m2' is not a number, though all other cells are: if this row names the units, remove it"),
        (["01/01/2023", "05/06/2023"], "row 3, column 'x': '05/06/2023' may be 2023-05-06 or 2023-06-05: say whether the day"),
        (["01/02/2023", "05/06/2023"], "row 2, column 'x': '01/02/2023' may be 2023-01-02 or 2023-02-01: say whether the day"),
        (["08/18/2023", "11/11/2023", "18/08/2023"], "'18/08/2023' is a date in another form than '08/18/2023'"),
        (
            ["11/04/23", "04/11/23"],
            "'11/04/23' may be 2011-04-23 or 2023-04-11 or 2023-11-04: say whether the day or the month comes first",
        ),
        ([f"Rp{i}.000" for i in range(30)], "'Rp0.000' looks like a number or a date but cannot be read as one"),
        ([f"'{i * 7}" for i in range(30)], '"\'0" looks like a number or a date but cannot be read as one'),
        (["2023-01-05", "3 Jan 2023"], "'3 Jan 2023' is a date in another form than '2023-01-05'"),
        ([*[f"2023{m:02}{d:02}" for m in (1, 2, 3) for d in range(1, 10)], "20231301", "20230404", "20230505"], "is not a date"),
        ([f"0{i:04}" for i in [7, 5, *range(100, 128)]], "has a leading zero like a code, and nearly every row has another"),
    ],
)
def test_what_is_not_certain_is_asked(files: Files, cells: list[str], message: str) -> None:
    said = files.refused({"x": cycle(*cells)})
    assert message in said
    assert "or ignore the column" in said or "remove it from the file" in said
    with pytest.raises(zoo.UserError, match="has no column besides 'y'"):
        files.read({"x": cycle(*cells)}, ignore=("x",))
    assert files.read({"x": cycle(*cells)}, kinds={"x": "category"}).kinds == ("category",)


def test_digits_without_end_are_one_line(files: Files) -> None:
    assert files.read({"n": [f"{'9' * 5000}{i}" for i in range(30)], "size": MEASURED}).names == ("size",)
    assert len(files.refused({"n": ["9" * 5000, *map(str, range(29))]})) < 500
    assert "'0xffffff" in files.refused({"x": ["0x" + "f" * 400, *cycle("0x10", "0x11")]})
