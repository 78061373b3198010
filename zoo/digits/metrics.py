"""The metrics of a network that reads digits."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zoo.core.cards import Metric
from zoo.core.errors import UserError
from zoo.core.metrics import as_metrics, class_metrics
from zoo.digits.dataset import Digits


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
