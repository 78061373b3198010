"""The metrics of a network that reads digits."""

from collections.abc import Sequence

from zoo.core.cards import Metric
from zoo.core.classifier import Classifier
from zoo.core.errors import UserError
from zoo.core.metrics import as_metrics, class_metrics
from zoo.images.digit_images import Digits


def digit_metrics(model: Classifier, digits: Digits, split: str, command: str) -> Sequence[Metric]:
    """The accuracy, error and calibration error of a loaded model on a split.

    Args:
        model: what `zoo.load` gives.
        digits: the data.
        split: "train", "validation", "test" or "all".
        command: that repeats the measurement, for the card.

    Raises:
        UserError: the split has no images.
    """
    images, labels = digits.split(split)
    if not len(labels):
        raise UserError(f"{digits.source.name} has no images in its {split} split: choose another one, or all of them")
    return as_metrics(class_metrics(model.predict(images), labels), split, len(labels), command)
