"""A network that writes, as `zoo.load` gives it: the next word, new texts, and the surprise at given ones."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.core import extras, progress
from zoo.core.arguments import whole
from zoo.core.cards import Card
from zoo.core.errors import UserError
from zoo.core.inputs import utf8
from zoo.core.sampling import Sampling, calls
from zoo.writing import tiny_shakespeare, words
from zoo.writing.copying import Index
from zoo.writing.dataset import Text
from zoo.writing.limits import CONTEXT, MOST_CHARACTERS, MOST_WORDS

BATCH = 32  # texts in one call, which bounds the memory
# A long text is scored in parts side by side, which is many times as fast as byte by byte. Each part is preceded by what stands
# before it, so that the network has read as much as it can remember; at a part of PART bytes that is a third of the work.
PART, BEFORE = 4096, CONTEXT
MOST_SCORED = 2_000_000  # bytes
MOST_TEXTS = 1000
RECALLED = 500  # characters of a text that decide how a word follows it
# Below 1, since the network gives each of many unlikely bytes a little probability, and one of them spoils a word.
TEMPERATURE = 0.8


@dataclass(frozen=True)
class Surprise:
    """How well a text was predicted, character by character.

    Attributes:
        characters: of the text.
        nats: minus the log-probability of each character given all before it, float64 [characters].
        size: the bytes of the text.
    """

    characters: str
    nats: np.ndarray
    size: int

    @property
    def nats_per_character(self) -> float:
        """The mean; NaN for an empty text."""
        return float(self.nats.mean()) if len(self.nats) else math.nan

    @property
    def bits_per_byte(self) -> float:
        """The mean in bits, by the bytes of the text in UTF-8; NaN for an empty text."""
        return float(self.nats.sum() / math.log(2) / self.size) if self.size else math.nan


class Writer:
    """An exported network that predicts what comes next in a text.

    >>> import zoo
    >>> writer = zoo.load("writing_lstm")
    >>> [word for word, probability in writer.predict("To be, or not to")]
    >>> (text,) = writer.generate("ROMEO:", length=200, seed=7)
    >>> writer.score(["To be, or not to be"])[0].nats_per_character

    Args:
        card: the model's card.
        saved_model: what tf.saved_model.load gave.
        folder: the model's folder; nothing is read there.
    """

    def __init__(self, card: Card, saved_model: Any, folder: Path) -> None:
        self.card = card
        self.saved_model = saved_model  # the signatures live only as long as it does

    def __repr__(self) -> str:
        network = self.card.architecture.get("network", "a network")
        return f"<Writer {self.card.name}: {network}, {self.card.parameters:,} parameters>"

    def predict(self, text: str | bytes, n: int = 5) -> list[tuple[str, float]]:
        """The n most probable next words of a text with their probabilities, the most probable one first.

        Punctuation marks and "\\n", the end of the line, count as words; a blank before a word is no part of it. Of a text that
        ends within a word, words that complete it are among them.

        Args:
            text: of any length; the network reads its last 2,048 bytes. An empty one is the beginning of a text.
            n: at most 50; there may be fewer.

        Raises:
            UserError: something that is no text, or another n.
        """
        n = whole("n", n, 1, MOST_WORDS)
        found = self._ask("predict", text=tf.constant([_read(text, "predict")]), most=tf.constant(n))
        pairs = zip(found["word"][0], found["probability"][0], strict=True)
        return [(word.decode("utf-8", errors="replace"), float(probability)) for word, probability in pairs if word]

    def follow(self, text: str, word: str) -> str:
        """The text with a word of `predict` after it, in the way that is the most probable one to the network.

        A word can follow at once or after a blank. Where the text ends with the beginning of the word, it can be completed.

        Raises:
            UserError: something that is no text.
        """
        text, word = (_checked(each).decode("utf-8", errors="replace") for each in (text, word))
        begun = _letters(text)
        ways = [f"{text} {word}"]
        if not (begun and _letters(word[:1])):
            ways.append(text + word)
        if begun and word.startswith(begun) and word != begun:
            ways.append(text + word.removeprefix(begun))
        before = max(len(text) - RECALLED, 0)
        nats = [float(each.nats.sum()) for each in self.score([way[before:] for way in ways])]
        return ways[int(np.argmin(nats))]

    @cached_property
    def learned(self) -> Index | None:
        """The text that the network has learned, to be searched for copies; the first time takes some seconds.

        None where the text is not at hand: that of a user's own, or one that is not prepared for TensorFlow Datasets. Nothing
        is downloaded.

        Raises:
            UserError: the prepared text is another one, or the package that reads it is missing.
        """
        if self.card.dataset.name != tiny_shakespeare.NAME:
            return None
        with extras.explained():
            found = tiny_shakespeare.prepared()
        return None if found is None else Index(Text(*found).learned())

    def next(self, text: str | bytes) -> np.ndarray:
        """The probability of each next byte of a text, float32 [256]; see `predict` for the text."""
        return np.asarray(self._ask("next", text=tf.constant([_read(text, "next")]))["probability"][0])

    def generate(
        self,
        prompt: str | bytes = "",
        length: int = 500,
        temperature: float = TEMPERATURE,
        top_p: float = 1.0,
        seed: int = 0,
        n: int = 1,
    ) -> list[str]:
        """Writes n texts that follow a prompt, without the prompt. The same arguments give the same texts.

        Args:
            prompt: of any length; the network reads its last 2,048 bytes. An empty one is the beginning of a text.
            length: the characters of each text, at most 100,000.
            temperature: below 1 safer, above 1 bolder, 1 the network's own; 0 takes the most probable byte at each place.
            top_p: only the most probable bytes that together reach this probability; 1: all.
            seed: of the random numbers.
            n: how many texts.

        Raises:
            UserError: something that is no text, or a number outside its range.
        """
        length, n = whole("length", length, 1, MOST_CHARACTERS), whole("n", n, 1, MOST_TEXTS)
        sampling = Sampling(temperature, 0, top_p, whole("seed", seed, -(2**62) + 1, 2**62 - 1))
        sampling.check()
        given, texts = _read(prompt, "generate"), list[str]()
        for count, of_call in calls(n, BATCH, sampling):
            found = self._ask(
                "generate",
                prompt=tf.constant([given] * count),
                length=tf.constant(length),
                temperature=tf.constant(float(temperature)),
                top_p=tf.constant(float(top_p)),
                seed=tf.constant(of_call.seed, tf.int64),
            )
            texts += [text.decode("utf-8") for text in found["text"]]
        return texts

    def score(self, texts: Iterable[str | bytes]) -> list[Surprise]:
        """How surprising each text is to the network, character by character. A text is read as if a line began.

        Bytes that are no UTF-8 become U+FFFD before they are scored.

        Args:
            texts: any number of texts; those of more than 4,096 bytes are read in parts, each with the 2,048 bytes before it.

        Raises:
            UserError: one text instead of several, something that is no text, or more than 2,000,000 bytes.
        """
        if isinstance(texts, str | bytes):
            raise UserError("score takes a list of texts, not one text: put it into a list")
        given = [_whole(text) for text in texts]
        size = sum(map(len, given))
        if size > MOST_SCORED:
            raise UserError(f"the texts have {size:,} bytes, and at most {MOST_SCORED:,} are scored: take a part of them")
        return self.surprises(given)

    def surprises(self, texts: Sequence[bytes]) -> list[Surprise]:
        """As `score`, of texts in UTF-8 and of any size, such as a split of a long book."""
        return [_by_character(text, nats) for text, nats in zip(texts, self._nats(texts), strict=True)]

    def _nats(self, texts: Sequence[bytes]) -> list[np.ndarray]:
        """The surprise at each byte of each text, float64 [bytes] each."""
        parts = [(i, begin) for i, text in enumerate(texts) for begin in range(0, len(text), PART)]
        content = [texts[i][max(begin - BEFORE, 0) : begin + PART] for i, begin in parts]
        nats = [np.zeros(len(text)) for text in texts]
        order = sorted(range(len(parts)), key=lambda part: len(content[part]))  # so that the texts of a call need little padding
        calls = progress.bar(range(0, len(order), BATCH), "scoring", "part", delay=2.0, disable=len(order) <= BATCH)
        for first in calls:
            chosen = order[first : first + BATCH]
            found = self._ask("score", text=tf.constant([content[part] for part in chosen]))["nats"]
            for part, row in zip(chosen, found, strict=True):
                i, begin = parts[part]
                end = min(begin + PART, len(texts[i]))
                size = len(content[part])
                nats[i][begin:end] = row[size - (end - begin) : size]
        return nats

    def _ask(self, signature: str, **inputs: tf.Tensor) -> dict[str, np.ndarray]:
        return {name: value.numpy() for name, value in self.saved_model.signatures[signature](**inputs).items()}


def _letters(text: str) -> str:
    """The letters at the end of a text."""
    return str(words.begun(tf.constant(text)).numpy().decode("utf-8"))


def _checked(text: Any) -> bytes:
    """A text as UTF-8. Raises UserError for something that is no text."""
    if not isinstance(text, str | bytes):
        raise UserError(f"{type(text).__name__} is no text: give str, or bytes in UTF-8")
    return utf8(text)


def _read(text: Any, method: str) -> bytes:
    """The end of a text that the graph reads: so a very long one is not copied. Raises UserError for several texts."""
    if isinstance(text, Sequence | np.ndarray | Iterator) and not isinstance(text, str | bytes):
        raise UserError(f"{method} takes one text, not several: ask for each of them")
    return _checked(text)[-CONTEXT - 1 :]


def _whole(text: Any) -> bytes:
    """A text in valid UTF-8."""
    return _checked(text).decode("utf-8", errors="replace").encode("utf-8")


def _by_character(text: bytes, nats: np.ndarray) -> Surprise:
    """The surprise at the characters of a text in UTF-8, from that at its bytes."""
    first = np.flatnonzero((np.frombuffer(text, np.uint8) & 0xC0) != 0x80)
    of_characters = np.add.reduceat(nats, first) if len(first) else nats
    return Surprise(text.decode("utf-8"), of_characters, len(text))
