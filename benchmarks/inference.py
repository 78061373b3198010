"""Contenders: the speed of `zoo.load(...).predict`, and of the same network with Keras' `predict`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import zoo
from benchmarks.workloads import REVIEW
from zoo.core import cards
from zoo.digits import graph as digits_graph
from zoo.sentiment import stages as sentiment_stages
from zoo.text.words import VOCABULARY, WordVocabulary


def ours(model: str, examples: str, calls: str) -> Callable[[], int]:
    """Predictions for so many raw examples at a time, so many times; units are examples."""
    inputs, predict = raw_inputs(model, int(examples)), zoo.load(model).predict
    return _caller(lambda: predict(inputs), int(examples), int(calls))


def keras_predict(model: str, examples: str, calls: str) -> Callable[[], int]:
    """As `ours`; a sentiment's texts become ids by the same rules."""
    inputs, predict = raw_inputs(model, int(examples)), PREDICTORS[model](model)
    return _caller(lambda: predict(inputs), int(examples), int(calls))


def _digits(model: str) -> Callable[[Any], np.ndarray]:
    network = zoo.network(model)

    class Views(keras.Model):
        def call(self, images: tf.Tensor) -> tf.Tensor:
            return digits_graph.probabilities(network, tf.cast(images, tf.float32))

    views = Views()
    return lambda images: views.predict(images, batch_size=256, verbose=0)


def _sentiment(model: str) -> Callable[[Any], np.ndarray]:
    network: Any = zoo.network(model)
    vocabulary = WordVocabulary(cards.find(model) / "assets")

    def predict(texts: list[str]) -> np.ndarray:
        inputs = sentiment_stages.inputs(network, [text.encode() for text in texts], vocabulary)
        return tf.sigmoid(network.predict(inputs, verbose=0))[:, 0].numpy()

    return predict


# What turns raw inputs into probabilities by Keras' `predict`, of the published models that have such a contender.
PREDICTORS: dict[str, Callable[[str], Callable[[Any], np.ndarray]]] = {"digits_mlp": _digits, "sentiment_transformer": _sentiment}


def raw_inputs(model: str, n: int) -> Any:
    """n examples of a model's default input, the same in every run: random numbers, or reviews of REVIEW tokens each."""
    folder, random = cards.find(model), np.random.default_rng(0)
    (kind,) = cards.read_card(folder).signatures["predict"]["inputs"].values()
    dtype, _, shape = kind.partition(" ")
    if dtype == "string":
        return reviews(folder / "assets" / VOCABULARY, n, random)
    sizes = (n, *map(int, shape.split("x")[1:]))
    return random.integers(0, 256, sizes, np.uint8) if dtype == "uint8" else random.normal(0, 1, sizes).astype(dtype)


def reviews(vocabulary: Path, n: int, random: np.random.Generator) -> list[str]:
    """Texts of REVIEW random words that the tokenizer does not split."""
    words = [word for word in vocabulary.read_text(encoding="utf-8").splitlines() if word.isascii() and word.isalpha()]
    return [" ".join(random.choice(words, REVIEW)) for _ in range(n)]


def _caller(call: Callable[[], Any], examples: int, calls: int) -> Callable[[], int]:
    def repeat() -> int:
        for _ in range(calls):
            call()
        return examples * calls

    return repeat
