"""A step and an epoch by hand do what Keras does, and every example is seen once an epoch."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.scratch import descent
from zoo.scratch.losses import mean_squared_error, softmax_cross_entropy
from zoo.scratch.network import dense_network
from zoo.scratch.optimizers import SGD, Adam


def test_steps_are_those_of_keras() -> None:
    """Six steps with Adam on batches of a classification: the same losses, the same weights."""
    random = np.random.default_rng(0)
    x, labels = random.normal(size=(30, 4)), random.integers(0, 3, 30)
    network, optimizer = dense_network((4, 5, 3), "tanh", seed=0), Adam(0.05)
    model = keras.Sequential(
        [
            keras.Input((4,), dtype="float64"),
            keras.layers.Dense(5, activation="tanh", dtype="float64"),
            keras.layers.Dense(3, dtype="float64"),
        ]
    )
    model.set_weights(network.parameters)
    keras_optimizer = keras.optimizers.Adam(0.05)
    for start in range(0, 30, 5):
        batch = slice(start, start + 5)
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels[batch], model(x[batch], training=True))
            loss = tf.reduce_mean(losses)
        keras_optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        value = descent.step(network, softmax_cross_entropy, optimizer, x[batch], labels[batch])
        assert value == pytest.approx(float(loss), abs=1e-5)
    for ours, theirs in zip(network.parameters, model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def test_a_step_goes_downhill_and_gives_the_loss_before_it() -> None:
    random = np.random.default_rng(1)
    x, y = random.normal(size=(20, 2)), random.normal(size=(20, 1))
    network = dense_network((2, 1), "identity", seed=0)
    before, _ = mean_squared_error(y, network.forward(x))
    assert descent.step(network, mean_squared_error, SGD(0.01), x, y) == before
    assert mean_squared_error(y, network.forward(x))[0] < before


class Recorder:
    """In place of a network: it keeps the batches that it saw."""

    def __init__(self) -> None:
        self.batches: list[np.ndarray] = []
        self.parameters: list[np.ndarray] = []
        self.gradients: list[np.ndarray] = []

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.batches.append(x)
        return x

    def backward(self, gradient: np.ndarray) -> None:
        pass


def test_an_epoch_sees_each_example_once_with_its_own_label_in_a_new_order() -> None:
    x = np.arange(10.0)[:, np.newaxis]
    random, orders = np.random.default_rng(0), []
    for _ in range(2):
        network = Recorder()
        losses = list(descent.epoch(network, mean_squared_error, SGD(0.1), x, x, 4, random))
        assert losses == [0.0, 0.0, 0.0]  # what comes out is the example itself: so is its label
        assert [len(batch) for batch in network.batches] == [4, 4, 2]
        orders.append(np.concatenate(network.batches).ravel().tolist())
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(10))
    assert orders[0] != orders[1]
    assert orders[0] != sorted(orders[0])


def test_the_same_seed_gives_the_same_training() -> None:
    data = np.random.default_rng(2)
    x, y = data.normal(size=(12, 3)), data.normal(size=(12, 1))
    runs = []
    for seed in (5, 5, 6):
        network, random = dense_network((3, 1), "identity", seed=0), np.random.default_rng(seed)
        runs.append(list(descent.epoch(network, mean_squared_error, SGD(0.05), x, y, 3, random)))
    assert runs[0] == runs[1] != runs[2]


def test_epochs_of_small_batches_find_the_line_that_made_the_points() -> None:
    random = np.random.default_rng(3)
    x = random.normal(size=(200, 1))
    network = dense_network((1, 1), "identity", seed=0)
    for _ in range(20):
        list(descent.epoch(network, mean_squared_error, SGD(0.05), x, 3 * x - 2, 10, random))
    np.testing.assert_allclose(np.concatenate([p.ravel() for p in network.parameters]), [3, -2], atol=1e-6)
