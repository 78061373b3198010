"""Dropout by hand is that of Keras under the same mask: outputs and gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.scratch.dropout import Dropout
from zoo.scratch.losses import mean_squared_error
from zoo.scratch.network import Dense, Network


class Drawn:
    """A random generator that draws the uniform numbers which give a certain mask."""

    def __init__(self, mask: np.ndarray) -> None:
        self.mask = mask

    def random(self, shape: tuple[int, ...]) -> np.ndarray:
        assert shape == self.mask.shape
        return np.where(self.mask, 0.999, 0.0)


def test_outputs_and_gradients_are_those_of_keras() -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(40, 3)), random.normal(size=(40, 2))
    weights = [random.normal(size=shape) for shape in ((3, 20), (20,), (20, 2), (2,))]
    first = keras.layers.Dense(20, activation="tanh", dtype="float64")
    dropout = keras.layers.Dropout(0.3, seed=1, dtype="float64")
    last = keras.layers.Dense(2, dtype="float64")
    model = keras.Sequential([keras.Input((3,), dtype="float64"), first, dropout, last])
    model.set_weights([w.copy() for w in weights])
    with tf.GradientTape() as tape:
        hidden = first(x)
        thinned = dropout(hidden, training=True)
        outputs = last(thinned)
        loss = tf.reduce_mean((outputs - y) ** 2)
    *gradients, by_hidden = tape.gradient(loss, [*model.trainable_variables, hidden])
    mask = thinned.numpy() != 0
    assert 0.6 < mask.mean() < 0.8

    layer = Dropout(0.3, Drawn(mask))
    network = Network([Dense(weights[0], weights[1], "tanh"), layer, Dense(weights[2], weights[3])])
    np.testing.assert_allclose(network.forward(x), outputs, rtol=0, atol=1e-5)
    np.testing.assert_array_equal(layer.mask, mask)
    _, by_outputs = mean_squared_error(y, network.forward(x))
    network.backward(by_outputs)
    assert len(network.parameters) == len(network.gradients) == len(gradients)
    for ours, theirs in zip(network.gradients, gradients, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
    np.testing.assert_allclose(layer.backward(network.layers[2].backward(by_outputs)), by_hidden, rtol=0, atol=1e-5)


def test_in_use_nothing_changes() -> None:
    layer = Dropout(0.8, np.random.default_rng(0))
    x, gradient = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    layer.forward(x)  # draws a mask, which must not stay
    layer.training = False
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(gradient), gradient)


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.9])
def test_the_share_of_silent_units_is_the_rate_and_the_mean_stays(rate: float) -> None:
    out = Dropout(rate, np.random.default_rng(0)).forward(np.ones((400, 500)))
    assert (out == 0).mean() == pytest.approx(rate, abs=0.005)
    assert out.mean() == pytest.approx(1, abs=0.02)
    np.testing.assert_allclose(np.unique(out), [0, 1 / (1 - rate)])


def test_every_pass_draws_a_new_mask_for_every_example_and_unit() -> None:
    layer, x = Dropout(0.5, np.random.default_rng(0)), np.ones((50, 60))
    first, second = layer.forward(x), layer.forward(x)
    assert 0.4 < (first != second).mean() < 0.6
    assert 0 < (first == 0).mean(axis=0).min() < (first == 0).mean(axis=0).max() < 1
    assert 0 < (first == 0).mean(axis=1).min() < (first == 0).mean(axis=1).max() < 1


@pytest.mark.parametrize("rate", [-0.1, 1.0, 1.5])
def test_an_impossible_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="dropout rate"):
        Dropout(rate, np.random.default_rng(0))
