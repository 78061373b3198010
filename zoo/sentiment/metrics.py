"""The metrics of a network that classifies texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

from zoo.core import confusion
from zoo.core.cards import Metric
from zoo.core.errors import UserError
from zoo.core.metrics import as_metrics, binary_metrics, class_metrics
from zoo.sentiment import hand_written_reviews, imdb
from zoo.sentiment.dataset import Reviews
from zoo.sentiment.model import TextClassifier

REVIEW_LENGTHS = 150, 300  # words between blanks: about a third of IMDB's reviews is shorter, a third is longer


@dataclass(frozen=True)
class Evaluation:
    """A network's predictions for one split of a data set.

    Args:
        reviews: the data set.
        split: the name of the split, or "all".
        texts: the n texts of the split.
        labels: their class numbers, [n].
        probabilities: the predictions, float64 [n, classes].
    """

    reviews: Reviews
    split: str
    texts: list[bytes]
    labels: np.ndarray
    probabilities: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """The most probable class of each text, [n]."""
        return self.probabilities.argmax(1)

    def confusion(self) -> np.ndarray:
        """The confusion matrix, [classes, classes]: the texts of each class (row) that were predicted as each class (column)."""
        return confusion.count(self.probabilities, self.labels, len(self.reviews.classes))

    def worst(self, most: int) -> list[int]:
        """The indices of at most `most` wrong predictions, the most confident ones first."""
        confidence = self.probabilities.max(1) * (self.predicted != self.labels)
        order = np.argsort(-confidence, kind="stable")[:most]
        return [int(i) for i in order if confidence[i] > 0]


def evaluate(model: TextClassifier, reviews: Reviews, split: str) -> Evaluation:
    """The predictions for a split, or for "all" reviews. Raises UserError where the split has no review of some class."""
    texts, labels = reviews.split(split)
    if len(set(labels.tolist())) < len(reviews.classes):
        raise UserError(
            f"{reviews.source.name}: the split {split!r} has {len(texts)} reviews and not all of {', '.join(reviews.classes)}; "
            "measure all of them"
        )
    return Evaluation(reviews, split, texts, labels, model.probabilities(texts).astype(float))


def review_metrics(model: TextClassifier, evaluation: Evaluation, command: str) -> Sequence[Metric]:
    """accuracy, f1, auc and calibration_error. For IMDB also the accuracy by length, and that on the hand-written reviews.

    Of two classes f1 and auc are those of the second; of more they are means over the classes, each against all others.

    Args:
        model: the network.
        evaluation: its predictions.
        command: what repeats the measurement, for the card.
    """
    labels, probabilities, n = evaluation.labels, evaluation.probabilities, len(evaluation.labels)
    if probabilities.shape[1] == 2:
        values = binary_metrics(probabilities[:, 1], labels)
        values["f1"] = float(f1_score(labels, evaluation.predicted))
    else:
        values = class_metrics(probabilities, labels)
        values["auc"] = float(roc_auc_score(labels, probabilities, multi_class="ovr"))
        values["f1"] = float(f1_score(labels, evaluation.predicted, average="macro"))
    metrics = list(as_metrics(values, evaluation.split, n, command))
    if evaluation.reviews.source.is_ours(imdb.SOURCE):
        words = np.array([len(text.split()) for text in evaluation.texts])
        right = evaluation.predicted == labels
        for low, high in pairwise((0, *REVIEW_LENGTHS, None)):
            chosen = (words >= low) & (words < high if high else True)
            if not chosen.any():
                continue
            name = f"accuracy_below_{high}_words" if high else f"accuracy_from_{low}_words"
            metrics += as_metrics({name: float(right[chosen].mean())}, evaluation.split, int(chosen.sum()), command)
        metrics += _hand_written_metrics(model, command)
    return metrics


def _hand_written_metrics(model: TextClassifier, command: str) -> Sequence[Metric]:
    """The accuracy on zoo.sentiment.hand_written_reviews, on all of them and on each kind."""
    cases = hand_written_reviews.cases()
    predicted = model.probabilities([case.text for case in cases]).argmax(1)
    right = np.array([case.positive for case in cases]) == predicted
    kinds = np.array([case.kind for case in cases])
    metrics: list[Metric] = []
    for name, chosen in {"accuracy": kinds != "", **{kind: kinds == kind for kind in dict.fromkeys(kinds.tolist())}}.items():
        metrics += as_metrics({f"hand_written_{name}": float(right[chosen].mean())}, "hand-written", int(chosen.sum()), command)
    return metrics
