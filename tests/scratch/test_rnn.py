import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.scratch import descent
from zoo.scratch.losses import mean_squared_error
from zoo.scratch.network import Dense
from zoo.scratch.optimizers import SGD
from zoo.scratch.rnn import SequenceNetwork, SimpleRNN, clipped, simple_rnn

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(3, 6, 4))
GRADIENT = RANDOM.normal(size=(3, 6, 5))


def drawn(activation: str = "tanh") -> SimpleRNN:
    return SimpleRNN(
        RANDOM.normal(0, 0.5, (4, 5)), RANDOM.normal(0, 0.5, (5, 5)), RANDOM.normal(0, 0.5, 5), activation=activation
    )


@pytest.mark.parametrize(("activation", "of_keras"), [("tanh", "tanh"), ("relu", "relu"), ("identity", "linear")])
def test_states_and_gradients_are_those_of_keras(activation: str, of_keras: str) -> None:
    layer = drawn(activation)
    theirs = keras.layers.SimpleRNN(5, activation=of_keras, return_sequences=True, dtype="float64")
    theirs.build(X.shape)
    theirs.set_weights(layer.parameters)
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        states = theirs(x)
        value = tf.reduce_sum(states * GRADIENT)
    expected = tape.gradient(value, [x, *theirs.trainable_weights])
    np.testing.assert_allclose(layer.forward(X), states, atol=1e-10)
    np.testing.assert_allclose(layer.backward(GRADIENT), expected[0], atol=1e-10)
    for gradient, of_theirs in zip(layer.gradients, expected[1:], strict=True):
        np.testing.assert_allclose(gradient, of_theirs, atol=1e-10)


def test_the_gradient_by_a_state_is_how_the_loss_follows_it() -> None:
    layer = drawn()
    kernel, recurrent, bias = layer.parameters
    states = layer.forward(X)
    layer.backward(GRADIENT)

    def loss_from(state: np.ndarray) -> float:
        """The loss's part from step 2 on, were the state after step 2 this one."""
        value, h = (state * GRADIENT[:, 2]).sum(), state
        for t in range(3, X.shape[1]):
            h = np.tanh(X[:, t] @ kernel + h @ recurrent + bias)
            value += (h * GRADIENT[:, t]).sum()
        return value

    for place in ((0, 1), (2, 4)):
        moved = np.zeros((3, 5))
        moved[place] = 1e-6
        slope = (loss_from(states[:, 2] + moved) - loss_from(states[:, 2] - moved)) / 2e-6
        assert slope == pytest.approx(layer.state_gradients[:, 2][place], abs=1e-6)


def test_a_drawn_layer_turns_its_state_and_multiplies_it_by_the_radius() -> None:
    recurrent = simple_rnn(3, 8, seed=0, radius=0.9).parameters[1]
    np.testing.assert_allclose(recurrent @ recurrent.T, 0.81 * np.eye(8), atol=1e-12)


@pytest.mark.parametrize("each_step", [False, True])
def test_a_network_of_both_layers_is_that_of_keras(each_step: bool) -> None:
    network = SequenceNetwork(drawn(), Dense(RANDOM.normal(size=(5, 2)), RANDOM.normal(size=2)), each_step)
    y = RANDOM.normal(size=(18, 2) if each_step else (3, 2))
    theirs = keras.Sequential(
        [keras.layers.SimpleRNN(5, return_sequences=each_step, dtype="float64"), keras.layers.Dense(2, dtype="float64")]
    )
    theirs.build(X.shape)
    theirs.set_weights(network.parameters)
    with tf.GradientTape() as tape:
        outputs = theirs(tf.constant(X))
        value = tf.reduce_mean((tf.reshape(outputs, y.shape) - y) ** 2)
    before, gradient = mean_squared_error(y, network.forward(X))
    network.backward(gradient)
    assert before == pytest.approx(float(value), abs=1e-10)
    for ours, expected in zip(network.gradients, tape.gradient(value, theirs.trainable_weights), strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-10)


def test_a_step_of_descent_lowers_the_loss() -> None:
    network = SequenceNetwork(drawn(), Dense(RANDOM.normal(size=(5, 1)), np.zeros(1)))
    y, optimizer = RANDOM.normal(size=(3, 1)), SGD(0.01)
    losses = [descent.step(network, mean_squared_error, optimizer, X, y) for _ in range(20)]
    assert losses == sorted(losses, reverse=True)


@pytest.mark.parametrize("limit", [0.5, 1e9, np.inf])
def test_clipping_is_that_of_tensorflow(limit: float) -> None:
    gradients = [RANDOM.normal(size=(3, 4)), RANDOM.normal(size=5)]
    expected, _ = tf.clip_by_global_norm(gradients, 1e9 if np.isinf(limit) else limit)
    for ours, theirs in zip(clipped(gradients, limit), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_no_gradient_is_clipped_to_none() -> None:
    np.testing.assert_array_equal(clipped([np.zeros(3)], 1.0), [np.zeros(3)])
