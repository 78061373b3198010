import numpy as np
import pytest
import tensorflow as tf

from zoo.core import sources
from zoo.images import mnist


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


@pytest.mark.slow
@pytest.mark.usefixtures("prepared")
def test_a_real_builder_gives_the_same_form() -> None:
    import tensorflow_datasets as tfds

    with tfds.testing.mock_data(num_examples=20):
        images, labels = mnist._read(tfds.builder("mnist"), "train")
    assert (images.shape, images.dtype, labels.shape, labels.dtype) == ((20, 28, 28), np.uint8, (20,), np.int64)
