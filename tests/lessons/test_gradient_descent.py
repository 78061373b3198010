from collections.abc import Mapping

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from zoo.lessons import gradient_descent


@pytest.fixture(scope="module")
def numbers() -> Mapping:
    return gradient_descent.run().numbers


def test_the_end_depends_on_the_start(numbers: Mapping) -> None:
    ends = {name: numbers[f"loss at the end, started {name}"] for name in gradient_descent.STARTS}
    assert ends["right"] == pytest.approx(float(gradient_descent.loss(gradient_descent.deepest())))
    assert ends["beside the ridge"] == pytest.approx(ends["right"])
    assert ends["right"] < ends["left"] - 0.1  # the shallow valley holds it, too
    assert ends["on the ridge"] == pytest.approx(float(gradient_descent.loss(np.zeros(2)))) == 0.25
    left = gradient_descent.descend(gradient_descent.STARTS["left"][:2], gradient_descent.RATE, gradient_descent.STEPS)[:, -1]
    np.testing.assert_allclose(gradient_descent.gradient(left), 0, atol=1e-6)
    assert left[0] < -0.5


def test_beside_the_ridge_it_lingers(numbers: Mapping) -> None:
    steps = {name: numbers[f"steps until within 0.01 of the minimum, started {name}"] for name in ("right", "beside the ridge")}
    assert steps["beside the ridge"] > 2 * steps["right"] > 0


def test_a_small_step_makes_the_loss_fall_by_the_rate_times_the_squared_gradient(numbers: Mapping) -> None:
    large, small = (value for name, value in numbers.items() if name.startswith("first step's fall"))
    assert abs(small - 1) < 0.01 < abs(large - 1) < 0.2


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    for w in np.random.default_rng(0).uniform(-1.5, 1.5, (10, 2)):
        np.testing.assert_allclose(gradient_descent.gradient(w), approx_fprime(w, gradient_descent.loss, 1e-7), atol=1e-5)


def test_the_loss_never_rises_along_a_path() -> None:
    for w1, w2, _ in gradient_descent.STARTS.values():
        losses = gradient_descent.loss(gradient_descent.descend((w1, w2), gradient_descent.RATE, gradient_descent.STEPS))
        assert (np.diff(losses) <= 1e-12).all()
