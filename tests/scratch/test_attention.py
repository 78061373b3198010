import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.scratch.attention import SelfAttention, positions, self_attention

CLOSE = {"rtol": 1e-5, "atol": 1e-5}


def in_keras(ours: SelfAttention) -> keras.layers.MultiHeadAttention:
    """The layer of Keras with the same weights, which it keeps as [width, heads, each] and [heads, each]."""
    w_q, b_q, w_k, b_k, w_v, b_v, w_o, b_o = ours.parameters
    heads, width, each = w_q.shape
    theirs = keras.layers.MultiHeadAttention(heads, each, dtype="float64")
    theirs.build((1, 2, width), (1, 2, width))
    before = [(kernel.transpose(1, 0, 2), bias[:, 0]) for kernel, bias in ((w_q, b_q), (w_k, b_k), (w_v, b_v))]
    theirs.set_weights([weight for pair in before for weight in pair] + [w_o, b_o])
    return theirs


@pytest.fixture(scope="module")
def pair() -> tuple:
    """Ours and that of Keras, with biases that are not 0; 2 texts of 5 words."""
    random = np.random.default_rng(0)
    ours = self_attention(width=8, heads=2, seed=0)
    for bias in ours.parameters[1::2]:
        bias += random.normal(size=bias.shape)
    return ours, in_keras(ours), random.normal(size=(2, 5, 8)), random.normal(size=(2, 5, 8))


def test_outputs_and_weights_are_those_of_keras(pair: tuple) -> None:
    ours, theirs, x, _ = pair
    outputs, weights = theirs(x, x, return_attention_scores=True)
    np.testing.assert_allclose(ours.forward(x), outputs, **CLOSE)
    np.testing.assert_allclose(ours.weights, weights, **CLOSE)
    np.testing.assert_allclose(ours.weights.sum(axis=-1), 1)


def test_gradients_are_those_of_keras(pair: tuple) -> None:
    ours, theirs, x, by_outputs = pair
    inputs = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = theirs(inputs, inputs)
    by_x, *wanted = tape.gradient(outputs, [inputs, *(v.value for v in theirs.trainable_variables)], by_outputs)
    ours.forward(x)
    np.testing.assert_allclose(ours.backward(by_outputs), by_x, **CLOSE)
    assert len(ours.gradients) == len(wanted) == len(ours.PARTS)
    for part, gradient, expected in zip(ours.PARTS, ours.gradients, wanted, strict=True):
        expected = np.asarray(expected)
        if part in ("W_Q", "W_K", "W_V"):
            expected = expected.transpose(1, 0, 2)
        np.testing.assert_allclose(gradient, expected.reshape(gradient.shape), err_msg=part, **CLOSE)


def test_without_positions_the_order_of_the_words_is_lost() -> None:
    attention, random = self_attention(width=16, heads=4, seed=1), np.random.default_rng(1)
    x, order = random.normal(size=(1, 6, 16)), random.permutation(6)
    np.testing.assert_allclose(attention.forward(x[:, order]), attention.forward(x)[:, order], rtol=1e-9)
    with_places = attention.forward(x + positions(6, 16))[:, order]
    assert np.abs(attention.forward(x[:, order] + positions(6, 16)) - with_places).max() > 0.1


def test_positions_are_waves_from_fast_to_slow() -> None:
    code = positions(50, 8)
    np.testing.assert_allclose(code[:, 0], np.sin(np.arange(50)))
    np.testing.assert_allclose(code[:, 1], np.cos(np.arange(50)))
    np.testing.assert_allclose(code[:, 6], np.sin(np.arange(50) / 1000))
    np.testing.assert_allclose((code**2).sum(axis=1), 4)


def test_how_alike_two_positions_are_depends_on_their_distance() -> None:
    code = positions(40, 16)
    alike = code @ code.T
    for distance in (0, 1, 7):
        diagonal = np.diagonal(alike, distance)
        np.testing.assert_allclose(diagonal, diagonal[0])
    assert alike[0].argmax() == 0


def test_an_odd_width_ends_with_a_sine() -> None:
    np.testing.assert_allclose(positions(5, 3)[:, :2], positions(5, 2))
    assert positions(5, 3).shape == (5, 3)
