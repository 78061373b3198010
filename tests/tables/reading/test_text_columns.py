import numpy as np

from tests.tables.reading.tables import MEASURED, Files, cycle


def test_codes_with_leading_zeros_are_categories(files: Files) -> None:
    assert files.read({"zip": cycle("01021", "01016", "10115")}).kinds == ("category",)
    assert "zip has codes with leading zeros, like '01021': taken as categories; the kind number reads them" in files.told
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
