import dataclasses
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from zoo.core.errors import UserError
from zoo.core.recipe import Recipe
from zoo.core.sources import Source
from zoo.digits import data as digits
from zoo.digits.distortion import Distortion
from zoo.images.digit_images import Digits

SOURCE = Source("dots", "1", "made here", "none")
STILL = Distortion(0, 0, 0, 0, 0, 0)
RECIPE = Recipe(epochs=1, batch_size=8, learning_rate=0.1, seed=3)


@pytest.fixture
def dots() -> Digits:
    """Thirty images of random dots; 20 to train on, 10 to validate."""
    random = np.random.default_rng(0)
    splits = np.array(["train"] * 20 + ["validation"] * 10)
    return Digits(random.integers(0, 256, (30, 28, 28), np.uint8), np.arange(30) % 10, splits, SOURCE)


def collect(batches: tf.data.Dataset) -> list[np.ndarray]:
    return [np.concatenate(arrays) for arrays in zip(*batches.as_numpy_iterator(), strict=True)]


@pytest.mark.slow
def test_an_epoch_is_every_image_once_in_an_order_of_its_own(dots: Digits) -> None:
    data = digits.batches(dots, RECIPE, STILL)
    assert data.steps == 3
    orders = []
    for number in (0, 1):
        images, labels, weights = collect(data.train(number))
        assert (weights == 1).all()
        found = [int(np.flatnonzero((dots.images == image).all((1, 2)))[0]) for image in images]
        assert sorted(found) == list(range(20))
        assert (labels == dots.labels[found]).all()
        orders.append(found)
    assert orders[0] != orders[1]


@pytest.mark.slow
def test_the_same_seed_and_epoch_give_the_same_batches(dots: Digits) -> None:
    data, again = digits.batches(dots, RECIPE), digits.batches(dots, RECIPE)
    other = digits.batches(dots, dataclasses.replace(RECIPE, seed=4))
    images = collect(data.train(1))[0]
    np.testing.assert_array_equal(images, collect(data.train(1))[0])
    np.testing.assert_array_equal(images, collect(again.train(1))[0])
    assert (images != collect(other.train(1))[0]).any()
    np.testing.assert_array_equal(images[16:], collect(data.train(1).skip(2))[0])  # as --resume does


@pytest.mark.slow
def test_a_negative_seed_works(dots: Digits) -> None:
    assert len(collect(digits.batches(dots, dataclasses.replace(RECIPE, seed=-1)).train(0))[0]) == 20


def test_validation_is_not_distorted(dots: Digits) -> None:
    images, labels, _ = collect(digits.batches(dots, RECIPE).validation)
    np.testing.assert_array_equal(images, dots.images[20:].astype(np.float32))
    np.testing.assert_array_equal(labels, dots.labels[20:])


@pytest.mark.slow
def test_without_mnist_and_network_a_stand_in_is_announced(capsys: pytest.CaptureFixture[str]) -> None:
    data = digits.load("mnist")
    assert data.source.stand_in
    assert data.source.name == "sklearn_digits"
    error = capsys.readouterr().err
    assert "scikit-learn's digits stand in" in error
    assert "a stand-in, not the real data set" in error


def test_the_stand_in_is_never_evaluated() -> None:
    with pytest.raises(UserError, match="MNIST is not prepared in TFDS_DATA_DIR") as error:
        digits.load("mnist", real=True)
    assert "the data set sklearn_digits" in str(error.value)


def test_an_unknown_name_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no data set is called 'emnist': did you mean mnist"):
        digits.load("emnist")
