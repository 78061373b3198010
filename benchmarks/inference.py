"""Contenders: the speed of what `zoo.load` gives, and of the same network with Keras' `predict`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import zoo
from benchmarks.workloads import REVIEW
from zoo.captions import canvas, drawn
from zoo.captions.handwritten import Handwriting
from zoo.core import cards
from zoo.digits import graph as digits_graph
from zoo.images import sklearn_digits
from zoo.sentiment import stages as sentiment_stages
from zoo.text.subwords import END, PADDING, START
from zoo.text.words import VOCABULARY, WordVocabulary

SENTENCES = 8  # of a text whose surprise is measured

# What a model does with raw inputs, of (the model, the inputs), where that is not `predict`.
USES: dict[str, Callable[[Any, Any], Any]] = {
    "translation_transformer": lambda model, texts: model.translate(texts, *model.languages[:2]),
    "captioner": lambda model, pictures: model.describe(pictures),
    "writing_lstm": lambda model, texts: model.score(texts),
}


def ours(model: str, examples: str, calls: str) -> Callable[[], int]:
    """What the model is for, with so many raw examples at a time, so many times; units are examples."""
    inputs, loaded = raw_inputs(model, int(examples)), zoo.load(model)
    use = USES.get(model, lambda loaded, inputs: loaded.predict(inputs))
    return _caller(lambda: use(loaded, inputs), int(examples), int(calls))


def keras_predict(model: str, examples: str, calls: str) -> Callable[[], int]:
    """As `ours`; a sentiment's texts become ids by the same rules, and captions are written without beams."""
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


def _captions(model: str) -> Callable[[Any], np.ndarray]:
    network: Any = zoo.network(model)
    side, longest = network.config.image, network.config.longest

    def predict(pictures: list[np.ndarray]) -> np.ndarray:
        """The most probable subword at each place, int32 [n, longest]; the network reads the picture and all before it anew."""
        images = np.stack([canvas.fitted(picture, side) for picture in pictures])
        ids = np.full((len(images), 1, longest + 1), PADDING, np.int32)
        ids[..., 0], written = START, np.ones(len(images), bool)
        for place in range(longest):
            found = network.predict({"image": images, "subword": ids[..., :-1]}, verbose=0)["next"][:, 0, place]
            ids[written, 0, place + 1] = found.argmax(-1)[written]
            written &= ids[:, 0, place + 1] != END
            if not written.any():
                break
        return ids[:, 0, 1:]

    return predict


def _writing(model: str) -> Callable[[Any], np.ndarray]:
    network: Any = zoo.network(model)

    def predict(texts: list[str]) -> np.ndarray:
        """The surprise at each byte in nats, [n, t]; 0 beyond the end."""
        contents = [b"\n" + text.encode() for text in texts]
        ids = np.stack([np.frombuffer(content.ljust(max(map(len, contents)), b"\0"), np.uint8) for content in contents])
        logits, following = network.predict(ids[:, :-1].astype(np.int32), verbose=0), ids[:, 1:].astype(np.int32)
        nats = tf.nn.sparse_softmax_cross_entropy_with_logits(following, logits).numpy()
        return np.where(following == 0, 0.0, nats)

    return predict


# What does the same as `ours` by Keras' `predict`, of the published models that have such a contender.
PREDICTORS: dict[str, Callable[[str], Callable[[Any], np.ndarray]]] = {
    "digits_mlp": _digits,
    "sentiment_transformer": _sentiment,
    "captioner": _captions,
    "writing_lstm": _writing,
}


def raw_inputs(model: str, n: int) -> Any:
    """n examples of a model's default input, the same in every run.

    They are random numbers, reviews of REVIEW tokens each, sentences, texts of SENTENCES sentences, or drawn scenes.
    """
    random = np.random.default_rng(0)
    if model == "captioner":
        return scenes(n)
    if model in USES:
        several = SENTENCES if model == "writing_lstm" else 1
        return [" ".join(sentence(random) for _ in range(several)) for _ in range(n)]
    folder = cards.find(model)
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


def sentence(random: np.random.Generator) -> str:
    """A sentence of 12 words, as captions of photographs have them."""
    colour, dress, what, where = (
        str(random.choice(words))
        for words in (
            ["red", "blue", "green", "white"],
            ["shirt", "hat", "dress", "jacket"],
            ["playing", "walking", "sitting", "dancing"],
            ["beach", "street", "grass", "stage"],
        )
    )
    return f"A young woman in a {colour} {dress} is {what} on the {where}."


def scenes(n: int) -> list[np.ndarray]:
    """Drawn scenes, uint8 [96, 96, 3] each."""
    handwriting = Handwriting(*sklearn_digits.load().split("test"))
    return [drawn.draw("test", number, handwriting)[1] for number in range(n)]


def _caller(call: Callable[[], Any], examples: int, calls: int) -> Callable[[], int]:
    def repeat() -> int:
        for _ in range(calls):
            call()
        return examples * calls

    return repeat
