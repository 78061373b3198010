"""The metrics of exported models, as `evaluate` prints them and the cards carry them.

Accuracy and the area under the ROC curve are scikit-learn's; the calibration error is that of Guo et al. (2017).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zoo.cards import Metric
from zoo.data import hand_written_reviews, imdb
from zoo.data.digits import Digits
from zoo.data.reviews import Reviews
from zoo.data.tables import Table
from zoo.errors import UserError

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


def table_metrics(model: Path, table: Table, split: str, command: str) -> Sequence[Metric]:
    """A perceptron's metrics on a split of a table, and those of scikit-learn's logistic regression on the same split.

    The table must have the model's columns and classes: `Table.check`.
    """
    import tensorflow as tf

    features, labels = table.split(split)
    predict = tf.saved_model.load(str(model)).signatures["predict"]
    probabilities = predict(features=tf.constant(features))["probability"].numpy()
    baseline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(*table.split("train"))
    values = binary_metrics(probabilities, labels)
    values["logistic_regression_accuracy"] = float(baseline.score(features, labels))
    return as_metrics(values, split, len(labels), command)


def class_metrics(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """accuracy, error and calibration_error of probabilities [n, classes] against labels [n]."""
    correct = probabilities.argmax(1) == labels
    accuracy = float(correct.mean())
    return {
        "accuracy": accuracy,
        "error": 1 - accuracy,
        "calibration_error": calibration_error(probabilities.max(1), correct),
    }


def digit_metrics(model: Path, digits: Digits, split: str, command: str) -> Sequence[Metric]:
    """The metrics of a network for digits on a split. Raises UserError when that split has no images."""
    import tensorflow as tf

    images, labels = digits.split(split)
    if not len(labels):
        raise UserError(f"{digits.source.name} has no images in its {split} split: use --split all")
    predict = tf.saved_model.load(str(model)).signatures["predict"]
    batches = [predict(image=tf.constant(images[i : i + 1000]))["probabilities"] for i in range(0, len(images), 1000)]
    return as_metrics(class_metrics(np.concatenate(batches), labels), split, len(labels), command)


def review_metrics(model: Path, reviews: Reviews, split: str, command: str) -> Sequence[Metric]:
    """accuracy, auc and calibration_error of a network for sentiment on a split.

    With IMDB also hand_written_accuracy, the share that it reads right of zoo.data.hand_written_reviews, and that of each kind.
    Raises UserError when that split has not both labels.
    """
    import tensorflow as tf

    texts, labels = reviews.split(split)
    if len(set(labels)) < 2:
        raise UserError(
            f"{reviews.source.name}: the split {split!r} has {len(texts)} reviews and not both labels; try --split all"
        )
    predict = tf.saved_model.load(str(model)).signatures["predict"]
    # Texts of like length together: less padding, the same probabilities.
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    probabilities = np.empty(len(texts))
    for i in range(0, len(order), 1024):
        chosen = order[i : i + 1024]
        probabilities[chosen] = predict(text=tf.constant([texts[j] for j in chosen]))["probability"]
    metrics = list(as_metrics(binary_metrics(probabilities, labels), split, len(labels), command))
    if reviews.source.name == imdb.SOURCE:
        cases = hand_written_reviews.cases()
        read = predict(text=tf.constant([case.text for case in cases]))["probability"].numpy() >= 0.5
        right = np.array([case.positive for case in cases]) == read
        kinds = np.array([case.kind for case in cases])
        for name, chosen in {"accuracy": kinds != "", **{kind: kinds == kind for kind in dict.fromkeys(kinds.tolist())}}.items():
            metrics += as_metrics(
                {f"hand_written_{name}": float(right[chosen].mean())}, "hand-written", int(chosen.sum()), command
            )
    return metrics
