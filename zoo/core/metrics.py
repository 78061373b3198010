"""The metrics of classifiers, and what the metrics of cards mean.

Accuracy and the area under the ROC curve are computed by scikit-learn. The calibration error is that of Guo et al. (2017).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

import numpy as np

from zoo.core.cards import Metric

CALIBRATION_BINS = 15  # as in Guo et al. (2017), so that values can be compared


@dataclass(frozen=True)
class Meaning:
    """What a metric tells.

    Args:
        text: one sentence.
        better: "higher" or "lower"; "" where neither is better.
        reference: the metric to compare it with, by name; "" where there is none.
    """

    text: str
    better: str = ""
    reference: str = ""


# By the metric's name, or by a pattern with `*`. The wings have tables of their own beside this one.
MEANINGS = {
    "accuracy": Meaning("share of the examples whose most probable class is the right one", "higher"),
    "error": Meaning("share of the examples whose most probable class is wrong", "lower"),
    "auc": Meaning(
        "area under the ROC curve: how often a positive example gets a higher score than a negative one; 0.5 is chance",
        "higher",
    ),
    "calibration_error": Meaning(
        "mean gap between how sure the model is and how often it is right, in 15 bins (Guo et al. 2017)", "lower"
    ),
    "f1": Meaning("harmonic mean of precision and recall; of more than two classes, the mean over the classes", "higher"),
}


def explained(metrics: Sequence[Metric], meanings: Mapping[str, Meaning]) -> tuple[Metric, ...]:
    """The metrics with their meaning and direction, as far as MEANINGS or the `meanings` of a wing know them.

    A reference is named only where it is one of `metrics`.
    """
    known, names = {**MEANINGS, **meanings}, {metric.name for metric in metrics}

    def explain(metric: Metric) -> Metric:
        found = known.get(metric.name) or next((m for pattern, m in known.items() if fnmatchcase(metric.name, pattern)), None)
        if found is None:
            return metric
        reference = found.reference if found.reference in names else ""
        return replace(metric, meaning=found.text, better=found.better, reference=reference)

    return tuple(map(explain, metrics))


def calibration_error(confidences: np.ndarray, correct: np.ndarray, bins: int = CALIBRATION_BINS) -> float:
    """Expected calibration error: mean |accuracy - confidence| over equal-width bins, weighted by their share.

    Args:
        confidences: the probability of each chosen class, [n].
        correct: whether that class was the right one, [n].
        bins: how many; "On Calibration of Modern Neural Networks", arXiv 1706.04599, equation 3.
    """
    index = np.minimum((confidences * bins).astype(int), bins - 1)
    gaps = [abs(correct[index == i].sum() - confidences[index == i].sum()) for i in range(bins)]
    return float(sum(gaps) / len(confidences))


def binary_metrics(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """accuracy, auc and calibration_error of probabilities [n] of class 1, for labels [n] of 0 and 1."""
    from sklearn.metrics import accuracy_score, roc_auc_score  # here, since predicting does without scikit-learn

    chosen = probabilities >= 0.5
    confidences = np.where(chosen, probabilities, 1 - probabilities)
    return {
        "accuracy": float(accuracy_score(labels, chosen)),
        "auc": float(roc_auc_score(labels, probabilities)),
        "calibration_error": calibration_error(confidences, chosen == labels),
    }


def as_metrics(values: dict[str, float], split: str, n: int, command: str) -> Sequence[Metric]:
    """Values that were measured on one split of n examples, as metrics that one command measures again."""
    return [Metric(name, value, split, n, command) for name, value in values.items()]


def class_metrics(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """accuracy, error and calibration_error of probabilities [n, classes], for labels [n] from 0."""
    correct = probabilities.argmax(1) == labels
    accuracy = float(correct.mean())
    return {
        "accuracy": accuracy,
        "error": 1 - accuracy,
        "calibration_error": calibration_error(probabilities.max(1), correct),
    }
