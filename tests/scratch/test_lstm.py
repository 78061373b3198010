import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.scratch.lstm import GATES, LSTM, lstm
from zoo.scratch.network import Dense
from zoo.scratch.rnn import SequenceNetwork

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(3, 6, 4))
GRADIENT = RANDOM.normal(size=(3, 6, 5))


def drawn() -> LSTM:
    return LSTM(RANDOM.normal(0, 0.5, (4, 20)), RANDOM.normal(0, 0.5, (5, 20)), RANDOM.normal(0, 0.5, 20))


def test_states_cells_and_gradients_are_those_of_keras() -> None:
    layer = drawn()
    theirs = keras.layers.LSTM(5, return_sequences=True, return_state=True, dtype="float64")
    theirs.build(X.shape)
    theirs.set_weights(layer.parameters)
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        states, _, last_cell = theirs(x)
        value = tf.reduce_sum(states * GRADIENT)
    expected = tape.gradient(value, [x, *theirs.trainable_weights])
    np.testing.assert_allclose(layer.forward(X), states, atol=1e-10)
    np.testing.assert_allclose(layer.cells[:, -1], last_cell, atol=1e-10)
    np.testing.assert_allclose(layer.backward(GRADIENT), expected[0], atol=1e-10)
    for gradient, of_theirs in zip(layer.gradients, expected[1:], strict=True):
        np.testing.assert_allclose(gradient, of_theirs, atol=1e-10)


@pytest.mark.parametrize(("gate", "open_"), [(0, 30.0), (0, -30.0), (1, 30.0), (1, -30.0), (3, 30.0), (3, -30.0)])
def test_each_gate_does_what_its_name_says(gate: int, open_: float) -> None:
    layer = drawn()
    layer.parameters[2][gate * 5 : (gate + 1) * 5] = open_
    states = layer.forward(X)
    np.testing.assert_allclose(layer.gates[:, :, gate], float(open_ > 0), atol=1e-6)
    before, after = layer.cells[:, :-1], layer.cells[:, 1:]
    i, f, g, _ = (layer.gates[:, 1:, part] for part in range(4))
    expected = {
        ("input", True): (after, f * before + g),
        ("input", False): (after, f * before),
        ("forget", True): (after, before + i * g),
        ("forget", False): (after, i * g),
        ("output", True): (states, np.tanh(layer.cells)),
        ("output", False): (states, np.zeros_like(states)),
    }
    np.testing.assert_allclose(*expected[GATES[gate], open_ > 0], atol=1e-6)


def test_the_gradient_by_a_state_is_how_the_loss_follows_it() -> None:
    layer = drawn()
    layer.forward(X)
    layer.backward(GRADIENT)
    kernel, recurrent, bias = layer.parameters
    states, cells = layer.states[:, 2], layer.cells[:, 2]

    def loss_from(state: np.ndarray) -> float:
        """The loss's part from step 2 on, were the state after step 2 this one and the cell as it is."""
        value, h, c = (state * GRADIENT[:, 2]).sum(), state, cells
        for t in range(3, X.shape[1]):
            i, f, g, o = np.split(X[:, t] @ kernel + h @ recurrent + bias, 4, axis=1)
            c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
            h = np.tanh(c) / (1 + np.exp(-o))
            value += (h * GRADIENT[:, t]).sum()
        return value

    for place in ((0, 1), (2, 4)):
        moved = np.zeros((3, 5))
        moved[place] = 1e-6
        slope = (loss_from(states + moved) - loss_from(states - moved)) / 2e-6
        assert slope == pytest.approx(layer.state_gradients[:, 2][place], abs=1e-6)


def test_a_drawn_layer_begins_with_open_forget_gates() -> None:
    layer = lstm(4, 5, seed=0)
    layer.forward(np.zeros((1, 1, 4)))
    np.testing.assert_allclose(layer.gates[0, 0, 1], 1 / (1 + np.exp(-1)))
    np.testing.assert_allclose(layer.gates[0, 0, [0, 3]], 0.5)
    theirs = keras.layers.LSTM(5)
    theirs.build((None, None, 4))
    np.testing.assert_array_equal(layer.parameters[2], theirs.get_weights()[2])


def test_a_network_of_it_gives_gradients_of_all_parameters() -> None:
    network = SequenceNetwork(lstm(4, 5, seed=0), Dense(np.ones((5, 1)), np.zeros(1)))
    assert network.forward(X).shape == (3, 1)
    network.backward(np.ones((3, 1)))
    assert [gradient.shape for gradient in network.gradients] == [(4, 20), (5, 20), (20,), (5, 1), (1,)]
