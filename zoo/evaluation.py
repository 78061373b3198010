"""The metrics of exported models, as `evaluate` prints them and the cards carry them.

Accuracy and the area under the ROC curve are scikit-learn's; the calibration error is that of Guo et al. (2017).
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, roc_auc_score

from zoo import processor
from zoo.cards import Metric
from zoo.data import hand_written_reviews, imdb
from zoo.data.digits import Digits
from zoo.data.reviews import Reviews
from zoo.errors import UserError

REVIEWS_AT_ONCE = 256
REVIEW_LENGTHS = 150, 300  # words between blanks; a third of IMDB's reviews each, about
CALIBRATION_BINS = 15  # as in Guo et al. (2017), so that values can be compared


def calibration_error(confidences: np.ndarray, correct: np.ndarray, bins: int = CALIBRATION_BINS) -> float:
    """Expected calibration error: mean |accuracy - confidence| over equal-width bins, weighted by their share.

    Args:
        confidences: [n], the probability of the class that was chosen.
        correct: [n], whether it was right.
        bins: their number; "On Calibration of Modern Neural Networks", arXiv 1706.04599, equation 3.
    """
    index = np.minimum((confidences * bins).astype(int), bins - 1)
    gaps = [abs(correct[index == i].sum() - confidences[index == i].sum()) for i in range(bins)]
    return float(sum(gaps) / len(confidences))


def binary_metrics(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """accuracy, auc and calibration_error of probabilities [n] of the class 1 against labels [n]."""
    chosen = probabilities >= 0.5
    confidences = np.where(chosen, probabilities, 1 - probabilities)
    return {
        "accuracy": float(accuracy_score(labels, chosen)),
        "auc": float(roc_auc_score(labels, probabilities)),
        "calibration_error": calibration_error(confidences, chosen == labels),
    }


def as_metrics(values: dict[str, float], split: str, n: int, command: str) -> Sequence[Metric]:
    """Values of one split as metrics that one command reproduces."""
    return [Metric(name, value, split, n, command) for name, value in values.items()]


def class_metrics(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """accuracy, error and calibration_error of probabilities [n, classes] against labels [n]."""
    correct = probabilities.argmax(1) == labels
    accuracy = float(correct.mean())
    return {
        "accuracy": accuracy,
        "error": 1 - accuracy,
        "calibration_error": calibration_error(probabilities.max(1), correct),
    }


def digit_probabilities(model: Path, images: np.ndarray) -> np.ndarray:
    """What an exported network in a folder says of images uint8 [n, 28, 28]: float32 [n, 10]."""
    import tensorflow as tf

    predict = tf.saved_model.load(str(model)).signatures["predict"]
    batches = [predict(image=tf.constant(images[i : i + 1000]))["probabilities"] for i in range(0, len(images), 1000)]
    return np.concatenate(batches)


def digit_metrics(model: Path, digits: Digits, split: str, command: str) -> Sequence[Metric]:
    """The metrics of a network for digits on a split. Raises UserError when that split has no images."""
    images, labels = digits.split(split)
    if not len(labels):
        raise UserError(f"{digits.source.name} has no images in its {split} split: use --split all")
    return as_metrics(class_metrics(digit_probabilities(model, images), labels), split, len(labels), command)


def review_probabilities(model: Path, texts: Sequence[bytes]) -> np.ndarray:
    """What a network for sentiment says of texts: the probability of each class, [n, classes], of an exported folder."""
    import tensorflow as tf

    predict = tf.saved_model.load(str(model)).signatures["predict"]
    (output,) = predict.structured_outputs
    probabilities = np.zeros((len(texts), predict.structured_outputs[output].shape[1] if output == "probabilities" else 2))
    # Texts of like length together: less padding, the same probabilities.
    order = np.array(sorted(range(len(texts)), key=lambda i: len(texts[i])), int)

    def judge(chosen: np.ndarray) -> None:
        values = predict(text=tf.constant([texts[i] for i in chosen], tf.string))[output].numpy()
        probabilities[chosen] = values if values.ndim == 2 else np.stack([1 - values, values], 1)

    # A batch for each core at a time: while it computes, TensorFlow leaves Python's lock to the others.
    with ThreadPoolExecutor(processor.cores()) as pool:
        list(pool.map(judge, np.split(order, range(REVIEWS_AT_ONCE, len(order), REVIEWS_AT_ONCE))))
    return probabilities


@dataclass(frozen=True)
class Judged:
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


def judge_reviews(model: Path, reviews: Reviews, split: str) -> Judged:
    """Reads a split of reviews. Raises UserError when that split has not every class."""
    texts, labels = reviews.split(split)
    if len(set(labels.tolist())) < len(reviews.classes):
        raise UserError(
            f"{reviews.source.name}: the split {split!r} has {len(texts)} reviews and not all of {', '.join(reviews.classes)}; "
            "try --split all"
        )
    return Judged(reviews, split, texts, labels, review_probabilities(model, texts))


def review_metrics(model: Path, judged: Judged, command: str) -> Sequence[Metric]:
    """accuracy, f1, auc and calibration_error of a network for sentiment.

    f1 and auc are those of the positive class, or means over the classes of one against the others. With IMDB also the accuracy
    by the length of a review, hand_written_accuracy, the share that it reads right of zoo.data.hand_written_reviews, and that of
    each kind.
    """
    labels, probabilities, n = judged.labels, judged.probabilities, len(judged.labels)
    if probabilities.shape[1] == 2:
        values = binary_metrics(probabilities[:, 1], labels)
        values["f1"] = float(f1_score(labels, judged.predicted))
    else:
        values = class_metrics(probabilities, labels)
        values["auc"] = float(roc_auc_score(labels, probabilities, multi_class="ovr"))
        values["f1"] = float(f1_score(labels, judged.predicted, average="macro"))
    metrics = list(as_metrics(values, judged.split, n, command))
    if judged.reviews.source.name == imdb.SOURCE:
        words = np.array([len(text.split()) for text in judged.texts])
        right = judged.predicted == labels
        for low, high in pairwise((0, *REVIEW_LENGTHS, None)):
            chosen = (words >= low) & (words < high if high else True)
            if not chosen.any():
                continue
            name = f"accuracy_below_{high}_words" if high else f"accuracy_from_{low}_words"
            metrics += as_metrics({name: float(right[chosen].mean())}, judged.split, int(chosen.sum()), command)
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
