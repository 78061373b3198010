import pytest

from tests.tables.reading.tables import MEASURED, Files, cycle


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"x": cycle("-999", *MEASURED[:8])}, "x is -999 in 4 rows, else from 0 to 28.57: name -999 as missing if it stands"),
        ({"t": [str(1700000002 + i) for i in range(30)]}, "t has 30 different cells, of which float32 tells"),
        (
            {"x": MEASURED, "y": [cell.replace(".", "") for cell in MEASURED]},
            "x alone tells y: ignore x if it is not known",
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
