"""Drawing tokens: each part against a plain NumPy account of what it should do."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.core.sampling import Sampling
from zoo.layers import sampling


def likely(probabilities, top_k=0, top_p=1.0):
    return sampling.keep_likely(tf.constant([probabilities], tf.float32), tf.constant(top_k), tf.constant(top_p)).numpy()[0]


def test_top_k_keeps_the_k_most_probable():
    np.testing.assert_allclose(likely([0.1, 0.4, 0.2, 0.3], top_k=2), [0, 0.4, 0, 0.3])


def test_top_k_breaks_ties_by_the_lower_id():
    np.testing.assert_allclose(likely([0.25, 0.25, 0.25, 0.25], top_k=1), [0.25, 0, 0, 0])


@pytest.mark.parametrize(
    ("top_p", "kept"), [(0.05, [1]), (0.4, [1]), (0.41, [1, 3]), (0.7, [1, 3]), (0.95, [0, 1, 2, 3]), (1.0, [0, 1, 2, 3])]
)
def test_top_p_keeps_the_smallest_set_that_reaches_it(top_p, kept):
    result = likely([0.125, 0.4, 0.175, 0.3], top_p=top_p)
    assert np.flatnonzero(result).tolist() == kept


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=12), st.integers(0, 13), st.floats(0.01, 1))
def test_filters_agree_with_sorting(weights, top_k, top_p):
    p = np.float32(weights) + np.float32(1e-3)
    p /= p.sum()
    order = np.argsort(-p, kind="stable")
    ahead = np.concatenate([[0], np.cumsum(p[order])[:-1]])
    if np.any(np.abs(ahead - np.float32(top_p)) < 1e-5):
        return  # rounding decides there
    kept = [
        token
        for rank, token in enumerate(order)
        if (top_k == 0 or rank < top_k) and (top_p >= 1 or ahead[rank] < np.float32(top_p))
    ]
    assert np.flatnonzero(likely(p, top_k, top_p)).tolist() == sorted(kept)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_draw_follows_the_probabilities_at_a_temperature(temperature):
    uniform = (np.arange(10_000) + 0.5) / 10_000
    logits, allowed = np.log([0.1, 0.2, 0.3, 0.4]), [True, True, False, True]
    chosen = Sampling(tf.constant(temperature), tf.constant(0), tf.constant(1.0))
    rows = tf.constant([logits] * len(uniform), tf.float32), tf.constant([allowed] * len(uniform))
    drawn = sampling.draw(*rows, tf.constant(uniform, tf.float32), chosen).numpy()
    wanted = np.array([0.1, 0.2, 0, 0.4]) ** (1 / temperature)
    np.testing.assert_allclose(np.bincount(drawn, minlength=4) / len(uniform), wanted / wanted.sum(), atol=1e-3)
    coldest = Sampling(tf.constant(0.0), tf.constant(0), tf.constant(1.0))
    assert set(sampling.draw(*rows, tf.constant(uniform, tf.float32), coldest).numpy()) == {3}


def test_noise_of_a_row_does_not_depend_on_the_number_of_rows():
    few = sampling.noise(tf.constant(7, tf.int64), tf.constant(2), 5).numpy()
    many = sampling.noise(tf.constant(7, tf.int64), tf.constant(4), 5).numpy()
    assert few.shape == (2, 5)
    np.testing.assert_array_equal(many[:2], few)
    assert len(np.unique(many)) == 20
    assert not np.array_equal(sampling.noise(tf.constant(8, tf.int64), tf.constant(2), 5).numpy(), few)
