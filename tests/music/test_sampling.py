"""The parts of the sampling loop, each against a plain NumPy account of what it should do."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.core.sampling import Sampling
from zoo.music import sampling


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
