import numpy as np
import pytest

from zoo.captions.canvas import fitted


@pytest.mark.parametrize(("height", "width"), [(200, 100), (48, 96), (7, 300), (1, 1), (96, 96)])
def test_the_whole_picture_lies_in_the_square_on_its_own_paper(height: int, width: int) -> None:
    picture = np.full((height, width, 3), (250, 240, 230), np.uint8)
    square = fitted(picture, 96).numpy()
    assert square.shape == (96, 96, 3)
    np.testing.assert_array_equal(square, np.full((96, 96, 3), (250, 240, 230)))


def test_nothing_is_cut_and_nothing_is_stretched() -> None:
    picture = np.full((200, 400, 3), 255, np.uint8)
    picture[:20, :40] = 0  # a corner
    square = fitted(picture, 80).numpy()
    dark = square[..., 0] < 128
    assert np.argwhere(dark).min(0).tolist() == [20, 0], "a quarter of the square is above it"
    assert dark.sum() == 4 * 8


def test_a_square_of_the_size_asked_for_stays_as_it_is() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    np.testing.assert_array_equal(fitted(picture, 32).numpy(), picture)
