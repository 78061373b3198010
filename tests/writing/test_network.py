"""The network that predicts the next byte: reading in pieces, the recall, and its configuration."""

from dataclasses import asdict

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.writing.network import Config, Recall, build, from_architecture

SMALL = Config(
    byte_width=8,
    ngrams=(2, 4),
    ngram_rows=64,
    ngram_width=4,
    units=16,
    heads=2,
    head_width=4,
    memory=32,
    dropout=0.2,
    weight_dropout=0.2,
)


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(3)
    made = build(SMALL)
    for variable in made.trainable_variables:  # the layer after the recall is zero at first, which would hide its part
        variable.assign_add(keras.random.normal(variable.shape, stddev=0.3, seed=len(variable.path)))
    return made


@pytest.fixture(scope="module")
def ids():
    return tf.constant(np.random.default_rng(0).integers(0, 256, (3, 24)), tf.int32)


def test_a_text_read_in_pieces_has_the_logits_of_the_text_read_at_once(network, ids):
    whole = network(ids)
    first, states = network.read(ids[:, :10], network.initial_states(3))
    second, states = network.read(ids[:, 10:23], states)
    last, _ = network.step(ids[:, 23], states)
    np.testing.assert_allclose(whole, tf.concat([first, second, last[:, None]], 1), atol=1e-4)


def test_no_byte_sees_a_later_one(network, ids):
    changed = tf.concat([ids[:, :15], (ids[:, 15:] + 1) % 256], 1)
    np.testing.assert_allclose(network(ids)[:, :15], network(changed)[:, :15], atol=1e-5)


def test_training_computes_the_same_without_dropout(ids):
    keras.utils.set_random_seed(4)
    plain = build(Config(**asdict(SMALL) | {"ngram_dropout": 0.0, "dropout": 0.0, "weight_dropout": 0.0}))
    np.testing.assert_allclose(plain(ids, training=True), plain(ids), atol=1e-4)


def test_the_memory_keeps_the_last_bytes_only(network):
    text = tf.constant(np.random.default_rng(1).integers(0, 256, (1, 100)), tf.int32)
    _, states = network.read(text[:, :70], network.initial_states(1))
    assert states.keys.shape == (1, 2, 32, 4)
    assert states.filled.numpy() == [32]
    logits, _ = network.read(text[:, 70:], states)
    assert np.isfinite(logits).all()


def test_an_ngram_has_the_same_embedding_wherever_it_stands(network):
    text = tf.constant([[9, 9, 9, 1, 2, 3, 4, 7, 1, 2, 3, 4, 5, 2, 3, 4]], tf.int32)
    two, four = network.ngram(text)  # the first three bytes come before
    np.testing.assert_allclose(two[0, 3], two[0, 8])
    np.testing.assert_allclose(two[0, 3], two[0, 12])
    np.testing.assert_allclose(four[0, 3], four[0, 8])
    assert not np.allclose(four[0, 3], four[0, 12])


def test_without_ngrams_the_bytes_alone_are_embedded(ids):
    assert build(Config(**asdict(SMALL) | {"ngrams": ()}))(ids).shape == (3, 24, 256)


def test_a_card_describes_the_network():
    assert from_architecture({"network": "writing_lstm", **asdict(SMALL)}).count_params() == build(SMALL).count_params()


def test_the_recall_gives_what_followed_in_the_same_place_before():
    recall = Recall(heads=1, head_width=8)
    text = [0, 1, 2, 3, 0, 1, 4]
    x = tf.constant(np.eye(8, dtype=np.float32)[None, text])
    recall.build(x.shape)
    for layer, scale in ((recall.query, 200.0), (recall.key, 1.0), (recall.value, 1.0)):
        layer.kernel.assign(scale * np.eye(8))
    found = recall(x).numpy()[0]
    np.testing.assert_allclose(found[4], np.eye(8)[1], atol=1e-3)  # after the second 0: what followed the first one
    np.testing.assert_allclose(found[5], np.eye(8)[2], atol=1e-3)
    np.testing.assert_allclose(found[0], 0, atol=1e-3)  # nothing came before


def test_the_logits_can_be_scaled_for_good(ids):
    keras.utils.set_random_seed(5)
    scaled = build(SMALL)
    before = scaled(ids)
    scaled.scale_logits(0.5)
    np.testing.assert_allclose(scaled(ids), 0.5 * before, atol=1e-5)
    np.testing.assert_allclose(scaled.read(ids, scaled.initial_states(3))[0], 0.5 * before, atol=1e-4)
