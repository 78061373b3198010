import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.scratch import descent
from zoo.scratch.losses import mean_squared_error, softmax_cross_entropy
from zoo.scratch.network import Dense, Network, dense_network
from zoo.scratch.optimizers import SGD

RANDOM = np.random.default_rng(1)
SIZES = (3, 5, 4, 2)


def in_keras(network: Network, activation: str) -> keras.Sequential:
    """The same network of Keras's layers with the same weights."""
    hidden = [
        keras.layers.Dense(units, "linear" if activation == "identity" else activation, dtype="float64") for units in SIZES[1:-1]
    ]
    layers = [*hidden, keras.layers.Dense(SIZES[-1], dtype="float64")]
    model = keras.Sequential([keras.Input(SIZES[:1], dtype="float64"), *layers])
    model.set_weights(network.parameters)
    return model


@pytest.mark.parametrize("activation", ["identity", "sigmoid", "tanh", "relu"])
def test_outputs_and_all_gradients_are_those_of_keras(activation: str) -> None:
    network = dense_network(SIZES, activation, seed=3)
    for parameter in network.parameters:
        parameter += 0.1 * RANDOM.normal(size=parameter.shape)  # biases that are not 0, too
    x, labels = RANDOM.normal(size=(7, 3)), RANDOM.integers(0, 2, 7)
    model, inputs = in_keras(network, activation), tf.Variable(x)
    with tf.GradientTape() as tape:
        expected = model(inputs)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, expected, from_logits=True))
    by_inputs, *by_parameters = tape.gradient(loss, [inputs, *model.trainable_variables])

    logits = network.forward(x)
    np.testing.assert_allclose(logits, expected, rtol=1e-5)
    back = network.backward(softmax_cross_entropy(labels, logits)[1])
    np.testing.assert_allclose(back, by_inputs, rtol=1e-5, atol=1e-12)
    assert len(network.gradients) == len(network.parameters) == 6
    for own, theirs in zip(network.gradients, by_parameters, strict=True):
        np.testing.assert_allclose(own, theirs, rtol=1e-5, atol=1e-12)


def test_a_layer_is_the_activation_of_a_product_and_a_bias() -> None:
    layer = Dense(np.array([[1.0, -2.0], [0.5, 1.0]]), np.array([0.25, -1.0]), "relu")
    np.testing.assert_allclose(layer.forward(np.array([[2.0, 1.0], [-1.0, 3.0]])), [[2.75, 0], [0.75, 4]])


def test_an_optimiser_changes_the_networks_own_parameters() -> None:
    network = dense_network((2, 3, 1), "tanh", seed=0)
    x, y = RANDOM.normal(size=(8, 2)), RANDOM.normal(size=(8, 1))
    losses = [descent.step(network, mean_squared_error, SGD(0.1), x, y) for _ in range(50)]
    assert losses[-1] < losses[0] * 0.9
    assert losses[-1] == pytest.approx(mean_squared_error(y, network.forward(x))[0], rel=0.05)


@pytest.mark.parametrize(("activation", "variance"), [("relu", 2 / 400), ("tanh", 1 / 400)])
def test_weights_begin_with_the_variance_that_keeps_activations_their_size(activation: str, variance: float) -> None:
    network = dense_network((400, 300, 10), activation, seed=0)
    kernel, bias, *_ = network.parameters
    assert kernel.var() == pytest.approx(variance, rel=0.05)
    assert not bias.any()
    squares = (network.forward(RANDOM.normal(size=(200, 400))) ** 2).mean()
    assert 0.2 < squares < 4


def test_a_seed_gives_the_same_network_and_the_last_layer_has_no_activation() -> None:
    first, second = dense_network((2, 4, 1), "relu", seed=5), dense_network((2, 4, 1), "relu", seed=5)
    other = dense_network((2, 4, 1), "relu", seed=6)
    x = RANDOM.normal(size=(50, 2))
    np.testing.assert_array_equal(first.forward(x), second.forward(x))
    assert (first.forward(x) != other.forward(x)).any()
    assert (dense_network((2, 1), "relu", seed=5).forward(x) < 0).any()
