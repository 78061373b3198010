import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.captions import metrics
from zoo.captions.dataset import Captions
from zoo.captions.scenes import Scene, Thing
from zoo.core.errors import UserError
from zoo.core.sources import of_user

SEVEN = Scene((Thing("7", "red", "small", "", 0.5, 0.5, 0.2),))
STAR = Scene((Thing("star", "blue", "large", "filled", 0.5, 0.5, 0.4),))
WORDS = ["a", "red", "blue", "star", "seven", "on", "the", "left"]
words = st.lists(st.sampled_from(WORDS), min_size=4, max_size=9).map(" ".join)
corpora = st.lists(st.tuples(words, st.lists(words, min_size=2, max_size=2)), min_size=1, max_size=5)


class Parrot:
    """Says the same of every picture."""

    def __init__(self, text: str) -> None:
        self.text = text

    def describe(self, pictures: np.ndarray) -> list[str]:
        return [self.text] * len(pictures)


def captions(splits: list[str], scenes: tuple[Scene, ...] | None) -> Captions:
    pictures = np.zeros((len(splits), 96, 96, 3), np.uint8)
    return Captions(
        pictures, (("a red seven", "a small seven"),) * len(splits), np.array(splits), of_user("mine", "made"), scenes
    )


@settings(max_examples=60)
@given(corpora)
def test_bleu_is_sacrebleus(corpus: list[tuple[str, list[str]]]) -> None:
    sacrebleu: Any = pytest.importorskip("sacrebleu")
    said, references = [text for text, _ in corpus], [its for _, its in corpus]
    theirs = sacrebleu.corpus_bleu(said, list(zip(*references, strict=True)), tokenize="none", smooth_method="none", force=True)
    assert metrics.bleu(said, references) == pytest.approx(theirs.score, abs=1e-6)


def test_bleu_by_hand() -> None:
    # 5 of 6 words, 3 of 5 pairs, 2 of 4 triples and 1 of 3 quadruples; as long as the reference.
    value = metrics.bleu(["the cat sat on a mat"], [["the cat sat on the mat"]])
    assert value == pytest.approx(100 * (5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25)
    assert metrics.bleu(["A red seven."], [["a red seven ."]]) == pytest.approx(100)
    short = metrics.bleu(["a b c d"], [["a b c d e"]])
    assert short == pytest.approx(100 * math.exp(1 - 5 / 4))
    assert metrics.bleu(["x"], [["y"]]) == 0
    assert metrics.bleu([""], [["y"]]) == 0


@settings(max_examples=60)
@given(corpora)
def test_cider_lies_between_0_and_10(corpus: list[tuple[str, list[str]]]) -> None:
    assert 0 <= metrics.cider([text for text, _ in corpus], [its for _, its in corpus]) <= 10 + 1e-9


def test_cider_by_hand() -> None:
    said, references = ["a red star on top", "a blue seven is here"], [["a red star on top"], ["a blue seven is here"]]
    assert metrics.cider(said, references) == pytest.approx(10)
    assert metrics.cider(said[::-1], references) == pytest.approx(0)  # only "a" is shared, and it is in all references: weight 0
    # Single words only: "red" is shared; with "up" and "star", the weights are log 2 each. No pairs, so their cosine is 0.
    assert metrics.cider(["red up", "x"], [["red star"], ["y"]]) == pytest.approx(10 * (1 / 2) / 4 / 2)


def test_truth_counts_captions_and_their_faults() -> None:
    said = ["a red seven", "a small red star", "a large blue star", "a star a"]
    found = metrics.truth_values(said, [SEVEN, SEVEN, STAR, STAR])
    assert found == {
        "true_captions": 0.5,
        "parsed_captions": 0.75,
        "objects_mentioned": 0.5,
        "different_captions": 4,
        "different_forms": 1,
    }
    assert metrics.faults(said, [SEVEN, SEVEN, STAR, STAR]) == {"several": 1, "not parsed": 1}


def test_scenes_get_all_metrics_and_a_users_pictures_bleu_and_cider() -> None:
    scenes = captions(["train", "test", "test", "held_out"], (SEVEN, SEVEN, STAR, STAR))
    found = {metric.name: metric for metric in metrics.caption_metrics(Parrot("a red seven"), scenes, "test", "again")}
    assert found["true_captions"].value == 0.5
    assert found["true_captions_held_out"].value == 0
    assert (found["true_captions_held_out"].split, found["true_captions_held_out"].n) == ("held_out", 1)
    assert (found["true_captions_drawings"].split, found["true_captions_drawings"].n) == ("drawings", 30)
    assert (found["bleu"].split, found["bleu"].n, found["bleu"].command) == ("test", 2, "again")
    mine = captions(["train", "test"], None)
    assert [metric.name for metric in metrics.caption_metrics(Parrot("a dog"), mine, "test", "again")] == ["bleu", "cider"]
    with pytest.raises(UserError, match="mine has no pictures in its split 'validation'"):
        metrics.evaluate(Parrot("a dog"), mine, "validation")
