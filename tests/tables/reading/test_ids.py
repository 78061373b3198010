import pytest

from tests.tables.reading.tables import MEASURED, Files, cycle
from zoo.tables.reading.ids import is_id_name


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("rownames", [str(i) for i in range(1, 31)], "counts the rows|is an id by its name"),
        ("Unnamed: 0", [str(i) for i in range(30)], "is an id by its name, and different in every row: left out"),
        ("nummer", [str(i) for i in range(30)], "nummer counts the rows: left out; the kind number keeps it"),
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
    if "the kind number keeps it" in files.told:
        assert name in files.read({name: cells, "size": MEASURED}, kinds={name: "number"}).names


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("x", [str(i) for i in range(30)], "x counts the rows: ignore it if it is only their number"),
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
    assert ("ignore it if" in files.told) == bool(said)


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
