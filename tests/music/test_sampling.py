"""The parts of the sampling loop, each against a plain NumPy account of what it should do."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.music import sampling
from zoo.music.sampling_options import Sampling


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


@settings(deadline=None, max_examples=50)
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


def choose(logits, allowed, uniform, temperature=1.0, top_k=0, top_p=1.0, recalled=()):
    n = len(uniform)
    return sampling.choose(
        tf.constant([logits] * n, tf.float32),
        tf.constant([allowed] * n),
        tf.constant([[0, *recalled]] * n, tf.int32),
        tf.constant(uniform, tf.float32),
        Sampling(tf.constant(temperature), tf.constant(top_k), tf.constant(top_p)),
    ).numpy()


def test_choose_inverts_the_cumulative_distribution():
    logits = np.log([0.2, 0.3, 0.5])
    assert choose(logits, [True] * 3, [0.0, 0.19, 0.21, 0.49, 0.51, 1 - 2**-23, 1.0]).tolist() == [0, 0, 1, 1, 2, 2, 2]


def test_choose_never_takes_a_forbidden_token():
    uniform = np.concatenate([[0.0, 1 - 2**-23], np.random.default_rng(0).random(500)])
    drawn = choose([50.0, 0.0, 1.0, 50.0], [False, True, True, False], uniform)
    assert set(drawn.tolist()) == {1, 2}
    assert np.mean(drawn == 2) == pytest.approx(np.e / (1 + np.e), abs=0.05)


def test_temperature_sharpens_and_zero_is_the_most_probable():
    uniform = (np.arange(1000) + 0.5) / 1000
    logits = [0.0, 1.0]
    assert np.mean(choose(logits, [True] * 2, uniform, temperature=0.5) == 1) == pytest.approx(1 / (1 + np.exp(-2)), abs=0.002)
    assert np.all(choose(logits, [True] * 2, uniform, temperature=0.0) == 1)
    assert np.all(choose([3.0, 1.0, 2.0], [False, True, True], uniform, temperature=0.0) == 2)


@pytest.mark.parametrize(("temperature", "top_k", "top_p"), [(1.0, 0, 1.0), (0.5, 0, 1.0), (3.0, 1, 1.0), (0.5, 2, 0.6)])
def test_what_repeats_an_earlier_bar_is_drawn_as_often_at_any_temperature(temperature, top_k, top_p):
    uniform = (np.arange(10_000) + 0.5) / 10_000
    drawn = choose(np.log([0.1, 0.4, 0.3, 0.2]), [True] * 4, uniform, temperature, top_k, top_p, recalled=[1, 1])
    assert np.mean(drawn == 1) == pytest.approx(0.4, abs=1e-3)
    weights = np.array([0.1, 0, 0.3, 0.2]) ** (1 / temperature)
    kept = {(0, 1.0): weights, (1, 1.0): weights * [0, 0, 1, 0], (2, 0.6): weights * [0, 0, 1, 0]}[top_k, top_p]
    np.testing.assert_allclose([np.mean(drawn == token) for token in (0, 2, 3)], 0.6 * (kept / kept.sum())[[0, 2, 3]], atol=1e-3)


def test_what_repeats_an_earlier_bar_is_drawn_only_where_it_is_allowed():
    uniform = np.concatenate([[0.0, 1 - 2**-23, 1.0], np.random.default_rng(0).random(500)])
    assert set(choose([0.0, 9.0, 0.0], [True, False, False], uniform, recalled=[1]).tolist()) == {0}
    assert set(choose([0.0, 9.0, 0.0], [False, True, False], uniform, recalled=[1]).tolist()) == {1}
    assert set(choose([0.0, 9.0, 0.0], [True] * 3, uniform, temperature=0.0, recalled=[0]).tolist()) == {1}


def test_noise_of_a_row_does_not_depend_on_the_number_of_rows():
    few = sampling.noise(tf.constant(7, tf.int64), tf.constant(2), 5).numpy()
    many = sampling.noise(tf.constant(7, tf.int64), tf.constant(4), 5).numpy()
    assert few.shape == (2, 5)
    np.testing.assert_array_equal(many[:2], few)
    assert len(np.unique(many)) == 20
    assert not np.array_equal(sampling.noise(tf.constant(8, tf.int64), tf.constant(2), 5).numpy(), few)
