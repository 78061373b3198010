"""The metrics of exported models, as `evaluate` prints them and the cards carry them.

Accuracy and the area under the ROC curve are scikit-learn's; the calibration error is that of Guo et al. (2017).
"""

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import accuracy_score, roc_auc_score

from zoo.core.cards import Metric

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
