"""The paths that training can take - precisions, compiled and plain functions, shards - agree on each published network."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo import registry
from zoo.captions import examples, things
from zoo.captions import pipeline as captions_pipeline
from zoo.captions import training as captions_training
from zoo.core import cards, export, training
from zoo.core.recipe import Recipe
from zoo.digits import network as digits_mlp
from zoo.digits import training as digits_training
from zoo.images import sklearn_digits
from zoo.music import training as music_training
from zoo.music.language import features, grammar
from zoo.sentiment import stages as sentiment_stages
from zoo.text.subwords import PADDING, Subwords
from zoo.text.words import WordVocabulary
from zoo.translation import pipeline as translation_pipeline
from zoo.translation import training as translation_training
from zoo.translation.network import TranslationTransformer
from zoo.writing import training as writing_training

pytestmark = pytest.mark.pretrained

# What bfloat16's 8 bits of precision may cost: of the mean loss, in nats, and of a gradient, relative to its norm. Measured: at
# most 0.002 and 0.05.
LOSS, GRADIENT = 0.01, 0.1


@dataclass(frozen=True)
class Batch:
    """A batch that a network learns from.

    Args:
        loss: of (y, the network's output).
        x, y, weight: as `zoo.core.recipe.TrainingData` gives them.
        trained: the part of the network that is trained.
    """

    loss: Callable[[Any, Any], tf.Tensor]
    x: Any
    y: Any
    weight: tf.Tensor
    trained: Callable[[Any], keras.Model] = lambda network: network


def digits(name: str) -> Batch:
    images = np.random.default_rng(0).integers(0, 256, (6, 28, 28), np.uint8)
    labels = tf.constant(zoo.load(name).predict(images).argmax(1))
    return Batch(digits_training.loss, tf.constant(images, tf.float32), labels, tf.ones([6]))


def sentiment(name: str) -> Batch:
    texts = [
        b"A fine film, warm and funny from start to end.",
        b"Dull.",
        b"I wanted to like it, but the plot is a mess.",
        b"Superb!",
    ]
    network: Any = zoo.network(name)
    x = sentiment_stages.inputs(network, texts, WordVocabulary(cards.find(name) / "assets"))
    labels = tf.constant([[1.0], [0.0], [0.0], [1.0]])
    return Batch(sentiment_stages.classification_loss, x, labels, tf.ones([4]), lambda network: network.network)


def music(name: str) -> Batch:
    composer: Any = zoo.load(name)
    tokens = grammar.padded([np.array([1, *piece]) for piece in composer.sample(3, composer.prompt(), bars=4, seed=1)])
    y = tf.constant(tokens[:, 1:], tf.int32)
    traced = features.trace(grammar.Tables(composer.vocabulary), tokens)
    inputs = {name: tf.constant(value[:, :-1], tf.int32) for name, value in traced.items()}
    return Batch(music_training.loss, inputs, y, tf.cast(y != 0, tf.float32))


def translation(name: str) -> Batch:
    folder = cards.find(name)
    languages = cards.read_card(folder).architecture["languages"]
    texts = [b"A man in a hat.", b"Two dogs run on the beach.", b"A woman sings.", b"Children play in the park."]
    of_language = {language: texts[i:] + texts[:i] for i, language in enumerate(languages)}
    data = translation_pipeline.pipeline(of_language, of_language, Subwords.load(folder / "assets"), batch_size=4, seed=0)
    x, y, weight = next(iter(data.validation))

    def trained(network: Any) -> keras.Model:
        """The network with embeddings in float32, as it is trained; the published ones are in float16."""
        own = TranslationTransformer(network.config)
        own.set_weights(network.get_weights())
        return own

    return Batch(translation_training.loss, x, y, weight, trained)


def captions(name: str) -> Batch:
    folder = cards.find(name)
    architecture = cards.read_card(folder).architecture
    random, subwords = np.random.default_rng(0), Subwords.load(folder / "assets")
    # What it knows: of other pictures the loss is large, and so is what rounding costs.
    scenes, images, texts = zip(*(examples.scene(seed) for seed in range(4)), strict=True)
    ids = captions_pipeline.Encoded(texts, subwords, architecture["longest"]).draw(np.arange(4), random)
    following = tf.constant(ids[..., 1:])
    x = {"image": tf.constant(np.stack(images)), "subword": tf.constant(ids[..., :-1])}
    grid = architecture["image"] // 2 ** len(architecture["channels"])
    y = {"following": following, "things": things.on_grid(*map(tf.constant, things.listed(scenes)), grid)}
    return Batch(captions_training.loss, x, y, tf.cast(following != PADDING, tf.float32))


def writing(name: str) -> Batch:
    text = b"ROMEO:\nBut soft! what light through yonder window breaks?\nIt is the east, and Juliet is the sun.\n" * 3
    rows = np.frombuffer(text[:196], np.uint8).astype(np.int32).reshape(4, 49)
    return Batch(writing_training.loss, tf.constant(rows[:, :-1]), tf.constant(rows[:, 1:]), tf.ones([4, 48]))


BATCHES = {
    "digits_mlp": digits,
    "sentiment_transformer": sentiment,
    "music_lstm": music,
    "translation_transformer": translation,
    "captioner": captions,
    "writing_lstm": writing,
}
# Of each network one published model. Those for tables are trained in float32 alone, in one way.
PUBLISHED = {
    network: card.name for card in zoo.list_models() if registry.named(network := card.architecture["network"]).wing != "tables"
}


@pytest.mark.parametrize("network", PUBLISHED)
def test_the_paths_of_training_agree(network: str) -> None:
    if network not in BATCHES:
        pytest.skip(f"no batch for {network}")
    name = PUBLISHED[network]
    batch = BATCHES[network](name)
    loss, x, y, weight = batch.loss, batch.x, batch.y, batch.weight
    published = batch.trained(zoo.network(name))
    architecture = cards.read_card(cards.find(name)).architecture
    # Without dropout, so that nothing is left to chance.
    calm = {key: 0.0 if "dropout" in key else value for key, value in architecture.items()}

    def build() -> keras.Model:
        return batch.trained(registry.resolve(registry.named(network).builder)(calm))

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
    folder = cards.find("digits_mlp")
    architecture = cards.read_card(folder).architecture
    models = [
        training.seeded(Recipe(1, 1, 0.1, precision=precision), lambda: digits_mlp.from_architecture(architecture))
        for precision in ("float32", "bfloat16")
    ]
    for model in models:
        export.restore(model, folder)
    exact, rounded = (model(tf.cast(data.images[:500], tf.float32), training=False).numpy() for model in models)
    assert np.mean(exact.argmax(1) == rounded.argmax(1)) >= 0.99
