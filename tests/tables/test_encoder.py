import numpy as np
import pytest
import tensorflow as tf

from zoo.tables import encodings
from zoo.tables.encoder import Encoder
from zoo.tables.encodings import ColumnEncoding


def texts(*cells: str) -> np.ndarray:
    return np.array([cell.encode() for cell in cells], dtype=object)


def encode(column: ColumnEncoding, cells: np.ndarray) -> np.ndarray:
    return Encoder([column])({column.name: tf.constant(cells)}).numpy()


def test_numbers_are_standardised_and_a_missing_one_is_the_mean() -> None:
    cells = np.array([1, 3, np.nan, 5], np.float32)
    column = encodings.learn("a", "number", cells)
    assert (column.mean, column.missing, column.width) == (3.0, True, 2)
    expected = np.array([[-2, 0], [0, 0], [0, 1], [2, 0]]) / [np.sqrt(8 / 3), 1]
    np.testing.assert_allclose(encode(column, cells), expected, rtol=1e-6)
    whole = encodings.learn("a", "number", cells[:2])
    np.testing.assert_allclose(encode(whole, cells), [[-1], [1], [0], [3]])  # nothing was missing when it learned


def test_a_number_may_be_cut_into_intervals_between_quantiles() -> None:
    cells = np.array([0, 1, 2, 4, np.nan], np.float32)
    column = encodings.learn("a", "number", cells, intervals=3)
    assert (column.knots, column.width) == ((0, 1, 2, 4), 1 + 3 + 1)
    expected = [[0, 0, 0], [1, 0.5, 0], [1, 1, 0.25], [1, 1, 1], [1, 0.75, 0]]  # the missing one is the mean, 1.75
    given = encode(column, np.array([-1, 1.5, 2.5, 9, np.nan], np.float32))
    np.testing.assert_allclose(given[:, 1:4], expected, rtol=1e-6)
    np.testing.assert_array_equal(given[:, 4], [0, 0, 0, 0, 1])
    z = (np.array([-1, 1.5, 2.5, 9]) - 1.75) / cells[:4].std()
    np.testing.assert_allclose(given[:4, 0], z / np.sqrt(1 + (z / 3) ** 2), rtol=1e-5)
    plain = encodings.learn("b", "number", cells)
    both = Encoder([plain, column])({"a": tf.constant(cells), "b": tf.constant(cells)}).numpy()
    np.testing.assert_allclose(both[:, :1], encode(plain, cells)[:, :1])
    np.testing.assert_allclose(both[:, 2:5], encode(column, cells)[:, 1:4])


@pytest.mark.parametrize("cells", [[1, 1, 1], [0, 1, 0, 1], [np.nan, np.nan], []])
def test_a_number_of_one_or_two_values_has_no_intervals(cells: list[float]) -> None:
    assert encodings.learn("a", "number", np.array(cells, np.float32), intervals=16).knots == ()


def test_a_frequent_value_takes_no_interval_of_its_own() -> None:
    column = encodings.learn("a", "number", np.array([0] * 60 + list(range(1, 42)), np.float32), intervals=4)
    assert column.knots == (0, 16, 41)
    smallest = encodings.learn("a", "number", np.array([0, 1e-45, 1, 3e38], np.float32), intervals=3)
    assert np.isfinite(encode(smallest, np.array([0, 1e-45, 3e38, -3e38], np.float32))).all()


def test_a_constant_column_and_one_without_a_number_encode_as_0() -> None:
    same = encodings.learn("a", "number", np.full(3, 7, np.float32))
    np.testing.assert_array_equal(encode(same, np.full(2, 7, np.float32)), [[0], [0]])
    none = encodings.learn("a", "number", np.full(3, np.nan, np.float32))
    np.testing.assert_array_equal(encode(none, np.array([np.nan], np.float32)), [[0, 1]])


@pytest.mark.parametrize("unit", [1e20, 1e-12, 1e-30, 1e38])
def test_units_do_not_matter(unit: float) -> None:
    cells = np.array([-3, -1, 1, 3], np.float32) * np.float32(unit)
    column = encodings.learn("a", "number", cells)
    np.testing.assert_allclose(encode(column, cells)[:, 0], np.array([-3, -1, 1, 3]) / np.sqrt(5), rtol=1e-5)


