"""The metrics of networks that write, by hand, on one that gives each byte the same probability."""

import math
from typing import Any

import numpy as np
import pytest

from zoo.core.sources import of_user
from zoo.writing import metrics
from zoo.writing.dataset import Text
from zoo.writing.model import Surprise

LINE = "The quick brown fox jumps over the lazy dog, doesn't it?\n"


class Network:
    """What `text_metrics` asks of a writer: half a nat a byte."""

    def __init__(self, written: str) -> None:
        self.written = written

    def surprises(self, texts: list[bytes]) -> list[Surprise]:
        return [Surprise(text.decode(), np.full(len(text.decode()), 0.5), len(text)) for text in texts]

    def generate(self, length: int, n: int) -> list[str]:
        return [(self.written * length)[:length]] * n


def measured(written: str, content: str) -> dict[str, Any]:
    network: Any = Network(written)
    found = metrics.text_metrics(network, Text(content.encode(), of_user("own", "")), "test", "command")
    assert {(each.split, each.command) for each in found} == {("test", "command")}
    assert found[0].n == len(content) - int(0.9 * len(content))
    return {each.name: each.value for each in found}


def test_the_surprise_is_by_characters_and_by_bytes() -> None:
    found = measured(LINE, "é" * 6000)
    assert found["nats_per_character"] == pytest.approx(0.5)
    assert found["bits_per_byte"] == pytest.approx(0.25 / math.log(2))
    assert 0 < found["baseline_nats_per_character"] < 0.1  # the same again and again


def test_copies_and_words_are_compared_with_real_text() -> None:
    text = "".join(f"Line {i}: {LINE}" for i in range(1000))
    found = measured("Zebras and the lazy dog. ", text)
    assert found["known_words"] == pytest.approx(0.6, abs=0.01)  # neither Zebras nor and
    assert found["known_words_of_real"] == pytest.approx(0.9, abs=0.06)  # the numbers are new
    assert found["longest_copy"] == len(" the lazy dog")
    assert found["longest_copy_of_real"] >= len(": " + LINE + "Line ")
    assert found["copied_share"] == 0
    assert found["copied_share_of_real"] > 0.8


def test_a_short_split_has_no_figures_of_samples() -> None:
    assert measured(LINE, LINE * 150).keys() == {"nats_per_character", "bits_per_byte", "baseline_nats_per_character"}


def test_stretches_are_spread_over_the_text() -> None:
    text = "".join(chr(97 + i // 1000) for i in range(5000))
    assert [set(each) for each in metrics.stretches(text, 3)] == [{"a"}, {"c"}, {"e"}]


def test_words_have_apostrophes_within_and_none_is_cut() -> None:
    assert metrics.words("cut o'er the well-known caf\u00e9's 'door' cu") == [
        "o'er",
        "the",
        "well",
        "known",
        "caf\u00e9's",
        "door",
    ]
