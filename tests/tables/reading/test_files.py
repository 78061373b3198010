import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import zoo
from zoo.core import csv_files
from zoo.tables.reading import files as table_files
from zoo.tables.reading import survey
from zoo.tables.schema import Schema

MESSY = Path(__file__).parent.parent / "messy.csv"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_messy_file_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    schema, columns, targets = table_files.read(MESSY, "renewed")
    assert dict(zip(schema.names, schema.kinds, strict=True)) == {
        "age": "number",
        "income": "number",
        "home town": "category",
        "member": "boolean",
        "joined": "date",
        "paid": "date",
        "remark": "category",
        "spent": "number",
    }
    assert schema.classes == ("no", "yes")
    assert len(targets) == 238
    assert columns["age"].dtype == np.float32
    assert int(np.isnan(columns["age"]).sum()) == 23
    assert set(columns["home town"].tolist()) == {b"", b"Graz", b"Linz", "Köln".encode(), b"Basel"}
    assert b'wrote "ok, thanks"' in columns["remark"].tolist()
    assert columns["joined"][0] == b"2022-01-30"
    told = capsys.readouterr().err
    for notice in (
        "238 rows; numbers: age (23 missing), income, spent; categories: home town (4 different, 5 missing), "
        "remark (6 different); booleans: member (7 missing); dates: joined, paid",
        "2 rows have no renewed: left out",
        "person is another text in nearly every row: left out",
        "paid: '30.01.2020' is read as 2020-01-30",
        "currency is 'EUR' in every row: left out",
        "notes is empty in every row: left out",
        "renewed has 2 classes: no (95), yes (143): classification",
    ):
        assert f"data: {notice}\n" in told


def test_a_target_of_many_numbers_is_a_regression(capsys: pytest.CaptureFixture[str]) -> None:
    schema, _, targets = table_files.read(MESSY, "spent")
    assert schema.task == "regression"
    assert schema.classes == ()
    assert targets.dtype == np.float32
    assert targets[0] == np.float32(205.68)
    assert "spent is a number from 128.97 to 306.04: regression" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["1", "2", "10", "1.0"], None, ("1", "2", "10")),
        (["1", "2", "10", "1"], "regression", ()),
        (["0.5", "1", "2", "1"], None, ()),
        (["0.5", "1", "2", "1"], "classification", ("0.5", "1", "2")),
        ([str(i) for i in range(11)], None, ()),
        (["b", "a", "b", "a"], None, ("a", "b")),
        (["True", "False"], None, ("False", "True")),
    ],
)
def test_the_target_decides_the_task(tmp_path: Path, values: list[str], task: str | None, classes: tuple[str, ...]) -> None:
    path = write(tmp_path / "a.csv", "x,y\n" + "".join(f"{i % 7},{value}\n" for i, value in enumerate(values)))
    schema, _, targets = table_files.read(path, "y", task)
    assert schema.classes == classes
    if classes and values[0] == "1":
        assert targets.tolist() == [0, 1, 2, 0]


def test_a_column_without_a_name_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema, _, _ = table_files.read(write(tmp_path / "a.csv", ",x,y\n0,5,a\n1,7,b\n2,1,b\n"), "y")
    assert schema.names == ("x",)
    assert "column 1 has no name: left out" in capsys.readouterr().err


def test_blank_lines_count_as_rows_and_blanks_around_cells_do_not_matter(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "x , y\n\n 1 , a \n2,b\n")
    _, columns, targets = table_files.read(path, "y")
    assert columns["x"].tolist() == [1, 2]
    assert targets.tolist() == [0, 1]
    with pytest.raises(zoo.UserError, match="row 4, column 'x': 'two' is not a number"):
        table_files.read_columns(write(path, "x,y\n\n1,a\ntwo,b\n"), Schema(("x",), ("number",), "y", ("a", "b")))