def test_what_float32_cannot_tell_apart_or_hold_stays_finite() -> None:
    smallest = encodings.learn("a", "number", np.array([0, 1e-45], np.float32))
    assert np.isfinite(encode(smallest, np.array([0, 1e-45, 3e38, -3e38], np.float32))).all()
    same = encodings.learn("a", "number", np.full(1000, 0.1, np.float32))  # whose mean is not exact
    np.testing.assert_allclose(encode(same, np.array([0.1, 1.1], np.float32)), [[0], [1]], atol=1e-6)


def test_the_mean_of_very_many_numbers_is_exact() -> None:
    column = encodings.learn(
        "a", "number", np.full(2_000_000, 16_777_215, np.float32) + np.float32(1) * (np.arange(2_000_000) % 2)
    )
    assert column.mean == 16_777_215.5


def test_a_category_has_a_number_of_its_own() -> None:
    column = encodings.learn("a", "category", texts("Graz", "Köln", "Graz", "", "Linz", "Köln", "Graz"))
    assert column.vocabulary == ("Graz", "Köln")  # Linz was seen once
    assert column.missing
    given = encode(column, texts("Köln", " Graz ", "Linz", "elsewhere", ""))
    np.testing.assert_array_equal(given, [[0, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1]])


def test_the_most_frequent_categories_are_kept() -> None:
    cells = np.repeat(texts(*(f"c{i}" for i in range(150))), np.arange(2, 152))
    column = encodings.learn("a", "category", cells)
    assert len(column.vocabulary) == encodings.MOST_CATEGORIES
    assert column.vocabulary[0] == "c149"
    assert "c49" not in column.vocabulary


def test_a_category_without_a_frequent_text_has_no_number() -> None:
    column = encodings.learn("a", "category", texts("x", "y", ""))
    assert column.width == 1
    np.testing.assert_array_equal(encode(column, texts("x", "")), [[0], [1]])


def test_words_that_keras_uses_itself_are_categories_like_others() -> None:
    column = encodings.learn("a", "category", texts(*["[UNK]", "[MASK]"] * 2))
    np.testing.assert_array_equal(encode(column, texts("[UNK]", "[MASK]", "")), [[1, 0], [0, 1], [0, 0]])


def test_a_boolean_is_read_however_it_is_written() -> None:
    column = encodings.learn("a", "boolean", texts("yes", "no"))
    given = encode(column, texts("yes", "TRUE", " t", "No", "f", "", "perhaps"))
    np.testing.assert_array_equal(given, [[1, 0], [1, 0], [1, 0], [0, 1], [0, 1], [0, 0], [0, 0]])


def test_a_date_is_its_day_its_month_and_its_weekday() -> None:
    column = encodings.learn("a", "date", np.array([b"2024-05-31", b"2024-06-02", b""], "S16"))
    assert column.missing
    assert not column.times
    given = encode(column, texts("2024-06-01", "", "nonsense"))
    assert given.shape == (3, column.width) == (3, 1 + 12 + 7 + 1)
    assert given[0, 0] == 0  # the mean day
    assert np.flatnonzero(given[0]).tolist() == [1 + 5, 1 + 12 + 5]  # June, Saturday
    np.testing.assert_array_equal(given[1:], [[0] * 20 + [1]] * 2)


def test_times_of_day_lie_on_a_circle() -> None:
    column = encodings.learn("a", "date", np.array([b"2024-05-31T00:00", b"2024-05-31T12:00"], "S16"))
    assert column.times
    given = encode(column, texts("2020-01-01T06:00", "2020-01-01"))[:, -2:]
    np.testing.assert_allclose(given, [[1, 0], [0, 1]], atol=1e-4)


def test_all_kinds_stand_side_by_side() -> None:
    encoder = Encoder(
        [ColumnEncoding("c", "category", vocabulary=("x",)), ColumnEncoding("n", "number"), ColumnEncoding("b", "boolean")]
    )
    given = encoder({"c": tf.constant(["x"]), "n": tf.constant([2.0]), "b": tf.constant(["no"]), "more": tf.constant(["?"])})
    np.testing.assert_array_equal(given, [[2, 1, 0, 1]])
    assert encoder.width == 4
