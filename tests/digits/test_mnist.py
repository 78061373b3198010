from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from zoo.core import sources
from zoo.core.dataset import SPLITS
from zoo.core.errors import UserError
from zoo.digits import data as digits
from zoo.digits import mnist, sklearn_digits


class Builder:
    """What the code uses of a TFDS builder, with random images."""

    def as_dataset(self, split: str, batch_size: int, as_supervised: bool) -> tf.data.Dataset:
        assert as_supervised
        random = np.random.default_rng(len(split))
        n = {"train": 400, "test": 50}[split]
        arrays = random.integers(0, 256, (n, 28, 28, 1), np.uint8), random.integers(0, 10, n)
        return tf.data.Dataset.from_tensor_slices(arrays).batch(batch_size)


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "tfds_builder", lambda *_: (Builder(), "prepared for TensorFlow Datasets"))


@pytest.mark.usefixtures("prepared")
def test_the_splits_are_the_data_sets_test_and_a_tenth_by_content() -> None:
    data = mnist.load(real=True)
    assert data.images.shape == (450, 28, 28)
    assert (data.splits[400:] == "test").all()
    assert (data.splits[:400] != "test").all()
    for image, split in zip(data.images[:400], data.splits, strict=False):
        assert split == ("validation" if sources.share(image.tobytes()) < 0.1 else "train")
    card = data.describe()
    assert (card.name, card.version, card.source) == ("mnist", "3.0.1", "prepared for TensorFlow Datasets")
    assert sum(card.splits.values()) == 450
    assert 20 <= card.splits["validation"] <= 60


@pytest.mark.usefixtures("prepared")
def test_a_real_builder_gives_the_same_form() -> None:
    import tensorflow_datasets as tfds

    with tfds.testing.mock_data(num_examples=20):
        images, labels = mnist._read(tfds.builder("mnist"), "train")
    assert (images.shape, images.dtype, labels.shape, labels.dtype) == ((20, 28, 28), np.uint8, (20,), np.int64)


def test_without_mnist_and_network_a_stand_in_is_announced(capsys: pytest.CaptureFixture[str]) -> None:
    sources.announce.cache_clear()
    data = digits.load("mnist")
    assert data.source.stand_in
    assert data.source.name == "sklearn_digits"
    error = capsys.readouterr().err
    assert "scikit-learn's digits stand in" in error
    assert "a stand-in, not the real data set" in error


def test_the_stand_in_is_never_evaluated() -> None:
    with pytest.raises(UserError, match="MNIST is not prepared in TFDS_DATA_DIR") as error:
        digits.load("mnist", real=True)
    assert "--data sklearn_digits" in str(error.value)


def test_an_unknown_name_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no data set is called 'emnist': did you mean mnist"):
        digits.load("emnist")


def test_scikit_learns_digits_look_like_mnists() -> None:
    data = sklearn_digits.load()
    assert data.images.shape == (1797, 28, 28)
    assert (data.images.max((1, 2)) == 255).all()
    height, width = (data.images.any(axis).sum(1) for axis in (2, 1))
    assert np.maximum(height, width).max() == 20
    assert (np.maximum(height, width) >= 17).all()
    share = data.images.mean() / 255
    assert 0.1 < share < 0.16  # MNIST's images are 13 % ink
    assert [int((data.splits == name).sum()) for name in SPLITS] == [1452, 169, 176]
