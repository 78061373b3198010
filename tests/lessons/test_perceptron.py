from collections.abc import Mapping

import numpy as np
import pytest
from scipy.optimize import linprog

from zoo.lessons import perceptron
from zoo.scratch.perceptron import perceptron as rosenblatts
from zoo.scratch.perceptron import sigmoid_unit


@pytest.fixture(scope="module")
def numbers() -> Mapping:
    return perceptron.run().numbers


def test_between_divided_clouds_the_perceptron_comes_to_rest_within_novikoffs_bound(numbers: Mapping) -> None:
    assert (
        0
        < numbers[f"divided clouds, perceptron: corrections in {perceptron.EPOCHS} epochs"]
        <= numbers["divided clouds: (R / g)^2 with that g"]
    )
    x, y = perceptron.clouds(perceptron.APART)
    lines, mistakes, _ = perceptron.train(rosenblatts(2), x, y)
    settled = mistakes.index(0)
    np.testing.assert_array_equal(lines[len(lines) // 2], lines[-1])
    assert settled < len(lines) // 2
    assert mistakes[-1] == 0


def test_on_these_clouds_the_sigmoid_unit_goes_on_to_a_line_farther_from_the_points(numbers: Mapping) -> None:
    nearest = {name: numbers[f"divided clouds, {name}: g of its line"] for name in ("perceptron", "sigmoid unit")}
    assert 0 < nearest["perceptron"] < nearest["sigmoid unit"]


def test_among_overlapping_clouds_the_perceptron_is_thrown_about_and_the_sigmoid_unit_is_not(numbers: Mapping) -> None:
    def late(name: str, which: str) -> int:
        return numbers[f"overlapping clouds, {name}: mistakes in the 2nd half, {which}"]

    assert late("perceptron", "most") >= 2 * late("perceptron", "fewest") > 0
    assert late("sigmoid unit", "most") <= 1.5 * late("sigmoid unit", "fewest")


def test_nearer_clouds_may_need_fewer_corrections_and_undivided_ones_never_let_it_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    corrections, in_last_epoch = {}, {}
    for apart in (perceptron.APART, 4.8, 4.0):
        x, y = perceptron.clouds(apart)
        lines, _, corrections[apart] = perceptron.train(rosenblatts(2), x, y)
        in_last_epoch[apart] = any((line != lines[-1]).any() for line in lines[-len(x) :])
    assert 0 < corrections[4.8] < corrections[perceptron.APART] < corrections[4.0]
    assert in_last_epoch == {perceptron.APART: False, 4.8: False, 4.0: True}
    sides = (2 * y - 1)[:, np.newaxis] * perceptron.with_one(
        x
    )  # a line divides the clouds if some (w, b) makes sides (w, b) >= 1
    assert linprog(np.zeros(3), -sides, -np.ones(len(x)), bounds=(None, None)).status == 2  # there is none
    monkeypatch.setattr(perceptron, "APART", 4.0)
    assert isinstance(perceptron.run().numbers["divided clouds: (R / g)^2 with that g"], str)


@pytest.mark.parametrize("seed", [6, 7])
def test_on_other_draws_the_perceptron_is_done_first(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(perceptron, "SEED", seed)
    x, y = perceptron.clouds(perceptron.APART)
    mistakes = [perceptron.train(unit, x, y)[1][-1] for unit in (rosenblatts(2), sigmoid_unit(2, perceptron.RATE))]
    assert mistakes == [0, 1]


def test_the_margin_is_negative_where_a_point_is_misjudged() -> None:
    x, y = np.array([[3.0, 0.0], [-1.0, 0.0]]), np.array([1.0, 0.0])
    assert perceptron.margin(np.array([2.0, 0.0, 0.0]), x, y) == pytest.approx(1)
    assert perceptron.margin(np.array([2.0, 0.0, 0.0]), x, 1 - y) == pytest.approx(-3)
