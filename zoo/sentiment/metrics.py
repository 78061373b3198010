"""The metrics of a network that reads texts."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from sklearn.metrics import confusion_matrix, f1_score, roc_auc_score

from zoo.core import processor
from zoo.core.cards import Metric
from zoo.core.errors import UserError
from zoo.core.metrics import as_metrics, binary_metrics, class_metrics
from zoo.sentiment import hand_written_reviews, imdb
from zoo.sentiment.dataset import Reviews

REVIEWS_AT_ONCE = 256


REVIEW_LENGTHS = 150, 300  # words between blanks; a third of IMDB's reviews each, about


def review_probabilities(model: Path, texts: Sequence[bytes]) -> np.ndarray:
    """What a network for sentiment says of texts: the probability of each class, [n, classes], of an exported folder."""
    import tensorflow as tf

    predict = tf.saved_model.load(str(model)).signatures["predict"]
    (output,) = predict.structured_outputs
    probabilities = np.zeros((len(texts), predict.structured_outputs[output].shape[1] if output == "probabilities" else 2))
    # Texts of like length together: less padding, the same probabilities.
    order = np.array(sorted(range(len(texts)), key=lambda i: len(texts[i])), int)

    def run(chosen: np.ndarray) -> None:
        values = predict(text=tf.constant([texts[i] for i in chosen], tf.string))[output].numpy()
        probabilities[chosen] = values if values.ndim == 2 else np.stack([1 - values, values], 1)

    # A batch for each core at a time: while it computes, TensorFlow leaves Python's lock to the others.
    with ThreadPoolExecutor(processor.cores()) as pool:
        list(pool.map(run, np.split(order, range(REVIEWS_AT_ONCE, len(order), REVIEWS_AT_ONCE))))
    return probabilities


@dataclass(frozen=True)
class Evaluation:
    """Reviews of one split and what a network says of them.

    Args:
        reviews: where they come from.
        split: which of them.
        texts: n texts.
        labels: their class numbers, [n].
        probabilities: of the classes, [n, classes].
    """

    reviews: Reviews
    split: str
    texts: list[bytes]
    labels: np.ndarray
    probabilities: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """The most probable class of each, [n]."""
        return self.probabilities.argmax(1)

    def confusion(self) -> np.ndarray:
        """How many reviews of each class (row) were taken for each (column)."""
        return np.asarray(confusion_matrix(self.labels, self.predicted, labels=range(len(self.reviews.classes))))

    def worst(self, most: int) -> list[int]:
        """The indices of the mistakes that were made with the most confidence."""
        confidence = self.probabilities.max(1) * (self.predicted != self.labels)
        order = np.argsort(-confidence, kind="stable")[:most]
        return [int(i) for i in order if confidence[i] > 0]


def evaluate(model: Path, reviews: Reviews, split: str) -> Evaluation:
    """Reads a split of reviews. Raises UserError when that split has not every class."""
    texts, labels = reviews.split(split)
    if len(set(labels.tolist())) < len(reviews.classes):
        raise UserError(
            f"{reviews.source.name}: the split {split!r} has {len(texts)} reviews and not all of {', '.join(reviews.classes)}; "
            "try --split all"
        )
    return Evaluation(reviews, split, texts, labels, review_probabilities(model, texts))


def review_metrics(model: Path, evaluation: Evaluation, command: str) -> Sequence[Metric]:
    """accuracy, f1, auc and calibration_error of a network for sentiment.

    f1 and auc are those of the positive class, or means over the classes of one against the others. With IMDB also the accuracy
    by the length of a review, hand_written_accuracy, the share that it reads right of zoo.sentiment.hand_written_reviews, and
    that of each kind.
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
    if evaluation.reviews.source.name == imdb.SOURCE:
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


def _hand_written_metrics(model: Path, command: str) -> Sequence[Metric]:
    cases = hand_written_reviews.cases()
    read = review_probabilities(model, [case.text.encode() for case in cases]).argmax(1)
    right = np.array([case.positive for case in cases]) == read
    kinds = np.array([case.kind for case in cases])
    metrics: list[Metric] = []
    for name, chosen in {"accuracy": kinds != "", **{kind: kinds == kind for kind in dict.fromkeys(kinds.tolist())}}.items():
        metrics += as_metrics({f"hand_written_{name}": float(right[chosen].mean())}, "hand-written", int(chosen.sum()), command)
    return metrics
