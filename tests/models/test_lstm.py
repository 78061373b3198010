"""The fast LSTM layer against Keras' own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.models.lstm import LSTM


@pytest.fixture(scope="module")
def layers():
    keras.utils.set_random_seed(1)
    fast, slow = LSTM(7), keras.layers.LSTM(7, return_sequences=True)
    for layer in (fast, slow):
        layer.build((None, None, 5))
    slow.set_weights([weight + 0.1 for weight in fast.get_weights()])
    fast.set_weights(slow.get_weights())
    return fast, slow


@pytest.mark.parametrize("training", [True, False])
def test_outputs_are_those_of_keras(layers, training):
    fast, slow = layers
    x = np.random.default_rng(0).normal(size=(3, 6, 5)).astype(np.float32)
    np.testing.assert_allclose(fast(x, training=training), slow(x), atol=1e-6)


@pytest.mark.parametrize("steps", [1, 2, 9])
def test_gradients_are_those_of_keras(layers, steps):
    x = tf.constant(np.random.default_rng(1).normal(size=(4, steps, 5)), tf.float32)
    upstream = tf.constant(np.random.default_rng(2).normal(size=(4, steps, 7)), tf.float32)

    def gradients(layer):
        @tf.function
        def run():
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = layer(x, training=True)
            return tape.gradient(y, [x, *(v.value for v in layer.trainable_variables)], upstream)

        return run()

    for mine, theirs in zip(*map(gradients, layers), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=2e-5)


def test_one_step_of_the_cell_goes_on_where_the_sequence_ends(layers):
    fast, _ = layers
    x = np.random.default_rng(3).normal(size=(2, 4, 5)).astype(np.float32)
    state = [tf.zeros([2, 7]), tf.zeros([2, 7])]
    for step in range(4):
        h, state = fast.cell(x[:, step], state)
    np.testing.assert_allclose(h, fast(x)[:, -1], atol=1e-6)
