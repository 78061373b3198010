import numpy as np
import pytest

from tests.tables.reading.tables import Files, cycle
from zoo.tables.reading import files as table_files
from zoo.tables.schema import Schema


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
    again = Schema.of(schema.to_card())
    np.testing.assert_array_equal(table_files.read_columns(files.path, again)["x"], files.columns["x"])


def test_another_column_tells_which_number_is_the_day(files: Files) -> None:
    files.read({"x": cycle("01/02/2023", "05/06/2023"), "z": cycle("25/12/2023", "01/02/2023")})
    assert files.columns["x"][0] == b"2023-02-01"
    assert "x: '01/02/2023' is read as 2023-02-01, as the days of other columns are" in files.told
