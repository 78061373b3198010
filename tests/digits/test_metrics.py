from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zoo.core.errors import UserError
from zoo.core.sources import Source
from zoo.digits.metrics import digit_metrics
from zoo.images.digit_images import Digits

DIGITS = Digits(
    np.arange(4, dtype=np.uint8)[:, np.newaxis, np.newaxis] * np.ones((28, 28), np.uint8),
    np.array([0, 1, 2, 9]),
    np.array(["test", "test", "test", "train"]),
    Source("four", "1", "made here", "none"),
)


def certain(images: np.ndarray) -> np.ndarray:
    """Takes the value of an image's pixels for its digit."""
    return np.eye(10, dtype=np.float32)[images[:, 0, 0]]


def test_the_metrics_of_a_split_come_from_the_models_predictions() -> None:
    model: Any = SimpleNamespace(predict=certain)
    metrics = {metric.name: metric for metric in digit_metrics(model, DIGITS, "all", "again")}
    assert {name: metric.value for name, metric in metrics.items()} == {
        "accuracy": 0.75,
        "error": 0.25,
        "calibration_error": 0.25,
    }
    assert {(metric.split, metric.n, metric.command) for metric in metrics.values()} == {("all", 4, "again")}
    assert digit_metrics(model, DIGITS, "test", "again")[0].value == 1


def test_a_split_without_images_is_refused() -> None:
    with pytest.raises(UserError, match="four has no images in its validation split: choose another one, or all of them"):
        digit_metrics(SimpleNamespace(predict=certain), DIGITS, "validation", "again")  # type: ignore[arg-type]
