"""The metrics of exported networks that write, as `evaluate` prints them and the cards carry them."""

import math
import re
from collections.abc import Sequence

import numpy as np

from zoo.core.cards import Metric
from zoo.core.metrics import as_metrics
from zoo.text.witten_bell import NGram
from zoo.writing.copying import Index, copied_share
from zoo.writing.dataset import Text
from zoo.writing.graph import START
from zoo.writing.model import Writer

BASELINE_ORDER = 5  # of the n-gram: the best on the validation split of Tiny Shakespeare, see docs/writing.md
SAMPLES, SAMPLE = 10, 1000  # texts that the network writes to be measured, and the characters of each
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


def text_metrics(writer: Writer, text: Text, split: str, command: str) -> list[Metric]:
    """How well a network predicts a split of a text, and how like it the texts are that it writes.

    nats_per_character: minus the log-probability of the split, over its number of characters.
    bits_per_byte: the same in bits, over its number of bytes.
    baseline_nats_per_character: nats_per_character of an n-gram of bytes that has learned what stands before the split.

    Of SAMPLES texts of SAMPLE characters that the network writes from nothing, at the temperature of `Writer.generate`:

    known_words: the share of their words that stand before the split, in the same spelling.
    longest_copy: the characters of the longest run that they share with what stands before the split (zoo.writing.copying).
    copied_share: their share in such runs of 50 bytes or more.

    `..._of_real` is the figure for as many stretches of the split, as far apart as they can be. Of a split of less than SAMPLE
    characters these are left out.

    Args:
        writer: the model.
        text: the data set.
        split: "train", "validation" or "test".
        command: that measures this, for the card.
    """
    learned, content = text.learned() if split == "test" else text.split("train"), text.split(split)
    (surprise,) = writer.surprises([content])
    values = {"nats_per_character": surprise.nats_per_character, "bits_per_byte": surprise.bits_per_byte}
    values["baseline_nats_per_character"] = baseline(learned, content)
    metrics = list(as_metrics(values, split, len(surprise.characters), command))
    samples = min(SAMPLES, len(surprise.characters) // SAMPLE)
    if samples:
        written = writer.generate(length=SAMPLE, n=samples)
        real = stretches(surprise.characters, samples)
        likeness = _likeness(written, real, learned)
        metrics += as_metrics(likeness, split, samples * SAMPLE, command)
    return metrics


def baseline(learned: bytes, content: bytes, order: int = BASELINE_ORDER) -> float:
    """The nats per character of a text in UTF-8 by an n-gram of bytes that has learned another one (zoo.text.witten_bell)."""
    before, read = (np.frombuffer(bytes([START]) + each, np.uint8) for each in (learned, content))
    nats = -math.fsum(NGram(order, 256).fit([before]).log_probability(read))
    return nats / len(content.decode("utf-8"))


def stretches(text: str, n: int) -> list[str]:
    """n stretches of SAMPLE characters of a text that has as many, as far apart as they can be."""
    return [text[begin : begin + SAMPLE] for begin in np.linspace(0, len(text) - SAMPLE, n).astype(int).tolist()]


def words(text: str) -> list[str]:
    """The words of a stretch of text but the first and the last, which may be cut."""
    return _WORD.findall(text)[1:-1]


def _likeness(written: Sequence[str], real: Sequence[str], learned: bytes) -> dict[str, float]:
    known, index = set(_WORD.findall(learned.decode("utf-8"))), Index(learned)
    values = {}
    for suffix, texts in (("", written), ("_of_real", real)):
        found = [word for text in texts for word in words(text)]
        content = [text.encode("utf-8") for text in texts]
        values[f"known_words{suffix}"] = sum(word in known for word in found) / max(len(found), 1)
        runs = [index.runs(text) for text in content]
        longest = [each[0].text for each in runs if each]
        values[f"longest_copy{suffix}"] = float(max(map(len, longest), default=0))
        values[f"copied_share{suffix}"] = float(
            np.mean([copied_share(each, len(text)) for each, text in zip(runs, content, strict=True)])
        )
    return {name: values[name] for name in sorted(values, key=_order)}


def _order(name: str) -> tuple[int, bool]:
    """Each figure before that of the real text."""
    kinds = ("known_words", "longest_copy", "copied_share")
    return next(i for i, kind in enumerate(kinds) if name.startswith(kind)), name.endswith("_of_real")
