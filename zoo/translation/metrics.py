"""How good translations are: BLEU and chrF against a person's, copies of training sentences, and what simple baselines reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from zoo.core.cards import Metric
from zoo.core.errors import UserError
from zoo.core.metrics import Meaning, as_metrics
from zoo.core.names import unknown
from zoo.translation import baselines, dataset, moses
from zoo.translation.dataset import Sentences

if TYPE_CHECKING:
    from zoo.translation.model import Translator

ALL = "all"  # in the place of a direction

_TOKENISED = "lower case, tokens of Moses, as the published figures of Multi30k are counted; 0 to 100"
MEANINGS = {
    "bleu": Meaning(
        f"BLEU (Papineni et al. 2002), the mean over the directions; {_TOKENISED}", "higher", "bleu_nearest_training"
    ),
    "chrf": Meaning("chrF (Popović 2015): runs of up to six characters in common with the reference; 0 to 100", "higher"),
    "sacrebleu": Meaning(
        "BLEU as sacreBLEU counts it by default (Post 2018): with case, its own tokens (13a); 0 to 100", "higher"
    ),
    "bleu_source_copied": Meaning("BLEU of a baseline that leaves the sentence as it is", "higher"),
    "bleu_nearest_training": Meaning(
        "BLEU of a baseline that gives the translation of the training sentence with most words in common", "higher"
    ),
    "copied_translations": Meaning(
        "share of the translations that are a training sentence, letter for letter", "", "copied_references"
    ),
    "copied_references": Meaning("the same of the translations by people"),
    "near_duplicates": Meaning("share of the examples that nearly are a training example in some language"),
    # After the names above, which the patterns fit too.
    "bleu_*": Meaning(f"BLEU of this direction; {_TOKENISED}", "higher"),
    "chrf_*": Meaning("chrF of this direction", "higher"),
    "sacrebleu_*": Meaning("BLEU of this direction as sacreBLEU counts it by default", "higher"),
}


@dataclass(frozen=True)
class Evaluation:
    """The translations of a split in one direction.

    Args:
        direction: the source language and the target language.
        sources: n sentences.
        references: their translations by people, [n].
        translations: those by the model, [n].
    """

    direction: tuple[str, str]
    sources: list[str]
    references: list[str]
    translations: list[str]

    def worst(self, most: int) -> list[int]:
        """The indices of the `most` translations with the lowest chrF, the worst first."""
        from sacrebleu.metrics.chrf import CHRF

        metric = CHRF()
        scores = [
            metric.sentence_score(translation, [reference]).score
            for translation, reference in zip(self.translations, self.references, strict=True)
        ]
        return sorted(range(len(scores)), key=lambda i: (scores[i], i))[:most]


def directions(sentences: Sentences, asked: str = ALL) -> Sequence[tuple[str, str]]:
    """All directions of the data, or the one that is asked for: "en-de". Raises UserError for one that they lack."""
    if asked == ALL:
        return sentences.directions
    by_name = {"-".join(pair): pair for pair in sentences.directions}
    if asked not in by_name:
        raise unknown("direction", asked, tuple(by_name), ALL)
    return [by_name[asked]]


def evaluate(model: "Translator", sentences: Sentences, split: str, wanted: Sequence[tuple[str, str]]) -> list[Evaluation]:
    """The translations of a split, or of "all" examples, in each wanted direction. Raises UserError for an empty split."""
    texts = {language: [text.decode("utf-8") for text in its] for language, its in sentences.split(split).items()}
    if not texts[sentences.languages[0]]:
        raise UserError(f"{sentences.source.name} has no example in its {split} split: measure all of them")
    return [
        Evaluation((source, target), texts[source], texts[target], model.translate(texts[source], source, target))
        for source, target in wanted
    ]


def translation_metrics(evaluations: Sequence[Evaluation], sentences: Sentences, split: str, command: str) -> Sequence[Metric]:
    """bleu, chrf and sacrebleu; the baselines; of a split also the copies and near duplicates of training examples.

    Of several directions these are means, and bleu_en_de, chrf_en_de, sacrebleu_en_de and so on follow.

    Args:
        evaluations: the translations in each direction.
        sentences: the data.
        split: the split that was translated. With "all" there are no training examples to compare with.
        command: what repeats the measurement, for the card.
    """
    training = None if split == "all" else sentences.split("train")
    nearest = {}
    if training:
        sources = {each.direction[0]: each.sources for each in evaluations}
        nearest = {
            name: baselines.nearest([text.encode("utf-8") for text in texts], training[name]) for name, texts in sources.items()
        }
    values = [_direction(each, training, nearest.get(each.direction[0])) for each in evaluations]
    found = {name: fmean(each[name] for each in values) for name in values[0]}
    if training:
        used = {language: sentences.texts[language] for pair in evaluations for language in pair.direction}
        part = Sentences(used, sentences.splits, sentences.source)
        found["near_duplicates"] = dataset.near_duplicates(part, split) / len(evaluations[0].sources)
    if len(evaluations) > 1:
        for name in ("bleu", "chrf", "sacrebleu"):
            found |= {"_".join((name, *each.direction)): its[name] for each, its in zip(evaluations, values, strict=True)}
    return as_metrics(found, split, len(evaluations[0].sources), command)


def _direction(evaluation: Evaluation, training: dict[str, list[bytes]] | None, nearest: np.ndarray | None) -> dict[str, float]:
    """The metrics of one direction. `nearest` are the indices of the training sentences most like the sources, [n]."""
    _, target = evaluation.direction
    references = evaluation.references
    values = {
        "bleu": bleu(evaluation.translations, references, target),
        "chrf": chrf(evaluation.translations, references),
        "sacrebleu": sacrebleu(evaluation.translations, references),
        "bleu_source_copied": bleu(evaluation.sources, references, target),
    }
    if training and nearest is not None:
        values["bleu_nearest_training"] = bleu([training[target][i].decode("utf-8") for i in nearest], references, target)
        known = {text.decode("utf-8") for text in training[target]}
        values["copied_translations"] = fmean(text in known for text in evaluation.translations)
        values["copied_references"] = fmean(text in known for text in references)
    return values


def bleu(translations: Sequence[str], references: Sequence[str], language: str) -> float:
    """BLEU, 0 to 100, of lower-cased tokens (zoo.translation.moses) of a language."""
    from sacrebleu.metrics.bleu import BLEU

    # `force` keeps sacreBLEU from warning that the texts are in tokens already.
    metric = BLEU(tokenize="none", force=True)
    return float(metric.corpus_score(moses.tokenised(translations, language), [moses.tokenised(references, language)]).score)


def sacrebleu(translations: Sequence[str], references: Sequence[str]) -> float:
    """BLEU, 0 to 100, as sacreBLEU counts it by default: with case, its own tokens (13a)."""
    from sacrebleu.metrics.bleu import BLEU

    return float(BLEU(force=True).corpus_score(list(translations), [list(references)]).score)


def chrf(translations: Sequence[str], references: Sequence[str]) -> float:
    """chrF, 0 to 100, as sacreBLEU counts it by default: runs of up to six characters, recall twice as important as precision."""
    from sacrebleu.metrics.chrf import CHRF

    return float(CHRF().corpus_score(list(translations), [list(references)]).score)
