from collections.abc import Mapping

import numpy as np
import pytest

from zoo.lessons import losses
from zoo.scratch.losses import binary_cross_entropy


@pytest.fixture(scope="module")
def numbers() -> Mapping:
    return losses.run().numbers


def test_cross_entropy_pushes_a_unit_that_is_surely_wrong_and_a_squared_error_does_not(numbers: Mapping) -> None:
    strong, weak = (numbers[f"gradient at z = -6, {name}"] for name in ("cross-entropy", "squared error of p"))
    assert strong < -0.99
    assert -0.01 < weak < 0
    assert 10 * numbers["steps until right, cross-entropy"] < numbers["steps until right, squared error of p"]


def test_the_losses_are_those_of_the_formulas(numbers: Mapping) -> None:
    assert numbers["mean squared error of 2.5 and 0 for 3 and 1"] == (0.25 + 1) / 2
    expected = (np.log(1 + np.exp(-2)) + np.log(1 + np.exp(1))) / 2
    assert numbers["binary cross-entropy of z = 2 and -1, both yes"] == pytest.approx(expected)
    e = np.exp([2, 1, -1])
    assert numbers["softmax cross-entropy of z = (2, 1, -1), the first right"] == pytest.approx(-np.log(e[0] / e.sum()))
    assert numbers["softmax cross-entropy of ten equal z"] == pytest.approx(np.log(10))


@pytest.mark.parametrize("loss", [binary_cross_entropy, losses.squared_error_of_sigmoid])
def test_the_drawn_gradients_are_the_slopes_of_the_drawn_losses(loss: losses.LogitLoss) -> None:
    z = np.linspace(-8, 8, 1601)
    values, gradients = losses.along(loss, 1.0, z)
    np.testing.assert_allclose(np.gradient(values, z)[1:-1], gradients[1:-1], atol=1e-4)


def test_the_softmax_gradient_is_the_slope_too() -> None:
    z = np.linspace(-8, 8, 1601)
    values, gradients = losses.along_right_logit(10, z)
    np.testing.assert_allclose(np.gradient(values, z)[1:-1], gradients[1:-1], atol=1e-4)
