import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from zoo.scratch import activations
from zoo.scratch.activations import ACTIVATIONS

KERAS = {"identity": "linear", "sigmoid": "sigmoid", "tanh": "tanh", "relu": "relu"}
Z = np.array([[-30.0, -3.0, -0.5, 0.25], [0.5, 2.0, 7.0, 30.0]])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_and_slopes_are_those_of_keras(name: str) -> None:
    function, slope = ACTIVATIONS[name]
    z = tf.Variable(Z)
    with tf.GradientTape() as tape:
        a = keras.activations.get(KERAS[name])(z)
    np.testing.assert_allclose(function(Z), a, rtol=1e-5, atol=1e-12)
    np.testing.assert_allclose(slope(function(Z)), tape.gradient(a, z), rtol=1e-5, atol=1e-12)


def test_the_softmax_is_that_of_keras() -> None:
    np.testing.assert_allclose(activations.softmax(Z), keras.activations.softmax(tf.constant(Z)), rtol=1e-5)


def test_a_huge_sum_gives_the_limit_and_no_overflow() -> None:
    z = np.array([-1e4, 1e4])
    np.testing.assert_array_equal(activations.sigmoid(z), [0, 1])
    np.testing.assert_array_equal(activations.softmax(z), [0, 1])


@given(arrays.arrays(float, arrays.array_shapes(min_dims=1, max_dims=3), elements=st.floats(-1e6, 1e6)), st.floats(-100, 100))
def test_softmax_gives_probabilities_that_no_common_shift_changes(z: np.ndarray, shift: float) -> None:
    p = activations.softmax(z)
    assert p.shape == z.shape
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-12)
    np.testing.assert_allclose(activations.softmax(z + shift), p, atol=1e-8)
