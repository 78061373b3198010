"""The translator's network: its ways to compute the same logits."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.text.subwords import END, PADDING
from zoo.translation.network import Config, TranslationTransformer, from_architecture, others

CONFIG = Config(
    subwords=20, languages=("en", "de", "fr"), width=8, encoder_blocks=1, decoder_blocks=2, heads=2, hidden=12, dropout=0.3
)
MARKERS = np.array([3, 4, 5], np.int32)
N, T = 2, 5
LENGTHS = np.array([[5, 3, 4], [2, 5, 1]])  # with END


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return TranslationTransformer(CONFIG)


@pytest.fixture(scope="module")
def ids():
    found = np.random.default_rng(0).integers(6, CONFIG.subwords, [N, 3, T])
    place = np.arange(T)
    return np.where(place < LENGTHS[..., None] - 1, found, np.where(place == LENGTHS[..., None] - 1, END, PADDING)).astype(
        np.int32
    )


def one_by_one(model, source, marker, target):
    """The logits of the subwords of one target of one source, without padding."""
    source, target = (tf.constant([[token for token in row if token != PADDING]]) for row in (source, target))
    inputs = tf.concat([[[marker]], target[:, :-1]], 1)
    return model.logits(model.encode(source), tf.ones_like(source, tf.bool), inputs)[0]


def test_a_batch_holds_all_directions(model, ids):
    logits = model({"ids": ids, "markers": np.tile(MARKERS, (N, 1))})
    assert logits.shape == (N, 3, 2, T, CONFIG.subwords)
    for n, source, place in np.ndindex(N, 3, 2):
        target = others(3)[source][place]
        expected = one_by_one(model, ids[n, source], MARKERS[target], ids[n, target])
        np.testing.assert_allclose(logits[n, source, place, : len(expected)], expected, atol=1e-4)


def test_a_batch_may_have_some_of_the_languages_only(model, ids):
    logits = model({"ids": ids[:, [2, 0]], "markers": np.tile(MARKERS[[2, 0]], (N, 1))})
    assert logits.shape == (N, 2, 1, T, CONFIG.subwords)
    expected = one_by_one(model, ids[0, 2], MARKERS[0], ids[0, 0])
    np.testing.assert_allclose(logits[0, 0, 0, : len(expected)], expected, atol=1e-4)


def test_steps_give_what_whole_targets_give(model, ids):
    beams, sources = 2, ids[:, 0]
    memory, mask = model.encode(sources), sources != PADDING
    inputs = np.random.default_rng(1).integers(3, CONFIG.subwords, [N * beams, 4]).astype(np.int32)
    expected = model.logits(memory, mask, inputs)

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.int32)])
    def stepped(inputs):
        remembered, state, found = model.remember(memory, mask), model.begin(tf.shape(inputs)[0] // beams, 6, beams), []
        for at in range(4):
            logits, state = model.step(inputs[:, at], state, remembered, tf.constant(at))
            found.append(logits)
        return tf.stack(found, 1)

    np.testing.assert_allclose(stepped(inputs), expected, atol=1e-4)
    weights = model.attention(memory, mask, inputs)
    assert weights.shape == (N * beams, CONFIG.decoder_blocks, 4, T)
    np.testing.assert_allclose(tf.reduce_sum(weights, -1), np.ones([N * beams, 2, 4]), atol=1e-5)
    assert not np.any(weights.numpy()[2:, :, :, 2:])  # the second source has two subwords


def test_the_order_of_the_subwords_matters(model):
    first, second = model.encode([[7, 8, 9, END]]), model.encode([[9, 8, 7, END]])
    assert np.abs(first[:, 1] - second[:, 1]).max() > 0.01


def test_the_published_network_halves_its_embeddings(model, ids):
    published = from_architecture({**CONFIG.__dict__, "languages": list(CONFIG.languages), "network": "translation_transformer"})
    assert published.config == CONFIG
    published.set_weights(model.get_weights())
    assert [str(v.dtype) for v in published.variables if v.shape == (CONFIG.subwords, CONFIG.width)] == ["float16"]
    inputs = {"ids": ids, "markers": np.tile(MARKERS, (N, 1))}
    logits = published(inputs)
    assert logits.dtype == tf.float32
    np.testing.assert_allclose(logits, model(inputs), atol=0.05)
