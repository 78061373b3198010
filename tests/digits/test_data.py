import dataclasses
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from zoo.core.errors import UserError
from zoo.core.recipe import Recipe
from zoo.core.sources import Source
from zoo.digits import data as digits
from zoo.digits import dataset, distortion
from zoo.digits.dataset import Digits
from zoo.digits.distortion import Distortion

SOURCE = Source("dots", "1", "made here", "none")
STILL = Distortion(0, 0, 0, 0, 0, 0)
RECIPE = Recipe(epochs=1, batch_size=8, learning_rate=0.1, seed=3)


@pytest.fixture
def dots() -> Digits:
    """Thirty images of random dots; 20 to train on, 10 to validate."""
    random = np.random.default_rng(0)
    splits = np.array(["train"] * 20 + ["validation"] * 10)
    return Digits(random.integers(0, 256, (30, 28, 28), np.uint8), np.arange(30) % 10, splits, SOURCE)


def bar() -> tf.Tensor:
    """One image with an upright bar in its middle, float32 [1, 28, 28]."""
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 4:24, 13:15] = 255
    return tf.constant(image)


def collect(batches: tf.data.Dataset) -> list[np.ndarray]:
    return [np.concatenate(arrays) for arrays in zip(*batches.as_numpy_iterator(), strict=True)]


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


def test_the_same_seed_and_epoch_give_the_same_batches(dots: Digits) -> None:
    data, again = digits.batches(dots, RECIPE), digits.batches(dots, RECIPE)
    other = digits.batches(dots, dataclasses.replace(RECIPE, seed=4))
    images = collect(data.train(1))[0]
    np.testing.assert_array_equal(images, collect(data.train(1))[0])
    np.testing.assert_array_equal(images, collect(again.train(1))[0])
    assert (images != collect(other.train(1))[0]).any()
    np.testing.assert_array_equal(images[16:], collect(data.train(1).skip(2))[0])  # as --resume does


def test_a_negative_seed_works(dots: Digits) -> None:
    assert len(collect(digits.batches(dots, dataclasses.replace(RECIPE, seed=-1)).train(0))[0]) == 20


def test_validation_is_not_distorted(dots: Digits) -> None:
    images, labels, _ = collect(digits.batches(dots, RECIPE).validation)
    np.testing.assert_array_equal(images, dots.images[20:].astype(np.float32))
    np.testing.assert_array_equal(labels, dots.labels[20:])


def test_no_distortion_leaves_the_image_as_it_is() -> None:
    np.testing.assert_allclose(distortion.distort(bar(), [0, 0], STILL), bar(), atol=1e-3)


@pytest.mark.parametrize(
    ("limits", "kept"),
    [
        (Distortion(20, 0, 0, 0, 0, 0), 0.02),  # turning, slanting and moving leave the amount of ink as it is ...
        (Distortion(0, 0, 0.3, 0, 0, 0), 0.02),
        (Distortion(0, 0, 0, 2, 0, 0), 0.02),
        (Distortion(0, 0.2, 0, 0, 0, 0), 0.5),  # ... resizing changes it by at most exp(0.2) squared
    ],
)
def test_each_distortion_changes_the_image_within_its_limit(limits: Distortion, kept: float) -> None:
    images = tf.repeat(bar(), 50, axis=0)
    changed = distortion.distort(images, [1, 2], limits).numpy()
    assert np.abs(changed - images).max((1, 2)).min() > 10  # each of them
    assert len({image.tobytes() for image in changed}) == 50
    ratio = changed.sum((1, 2)) / images.numpy().sum((1, 2))
    assert np.abs(ratio - 1).max() <= kept
    y, x = np.mgrid[:28, :28]
    centres = np.stack([(changed * axis).sum((1, 2)) / changed.sum((1, 2)) for axis in (y, x)])
    assert np.abs(centres - 13.5).max() <= limits.shift + 0.1


def test_bending_moves_parts_of_an_image_each_their_own_way_by_as_much_as_asked() -> None:
    y, x = np.mgrid[:28, :28].astype(np.float32)
    ramps = tf.constant(np.repeat(np.stack([x, y])[np.newaxis], 400, axis=0).reshape(-1, 28, 28))  # a pixel tells its own place
    bend = 1.5
    moved = (distortion.distort(ramps, [1, 2], Distortion(0, 0, 0, 0, bend, 0)) - ramps).numpy()
    inner = moved[:, 8:20, 8:20]  # far from the edge, beyond which it is black
    # A strength drawn evenly from -bend to bend, times a normal field: a standard deviation of bend / sqrt(3).
    assert inner.std() == pytest.approx(bend / np.sqrt(3), rel=0.1)
    assert np.abs(inner[:, 1:] - inner[:, :-1]).max() < 1, "neighbours stay in order: nothing folds over"
    assert np.median(np.ptp(inner, axis=(1, 2))) > 0.5, "it is no mere shift"


