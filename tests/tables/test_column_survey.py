"""What is told, read, left out and asked of the columns of a file."""

from pathlib import Path

import numpy as np
import pytest

import zoo
from zoo.tables import files as table_files
from zoo.tables.column_survey import Hints, is_id_name
from zoo.tables.kinds import Columns, Schema, Way


class Files:
    """Tables with a target y and the columns that a test gives."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self.capsys = capsys
        self.columns: Columns = {}
        self.targets = np.empty(0)

    def read(self, columns: dict[str, list[str]], task: str | None = None, **hints: object) -> Schema:
        """Reads a table of these columns; y is given or its rows are of two classes."""
        n = len(next(iter(columns.values())))
        columns = {**columns} if "y" in columns else {**columns, "y": ["ab"[i // 3 % 2] for i in range(n)]}
        rows = ["\t".join(cells) for cells in zip(*columns.values(), strict=True)]
        self.path.write_text("\n".join(["\t".join(columns), *rows]) + "\n", encoding="utf-8")
        schema, self.columns, self.targets = table_files.read(self.path, "y", task, hints=Hints(**hints))
        self.told = self.capsys.readouterr().err
        return schema

    def refused(self, columns: dict[str, list[str]], **hints: object) -> str:
        """The message that refuses such a table."""
        with pytest.raises(zoo.UserError) as error:
            self.read(columns, **hints)
        assert "\n" not in str(error.value)
        return str(error.value)


@pytest.fixture
def files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Files:
    return Files(tmp_path / "a.tsv", capsys)


def cycle(*cells: str, n: int = 30) -> list[str]:
    return [cells[i % len(cells)] for i in range(n)]


MEASURED = [f"{i * 37 % 30 + i / 7:.2f}" for i in range(30)]  # numbers with decimal points, all different


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
    again = Schema.of(schema.told())  # what the card remembers reads the same
    np.testing.assert_array_equal(table_files.read_columns(files.path, again)["x"], files.columns["x"])


def test_other_columns_tell_what_a_comma_is(files: Files) -> None:
    comma = {"x": cycle("26,787", "8,061")}
    message = files.refused(comma)
    assert "row 2, column 'x': '26,787' may be thousands or have a decimal comma: say --thousands , or --decimal ," in message
    files.read({**comma, "size": MEASURED})
    assert files.columns["x"][0] == 26787
    assert "x: '26,787' is read as 26787, since other columns have decimal points" in files.told
    files.read({**comma, "size": [cell.replace(".", ",") for cell in MEASURED]})
    assert files.columns["x"][0] == np.float32(26.787)
    files.read(comma, thousands=",")
    assert files.columns["x"][0] == 26787
    schema = files.read(comma, decimal=",")
    assert files.columns["x"][0] == np.float32(26.787)
    assert schema.told()["ways"] == {"x": {"decimal": ","}}


def test_a_point_is_a_decimal_point_unless_other_columns_have_decimal_commas(files: Files) -> None:
    point = {"x": cycle("1.234", "5.678")}
    files.read(point)
    assert files.columns["x"][0] == np.float32(1.234)
    assert "x: '1.234' is read as 1.234; if its point stands between thousands, say --thousands ." in files.told
    files.read(point, thousands=".")
    assert files.columns["x"][0] == 1234
    files.read({**point, "size": cycle("3,5", "4,25")})
    assert files.columns["x"][0] == 1234


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["0.3", "2.5", "0.2", "1,5"], "row 5, column 'x': '1,5' has another decimal sign than '0.3'"),
        (["30 cm", "0.3 m"], "row 3, column 'x': '0.3 m' has another unit than '30 cm'"),
        (["€5", "£6", "0"], "row 3, column 'x': '£6' has another unit than '€5'"),
        (["30 cm", "31"], "row 3, column 'x': '31' has no unit, but '30 cm' has one: correct it, or say --kind x=number"),
        (["(3.5)", "(0.1)"], "'(3.5)' is in brackets, as all numbers of the column are"),
        (["5'11\"", *(f"5'{i}\"" for i in range(1, 30))], "cannot be read as one, and nearly every row has another cell"),
        ([*MEASURED[:20], *["abc"] * 10], "'abc' is not a number, though 20 of 30 cells are: correct it"),
        (["inf", *MEASURED[1:]], "row 2, column 'x': 'inf' is not a number that float32 can hold, though 29 of 30 cells are"),
        (["m2", *MEASURED[1:]], "'m2' is not a number, though all other cells are: if this row names the units, take it out"),
        (["01/01/2023", "05/06/2023"], "row 3, column 'x': '05/06/2023' may be 2023-05-06 or 2023-06-05: say --day-first or"),
        (["01/02/2023", "05/06/2023"], "row 2, column 'x': '01/02/2023' may be 2023-01-02 or 2023-02-01: say --day-first or"),
        (["08/18/2023", "11/11/2023", "18/08/2023"], "'18/08/2023' is a date in another form than '08/18/2023'"),
        (["11/04/23", "04/11/23"], "'11/04/23' may be 2011-04-23 or 2023-04-11 or 2023-11-04: say --day-first or --month-first"),
        ([f"Rp{i}.000" for i in range(30)], "'Rp0.000' is like a number or a date but cannot be read as one"),
        ([f"'{i * 7}" for i in range(30)], '"\'0" is like a number or a date but cannot be read as one'),
        (["2023-01-05", "3 Jan 2023"], "'3 Jan 2023' is a date in another form than '2023-01-05'"),
        ([*[f"2023{m:02}{d:02}" for m in (1, 2, 3) for d in range(1, 10)], "20231301", "20230404", "20230505"], "is not a date"),
        ([f"0{i:04}" for i in [7, 5, *range(100, 128)]], "has a leading zero, as codes have, and nearly every row has another"),
    ],
)
def test_what_is_not_certain_is_asked(files: Files, cells: list[str], message: str) -> None:
    said = files.refused({"x": cycle(*cells)})
    assert message in said
    assert "--ignore x" in said or "take it out" in said
    with pytest.raises(zoo.UserError, match="has no column besides 'y'"):
        files.read({"x": cycle(*cells)}, ignore=("x",))
    assert files.read({"x": cycle(*cells)}, kinds={"x": "category"}).kinds == ("category",)


def test_the_flags_that_a_message_names_decide(files: Files) -> None:
    cells = {"x": ["inf", *MEASURED[1:]]}
    assert "--missing inf (if it stands for a missing value)" in files.refused(cells)
    schema = files.read(cells, missing=("inf", "abc"))
    assert np.isnan(files.columns["x"][0])
    assert "data: --missing abc: no cell is so\n" in files.told
    assert "--missing inf" not in files.told
    schema = files.read(cells, missing=("inf",))
    assert schema.way("x") == Way(missing=("inf",))
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
        ({"ignore": ("nope",)}, "--ignore nope: .* has no column 'nope': there are x, y"),
        ({"kinds": {"nope": "number"}}, "--kind nope: .* has no column 'nope'"),
        ({"ignore": ("y",)}, "--ignore y: this is the column to predict"),
        ({"kinds": {"y": "date"}}, "--kind y=date: what is predicted is a number or classes"),
        ({"decimal": ",", "thousands": ","}, "are the same sign"),
        ({"kinds": {"x": "boolean"}}, "--kind x=boolean: '1.5' is neither true nor false"),
        ({"kinds": {"x": "date"}}, "row 2, column 'x': '1.5' is no date|'1.5' is not a date"),
    ],
)
def test_a_flag_that_does_not_fit_is_told(files: Files, hints: dict[str, object], message: str) -> None:
    with pytest.raises(zoo.UserError, match=message):
        files.read({"x": cycle("1.5", "1e300" if "date" in message else "2")}, **hints)


@pytest.mark.parametrize(
    ("cells", "iso", "said"),
    [
        (["26.10.2023", "06.08.2023"], b"2023-10-26", "'26.10.2023' is read as 2023-10-26"),
        (["01.02.2023", "05.06.2023"], b"2023-02-01", "'01.02.2023' is read as 2023-02-01"),
        (["1/1/2023", "4/11/2023", "27/1/2023"], b"2023-01-01", "'4/11/2023' is read as 2023-11-04"),
        (["11/4/2023", "1/27/2023"], b"2023-11-04", "'11/4/2023' is read as 2023-11-04"),
        ([f"{i:02}.10.23" for i in range(1, 31)], b"2023-10-01", "'01.10.23' is read as 2023-10-01"),
        ([f"23-10-{i:02}" for i in range(1, 31)], b"2023-10-01", "'23-10-01' is read as 2023-10-01"),
        (["2023-05", "2023-12"], b"2023-05-01", "'2023-05' is read as 2023-05-01"),
        (["Jan 3, 2023", "3 Feb 2023"], b"2023-01-03", "'Jan 3, 2023' is read as 2023-01-03"),
        (["20230531", "20231026", "20230212"], b"2023-05-31", "'20230531' is read as 2023-05-31"),
        (["05.2023", "12.2023", "11.2023"], b"2023-05-01", "'05.2023' is read as 2023-05-01"),
        (["2023-05-25 12:14:05+02:00"] * 2 + ["2023-05-26 00:00:00+02:00"], b"2023-05-25 12:14", "is read as 2023-05-25 12:14"),
        (["2023-05-25", "None", "2023-05-26"], b"2023-05-25", "'None' in 10 rows is read as missing"),
        (["2023-05-25", "0000-00-00", "2023-05-26"], b"2023-05-25", "dates: x"),
    ],
)
def test_dates_are_read_as_they_are_written_and_told(files: Files, cells: list[str], iso: bytes, said: str) -> None:
    schema = files.read({"x": cycle(*cells)})
    assert schema.kinds == ("date",)
    assert files.columns["x"][0] == iso
    assert said in files.told
    again = Schema.of(schema.told())
    np.testing.assert_array_equal(table_files.read_columns(files.path, again)["x"], files.columns["x"])


def test_another_column_tells_which_number_is_the_day(files: Files) -> None:
    files.read({"x": cycle("01/02/2023", "05/06/2023"), "z": cycle("25/12/2023", "01/02/2023")})
    assert files.columns["x"][0] == b"2023-02-01"
    assert "x: '01/02/2023' is read as 2023-02-01, as the days of other columns are" in files.told


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("rownames", [str(i) for i in range(1, 31)], "counts the rows|is an id by its name"),
        ("Unnamed: 0", [str(i) for i in range(30)], "is an id by its name, and different in every row: left out"),
        ("nummer", [str(i) for i in range(30)], "nummer counts the rows: left out; --kind nummer=number keeps it"),
        ("plot", [str(1 + i * 7 % 30) for i in range(30)], "has the numbers of the rows in another order: left out"),
        ("PassengerId", [str(500 + i * 7) for i in range(30)], "PassengerId is an id by its name"),
        (
            "tweet",
            [str(1577134800018164904 + 7 * i) for i in range(30)],
            "which are ids, different in nearly every row: left out",
        ),
        ("long", [str(10**39 + i) for i in range(30)], "which are ids, different in nearly every row: left out"),
        ("id", [f"{500 + i * 7 % 30}.0" for i in range(30)], "id is an id by its name"),
        ("Id", [f"1,{i * 7 % 30:03}" for i in range(30)], "Id is an id by its name"),
        ("id", [f"0{i:04}" for i in range(30)], "id has codes with leading zeros, like '00000', different in nearly every row"),
    ],
)
def test_ids_are_left_out(files: Files, name: str, cells: list[str], said: str) -> None:
    schema = files.read({name: cells, "size": MEASURED})
    assert schema.names == ("size",)
    assert any(part in files.told for part in said.split("|"))
    if "--kind" in files.told:
        assert name in files.read({name: cells, "size": MEASURED}, kinds={name: "number"}).names


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("x", [str(i) for i in range(30)], "x counts the rows: if it is but their number, say --ignore x"),
        ("year", [str(1990 + i) for i in range(30)], "year counts the rows"),
        ("opened", [str(1990 + 3 * i) for i in range(30)], "opened rises from row to row"),
        ("price", [str(187513 + i * i * 91 % 5003) for i in range(30)], ""),
        ("population", [str((i * 7919 + 13) % 10007 * 1000) for i in range(30)], ""),
        ("weight", MEASURED, ""),
        ("id", MEASURED, ""),
        ("station_id", cycle("1", "2", "3"), ""),
    ],
)
def test_numbers_that_differ_in_every_row_are_kept_unless_they_are_ids(
    files: Files, name: str, cells: list[str], said: str
) -> None:
    assert files.read({name: cells, "size": MEASURED}).names == (name, "size")
    assert said in files.told
    assert ("--ignore" in files.told) == bool(said)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            ["id", "ID", "PassengerId", "order_no", "Unnamed: 0", "row.names", "rownames", "customerID", "Kd-Nr", "id_number"],
            True,
        ),
        (["width", "paid", "grid", "noise", "num_rooms", "no_of_visitors", "price_index", "record_high", "number", ""], False),
    ],
)
def test_the_names_of_ids(names: list[str], expected: bool) -> None:
    assert {name: is_id_name(name) for name in names} == dict.fromkeys(names, expected)


def test_digits_without_end_are_one_line(files: Files) -> None:
    assert files.read({"n": [f"{'9' * 5000}{i}" for i in range(30)], "size": MEASURED}).names == ("size",)
    assert len(files.refused({"n": ["9" * 5000, *map(str, range(29))]})) < 500
    assert "'0xffffff" in files.refused({"x": ["0x" + "f" * 400, *cycle("0x10", "0x11")]})


def test_codes_with_leading_zeros_are_categories(files: Files) -> None:
    assert files.read({"zip": cycle("01021", "01016", "10115")}).kinds == ("category",)
    assert "zip has codes with leading zeros, like '01021': taken as categories; --kind zip=number reads them" in files.told
    assert files.columns["zip"][0] == b"01021"
    assert files.read({"zip": cycle("01021", "01016", "10115")}, kinds={"zip": "number"}).kinds == ("number",)


def test_texts_beside_numbers_that_are_no_units_make_categories(files: Files) -> None:
    assert files.read({"class": cycle("1st", "2nd", "3rd"), "house": cycle("12", "12b", "14c")}).kinds == ("category",) * 2
    streets = {"size": MEASURED, "street": [f"{i} {['Oak', 'Lime', 'Elm'][i % 3]} Street" for i in range(30)]}
    assert files.read(streets).names == ("size",)
    assert "street is another text in nearly every row: left out" in files.told
    message = files.refused({"class": ["1st", *cycle("2nd", "3rd"), "*"], "house": [*map(str, range(100, 131)), "12b"]})
    assert "row 33, column 'house': '12b' is not a number, though 31 of 32 cells are" in message


def test_none_is_a_category_beside_texts_and_a_gap_beside_numbers(files: Files) -> None:
    schema = files.read({"garage": cycle("None", "Attached", "Detached"), "x": cycle("None", "2.5", "3.5")})
    assert schema.kinds == ("category", "number")
    assert files.columns["garage"][0] == b"None"
    assert np.isnan(files.columns["x"][0])


def test_booleans_in_any_spelling_are_booleans(files: Files) -> None:
    assert files.read({"x": cycle("yes", "No", "YES", "y", "NO")}).kinds == ("boolean",)
    assert files.read({"x": cycle("n", "s", "e", "w")}).kinds == ("category",)


def test_spellings_of_one_category_are_told(files: Files) -> None:
    files.read({"town": cycle("Wien", "Linz", "WIEN")})
    assert "town: 'Wien' and 'WIEN' are two categories: write them alike if they are the same" in files.told


@pytest.mark.parametrize(
    ("cells", "classes", "said"),
    [
        (["01", "1", "2"], ("01", "1", "2"), "y: '01' and '1' are two classes"),
        (["012", "10", "7", "007"], ("007", "012", "10", "7"), "y: '7' and '007' are two classes"),
        (["no", "yes", "Yes", "yes"], ("no", "yes"), "y: 'Yes' is read as 'yes'"),
        (["no", "yes", "None"], ("no", "yes"), "10 rows have no y: left out"),
        (["AS", "NA", "EU"], ("AS", "EU"), "10 rows have no y ('NA' is read as missing): left out"),
        (["none", "blue", "red"], ("blue", "none", "red"), "3 classes"),
        (["red", "Red", "blue"], ("Red", "blue", "red"), "y: 'red' and 'Red' are two classes"),
        (["1", "2", "10", "1.0"], ("1", "2", "10"), "for a number to be predicted say --task regression"),
        (["0", "100"], ("0", "100"), "2 classes"),
        (["5 stars", "4 stars", "1 stars"], ("1 stars", "4 stars", "5 stars"), "in stars"),
        (["100", "400", "200"], (), "y is a number from 100 to 400: regression; for classes say --task classification"),
        (["2015", "2019", "2022"], (), "regression"),
        (["1.0", "1.5", "2.0"], (), "regression"),
        (["4%", "25%", "36%", "0"], (), "y: '4%' is read as 4, in %"),
        (["187,513", "2,500", "9,999"], (), "y: '187,513' is read as 187513, since other columns have decimal points"),
        (["2023-01-01", "2023-02-02", "2023-03-03"], None, "y is dates, like '2023-01-01', which cannot be predicted"),
    ],
)
def test_what_is_predicted(files: Files, cells: list[str], classes: tuple[str, ...] | None, said: str) -> None:
    columns = {"x": MEASURED, "y": cycle(*cells)}
    if classes is None:
        assert said in files.refused(columns)
        return
    schema = files.read(columns)
    assert schema.classes == classes
    assert said in files.told
    if not classes:
        assert len(files.read(columns, "classification").classes) > 1
    again = table_files.read_known(files.path, Schema.of(schema.told()))[1]
    np.testing.assert_array_equal(again, table_files.read(files.path, "y")[2])


def test_a_row_with_a_word_for_a_missing_number_has_no_target(files: Files) -> None:
    files.read({"x": MEASURED, "y": cycle("None", "2.5", "3.5")})
    assert len(files.targets) == 20
    assert "10 rows have no y: left out" in files.told


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"x": cycle("-999", *MEASURED[:8])}, "x is -999 in 4 rows, else from 0 to 28.57: say --missing=-999 if it stands for"),
        ({"t": [str(1700000002 + i) for i in range(30)]}, "t has 30 different cells, of which float32 tells"),
        (
            {"x": MEASURED, "y": [cell.replace(".", "") for cell in MEASURED]},
            "x alone tells y: say --ignore x if it is not known",
        ),
        ({"x": cycle("a", "b", "c"), "y": cycle("1", "2", "3")}, "x alone tells y"),
    ],
)
def test_doubts_are_told(files: Files, columns: dict[str, list[str]], said: str) -> None:
    files.read(columns)
    assert said in files.told


def test_a_column_without_doubts_is_not_remarked_on(files: Files) -> None:
    files.read({"x": MEASURED, "town": cycle("Wien", "Linz"), "n": cycle("99", "120", "80", "101")})
    assert len(files.told.splitlines()) == 3  # of the delimiter, the columns and the target
