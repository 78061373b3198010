import numpy as np
import tensorflow as tf

from zoo.captions.augmentation import LIMITS, Limits, augment

NOTHING = Limits(0, 0, 0, 0, 0, 0, 0, 0)


def drawings(n: int = 16) -> np.ndarray:
    """A red square a bit to the left of the middle, on grey paper."""
    images = np.full((n, 96, 96, 3), 190, np.uint8)
    images[:, 38:58, 22:42] = 210, 30, 30
    return images


def places(images: np.ndarray) -> np.ndarray:
    """The middle (row, column) of what is red in each image."""
    red = images[..., 0].astype(int) - images[..., 1] > 70
    return np.array([np.argwhere(each).mean(0) for each in red])


def test_the_same_seed_gives_the_same_pictures_and_each_is_changed_in_its_own_way() -> None:
    images = drawings()
    first, again, other = (augment(images, tf.constant(seed)).numpy() for seed in ([3, 4], [3, 4], [3, 5]))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.5
    assert len({image.tobytes() for image in first}) == len(images)


def test_without_limits_nothing_changes() -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 40, 40, 3), np.uint8)
    np.testing.assert_array_equal(augment(images, tf.constant([1, 2]), NOTHING).numpy(), images)


def test_what_is_in_a_picture_stays_about_where_it_is_and_as_large() -> None:
    changed = augment(drawings(64), tf.constant([0, 0])).numpy()
    moved = places(changed) - places(drawings(1))
    most = 96 * LIMITS.shift + 17 * (LIMITS.scale + np.radians(LIMITS.degrees))  # 17 pixels from the middle
    assert 1 < np.abs(moved).max() <= most + 0.6
    red = (changed[..., 0].astype(int) - changed[..., 1] > 70).sum((1, 2))
    assert 0.85 < red.min() / 400 < red.max() / 400 < 1.15


def test_colours_keep_their_names() -> None:
    changed = augment(drawings(64), tf.constant([0, 1])).numpy().astype(int)
    red, paper = changed[:, 46:50, 30:34].mean((1, 2)), changed[:, 5:15, 70:90].mean((1, 2))
    assert (red[:, 0] - red[:, 1:].max(1) > 90).all()
    assert np.ptp(paper, 1).max() < 25
    assert np.ptp(paper.mean(1)) > 20, "the light differs"
