import numpy as np
import tensorflow as tf

from zoo.captions.augmentation import LIMITS, Limits, augment

NOTHING = Limits(0, 0, 0, 0, 0, 0, 0, 0)
LARGE = Limits(degrees=20, scale=0.2, shift=0.1, light=0, tint=0, contrast=0, blur=0, noise=0)


def drawings(n: int = 16) -> np.ndarray:
    """A red square a bit to the left of the middle, on grey paper."""
    images = np.full((n, 96, 96, 3), 190, np.uint8)
    images[:, 38:58, 22:42] = 210, 30, 30
    return images


def changed(images: np.ndarray, seed: tuple[int, int], limits: Limits = LIMITS) -> np.ndarray:
    """The images as `augment` changes them."""
    return augment(images, tf.zeros([len(images), 0, 2]), tf.constant(seed), limits)[0].numpy()


def places(images: np.ndarray) -> np.ndarray:
    """The middle (row, column) of what is red in each image."""
    red = images[..., 0].astype(int) - images[..., 1] > 70
    return np.array([np.argwhere(each).mean(0) for each in red])


def test_the_same_seed_gives_the_same_pictures_and_each_is_changed_in_its_own_way() -> None:
    images = drawings()
    first, again, other = (changed(images, seed) for seed in ((3, 4), (3, 4), (3, 5)))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.5
    assert len({image.tobytes() for image in first}) == len(images)


def test_without_limits_nothing_changes() -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 40, 40, 3), np.uint8)
    np.testing.assert_array_equal(changed(images, (1, 2), NOTHING), images)


def test_what_is_in_a_picture_stays_about_where_it_is_and_as_large() -> None:
    new = changed(drawings(64), (0, 0))
    moved = places(new) - places(drawings(1))
    most = 96 * LIMITS.shift + 17 * (LIMITS.scale + np.radians(LIMITS.degrees))  # 17 pixels from the middle
    assert 1 < np.abs(moved).max() <= most + 0.6
    red = (new[..., 0].astype(int) - new[..., 1] > 70).sum((1, 2))
    assert 0.85 < red.min() / 400 < red.max() / 400 < 1.15


def test_colours_keep_their_names() -> None:
    new = changed(drawings(64), (0, 1)).astype(int)
    red, paper = new[:, 46:50, 30:34].mean((1, 2)), new[:, 5:15, 70:90].mean((1, 2))
    assert (red[:, 0] - red[:, 1:].max(1) > 90).all()
    assert np.ptp(paper, 1).max() < 25
    assert np.ptp(paper.mean(1)) > 20, "the light differs"


def test_it_is_told_where_points_of_a_picture_are_then() -> None:
    images = drawings(32)
    middle = (places(images)[:, None, ::-1] + 0.5) / 96  # (x, y) as shares of the side
    new, after = augment(images, tf.constant(middle, tf.float32), tf.constant([4, 4]), LARGE)
    np.testing.assert_allclose(after[:, 0, ::-1] * 96 - 0.5, places(new.numpy()), atol=0.6)
    assert np.ptp(after, 0).min() > 0.1
