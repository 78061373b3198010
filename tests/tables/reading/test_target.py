import numpy as np
import pytest

from tests.tables.reading.tables import MEASURED, Files, cycle
from zoo.tables.reading import files as table_files
from zoo.tables.schema import Schema


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
        (["1", "2", "10", "1.0"], ("1", "2", "10"), "set the task to regression to predict a number"),
        (["0", "100"], ("0", "100"), "2 classes"),
        (["5 stars", "4 stars", "1 stars"], ("1 stars", "4 stars", "5 stars"), "in stars"),
        (["100", "400", "200"], (), "y is a number from 100 to 400: regression; set the task to classification for classes"),
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
    again = table_files.read_known(files.path, Schema.of(schema.to_card()))[1]
    np.testing.assert_array_equal(again, table_files.read(files.path, "y")[2])


def test_a_row_with_a_word_for_a_missing_number_has_no_target(files: Files) -> None:
    files.read({"x": MEASURED, "y": cycle("None", "2.5", "3.5")})
    assert len(files.targets) == 20
    assert "10 rows have no y: left out" in files.told
