from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.digits.drawings import drawing, saved, two_digits
from zoo.core.errors import UserError
from zoo.digits import handwriting


def test_a_picture_like_mnist_is_taken_as_it_is(tmp_path: Path) -> None:
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 13:16] = 200  # not in full white, and left so
    read = handwriting.read(saved(Image.fromarray(image), tmp_path / "one.png"))
    np.testing.assert_array_equal(read.image, image)
    assert read.notices == ()


@pytest.mark.slow
def test_every_digit_brought_to_mnists_form_is_taken_as_it_is(digits: np.ndarray, tmp_path: Path) -> None:
    for image in digits[:50]:
        np.testing.assert_array_equal(handwriting.read(saved(Image.fromarray(image), tmp_path / "digit.png")).image, image)


@pytest.mark.parametrize(("top", "left"), [(0, 0), (1, 9), (8, 4)])
def test_28_pixels_off_centre_are_moved(digits: np.ndarray, tmp_path: Path, top: int, left: int) -> None:
    digit = digits[2]
    rows, columns = np.flatnonzero(digit.any(1)), np.flatnonzero(digit.any(0))
    ink = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    image = np.zeros((28, 28), np.uint8)
    image[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    read = handwriting.read(saved(Image.fromarray(image), tmp_path / "two.png"))
    np.testing.assert_array_equal(read.image, digit)
    assert "the digit is not in the middle: moved" in read.notices


def test_inverted_ink_is_turned_and_told(tmp_path: Path) -> None:
    image = np.full((28, 28), 255, np.uint8)
    image[4:24, 13:16] = 0
    read = handwriting.read(saved(Image.fromarray(image), tmp_path / "one.png"))
    np.testing.assert_array_equal(read.image, 255 - image)
    assert read.notices == ("dark ink on a light ground: inverted",)


def test_hair_thin_strokes_get_the_width_of_a_pen(tmp_path: Path) -> None:
    thin = handwriting.read(saved(drawing(255, 0, width=2), tmp_path / "thin.png"))
    pen = handwriting.read(saved(drawing(255, 0, width=16), tmp_path / "pen.png"))
    assert "thin strokes: thickened" in thin.notices
    assert "thin strokes: thickened" not in pen.notices
    assert thin.image.sum() == pytest.approx(pen.image.sum(), rel=0.4)


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (Image.new("L", (100, 100), 128), "shows no ink, it is almost uniform"),
        (Image.new("L", (28, 28), 0), "shows no ink, it is almost uniform"),
        (drawing(128, 150), "shows no ink, it is almost uniform"),
        (Image.new("L", (4, 40)), "is too small, 4 x 40 pixels"),
        (Image.new("1", (10_001, 9)), "is too large, 10001 x 9 pixels"),
        (Image.new("1", (9000, 9000)), "is too large, 9000 x 9000 pixels"),
        (two_digits(), "shows 2 digits: give a picture of each"),
        (Image.fromarray(np.repeat([[0] * 50 + [255] * 50], 100, 0).astype(np.uint8)), "ink and paper cannot be told apart"),
        (Image.fromarray(np.pad(np.full((80, 80), 255, np.uint8), 10)), "is 64% ink"),
    ],
)
def test_what_is_not_surely_one_digit_is_refused(tmp_path: Path, picture: Image.Image, message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        handwriting.read(saved(picture, tmp_path / "picture.png"))
    assert "\n" not in str(error.value)
