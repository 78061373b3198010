"""MNIST: 70,000 handwritten digits, 28 x 28, through TensorFlow Datasets.

The test split is the data set's own, 10,000 images. A tenth of the 60,000 training images, chosen by content hash, is the
validation split. Where MNIST can be neither found nor downloaded, a training uses scikit-learn's 1,797 digits instead.
"""

from typing import Any

import numpy as np

from zoo.core import sources
from zoo.core.errors import UserError
from zoo.core.recipe import fixed
from zoo.core.sources import Source
from zoo.images import sklearn_digits
from zoo.images.digit_images import Digits

VERSION = "3.0.1"
HOST = "storage.googleapis.com"  # the server from which TensorFlow Datasets downloads MNIST
LICENCE = "usually given as CC BY-SA 3.0 (Yann LeCun, Corinna Cortes); made from NIST's Special Databases 1 and 3"
VALIDATION = 0.1  # the share of the training images in the validation split


def load(real: bool = False) -> Digits:
    """MNIST, or its stand-in: scikit-learn's digits.

    Args:
        real: refuse the stand-in.

    Raises:
        UserError: with `real`, where MNIST is not at hand.
    """
    found = sources.tfds_builder("mnist", VERSION, HOST)
    if found is None:
        if real:
            raise UserError(
                f"MNIST is not prepared in TFDS_DATA_DIR or ~/tensorflow_datasets, and {HOST} does not answer: "
                "go online once, or use the data set sklearn_digits, which needs no network"
            )
        sources.tell("no MNIST and no network: scikit-learn's digits stand in")
        return sklearn_digits.load(stand_in=True)
    builder, how = found
    parts = [_read(builder, split) for split in ("train", "test")]
    images, labels = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return Digits(
        images,
        labels,
        np.array([_split(image) for image in parts[0][0]] + ["test"] * len(parts[1][0])),
        Source("mnist", VERSION, how, LICENCE),
    )


def _split(image: np.ndarray) -> str:
    return "validation" if sources.share(image.tobytes()) < VALIDATION else "train"


def _read(builder: Any, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 [n, 28, 28] and labels int64 [n] of a split of TensorFlow Datasets."""
    batches = fixed(builder.as_dataset(split=split, batch_size=1000, as_supervised=True))
    images, labels = (np.concatenate(arrays) for arrays in zip(*batches.as_numpy_iterator(), strict=True))
    return images[..., 0], labels
