"""The fused functions against plain formulas."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import fused

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("bfloat16", 0.02)])
def test_the_smoothed_cross_entropy_and_its_gradient_are_those_of_keras(dtype, tolerance):
    logits = tf.cast(tf.random.stateless_normal([5, 7], [0, 1]) * 3, dtype)
    target, upstream = tf.constant([0, 6, 3, 3, 1]), tf.range(5, dtype=tf.float32)
    exact = tf.cast(logits, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch([logits, exact])
        got = fused.fused_smoothed_cross_entropy(0.1)(logits, target)
        expected = keras.losses.categorical_crossentropy(tf.one_hot(target, 7), exact, from_logits=True, label_smoothing=0.1)
        mine, theirs = tf.reduce_sum(got * upstream), tf.reduce_sum(expected * upstream)
        both = mine + theirs
    gradient, expected_gradient = tape.gradient(both, [logits, exact])
    assert got.dtype == tf.float32
    assert gradient.dtype == dtype
    np.testing.assert_allclose(got, expected, atol=1e-5)
    np.testing.assert_allclose(tf.cast(gradient, tf.float32), expected_gradient, atol=tolerance)