MANY = "".join(f"{i},2024-01-{1 + i % 28:02d},{'ab'[i % 2]}\n" for i in range(40))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "n,d,y\n" + MANY + "x12,2024-01-01,a\n",
            "row 42, column 'n': 'x12' is not a number, though 40 of 41",
        ),
        ("n,d,y\n" + MANY + "inf,2024-01-01,a\n", "row 42, column 'n': 'inf' is not a number"),
        (
            "n,d,y\n" + MANY + "5,2024-02-30,a\n",
            "row 42, column 'd': '2024-02-30' is not a date like 2024-01-01, though 40 of 41 cells are",
        ),
        ("y,d\n" + "".join(f"t{i},5\n" for i in range(101)), "y has 101 different values; 100 classes are the most"),
        ("y,d,n\n" + MANY + "x,2024-01-01,b\n", "row 42, column 'y': 'x' is not a number"),
        ("a,y,a\n1,2,3\n4,5,6\n", "has 2 columns called 'a': give each a name of its own"),
        ("a,y\n1,x\n", "has 1 row: it needs a header and a row for each example"),
        ("a,y\n1,\n2,NA\n", "has no rows with a y"),
        ("a,y\n1,x\n2,x\n", "column 'y' is 'x' in every row: there is nothing to tell apart"),
        ("a,y\n5,x\n5,y\n", "has no column besides 'y' to learn from; a is '5' in every row: left out"),
        ("a,y\n,x\n,y\n", "has no column besides 'y' to learn from; a is empty in every row: left out"),
        ("a,y\n1,x\n2\n", "row 3: 1 cell, but the header has 2"),
        ("\n\n", "has no rows"),
        ("a\0,\0y\0\n\0", "is not in UTF-8, since every second byte is 0: give the encoding utf-16-le"),
        ('"a\nb",c\n1,2\n', "has no column 'y': there are 'a\\nb', 'c'"),
        ('"a\nb",y\n,1\n,2\n', "to learn from; a\\nb is empty in every row"),
    ],
)
def test_what_cannot_be_learned_from_is_one_line(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(zoo.UserError) as error:
        table_files.read(write(tmp_path / "a.csv", content), "y")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_number_that_is_no_target_for_a_regression_says_so(tmp_path: Path) -> None:
    with pytest.raises(zoo.UserError, match="row 2, column 'y': 'a' is not a number"):
        table_files.read(write(tmp_path / "a.csv", "x,y\n1,a\n2,b\n"), "y", "regression")
    with pytest.raises(zoo.UserError, match="'a' is not a number: correct it"):  # not: though 0 of 2 are
        table_files.read(tmp_path / "a.csv", "y", "regression")


def test_a_regression_has_any_number_of_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "MOST_DISTINCT", 20)
    path = write(tmp_path / "a.csv", "x,y\n" + "".join(f"{i % 7},{i}\n" for i in range(40)))
    for task in ("regression", None):
        assert table_files.read(path, "y", task)[0].task == "regression"
    with pytest.raises(zoo.UserError, match="y has more than 20 different values; 100 classes are the most"):
        table_files.read(path, "y", "classification")


@pytest.mark.parametrize("target", [None, ""])
def test_without_a_target_the_columns_with_a_name_are_listed(tmp_path: Path, target: str | None) -> None:
    with pytest.raises(zoo.UserError, match=r"name the target column, one of x, y$"):
        table_files.read(write(tmp_path / "a.csv", "x,,y\n1,5,a\n2,6,b\n"), target)


def test_a_line_break_in_a_name_does_not_break_a_notice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table_files.read(write(tmp_path / "a.csv", '"n\no",c,y\n1,5,a\n2,5,b\n3,5,b\n'), "y")
    told = capsys.readouterr().err.splitlines()
    assert all(line.startswith("data: ") for line in told)
    assert told[0] == r"data: 3 rows; numbers: n\no"


KNOWN = Schema(("n", "c", "d"), ("number", "category", "date"), "y", ("1", "2"))


def test_a_file_for_a_model_is_read_as_the_model_learned(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "y,d,more,c,n\n2.0,2024-05-31 12:30:10,?,7,NA\n,,,,\n1,,x,,1e3\n")
    columns, targets = table_files.read_known(path, KNOWN)
    assert list(columns) == ["n", "c", "d"]
    np.testing.assert_array_equal(columns["n"], [np.nan, 1000])
    assert columns["c"].tolist() == [b"7", b""]  # a category, though it looks like a number
    assert columns["d"].tolist() == [b"2024-05-31 12:30", b""]
    assert targets.tolist() == [1, 0]
    assert len(table_files.read_columns(path, KNOWN)["n"]) == 3  # without a target no row is left out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("n,c,y\n1,a,1\n", "has no column 'd': the model needs n, c, d, y"),
        ("n,c,d,y\n1,a,,3\n", "row 2: the class '3' is new to the model, which knows 1, 2"),
        ("n,c,d,y\n1,a,31.5.2024,1\n", "row 2, column 'd': '31.5.2024' is not a date like 2024-05-31"),
        ("n,c,d,y\n1,a,,\n", "has no row with a y"),
    ],
)
def test_a_file_that_does_not_fit_the_model_is_one_line(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(zoo.UserError) as error:
        table_files.read_known(write(tmp_path / "a.csv", content), KNOWN)
    assert message in str(error.value)


@pytest.mark.slow
def test_many_rows_are_arrays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is that of the arrays and of a chunk: 20,000 rows of cells as a list would be some 8 MB."""
    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write("a,city,when,id,y\n")
        file.writelines(
            f"{i / 7:.4f},city {i % 50},2024-05-{1 + i % 28:02d}T10:00,row {i},{'xy'[i % 2]}\n" for i in range(20_000)
        )
    monkeypatch.setattr(csv_files, "CHUNK", 200)
    monkeypatch.setattr(survey, "MOST_DISTINCT", 200)
    tracemalloc.start()
    try:
        _, columns, targets = table_files.read(path, "y")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(targets) == 20_000
    assert list(columns) == ["a", "city", "when"]
    assert len({id(text) for text in columns["city"].tolist()}) == 50
    assert peak < 6e6
