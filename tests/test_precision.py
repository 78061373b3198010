"""The paths that training can take - precisions, compiled and plain functions, shards - agree on each published network."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.core import cards, export, training
from zoo.core.recipe import Recipe
from zoo.digits import network as digits_mlp
from zoo.digits import sklearn_digits
from zoo.digits import training as digits_training
from zoo.music import network as music_lstm
from zoo.music import training as music_training
from zoo.music.language import features, grammar
from zoo.music.model import Composer
from zoo.sentiment import network as sentiment_transformer
from zoo.sentiment import stages as sentiment_stages
from zoo.text.words import WordVocabulary

pytestmark = pytest.mark.pretrained

pytestmark = pytest.mark.pretrained

# What bfloat16's 8 bits of precision may cost: of the mean loss, in nats, and of a gradient, relative to its norm. Measured: at
# most 0.002 and 0.05.
LOSS, GRADIENT = 0.01, 0.1

# How a network is built of what, the published one, the loss, a batch.
Case = tuple[Callable[[Any], keras.Model], Any, keras.Model, Callable[..., tf.Tensor], Any, tf.Tensor, tf.Tensor]


def restored(model: keras.Model, name: str) -> keras.Model:
    """The same with the published weights."""
    export.restore(model, cards.find(name))
    return model


def sentiment() -> Case:
    folder = cards.find("sentiment_transformer")
    config = sentiment_transformer.Config.of(cards.read_card(folder).architecture)
    whole = sentiment_stages.published(folder, config)
    texts = [
        b"A fine film, warm and funny from start to end.",
        b"Dull.",
        b"I wanted to like it, but the plot is a mess.",
        b"Superb!",
    ]
    x = sentiment_stages.inputs(whole, texts, WordVocabulary(folder / "assets"))
    labels = tf.constant([[1.0], [0.0], [0.0], [1.0]])
    return sentiment_transformer.Network, config, whole.network, sentiment_stages.classification_loss, x, labels, tf.ones([4])


def digits() -> Case:
    random = np.random.default_rng(0)
    images = tf.constant(random.integers(0, 256, (6, 28, 28)), tf.float32)
    labels = tf.constant(zoo.load("digits_mlp").predict(images.numpy().astype(np.uint8)).argmax(1))
    config = digits_mlp.Config()
    published = restored(digits_mlp.build(config), "digits_mlp")
    return digits_mlp.build, config, published, digits_training.loss, images, labels, tf.ones([6])


def folk() -> Case:
    composer: Composer = zoo.load("folk_lstm")
    config = music_lstm.Config.of(composer.card.architecture)
    tokens = grammar.padded([np.array([1, *piece]) for piece in composer.sample(3, composer.prompt(), bars=4, seed=1)])
    y = tf.constant(tokens[:, 1:], tf.int32)
    traced = features.trace(grammar.Tables(composer.vocabulary), tokens)
    inputs = {name: tf.constant(value[:, :-1], tf.int32) for name, value in traced.items()}
    published = restored(music_lstm.build(config), "folk_lstm")
    return music_lstm.build, config, published, music_training.loss, inputs, y, tf.cast(y != 0, tf.float32)


CASES = {"sentiment_transformer": sentiment, "digits_mlp": digits, "folk_lstm": folk}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_paths_of_training_agree(name: str) -> None:
    network, config, published, loss, x, y, weight = CASES[name]()
    # Without dropout, so that nothing is left to chance.
    calm = replace(config, **{field.name: 0.0 for field in fields(config) if "dropout" in field.name})

    def build() -> keras.Model:
        return network(calm)

    plain = training.seeded(Recipe(1, 1, 0.1), build)
    plain.set_weights(published.get_weights())

    def step(model: keras.Model, shards: int) -> tuple[float, np.ndarray]:
        value, gradients = tf.function(lambda: training.gradient_step(model, loss, shards, x, y, weight))()
        return float(value), np.concatenate([tf.reshape(gradient, [-1]).numpy() for gradient in gradients])

    # Without training nothing is compiled or written by hand: these are TensorFlow's own operations and gradients.
    with tf.GradientTape() as tape:
        losses = loss(y, plain(x, training=False)) * weight
        expected = tf.reduce_sum(losses) / tf.reduce_sum(weight)
    by_tape = tape.gradient(expected, plain.trainable_variables)
    flat = np.concatenate([tf.reshape(tf.convert_to_tensor(gradient), [-1]).numpy() for gradient in by_tape])

    for shards in (1, 2):
        value, gradient = step(plain, shards)
        assert value == pytest.approx(float(expected), abs=1e-5)
        assert np.linalg.norm(gradient - flat) <= 1e-4 * np.linalg.norm(flat)

    rounded = training.seeded(Recipe(1, 1, 0.1, precision="bfloat16"), build)
    rounded.set_weights(plain.get_weights())
    value, gradient = step(rounded, 2)
    assert value == pytest.approx(float(expected), abs=LOSS)
    assert 0 < np.linalg.norm(gradient - flat) <= GRADIENT * np.linalg.norm(flat)


def test_digits_are_read_alike_in_both_precisions() -> None:
    """What a network learned in one precision holds in the other."""
    data = sklearn_digits.load()
    models = [
        training.seeded(Recipe(1, 1, 0.1, precision=p), lambda: digits_mlp.build(digits_mlp.Config()))
        for p in ("float32", "bfloat16")
    ]
    for model in models:
        export.restore(model, cards.find("digits_mlp"))
    exact, rounded = (model(tf.cast(data.images[:500], tf.float32), training=False).numpy() for model in models)
    assert np.mean(exact.argmax(1) == rounded.argmax(1)) >= 0.99
