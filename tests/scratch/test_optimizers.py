"""Every optimiser by hand takes the same steps as that of the same name in Keras, in float64."""

from collections.abc import Callable

import keras
import numpy as np
import pytest

from zoo.scratch import optimizers
from zoo.scratch.optimizers import Optimizer

PAIRS: dict[str, tuple[Callable[[], Optimizer], Callable[[], keras.optimizers.Optimizer]]] = {
    "SGD": (lambda: optimizers.SGD(0.1), lambda: keras.optimizers.SGD(0.1)),
    "momentum": (lambda: optimizers.SGD(0.1, momentum=0.9), lambda: keras.optimizers.SGD(0.1, momentum=0.9)),
    "Adagrad": (lambda: optimizers.Adagrad(0.3), lambda: keras.optimizers.Adagrad(0.3)),
    "Adagrad from 0": (
        lambda: optimizers.Adagrad(0.3, initial=0.0, epsilon=1e-3),
        lambda: keras.optimizers.Adagrad(0.3, initial_accumulator_value=0.0, epsilon=1e-3),
    ),
    "Adadelta": (lambda: optimizers.Adadelta(), lambda: keras.optimizers.Adadelta(1.0)),
    "Adadelta, other constants": (
        lambda: optimizers.Adadelta(0.5, rho=0.8, epsilon=1e-3),
        lambda: keras.optimizers.Adadelta(0.5, rho=0.8, epsilon=1e-3),
    ),
    "RMSprop": (lambda: optimizers.RMSprop(0.05), lambda: keras.optimizers.RMSprop(0.05)),
    "RMSprop, other constants": (
        lambda: optimizers.RMSprop(0.05, rho=0.7, epsilon=1e-3),
        lambda: keras.optimizers.RMSprop(0.05, rho=0.7, epsilon=1e-3),
    ),
    "Adam": (lambda: optimizers.Adam(0.05), lambda: keras.optimizers.Adam(0.05)),
    "Adam, other constants": (
        lambda: optimizers.Adam(0.05, beta_1=0.5, beta_2=0.8, epsilon=1e-3),
        lambda: keras.optimizers.Adam(0.05, beta_1=0.5, beta_2=0.8, epsilon=1e-3),
    ),
}


@pytest.fixture(autouse=True)
def _float64() -> object:
    """Keras keeps what an optimiser remembers in the floats that are the default."""
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx(before)


@pytest.mark.parametrize("name", PAIRS)
def test_the_steps_are_those_of_keras(name: str) -> None:
    random = np.random.default_rng(0)
    by_hand, keras_optimizer = (make() for make in PAIRS[name])
    parameters = [random.normal(size=(3, 2)), random.normal(size=2)]
    variables = [keras.Variable(p, dtype="float64") for p in parameters]
    for _ in range(12):
        gradients = [random.normal(size=p.shape) for p in parameters]
        by_hand.update(parameters, gradients)
        keras_optimizer.apply(gradients, variables)
        for p, variable in zip(parameters, variables, strict=True):
            np.testing.assert_allclose(p, variable.numpy(), rtol=0, atol=1e-5)  # Keras keeps the betas in float32


@pytest.mark.parametrize("name", PAIRS)
def test_parameters_change_in_place_and_gradients_stay(name: str) -> None:
    parameter, gradient = np.ones(3), np.array([1.0, -2.0, 0.0])
    PAIRS[name][0]().update([parameter], [gradient])
    np.testing.assert_array_equal(np.sign(1 - parameter), [1, -1, 0])  # against the gradient, and nowhere without one
    np.testing.assert_array_equal(gradient, [1.0, -2.0, 0.0])


def test_momentum_adds_up_to_a_tenfold_step() -> None:
    """v <- m v - rate g comes to rate g / (1 - m) under a constant gradient."""
    optimizer, parameter = optimizers.SGD(0.1, momentum=0.9), np.zeros(1)
    for _ in range(200):
        before = parameter.copy()
        optimizer.update([parameter], [np.ones(1)])
    np.testing.assert_allclose(parameter - before, [-1.0], rtol=1e-6)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_adams_first_step_is_the_learning_rate_however_large_the_gradient(scale: float) -> None:
    parameter = np.zeros(2)
    optimizers.Adam(0.01).update([parameter], [np.array([scale, -scale])])
    np.testing.assert_allclose(parameter, [-0.01, 0.01], rtol=0.01)


def test_a_list_of_gradients_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        optimizers.SGD(0.1).update([np.zeros(1), np.zeros(1)], [np.zeros(1)])
