"""Contenders: what `zoo.load(...).predict` costs, and the same network called as Keras' `predict`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import zoo
from benchmarks.workloads import REVIEW
from zoo import cards, export
from zoo.models import digits_mlp, sentiment_transformer
from zoo.models.sentiment_transformer import VOCABULARIES


def ours(model: str, examples: str, calls: str) -> Callable[[], int]:
    """Predictions for so many raw examples at a time, so many times; units are examples."""
    inputs, predict = raw_inputs(model, int(examples)), zoo.load(model).predict
    return _caller(lambda: predict(inputs), int(examples), int(calls))


def keras_predict(model: str, examples: str, calls: str) -> Callable[[], int]:
    """As `ours`; a sentiment's texts become ids by the same tokenizer."""
    inputs, predict = raw_inputs(model, int(examples)), restored(model)
    return _caller(lambda: predict(inputs), int(examples), int(calls))


def restored(model: str) -> Callable[[Any], np.ndarray]:
    """The published network as a Keras model, from raw inputs to probabilities."""
    folder = cards.find(model)
    architecture = {key: value for key, value in cards.read_card(folder).architecture.items() if key != "network"}
    if model == "digits_mlp":
        network = digits_mlp.build(digits_mlp.DigitsMLPConfig(**architecture))
        export.restore(network, folder)
        digits = keras.Model(network.input, keras.layers.Softmax()(network.output))
        return lambda images: digits.predict(images, batch_size=256, verbose=0)
    config = sentiment_transformer.Config.of(architecture)
    network = sentiment_transformer.build(config)
    export.restore(network, folder)
    tokenizer = sentiment_transformer.Tokenizer(config, folder / "assets")
    sentiment = keras.Model(network.input, keras.layers.Activation("sigmoid")(network.output))

    def predict(texts: list[str]) -> np.ndarray:
        ids = tokenizer.ids(tokenizer.tokens(tf.constant(texts)))
        return sentiment.predict(sentiment_transformer.padded(*ids), verbose=0)

    return predict


def raw_inputs(model: str, n: int) -> Any:
    """Digits uint8 [n, 28, 28], or n reviews of REVIEW tokens each; always the same ones."""
    random = np.random.default_rng(0)
    if model == "digits_mlp":
        return random.integers(0, 256, (n, digits_mlp.SIZE, digits_mlp.SIZE), np.uint8)
    return reviews(cards.find(model) / "assets" / VOCABULARIES[0], n, random)


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