def test_a_place_between_pixels_is_their_weighted_mean() -> None:
    images = tf.random.stateless_uniform([2, 28, 28], [3, 4], 0.0, 255.0)
    y, x = (tf.constant(np.tile(axis, (2, 1, 1)), tf.float32) for axis in np.mgrid[:28, :28] + 0.0)
    half = distortion._sample(images, x + 0.5, y + 0.25).numpy()
    image = np.pad(images.numpy(), [(0, 0), (0, 1), (0, 1)])
    rows = 0.75 * image[:, :-1] + 0.25 * image[:, 1:]
    np.testing.assert_allclose(half, (rows[..., :-1] + rows[..., 1:]) / 2, rtol=1e-4, atol=1e-3)
    assert not distortion._sample(images, x + 40, y).numpy().any(), "black comes in from outside"


def test_softening_blurs_and_widens_a_share_of_the_images() -> None:
    images = tf.repeat(bar(), 200, axis=0)
    changed = distortion.distort(images, [1, 2], Distortion(0, 0, 0, 0, 0, soften=0.4)).numpy()
    same = np.abs(changed - images).max((1, 2)) < 1e-3
    assert 0.5 < same.mean() < 0.7
    soft = changed[~same]
    assert soft.max() <= 255
    # Across the bar of 2 pixels the weights 1, 2, 1 give 1/4, 3/4, 3/4, 1/4, brightened by 1 to 1.6.
    row = soft[:, 14, 12:16]
    assert (row[:, 0] >= 255 / 4 - 0.1).all()
    assert (row[:, 0] <= 1.6 * 255 / 4 + 0.1).all()
    np.testing.assert_allclose(row[:, 1], np.minimum(3 * row[:, 0], 255), rtol=1e-4)
    assert np.ptp(row[:, 0]) > 20


def test_equal_images_fall_into_one_split() -> None:
    images = np.random.default_rng(1).integers(0, 256, (500, 28, 28), np.uint8)
    splits = dataset.hashed_splits(images)
    assert (splits == dataset.hashed_splits(images[::-1])[::-1]).all()
    assert 30 <= (splits == "test").sum() <= 70
    assert 30 <= (splits == "validation").sum() <= 70


def test_the_fingerprint_knows_images_and_labels_but_not_their_order(dots: Digits) -> None:
    turned = Digits(dots.images[::-1], dots.labels[::-1], dots.splits[::-1], SOURCE)
    relabelled = dataclasses.replace(dots, labels=dots.labels[::-1])
    assert turned.fingerprint() == dots.fingerprint() != relabelled.fingerprint()


def test_a_folder_of_pictures_is_read_with_its_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for label in "17":
        (tmp_path / label).mkdir()
        for number in range(3):
            image = np.full((28, 28), 255, np.uint8)
            image[4:24, 10 + number : 13 + number] = int(label)
            Image.fromarray(image).save(tmp_path / label / f"{number}.png")
    (tmp_path / "1" / ".hidden").write_text("not a picture")
    data = digits.load(str(tmp_path))
    assert data.labels.tolist() == [1, 1, 1, 7, 7, 7]
    assert data.images[0, 14].tolist() == [0] * 13 + [255] * 3 + [0] * 12  # inverted, and moved into the middle
    assert data.source.name == tmp_path.name
    assert "6 of 6 pictures converted" in capsys.readouterr().err


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match="has no pictures in subfolders named 0 to 9"):
        digits.load(str(tmp_path))
    (tmp_path / "3").mkdir()
    (tmp_path / "3" / "notes.txt").write_text("hello")
    with pytest.raises(UserError, match="has no pictures in subfolders named 0 to 9"):
        digits.load(str(tmp_path))
    (tmp_path / "3" / "three.png").write_text("hello")
    with pytest.raises(UserError, match="has no picture that can be read"):
        digits.load(str(tmp_path))
    told = capsys.readouterr().err
    assert "not pictures, passed over: 1" in told
    assert "left out" in told
    assert "three.png" in told
    with pytest.raises(UserError, match="is not a folder"):
        digits.load(str(tmp_path / "3" / "notes.txt"))


def test_too_few_images_to_split_are_told(dots: Digits) -> None:
    with pytest.raises(UserError, match="dots has 30 images, none in its test split"):
        dataset.check_trainable(dots)
