import dataclasses

import numpy as np
import pytest

from zoo.core.errors import UserError
from zoo.core.sources import Source
from zoo.images import digit_images
from zoo.images.digit_images import Digits

SOURCE = Source("dots", "1", "made here", "none")


@pytest.fixture
def dots() -> Digits:
    """Thirty images of random dots; 20 to train on, 10 to validate."""
    random = np.random.default_rng(0)
    splits = np.array(["train"] * 20 + ["validation"] * 10)
    return Digits(random.integers(0, 256, (30, 28, 28), np.uint8), np.arange(30) % 10, splits, SOURCE)


def test_equal_images_fall_into_one_split() -> None:
    images = np.random.default_rng(1).integers(0, 256, (500, 28, 28), np.uint8)
    splits = digit_images.hashed_splits(images)
    assert (splits == digit_images.hashed_splits(images[::-1])[::-1]).all()
    assert 30 <= (splits == "test").sum() <= 70
    assert 30 <= (splits == "validation").sum() <= 70


def test_the_fingerprint_knows_images_and_labels_but_not_their_order(dots: Digits) -> None:
    turned = Digits(dots.images[::-1], dots.labels[::-1], dots.splits[::-1], SOURCE)
    relabelled = dataclasses.replace(dots, labels=dots.labels[::-1])
    assert turned.fingerprint() == dots.fingerprint() != relabelled.fingerprint()


def test_too_few_images_to_split_are_told(dots: Digits) -> None:
    with pytest.raises(UserError, match="dots has 30 images, none in its test split"):
        digit_images.check_trainable(dots)
