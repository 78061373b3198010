"""Contenders: what `zoo.load(...).predict` costs, and the same network called as Keras' `predict`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import zoo
from benchmarks.workloads import REVIEW
from zoo.core import cards, export
from zoo.digits import dataset
from zoo.digits import graph as digits_graph
from zoo.digits import network as digits_mlp
from zoo.sentiment import network as sentiment_transformer
from zoo.sentiment import stages as sentiment_stages
from zoo.text.words import VOCABULARY, WordVocabulary


def ours(model: str, examples: str, calls: str) -> Callable[[], int]:
    """Predictions for so many raw examples at a time, so many times; units are examples."""
    inputs, predict = raw_inputs(model, int(examples)), zoo.load(model).predict
    return _caller(lambda: predict(inputs), int(examples), int(calls))


def keras_predict(model: str, examples: str, calls: str) -> Callable[[], int]:
    """As `ours`; a sentiment's texts become ids by the same rules."""
    inputs, predict = raw_inputs(model, int(examples)), restored(model)
    return _caller(lambda: predict(inputs), int(examples), int(calls))


def restored(model: str) -> Callable[[Any], np.ndarray]:
    """The published network as a Keras model, from raw inputs to probabilities."""
    folder = cards.find(model)
    architecture = {key: value for key, value in cards.read_card(folder).architecture.items() if key != "network"}
    if model == "digits_mlp":
        network = digits_mlp.from_architecture(architecture)
        export.restore(network, folder)

        class Views(keras.Model):
            def call(self, images: tf.Tensor) -> tf.Tensor:
                return digits_graph.probabilities(network, tf.cast(images, tf.float32))

        views = Views()
        return lambda images: views.predict(images, batch_size=256, verbose=0)
    config, vocabulary = sentiment_transformer.Config.of(architecture), WordVocabulary(folder / "assets")
    whole = sentiment_stages.published(folder, config)

    def predict(texts: list[str]) -> np.ndarray:
        inputs = sentiment_stages.inputs(whole, [text.encode() for text in texts], vocabulary)
        return tf.sigmoid(whole.predict(inputs, verbose=0))[:, 0].numpy()

    return predict


def raw_inputs(model: str, n: int) -> Any:
    """Digits uint8 [n, 28, 28], or n reviews of REVIEW tokens each; always the same ones."""
    random = np.random.default_rng(0)
    if model == "digits_mlp":
        return random.integers(0, 256, (n, dataset.SIZE, dataset.SIZE), np.uint8)
    return reviews(cards.find(model) / "assets" / VOCABULARY, n, random)


def reviews(vocabulary: Path, n: int, random: np.random.Generator) -> list[str]:
    """Texts of REVIEW random words that the tokenizer leaves whole."""
    words = [word for word in vocabulary.read_text(encoding="utf-8").splitlines() if word.isascii() and word.isalpha()]
    return [" ".join(random.choice(words, REVIEW)) for _ in range(n)]


def _caller(call: Callable[[], Any], examples: int, calls: int) -> Callable[[], int]:
    def repeat() -> int:
        for _ in range(calls):
            call()
        return examples * calls

    return repeat
