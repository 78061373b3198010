import numpy as np
import pytest
import tensorflow as tf

from zoo.digits import distortion
from zoo.digits.distortion import Distortion

STILL = Distortion(0, 0, 0, 0, 0, 0)


def bar() -> tf.Tensor:
    """One image with an upright bar in its middle, float32 [1, 28, 28]."""
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 4:24, 13:15] = 255
    return tf.constant(image)


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
