import numpy as np
import pytest

from zoo.lessons import overfitting
from zoo.lessons.lesson import Outcome


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return overfitting.run()


@pytest.mark.slow
def test_few_units_underfit_on_all_points(outcome: Outcome) -> None:
    numbers = outcome.numbers
    assert numbers["loss on training points, units: 1"] > 0.4
    assert numbers["loss on new points, units: 1"] > 2 * numbers["loss on new points, units: 3"]


@pytest.mark.slow
def test_many_units_fit_the_training_points_better_and_new_ones_worse(outcome: Outcome) -> None:
    numbers = outcome.numbers
    assert numbers["loss on training points, units: 20"] < 0.5 * numbers["loss on training points, units: 3"]
    assert numbers["loss on training points, units: 20"] < overfitting.NOISE**2 / 3  # they have learned the noise
    assert numbers["loss on new points, units: 20"] > 1.3 * numbers["loss on new points, units: 3"]


@pytest.mark.slow
def test_the_widest_are_a_little_better_again_and_not_the_best(outcome: Outcome) -> None:
    numbers = outcome.numbers
    assert numbers["units with the lowest loss on new points"] in (2, 3, 4)
    assert numbers["loss on new points, units: 3"] < numbers["loss on new points, units: 100"]
    assert numbers["loss on new points, units: 100"] < numbers["loss on new points, units: 20"]


def test_bias_and_variance_are_those_of_curves_about_the_sine() -> None:
    sine = np.sin(overfitting.GRID[:, 0])
    assert overfitting.parts(np.stack([sine + 3, sine + 1])) == pytest.approx((4, 1))
    assert overfitting.parts(np.stack([sine, sine])) == pytest.approx((0, 0))


def test_every_draw_has_other_points_spread_over_the_range() -> None:
    (x, y), (other, _) = overfitting.points(0), overfitting.points(1)
    assert x.shape == y.shape == (overfitting.POINTS, 1)
    assert (np.diff(x[:, 0]) > 0).all()
    assert np.abs(x).max() <= overfitting.REACH
    assert (x != other).all()
    noise = np.concatenate([overfitting.points(seed)[1] - np.sin(overfitting.points(seed)[0]) for seed in range(50)])
    assert noise.std() == pytest.approx(overfitting.NOISE, rel=0.1)
