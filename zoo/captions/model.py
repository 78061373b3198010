"""What `zoo.load` gives of a captioner: captions of pictures, and where the network looked."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from PIL import Image

from zoo.captions import canvas, reading
from zoo.captions.reading import Picture
from zoo.core.arguments import whole
from zoo.core.cards import Card
from zoo.core.errors import UserError
from zoo.core.inputs import as_list, utf8
from zoo.layers.decoding import IMPOSSIBLE
from zoo.text.subwords import Subwords

BATCH = 64  # pictures in one call of a signature


_log = logging.getLogger(__name__)


class Caption(NamedTuple):
    """A caption.

    Attributes:
        text: the sentence.
        log_probability: of the sentence and its end, in nats.
    """

    text: str
    log_probability: float


class Looked(NamedTuple):
    """A word of a caption, and where the network looked when it wrote it.

    Attributes:
        word: with the punctuation that follows it.
        weights: float32 [grid, grid], from the top to the bottom of the square in which the whole picture lies. They sum to 1.
    """

    word: str
    weights: np.ndarray


class Captioner:
    """An exported network that says in a sentence what a picture shows.

    >>> import zoo
    >>> model = zoo.load("captioner")  # doctest: +SKIP
    >>> [best] = model.caption(["drawing.png"])[0]  # doctest: +SKIP
    >>> best.text  # doctest: +SKIP
    'a small red seven above two blue circles'
    >>> [(each.word, each.weights.max()) for each in model.attend("drawing.png")]  # doctest: +SKIP

    Args:
        card: the model's card.
        saved_model: what tf.saved_model.load gave.
        folder: the model's folder, whose assets hold the subwords.

    Attributes:
        image: pixels of a picture on each side, as the network sees it.
        most: captions of a picture, at most.
    """

    def __init__(self, card: Card, saved_model: Any, folder: Path) -> None:
        self.card, self.folder = card, folder
        self.saved_model = saved_model  # the signatures live only as long as it does
        self._signatures = saved_model.signatures
        self._longest: int = card.architecture["longest"]
        self.image: int = card.architecture["image"]
        self._subwords = Subwords.load(folder / "assets")
        self.most: int = self._signatures["caption"].structured_outputs["text"].shape[1]  # captions of a picture

    def __repr__(self) -> str:
        network = self.card.architecture.get("network", self.card.task)
        return f"<Captioner {self.card.name}: {network}, {self.card.parameters:,} parameters>"

    def caption(self, pictures: Iterable[Picture], n: int = 1) -> list[list[Caption]]:
        """The n best captions of each picture, the best one first.

        Args:
            pictures: of any size: paths, the bytes of picture files, images of Pillow, or arrays uint8 [h, w, 3] or [h, w].
            n: how many captions of each, 1 to 5.

        Raises:
            UserError: one picture instead of several; what is no picture, see `zoo.captions.reading.read`; another n.
        """
        n, found = whole("n", n, 1, self.most), []
        for batch in self._batches(pictures):
            outputs = self._signatures["caption"](picture=tf.constant(batch, tf.string))
            rows = zip(outputs["text"].numpy(), outputs["log_probability"].numpy().tolist(), strict=True)
            for texts, values in rows:
                found.append(
                    [
                        Caption(text.decode("utf-8", "replace").strip(), value)
                        for text, value in zip(texts[:n], values, strict=False)
                        if value > IMPOSSIBLE
                    ]
                )
        return found

    def describe(self, pictures: Iterable[Picture]) -> list[str]:
        """The best caption of each picture, see `caption`."""
        return [found[0].text for found in self.caption(pictures)]

    def attend(self, picture: Picture, text: str | bytes | None = None) -> list[Looked]:
        """Where the network looks when it writes each word of a caption of a picture.

        Args:
            picture: see `caption`.
            text: the caption; None: the best one.

        Returns:
            The words in their order; of a network that writes nothing, none.

        Raises:
            UserError: as `caption`, and for a text that is empty or longer than all that the network can write.
        """
        picture = self._png(picture)  # read once, so that its notices are told once
        if text is None and not (text := self._readable(self.describe([picture])[0])):
            return []
        outputs = self._read("attend", [picture], [text])
        subwords, weights = outputs["subwords"][0], outputs["weights"][0]
        words: list[tuple[bytes, list[np.ndarray]]] = []
        for subword, its in zip(subwords, weights, strict=True):
            if not words or subword.startswith(b" "):
                words.append((b"", []))
            words[-1] = words[-1][0] + subword, [*words[-1][1], its]
        return [Looked(word.decode("utf-8", "replace").strip(), np.mean(its, 0)) for word, its in words if word.strip()]

    def score(self, pictures: Iterable[Picture], texts: Iterable[str | bytes]) -> np.ndarray:
        """The log probability of each text as the caption of its picture, in nats, float32 [n].

        Raises:
            UserError: as `attend`; more or fewer texts than pictures.
        """
        return self._read("score", pictures, texts)["log_probability"]

    def _read(self, signature: str, pictures: Iterable[Picture], texts: Iterable[str | bytes]) -> dict[str, np.ndarray]:
        """The outputs of a signature for pictures with their captions."""
        batches, given = list(self._batches(pictures)), self._texts(texts)
        if (count := sum(map(len, batches))) != len(given):
            raise UserError(f"{count} pictures and {len(given)} captions: give a caption for each picture")
        ask, found = self._signatures[signature], list[dict[str, np.ndarray]]()
        for batch in batches or [[]]:
            its, given = given[: len(batch)], given[len(batch) :]
            outputs = ask(picture=tf.constant(batch, tf.string), text=tf.constant(its, tf.string))
            found.append({name: value.numpy() for name, value in outputs.items()})
        return {name: np.concatenate([each[name] for each in found]) for name in found[0]}

    def _readable(self, text: str) -> str:
        """What the network can read of a caption of its own: before it has learned much, it writes odd subwords, or nothing."""
        while len(self._subwords.encode(text.encode())) >= self._longest:
            text = text[:-1]
        return text

    def _texts(self, texts: Iterable[str | bytes]) -> list[bytes]:
        """Captions as UTF-8."""
        if isinstance(texts, str | bytes):
            raise UserError(f"{self.card.name} takes a list of captions, not one caption: put it into a list")
        given = as_list(texts)
        if not all(isinstance(text, str | bytes) for text in given):
            raise UserError(f"{self.card.name} takes a list of captions: str, or bytes in UTF-8")
        found = [b" ".join(utf8(text).split()) for text in given]
        for text in found:
            if not text:
                raise UserError("a caption is empty: give a sentence")
            if len(self._subwords.encode(text)) >= self._longest:
                shown = text[:40].decode("utf-8", "replace")
                raise UserError(
                    f"the caption {shown!r}... is longer than the {self._longest - 1} subwords of this model: shorten it"
                )
        return found

    def _batches(self, pictures: Iterable[Picture]) -> Iterator[list[bytes]]:
        """The pictures, BATCH at a time, as squares of the network's size in PNG, which keeps all of their pixels."""
        array = isinstance(pictures, np.ndarray) and (pictures.ndim < 3 or (pictures.ndim == 3 and pictures.shape[2] in (3, 4)))
        if array or isinstance(pictures, str | Path | bytes | Image.Image):
            raise UserError(f"{self.card.name} takes a list of pictures, not one picture: put it into a list")
        batch: list[bytes] = []
        for picture in pictures:
            batch.append(self._png(picture))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _png(self, picture: Picture) -> bytes:
        found, notices = reading.read(picture)
        for notice in notices:
            _log.info("%s: %s", picture if isinstance(picture, str | Path) else "picture", notice)
        content: bytes = tf.io.encode_png(canvas.fitted(found, self.image)).numpy()
        return content
