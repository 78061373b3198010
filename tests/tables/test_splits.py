from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.core.dataset import SPLITS
from zoo.tables import splits as table_splits
from zoo.tables.splits import SHARES


def divide(rows: list[str], targets: list[float], classes: int) -> table_splits.Division:
    return table_splits.divide([row.encode() for row in rows], np.array(targets, int if classes else np.float32), classes)


def counts(division: table_splits.Division, targets: list[float], classes: int) -> np.ndarray:
    """Rows of each class (row) in each split (column)."""
    return np.array([np.bincount(division.places[np.array(targets) == c], minlength=3) for c in range(classes)])


@settings(max_examples=50)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=30))
def test_quotas_are_60_20_and_20_percent_of_each_class_and_in_all(sizes: list[int]) -> None:
    wanted = table_splits.quotas(np.array(sizes))
    np.testing.assert_array_equal(wanted.sum(1), sizes)
    assert (np.abs(wanted - np.outer(sizes, SHARES)) <= 2).all()
    large = np.array(sizes) >= 3
    assert (wanted[large] >= 1).all()
    rare = sum(size < 10 for size in sizes)  # whose one row a split is more than a fifth
    assert (np.abs(wanted.sum(0) - sum(sizes) * SHARES) <= 2 + rare).all()


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2)), min_size=15, max_size=200), st.randoms(use_true_random=False))
def test_any_rows_are_divided_by_their_content_alone_and_their_classes_keep_their_shares(
    rows: list[tuple[int, int]], random: np.random.Generator
) -> None:
    texts, targets = [str(x) for x, _ in rows], [y for _, y in rows]
    division = divide(texts, targets, 3)
    sizes = np.bincount(targets, minlength=3)
    found, wanted = counts(division, targets, 3), table_splits.quotas(sizes)
    assert (np.abs(found - wanted) <= np.maximum(1, 0.1 * wanted)).all()
    assert (found[sizes >= 3] >= 1).all()
    places: dict[str, set[int]] = {}
    for text, place in zip(texts, division.places.tolist(), strict=True):
        places.setdefault(text, set()).add(place)
    apart = sum(texts.count(text) for text, found_in in places.items() if len(found_in) > 1)
    assert apart <= division.alone <= division.repeated
    shuffled = list(zip(texts, targets, strict=True))
    random.shuffle(shuffled)
    again = divide([text for text, _ in shuffled], [target for _, target in shuffled], 3)
    assert (again.repeated, again.alone) == (division.repeated, division.alone)
    content = [
        Counter(zip(t, y, d.places.tolist(), strict=True))
        for t, y, d in ((texts, targets, division), (*zip(*shuffled, strict=True), again))
    ]
    assert content[0] == content[1]


def test_few_equal_rows_stay_together_and_cost_no_balance() -> None:
    rows = [str(i) for i in range(900)] + [str(i) for i in range(100)]
    targets = [int(row) % 2 for row in rows]
    division = divide(rows, targets, 2)
    assert (division.repeated, division.alone) == (200, 0)
    np.testing.assert_array_equal(division.places[:100], division.places[900:])
    np.testing.assert_array_equal(counts(division, targets, 2), [[300, 100, 100]] * 2)


def test_a_row_that_is_a_tenth_of_the_table_is_in_every_split() -> None:
    rows = ["frequent"] * 100 + [str(i // 2) for i in range(900)]
    targets = [0] * 100 + [i // 2 % 2 for i in range(900)]
    division = divide(rows, targets, 2)
    assert (division.repeated, division.alone) == (1000, 100)
    np.testing.assert_array_equal(division.places[100::2], division.places[101::2])
    assert (np.bincount(division.places[:100], minlength=3) >= [40, 10, 10]).all()
    assert (np.abs(counts(division, targets, 2) - [[330, 110, 110], [270, 90, 90]]) <= 1).all()


def test_a_table_of_few_kinds_of_rows_has_splits_of_the_right_sizes() -> None:
    rows = [f"{i // 2 % 2} {i // 4 % 2}" for i in range(400)]
    targets = [i // 2 % 2 ^ i // 4 % 2 for i in range(400)]
    division = divide(rows, targets, 2)
    assert (division.repeated, division.alone) == (400, 400)
    np.testing.assert_array_equal(counts(division, targets, 2), [[120, 40, 40]] * 2)
    for kind in set(rows):
        assert set(division.places[np.array(rows) == kind].tolist()) == {0, 1, 2}


def test_a_rare_class_is_in_every_split_as_soon_as_it_has_three_rows() -> None:
    for rare, expected in ((1, [1, 0, 0]), (2, [1, 0, 1]), (3, [1, 1, 1]), (4, [2, 1, 1])):
        targets = [0] * 200 + [1] * rare
        division = divide([str(i) for i in range(len(targets))], targets, 2)
        assert counts(division, targets, 2)[1].tolist() == expected


@pytest.mark.parametrize("ties", [1, 40])
def test_a_value_is_spread_alike_over_the_splits(ties: int) -> None:
    values = np.random.default_rng(0).exponential(size=1000) ** 3
    values = np.sort(values)[np.arange(1000) // ties * ties]
    division = divide([str(i) for i in range(1000)], values.tolist(), 0)
    assert np.bincount(division.places).tolist() == [600, 200, 200]
    for place in range(len(SPLITS)):
        chosen = values[division.places == place]
        for share in (0.1, 0.5, 0.9):
            assert abs((values <= np.quantile(chosen, share)).mean() - share) < 0.06


def test_rows_that_come_later_move_few_others() -> None:
    rows = [str(i) for i in range(2200)]
    targets = [i % 3 for i in range(2200)]
    before, after = divide(rows[:2000], targets[:2000], 3), divide(rows, targets, 3)
    assert (before.places != after.places[:2000]).mean() < 0.03
    values = np.random.default_rng(0).normal(size=2200).tolist()
    before, after = divide(rows[:2000], values[:2000], 0), divide(rows, values, 0)
    assert (before.places != after.places[:2000]).mean() < 0.05
