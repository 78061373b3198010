"""What `zoo.load` gives for a network that translates."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.core import processor, progress
from zoo.core.arguments import whole
from zoo.core.cards import Card
from zoo.core.errors import UserError
from zoo.core.inputs import as_list, utf8
from zoo.core.names import unknown
from zoo.layers.decoding import IMPOSSIBLE
from zoo.text import subwords
from zoo.translation.limits import ALTERNATIVES, MOST_SCORED

BATCH = 256  # texts in one call of a signature
MOST_BYTES = 1_000_000  # of a text: some 15,000 sentences


@dataclass(frozen=True)
class Attention:
    """Where the network looks when it writes a translation.

    Attributes:
        source: the s words of the text, as the network reads them.
        target: the t words of the translation.
        weights: float32 [t, s], the share of its attention that each word of the translation gives to each word of the text. A
            row sums to 1 with what goes to the end of the text.
    """

    source: list[str]
    target: list[str]
    weights: np.ndarray


@dataclass(frozen=True)
class Scores:
    """How probable translations are to the network.

    Attributes:
        log_probability: in nats, float32 [n].
        subwords: the number of subwords of each translation, with its end, int32 [n]: for the mean per subword.
    """

    log_probability: np.ndarray
    subwords: np.ndarray


class Translator:
    """A network that translates between its languages, in any direction.

    >>> import zoo
    >>> model = zoo.load("translation_transformer")
    >>> model.translate("A man in an orange hat.", "en", "de")
    >>> model.alternatives("A man in an orange hat.", "en", "de", n=3)

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
        languages = ", ".join(self.languages)
        return f"<Translator {self.card.name}: {network}, {self.card.parameters:,} parameters, languages {languages}>"

    @property
    def languages(self) -> tuple[str, ...]:
        """The names of the languages."""
        return tuple(self.card.architecture["languages"])

    def translate(self, texts: str | bytes | Iterable[str | bytes], source: str, target: str) -> Any:
        """The translations of texts.

        A text of several sentences is translated sentence by sentence, into one line. An empty text gives an empty one.

        Args:
            texts: n texts, or one; bytes are read as UTF-8.
            source: the name of their language, one of `languages`.
            target: that of another one.

        Returns:
            n translations, a list of str; of one text one str.

        Raises:
            UserError: an unknown language, the same language twice, something that is no text, or a text of over MOST_BYTES.
        """
        if isinstance(texts, str | bytes):
            return self.translate([texts], source, target)[0]
        array, languages = self._array(texts), self._languages(source, target)
        order = np.argsort([len(text) for text in array], kind="stable")
        batches = [array[order[i : i + BATCH]] for i in range(0, len(array), BATCH)]
        found: list[str] = []
        # One batch for each core at a time: TensorFlow releases Python's lock while it computes.
        with (
            ThreadPoolExecutor(processor.cores()) as pool,
            progress.bar(total=len(array), what="translating", unit="text", disable=len(batches) < 2) as shown,
        ):
            for outputs in pool.map(lambda batch: self._ask("translate", languages, text=batch), batches):
                found += [text.decode("utf-8") for text in outputs["translation"]]
                shown.update(len(outputs["translation"]))
        back = np.argsort(order)
        return [found[i] for i in back]

    def alternatives(self, text: str | bytes, source: str, target: str, n: int = 3) -> list[tuple[str, float]]:
        """Different translations of one text, the best first, with the logarithm of the probability of each.

        The order is that of the search, which divides the logarithm by a power of the length. Of a text of several sentences
        each alternative has those of the same rank.

        Args:
            text: see `translate`.
            source: likewise.
            target: likewise.
            n: how many at most; there are fewer where the network has found fewer.

        Raises:
            UserError: as `translate`, or another n than 1 to ALTERNATIVES.
        """
        n = whole("n", n, 1, ALTERNATIVES)
        outputs = self._ask("alternatives", self._languages(source, target), text=self._array([text]))
        found: dict[str, float] = {}
        for each, log_probability in zip(outputs["translation"][0], outputs["log_probability"][0], strict=True):
            if log_probability > IMPOSSIBLE:
                found.setdefault(each.decode("utf-8"), float(log_probability))
        return list(found.items())[:n]

    def score(self, texts: Sequence[str | bytes], translations: Sequence[str | bytes], source: str, target: str) -> Scores:
        """How probable the network finds given translations of n texts. A text is read in one piece, also of several sentences.

        Raises:
            UserError: as `translate`; not as many translations as texts; a text of over MOST_SCORED subwords.
        """
        pairs, languages = self._pairs(texts, translations), self._languages(source, target)
        parts = [
            self._ask("score", languages, text=pairs[0][i : i + BATCH], translation=pairs[1][i : i + BATCH])
            for i in range(0, max(len(pairs[0]), 1), BATCH)
        ]
        return Scores(*(np.concatenate([part[name] for part in parts]) for name in ("log_probability", "subwords")))

    def attend(self, text: str | bytes, translation: str | bytes, source: str, target: str) -> Attention:
        """Where the network looks in a text when it writes a given translation, word by word.

        Raises:
            UserError: as `score`.
        """
        texts, translations = self._pairs([text], [translation])
        outputs = self._ask("attend", self._languages(source, target), text=texts, translation=translations)
        source_words, source_starts = _words(outputs["source_pieces"][0])
        target_words, target_starts = _words(outputs["target_pieces"][0])
        weights = outputs["attention"][0]
        if not (source_words and target_words):
            return Attention(source_words, target_words, np.zeros([len(target_words), len(source_words)], np.float32))
        # A word of the text gets what its subwords get together, and one of the translation gives the mean of its subwords.
        by_word = np.add.reduceat(weights, source_starts, axis=1)
        sizes = np.diff([*target_starts, len(weights)])
        return Attention(source_words, target_words, np.add.reduceat(by_word, target_starts, axis=0) / sizes[:, None])

    def _languages(self, source: str, target: str) -> tuple[str, str]:
        for language in (source, target):
            if language not in self.languages:
                raise unknown(f"language of {self.card.name}", str(language), self.languages)
        if source == target:
            raise UserError(f"source and target are both {source!r}: name two languages of {', '.join(self.languages)}")
        return source, target

    def _array(self, texts: Any) -> np.ndarray:
        """Texts as the signatures take them. UserError for something else."""
        texts = as_list(texts)
        if not isinstance(texts, Sequence | np.ndarray) or not all(isinstance(text, str | bytes) for text in texts):
            raise UserError(f"{self.card.name} takes texts: str, or bytes in UTF-8, not {str(texts)[:40]!r}")
        array = np.array([utf8(text) for text in texts], dtype=object)
        longest = max(map(len, array), default=0)
        if longest > MOST_BYTES:
            raise UserError(f"a text has {longest:,} bytes, and at most {MOST_BYTES:,} are translated at once: give it in parts")
        return array

    def _pairs(self, texts: Any, translations: Any) -> tuple[np.ndarray, np.ndarray]:
        for each in (texts, translations):
            if isinstance(each, str | bytes):
                raise UserError(f"{self.card.name} scores lists of texts, not one text: put it into a list")
        pairs = self._array(texts), self._array(translations)
        if len(pairs[0]) != len(pairs[1]):
            raise UserError(f"{len(pairs[0])} texts and {len(pairs[1])} translations: give one translation of each text")
        return pairs

    def _ask(self, signature: str, languages: tuple[str, str], **texts: np.ndarray) -> dict[str, np.ndarray]:
        """The outputs of a signature for texts in one direction. UserError for too long a text."""
        inputs = {name: tf.constant(array, tf.string, [len(array)]) for name, array in texts.items()}
        n = len(texts["text"])
        inputs |= {name: tf.fill([n], language) for name, language in zip(("source", "target"), languages, strict=True)}
        try:
            outputs = self.saved_model.signatures[signature](**inputs)
        except tf.errors.InvalidArgumentError as error:
            if "a text is too long" not in str(error):
                raise
            raise UserError(
                f"a text has more than {MOST_SCORED} subwords, too many to {signature} at once: give a part"
            ) from None
        return {name: value.numpy() for name, value in outputs.items()}


def _words(pieces: Iterable[bytes]) -> tuple[list[str], list[int]]:
    """The words of subwords, and the index of the first subword of each; empty subwords at the end are left out."""
    whole_pieces = [piece for piece in pieces if piece]
    ends = np.cumsum([len(word) for word in subwords.pieces(b"".join(whole_pieces))])
    begins = np.cumsum([0, *map(len, whole_pieces)])[:-1]
    starts = [int(i) for i in np.searchsorted(begins, [0, *ends[:-1]])] if whole_pieces else []
    words = [b"".join(whole_pieces[a:b]) for a, b in zip(starts, [*starts[1:], len(whole_pieces)], strict=True)] if starts else []
    return [word.decode("utf-8", "replace").strip() for word in words], starts
