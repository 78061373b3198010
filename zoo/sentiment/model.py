"""What `zoo.load` gives of a network that reads texts."""

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

    Where a text has no word that the network knows, there is nothing to judge, and `predict` gives NaN. A model that was exported
    before there was the signature `judge` gives a number there, too.

    Args:
        card: the model's card.
        saved_model: what tf.saved_model.load gave.
        folder: where it was.
    """

    def __init__(self, card: Card, saved_model: Any, folder: Path) -> None:
        super().__init__(card, saved_model, folder)
        if "judge" in saved_model.signatures:
            self._predict = saved_model.signatures["judge"]

    def _values(self, outputs: dict[str, np.ndarray]) -> np.ndarray:
        values = outputs[self._output]
        if "words" in outputs:
            values[outputs["words"] == 0] = np.nan
        return values

    def _array(self, inputs: Any, spec: tf.TensorSpec) -> np.ndarray:
        if isinstance(inputs, str | bytes):
            raise UserError(f"{self.card.name} takes a list of texts, not one text: put it into a list")
        inputs = as_list(inputs)
        if not all(isinstance(text, str | bytes) for text in inputs):
            raise UserError(f"{self.card.name} takes a list of texts: str, or bytes in UTF-8")
        return np.array([trimmed(utf8(text)) for text in inputs], dtype=object)

    def _order(self, array: np.ndarray) -> np.ndarray:
        # Texts of like length together: less padding.
        return np.argsort([len(text) for text in array], kind="stable")

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; of two the second is the one that `predict` gives the probability of."""
        return tuple(self.card.architecture["classes"])

    def explain(self, texts: Iterable[str | bytes]) -> list[list[tuple[str, float]]]:
        """For each text its tokens and their weights: positive ones spoke for the second of two classes, or the chosen one.

        The weights of a text add up to its logit less that of a text of as many unknown words.
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
        """Each text as a vector, float32 [n, width]: texts that are judged for like reasons are near each other."""
        return np.concatenate([values["vector"] for values in self._ask("embed", texts)])

    def known(self, texts: Iterable[str | bytes]) -> np.ndarray:
        """The share of each text's words that the network knows, float32 [n]; 1 for a text without a word."""
        return np.concatenate([values["share"] for values in self._ask("known", texts)])

    def attend(self, text: str | bytes) -> list[dict[str, Any]]:
        """What the network looks at in a text, window by window.

        Returns:
            For each window of t words its tokens [t], attention float32 [blocks, heads, t, t], how much each word (row) looks at
            each, and pooled float32 [t], each word's share in the mean of the whole text.
        """
        (values,) = self._ask("attend", [text])
        windows = []
        for tokens, attention, pooled in zip(values["tokens"], values["attention"], values["pooled"], strict=True):
            t = int((tokens != b"").sum())
            words = [token.decode() for token in tokens[:t]]
            windows.append({"tokens": words, "attention": attention[..., :t, :t], "pooled": pooled[:t]})
        return windows

    def _ask(self, signature: str, texts: Iterable[str | bytes]) -> Iterator[dict[str, np.ndarray]]:
        function, array = self.saved_model.signatures[signature], self._array(texts, None)
        for i in range(0, max(len(array), 1), BATCH):
            part = tf.constant(array[i : i + BATCH], tf.string)
            yield {name: value.numpy() for name, value in function(text=part).items()}


def trimmed(text: bytes) -> bytes:
    """A long text without its middle, which the network leaves out anyway: so that a batch of huge ones needs little memory."""
    return text if len(text) <= 4 * MAX_BYTES else text[: 2 * MAX_BYTES] + text[-2 * MAX_BYTES :]
