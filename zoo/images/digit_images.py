"""Labelled images of digits, and their splits."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from zoo.core import sources
from zoo.core.dataset import Examples, check_splits, split_by_share, split_sizes
from zoo.core.sources import Source

SIZE = 28  # pixels of an image, each way
CLASSES = 10


@dataclass(frozen=True)
class Digits(Examples):
    """Labelled images.

    Args:
        images: uint8 [n, 28, 28], white ink on black.
        labels: int64 [n], 0 to 9.
        splits: [n], each "train", "validation" or "test".
        source: where they came from.
    """

    images: np.ndarray
    labels: np.ndarray
    splits: np.ndarray
    source: Source

    def split(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """The images uint8 [m, 28, 28] and labels int64 [m] of "train", "validation" or "test", or of "all"."""
        chosen = np.full(len(self.labels), True) if name == "all" else self.splits == name
        return self.images[chosen], self.labels[chosen]

    def sizes(self) -> dict[str, int]:
        """The number of images of each split."""
        return split_sizes(self.splits)

    def contents(self) -> Iterable[bytes]:
        """The pixels and the label of each image."""
        return (image.tobytes() + bytes([label]) for image, label in zip(self.images, self.labels, strict=True))


def hashed_splits(images: np.ndarray) -> np.ndarray:
    """The splits of images, [n]: 80, 10 and 10 % for training, validation and test. Equal images get the same split."""
    return split_by_share(np.array([sources.share(image.tobytes()) for image in images]))


def check_trainable(digits: Digits) -> None:
    """Raises UserError where a split is empty: there are too few images to train and test on."""
    check_splits(digits.source.name, digits.splits, "images")
