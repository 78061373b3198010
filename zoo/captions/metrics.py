"""How good captions are: whether they are true, where the scenes are known, and how like they are to people's.

BLEU-4 is that of Papineni et al. (2002), over the whole corpus, with the closest reference's length. CIDEr is that of Vedantam et
al. (2015), equations 1 to 3, times 10 as in their code; the weights of n-grams come from the references of the measured pictures.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from zoo.captions import paper_drawings, truth
from zoo.captions.dataset import HELD_OUT, Captions
from zoo.captions.scenes import Scene
from zoo.captions.truth import Verdict
from zoo.core.cards import Metric
from zoo.core.errors import UserError
from zoo.core.metrics import as_metrics

LONGEST = 4  # words of an n-gram
_WORD = re.compile(r"\w+|[^\w\s]")


class Describer(Protocol):
    """What is measured: a model of this wing."""

    def describe(self, pictures: np.ndarray) -> list[str]:
        """A caption of each picture, uint8 [n, 96, 96, 3]."""


@dataclass(frozen=True)
class Evaluation:
    """What a model said of the pictures of a split.

    Args:
        captions: the pictures, their references and scenes.
        split: its name, or "all".
        said: a caption of each picture.
    """

    captions: Captions
    split: str
    said: list[str]

    def verdicts(self) -> list[Verdict]:
        """What is to be said of each caption; empty where the scenes are not known."""
        return verdicts(self.said, self.captions.scenes or ())


def evaluate(model: Describer, captions: Captions, split: str) -> Evaluation:
    """What a model says of a split, or of "all" pictures. Raises UserError where there are none."""
    chosen = captions.split(split)
    if not chosen.references:
        raise UserError(f"{captions.source.name} has no pictures in its split {split!r}: measure another split, or all of them")
    return Evaluation(chosen, split, model.describe(chosen.pictures))


def caption_metrics(model: Describer, captions: Captions, split: str, command: str) -> Sequence[Metric]:
    """All metrics of a split: bleu and cider; of scenes also those of truth.

    With the test split of scenes, true_captions_held_out is measured on the held-out scenes, and true_captions_drawings on the
    drawings made by other means (`zoo.captions.paper_drawings`).

    Args:
        model: what is measured.
        captions: the data set.
        split: the name of the split, or "all".
        command: what repeats the measurement, for the card.
    """
    metrics = list(split_metrics(evaluate(model, captions, split), command))
    if split == "test" and (captions.splits == HELD_OUT).any():
        metrics += _true_captions("true_captions_held_out", evaluate(model, captions, HELD_OUT), HELD_OUT, command)
        drawings = paper_drawings.load()
        metrics += _true_captions("true_captions_drawings", evaluate(model, drawings, "test"), "drawings", command)
    return metrics


def _true_captions(name: str, evaluation: Evaluation, split: str, command: str) -> Sequence[Metric]:
    """The share of true captions alone."""
    value = float(np.mean([verdict.true for verdict in evaluation.verdicts()]))
    return as_metrics({name: value}, split, len(evaluation.said), command)


def split_metrics(evaluation: Evaluation, command: str) -> Sequence[Metric]:
    """The metrics of what was said of one split; see `caption_metrics`."""
    said, references = evaluation.said, evaluation.captions.references
    values = truth_values(said, evaluation.captions.scenes) if evaluation.captions.scenes is not None else {}
    values |= {"bleu": bleu(said, references), "cider": cider(said, references)}
    return as_metrics(values, evaluation.split, len(said), command)


def verdicts(said: Sequence[str], scenes: Sequence[Scene]) -> list[Verdict]:
    """What is to be said of each caption of a scene."""
    return [truth.judge(text, scene) for text, scene in zip(said, scenes, strict=True)]


def truth_values(said: Sequence[str], scenes: Sequence[Scene]) -> dict[str, float]:
    """How true and how varied captions are.

    Returns:
        true_captions: the share of captions in which every statement is true; what does not parse is not true.
        parsed_captions: the share that the grammar knows.
        objects_mentioned: the mean share of a scene's things that a caption names rightly.
        different_captions, different_forms: how many captions, and forms of sentences, there are among the captions.
    """
    found = verdicts(said, scenes)
    forms = {truth.form(text) for text, verdict in zip(said, found, strict=True) if verdict.parsed}
    return {
        "true_captions": float(np.mean([verdict.true for verdict in found])),
        "parsed_captions": float(np.mean([verdict.parsed for verdict in found])),
        "objects_mentioned": float(np.mean([verdict.mentioned for verdict in found])),
        "different_captions": float(len(set(said))),
        "different_forms": float(len(forms)),
    }


def faults(said: Sequence[str], scenes: Sequence[Scene]) -> Counter[str]:
    """How many captions are false for which reason: "digit", "colour" ..., "several", or "not parsed"."""
    found = verdicts(said, scenes)
    return Counter((verdict.wrong if verdict.parsed else "not parsed") for verdict in found if not verdict.true)


def tokens(text: str) -> list[str]:
    """The words and marks of a caption in lower case."""
    return _WORD.findall(text.lower())


def _grams(text: str) -> list[Counter[tuple[str, ...]]]:
    """The n-grams of a caption, for n from 1 to LONGEST, with their numbers."""
    words = tokens(text)
    return [Counter(zip(*(words[start:] for start in range(n)), strict=False)) for n in range(1, LONGEST + 1)]


def bleu(said: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """BLEU-4 of captions, from 0 to 100.

    Args:
        said: n captions.
        references: of each picture one or more.
    """
    matches, totals = np.zeros(LONGEST), np.zeros(LONGEST)
    length = closest = 0
    for text, its in zip(said, references, strict=True):
        words = len(tokens(text))
        length += words
        closest += min((abs(len(tokens(reference)) - words), len(tokens(reference))) for reference in its)[1]
        known = [_grams(reference) for reference in its]
        for n, grams in enumerate(_grams(text)):
            most: Counter[tuple[str, ...]] = Counter()
            for reference in known:
                most |= reference[n]
            matches[n] += (grams & most).total()
            totals[n] += grams.total()
    if not matches.all():
        return 0.0
    penalty = min(1.0, math.exp(1 - closest / length))
    return float(100 * penalty * np.exp(np.log(matches / totals).mean()))


def cider(said: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """CIDEr of captions: 0 where they share nothing with the references, 10 where each equals all of its own.

    For each n it is the mean cosine between the n-grams of a caption and those of its references, each n-gram weighted by its
    frequency and by log(n pictures / pictures with it in a reference). Words are not stemmed.

    Args:
        said: n captions.
        references: of each picture one or more.
    """
    grams = [[_grams(reference) for reference in its] for its in references]
    pictures = [Counter[tuple[str, ...]]() for _ in range(LONGEST)]
    for its in grams:
        for n in range(LONGEST):
            pictures[n].update(set().union(*(reference[n] for reference in its)))

    def weighted(counts: Counter[tuple[str, ...]], n: int) -> dict[tuple[str, ...], float]:
        total = counts.total()
        return {gram: count / total * math.log(len(said) / max(1, pictures[n][gram])) for gram, count in counts.items()}

    def cosine(first: dict[tuple[str, ...], float], second: dict[tuple[str, ...], float]) -> float:
        product = sum(value * second.get(gram, 0.0) for gram, value in first.items())
        lengths = math.sqrt(sum(v * v for v in first.values()) * sum(v * v for v in second.values()))
        return product / lengths if lengths else 0.0

    scores = []
    for text, its in zip(said, grams, strict=True):
        own = _grams(text)
        for n in range(LONGEST):
            mine = weighted(own[n], n)
            scores.append(sum(cosine(mine, weighted(reference[n], n)) for reference in its) / len(its))
    return 10 * float(np.mean(scores))
