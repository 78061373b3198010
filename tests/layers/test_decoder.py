"""The decoder's layers against Keras' own, and a step against a whole sequence."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.decoder import CausalSelfAttention, CrossAttention, DecoderBlock

N, T, S, WIDTH, HEADS = 3, 5, 4, 8, 2
MEMORY_MASK = tf.sequence_mask([4, 2, 1], S)


def numbers(*shape, seed=0):
    return tf.random.stateless_normal(shape, [seed, 7])


def randomised(layer, *arguments):
    """The layer, built, with weights by chance: Keras' biases begin at zero and would hide a mistake."""
    layer(*arguments)
    random = np.random.default_rng(1)
    layer.set_weights([random.normal(size=weight.shape, scale=0.5) for weight in layer.get_weights()])
    return layer


def block(**others):
    return randomised(DecoderBlock(HEADS, 12, 0.3, **others), numbers(N, T, WIDTH), numbers(N, S, WIDTH), MEMORY_MASK)


@pytest.mark.slow
@pytest.mark.parametrize("training", [False, True])
def test_attention_is_that_of_keras(training):
    x, memory = numbers(N, T, WIDTH), numbers(N, S, WIDTH, seed=1)
    keras_own = randomised(keras.layers.MultiHeadAttention(HEADS, WIDTH // HEADS), x, memory)
    causal, cross = randomised(CausalSelfAttention(HEADS), x), randomised(CrossAttention(HEADS), x, memory, MEMORY_MASK)
    causal.set_weights(keras_own.get_weights())
    cross.set_weights(keras_own.get_weights())
    np.testing.assert_allclose(causal(x, training=training), keras_own(x, x, use_causal_mask=True), atol=1e-5)
    expected, weights = keras_own(x, memory, attention_mask=MEMORY_MASK[:, None], return_attention_scores=True)
    np.testing.assert_allclose(cross(x, memory, MEMORY_MASK, training=training), expected, atol=1e-5)
    np.testing.assert_allclose(cross.attend(x, cross.memory_cache(memory), MEMORY_MASK)[1], weights, atol=1e-5)


def test_a_token_does_not_see_later_ones_nor_padding():
    layer, x, memory = block(), numbers(N, T, WIDTH), numbers(N, S, WIDTH, seed=1)
    y = layer(x, memory, MEMORY_MASK)
    later = tf.concat([x[:, :3], numbers(N, T - 3, WIDTH, seed=2)], 1)
    np.testing.assert_allclose(layer(later, memory, MEMORY_MASK)[:, :3], y[:, :3], atol=1e-5)
    padded = tf.where(MEMORY_MASK[..., None], memory, 100.0)
    np.testing.assert_allclose(layer(x, padded, MEMORY_MASK), y, atol=1e-5)
    first_is_padding = tf.constant([[False, True, True, True, True]] * N)
    other_first = tf.concat([numbers(N, 1, WIDTH, seed=3), x[:, 1:]], 1)
    expected, got = (layer(each, memory, MEMORY_MASK, first_is_padding) for each in (x, other_first))
    np.testing.assert_allclose(got[:, 1:], expected[:, 1:], atol=1e-5)
    assert np.abs(got[:, 1:] - y[:, 1:]).max() > 0.01


def test_steps_give_what_the_whole_sequence_gives():
    layer, x, memory = block(), numbers(N, T, WIDTH), numbers(N, S, WIDTH, seed=1)
    expected = layer(x, memory, MEMORY_MASK)
    whole, weights = layer.attention(x, memory, MEMORY_MASK)
    np.testing.assert_allclose(whole, expected, atol=1e-5)
    np.testing.assert_allclose(tf.reduce_sum(weights, -1), np.ones([N, HEADS, T]), atol=1e-5)
    assert not np.any(weights.numpy()[~np.broadcast_to(MEMORY_MASK[:, None, None], weights.shape)])
    cache, kept = layer.empty_cache(N, T + 2, 1), layer.memory_cache(memory)
    for at in range(T):
        y, cache, looked = layer.step(x[:, at], cache, kept, MEMORY_MASK, tf.constant(at))
        np.testing.assert_allclose(y, expected[:, at], atol=1e-5)
        np.testing.assert_allclose(looked, weights[:, :, at], atol=1e-5)


@pytest.mark.parametrize("training", [False, True])
def test_rows_that_follow_one_another_share_a_memory(training):
    """As the beams of a search, and the translations of a sentence."""
    keras.utils.set_random_seed(0)
    layer = DecoderBlock(HEADS, 12, 0.0)
    x, memory = numbers(2 * N, T, WIDTH), numbers(N, S, WIDTH, seed=1)
    repeated, mask = tf.repeat(memory, 2, 0), tf.repeat(MEMORY_MASK, 2, 0)
    expected = layer(x, repeated, mask)
    np.testing.assert_allclose(layer(x, memory, MEMORY_MASK, training=training), expected, atol=1e-5)
    np.testing.assert_allclose(layer.attention(x, memory, MEMORY_MASK)[1], layer.attention(x, repeated, mask)[1], atol=1e-5)
    y, *_ = layer.step(x[:, 0], layer.empty_cache(N, 3, 2), layer.memory_cache(memory), MEMORY_MASK, tf.constant(0))
    np.testing.assert_allclose(y, expected[:, 0], atol=1e-5)


def test_a_search_lets_a_sequence_go_on_from_another_ones_past():
    """The keys and values stay where they are; `writer` alone changes its order, as `beam_search` does it."""
    layer, memory, beams = block(), numbers(N, S, WIDTH, seed=1), 3
    x = numbers(N * beams, T, WIDTH)
    kept, random = layer.memory_cache(memory), np.random.default_rng(0)
    past, cache = np.zeros([N * beams, 0, WIDTH], np.float32), layer.empty_cache(N, T, beams)
    for at in range(T):
        past = np.concatenate([past, x[:, at, None]], 1)
        y, cache, _ = layer.step(x[:, at], cache, kept, MEMORY_MASK, tf.constant(at))
        np.testing.assert_allclose(y, layer(past, memory, MEMORY_MASK)[:, at], atol=1e-5)
        rows = (np.arange(N)[:, None] * beams + random.integers(beams, size=[N, beams])).ravel()
        past, cache = past[rows], cache._replace(writer=tf.gather(cache.writer, rows))


@pytest.mark.slow
def test_bfloat16_stays_near_float32():
    exact, half = block(), block(dtype="mixed_bfloat16")
    x, memory = numbers(N, T, WIDTH), numbers(N, S, WIDTH, seed=1)
    expected, got = (layer(x, memory, MEMORY_MASK, training=False) for layer in (exact, half))
    assert got.dtype == tf.bfloat16
    assert np.linalg.norm(tf.cast(got, tf.float32) - expected) < 0.03 * np.linalg.norm(expected)
    memory = tf.cast(memory, tf.bfloat16)
    cache, kept = half.empty_cache(N, T, 1), half.memory_cache(memory)
    stepped, *_ = half.step(tf.cast(x[:, 0], tf.bfloat16), cache, kept, MEMORY_MASK, tf.constant(0))
    assert np.linalg.norm(tf.cast(stepped, tf.float32) - expected[:, 0]) < 0.03 * np.linalg.norm(expected)


def test_no_rows_give_no_rows():
    layer = block()
    memory, mask = numbers(0, S, WIDTH), tf.zeros([0, S], tf.bool)
    assert layer(numbers(0, T, WIDTH), memory, mask).shape == (0, T, WIDTH)
    y, *_ = layer.step(numbers(0, WIDTH), layer.empty_cache(0, 3, 2), layer.memory_cache(memory), mask, tf.constant(0))
    assert y.shape == (0, WIDTH)


def test_the_block_is_rebuilt_from_its_config():
    layer = DecoderBlock.from_config(block(name="mine").get_config())
    assert (layer.heads, layer.hidden, layer.dropout, layer.name) == (HEADS, 12, 0.3, "mine")
