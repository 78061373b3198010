"""What `zoo.load` gives for a network that classifies texts."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.core.cards import Card
from zoo.core.classifier import BATCH, Classifier
from zoo.core.errors import UserError
from zoo.core.inputs import as_list, utf8
from zoo.text.words import MAX_BYTES


class TextClassifier(Classifier):
    """A classifier of texts, which also tells which words decided.

    >>> import zoo
    >>> model = zoo.load("sentiment_transformer")
    >>> model
    <TextClassifier sentiment_transformer: sentiment_transformer, 7,212,946 parameters, classes negative and positive>
    >>> model.predict(["A fine film.", "Dull from the first minute."]).round(2)
    array([0.98, 0.09], dtype=float32)
    >>> [words] = model.explain(["A fine film."])
    >>> max(words, key=lambda word: word[1])[0]
    'fine'

    Args:
        card: the model's card.
        saved_model: what tf.saved_model.load gave.
        folder: the model's folder.
    """

    def __init__(self, card: Card, saved_model: Any, folder: Path) -> None:
        super().__init__(card, saved_model, folder)
        if "judge" in saved_model.signatures:  # older models have not, and give no NaN
            self._predict = saved_model.signatures["judge"]

    def __repr__(self) -> str:
        classes = self.classes
        names = f"classes {' and '.join(classes)}" if len(classes) == 2 else f"{len(classes)} classes"
        return f"{super().__repr__()[:-1]}, {names}>"

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes. `predict` gives the probability of the second of two classes, or that of each of more."""
        return tuple(self.card.architecture["classes"])

    def predict(self, inputs: Iterable[str | bytes]) -> np.ndarray:
        """The probability of the second of two classes, or of each of more.

        Args:
            inputs: n texts; bytes are read as UTF-8.

        Returns:
            float32 [n], or [n, classes]. NaN for a text without a word that the network knows: nothing in it tells the class.

        Raises:
            UserError: one text instead of several, or something that is no text.
        """
        outputs = self._outputs(inputs)
        values = outputs[self._output]
        if "words" in outputs:
            values[outputs["words"] == 0] = np.nan
        return values

    def probabilities(self, texts: Iterable[str | bytes]) -> np.ndarray:
        """The probability of each class, float32 [n, classes].

        A text without a known word gets the network's prediction too, where `predict` gives NaN: metrics count every text.
        """
        values = self._outputs(texts)[self._output]
        return values if values.ndim == 2 else np.stack([1 - values, values], 1)

    def explain(self, texts: Iterable[str | bytes]) -> list[list[tuple[str, float]]]:
        """The tokens of each text with their weights. Positive ones speak for the second of two classes, or the predicted one.

        The weights of a text add up to the difference between two logits: its own, and that of a text of as many unknown words.
        """
        array = self._array(texts, None)
        order = self._order(array)
        result: list[list[tuple[str, float]]] = [[] for _ in array]
        places = iter(order)
        for values in self._ask("explain", array[order]):
            for tokens, weights, place in zip(values["tokens"], values["weights"], places, strict=False):
                result[place] = [(t.decode(), float(w)) for t, w in zip(tokens, weights, strict=True) if t]
        return result

    def embed(self, texts: Iterable[str | bytes]) -> np.ndarray:
        """The vector of each text, float32 [n, width]. Texts that are classified for similar reasons have similar vectors."""
        return np.concatenate([values["vector"] for values in self._ask("embed", texts)])

    def known(self, texts: Iterable[str | bytes]) -> np.ndarray:
        """The share of each text's words that the network knows, float32 [n]; 1 for a text without a word."""
        return np.concatenate([values["share"] for values in self._ask("known", texts)])

    def attend(self, text: str | bytes) -> list[dict[str, Any]]:
        """The attention of the network in one text, window by window.

        Returns:
            For each window of t words its tokens [t]; attention float32 [blocks, heads, t, t], how much each word (row) attends
            to each word; and pooled float32 [t], each word's share in the vector of the whole text.
        """
        if not isinstance(text, str | bytes):
            raise UserError("attend takes one text, not several: ask for each of them")
        (values,) = self._ask("attend", [text])
        windows = []
        for tokens, attention, pooled in zip(values["tokens"], values["attention"], values["pooled"], strict=True):
            t = int((tokens != b"").sum())
            words = [token.decode() for token in tokens[:t]]
            windows.append({"tokens": words, "attention": attention[..., :t, :t], "pooled": pooled[:t]})
        return windows

    def _array(self, inputs: Any, spec: tf.TensorSpec) -> np.ndarray:
        if isinstance(inputs, str | bytes):
            raise UserError(f"{self.card.name} takes a list of texts, not one text: put it into a list")
        inputs = as_list(inputs)
        if not all(isinstance(text, str | bytes) for text in inputs):
            raise UserError(f"{self.card.name} takes a list of texts: str, or bytes in UTF-8")
        return np.array([trimmed(utf8(text)) for text in inputs], dtype=object)

    def _order(self, array: np.ndarray) -> np.ndarray:
        # By length, so that the texts of a batch need little padding.
        return np.argsort([len(text) for text in array], kind="stable")

    def _ask(self, signature: str, texts: Iterable[str | bytes]) -> Iterator[dict[str, np.ndarray]]:
        """The outputs of another signature, for one batch of texts after the other."""
        function, array = self.saved_model.signatures[signature], self._array(texts, None)
        for i in range(0, max(len(array), 1), BATCH):
            part = tf.constant(array[i : i + BATCH], tf.string)
            yield {name: value.numpy() for name, value in function(text=part).items()}


def trimmed(text: bytes) -> bytes:
    """A long text without its middle, which the graph does not read anyway: so a batch of very long texts needs little memory."""
    return text if len(text) <= 4 * MAX_BYTES else text[: 2 * MAX_BYTES] + text[-2 * MAX_BYTES :]
