"""BLEU, chrF, copies and baselines of translations that are known."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests.translation import corpus
from zoo.core.errors import UserError
from zoo.core.sources import Source
from zoo.translation import metrics
from zoo.translation.dataset import Sentences


class Known:
    """Translates what is in the corpus, `change`d."""

    languages = corpus.LANGUAGES

    def __init__(self, change: dict[str, str] | None = None) -> None:
        self.change = change or {}

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        known = corpus.sentences()
        book = dict(zip(known[source], known[target], strict=True))
        return [self.change.get(book[text], book[text]) for text in texts]


@pytest.fixture
def sentences() -> Sentences:
    texts = {language: [text.encode() for text in its] for language, its in corpus.sentences().items()}
    splits = np.array(["train", "train", "test"] * 20)
    return Sentences(texts, splits, Source("toys", "1", "", ""))


def measured(model: Known, sentences: Sentences, split: str = "test", direction: str = "all") -> dict[str, float]:
    evaluations = metrics.evaluate(model, sentences, split, metrics.directions(sentences, direction))
    found = metrics.translation_metrics(evaluations, sentences, split, "again")
    assert {(metric.split, metric.command) for metric in found} == {(split, "again")}
    assert {metric.n for metric in found} == {60 if split == "all" else 20}
    return {metric.name: metric.value for metric in found}


def test_perfect_translations_and_the_baselines(sentences: Sentences) -> None:
    values = measured(Known(), sentences)
    for name in ("bleu", "chrf", "sacrebleu", "bleu_en_de", "chrf_fr_de", "sacrebleu_de_en"):
        assert values[name] == pytest.approx(100), name
    assert {name for name in values if name.startswith("chrf_")} == {f"chrf_{a}_{b}" for a, b in sentences.directions}
    assert values["bleu_source_copied"] < 5
    assert 20 < values["bleu_nearest_training"] < 95
    assert values["copied_translations"] == values["copied_references"] == 0


def test_one_direction_has_no_means_and_no_other_directions(sentences: Sentences) -> None:
    values = measured(Known(), sentences, direction="fr-en")
    assert "bleu_fr_en" not in values
    assert values["bleu"] == pytest.approx(100)
    with pytest.raises(UserError, match="no direction is called 'en-es': did you mean en-"):
        metrics.directions(sentences, "en-es")


def test_all_examples_are_compared_with_no_training_sentence(sentences: Sentences) -> None:
    values = measured(Known(), sentences, "all", "en-de")
    assert set(values) == {"bleu", "chrf", "sacrebleu", "bleu_source_copied"}


def test_case_and_the_form_of_quotation_marks_count_in_sacrebleu_alone(sentences: Sentences) -> None:
    lower = Known({text: text.lower() for text in corpus.sentences()["de"]})
    values = measured(lower, sentences, direction="en-de")
    assert values["bleu"] == pytest.approx(100)
    assert values["sacrebleu"] < 60
    assert metrics.bleu(["Er sagt „ja“."], ['er sagt "ja".'], "de") == pytest.approx(100)


def test_bleu_is_the_geometric_mean_of_the_precisions_and_the_brevity_penalty() -> None:
    # Tokens: 6 of 6, 3 of 5 pairs, 2 of 4 triples, 1 of 3 fours are in the reference, which is one token longer.
    found = metrics.bleu(["the cat sat on a mat"], ["the cat sat on mat a day"], "en")
    assert found == pytest.approx(100 * np.exp(1 - 7 / 6) * (6 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25)


def test_copies_and_near_duplicates_are_shares(sentences: Sentences) -> None:
    training = sentences.split("train")["de"][0].decode()
    test = [text.decode() for text in sentences.split("test")["de"]]
    values = measured(Known({test[0]: training, test[1]: training}), sentences, direction="en-de")
    assert values["copied_translations"] == pytest.approx(2 / 20)
    texts = {name: [*its[:2], its[0].upper(), *its[3:]] for name, its in sentences.texts.items()}
    twice = Sentences(texts, sentences.splits, sentences.source)
    evaluations = [metrics.Evaluation(("en", "de"), test, test, test)]
    values = {metric.name: metric.value for metric in metrics.translation_metrics(evaluations, twice, "test", "")}
    assert values["near_duplicates"] >= 1 / 20


def test_the_worst_translations_come_first() -> None:
    references = ["Ein Hund rennt.", "Zwei Katzen.", "Ein Haus."]
    evaluation = metrics.Evaluation(("en", "de"), ["a", "b", "c"], references, ["Ein Hund rennt.", "Was?", "Ein Hund."])
    assert evaluation.worst(2) == [1, 2]


def test_a_split_without_examples_is_told(sentences: Sentences) -> None:
    with pytest.raises(UserError, match="toys has no example in its validation split: measure all of them"):
        metrics.evaluate(Known(), sentences, "validation", [("en", "de")])
