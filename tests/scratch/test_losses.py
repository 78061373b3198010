from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from zoo.scratch.losses import binary_cross_entropy, mean_squared_error, softmax_cross_entropy

RANDOM = np.random.default_rng(0)
CASES = {
    "mean squared error": (mean_squared_error, keras.losses.mean_squared_error, RANDOM.normal(size=(5, 3)), (5, 3)),
    "binary cross-entropy": (
        binary_cross_entropy,
        lambda y, z: keras.losses.binary_crossentropy(y, z, from_logits=True),
        np.array([[0.0], [1.0], [1.0], [0.0]]),
        (4, 1),
    ),
    "softmax cross-entropy": (
        softmax_cross_entropy,
        lambda y, z: keras.losses.sparse_categorical_crossentropy(y, z, from_logits=True),
        np.array([2, 0, 3, 3]),
        (4, 4),
    ),
}


@pytest.mark.parametrize(("own", "of_keras", "y", "shape"), CASES.values(), ids=CASES)
def test_loss_and_gradient_are_those_of_keras(own: Callable, of_keras: Callable, y: np.ndarray, shape: tuple[int, int]) -> None:
    outputs = tf.Variable(3 * RANDOM.normal(size=shape))
    with tf.GradientTape() as tape:
        expected = tf.reduce_mean(of_keras(tf.constant(y), outputs))
    value, gradient = own(y, outputs.numpy())
    assert value == pytest.approx(float(expected), rel=1e-5)
    np.testing.assert_allclose(gradient, tape.gradient(expected, outputs), rtol=1e-5, atol=1e-10)


def test_no_logit_is_too_large() -> None:
    value, gradient = binary_cross_entropy(np.array([[1.0], [0.0]]), np.array([[-1e4], [1e4]]))
    assert value == 1e4
    np.testing.assert_array_equal(gradient, [[-0.5], [0.5]])
    value, gradient = softmax_cross_entropy(np.array([1]), np.array([[1e4, -1e4]]))
    assert value == 2e4
    np.testing.assert_array_equal(gradient, [[1, -1]])


def test_guessing_costs_the_logarithm_of_the_number_of_classes() -> None:
    assert softmax_cross_entropy(np.arange(10), np.zeros((10, 10)))[0] == pytest.approx(np.log(10))
    assert binary_cross_entropy(np.array([[0.0], [1.0]]), np.zeros((2, 1)))[0] == pytest.approx(np.log(2))


def test_two_classes_by_softmax_are_a_yes_or_no_by_the_difference_of_their_logits() -> None:
    labels, logits = np.array([0, 1, 1]), RANDOM.normal(size=(3, 2))
    one = binary_cross_entropy(labels[:, np.newaxis].astype(float), logits[:, 1:] - logits[:, :1])
    two = softmax_cross_entropy(labels, logits)
    assert one[0] == pytest.approx(two[0])
    np.testing.assert_allclose(one[1], two[1][:, 1:])


@given(arrays.arrays(float, (3, 4), elements=st.floats(-20, 20)), st.lists(st.integers(0, 3), min_size=3, max_size=3))
def test_the_gradient_of_softmax_says_how_the_loss_changes_and_adds_up_to_0(logits: np.ndarray, labels: list[int]) -> None:
    _, gradient = softmax_cross_entropy(np.array(labels), logits)
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-12)
    for place in np.ndindex(logits.shape):
        nudge = np.zeros_like(logits)
        nudge[place] = 1e-5
        above, below = (softmax_cross_entropy(np.array(labels), logits + sign * nudge)[0] for sign in (1, -1))
        assert gradient[place] == pytest.approx((above - below) / 2e-5, abs=1e-6)
