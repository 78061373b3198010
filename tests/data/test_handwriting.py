import contextlib
import io
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageDraw
from scipy import ndimage

from zoo.data import handwriting
from zoo.errors import UserError

SEVEN = [(60, 40), (140, 40), (90, 170)]


def drawing(ground: object, ink: object, mode: str = "L", width: int = 16, size: tuple[int, int] = (200, 220)) -> Image.Image:
    """A seven."""
    picture = Image.new(mode, size, ground)
    ImageDraw.Draw(picture).line(SEVEN, fill=ink, width=width, joint="curve")
    return picture


def saved(picture: Image.Image, path: Path) -> Path:
    picture.save(path)
    return path


def test_ink_fills_a_box_of_20_with_its_mass_at_the_centre() -> None:
    ink = np.zeros((50, 70))
    ink[5:45, 10:20] = 1  # 40 high and 10 wide: 20 high and 5 wide in MNIST
    image = handwriting.like_mnist(ink)
    expected = np.zeros((28, 28), np.uint8)
    # A bar of 20 rows balanced on index 14 starts at 4 or 5; numpy's and Python's round halves to even: 14 - 9.5 -> 4.
    expected[4:24, 12:17] = 255
    np.testing.assert_array_equal(image, expected)


def test_shrinking_gives_greys() -> None:
    y, x = np.mgrid[:100, :100]
    image = handwriting.like_mnist(np.hypot(y - 50, x - 50) < 40)  # a disc of diameter 79
    assert set(np.unique(image)) > {0, 255}
    assert image.max() == 255
    assert image.astype(float).sum() / 255 == pytest.approx(np.pi * 10**2, rel=0.03)  # the area of a disc 20 wide


@settings(deadline=None, max_examples=100)
@given(arrays.arrays(np.float32, st.tuples(st.integers(1, 60), st.integers(1, 60)), elements=st.floats(0, 1, width=16)))
def test_any_ink_comes_out_as_mnist_would_have_it(ink: np.ndarray) -> None:
    if not ink.any():
        with pytest.raises(ValueError, match="no ink"):
            handwriting.like_mnist(ink)
        return
    image = handwriting.like_mnist(ink)
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert image.max() == 255
    rows, columns = (np.flatnonzero(image.any(axis)) for axis in (1, 0))
    assert np.ptp(rows) < 20
    assert np.ptp(columns) < 20
    assert (image == handwriting.like_mnist(np.pad(ink, ((3, 1), (0, 7))))).all()  # paper around it changes nothing
    for centre, indices in zip(ndimage.center_of_mass(image), (rows, columns), strict=True):
        # Where the box reaches the edge of the image it moves no further.
        assert abs(centre - 14) <= 0.6 or indices[0] == 0 or indices[-1] == 27 or np.ptp(indices) < 19


def test_enlarged_counts_are_the_drawing_again() -> None:
    bitmap = np.zeros((32, 32))
    bitmap[4:28, 8:16] = 1
    ink = handwriting.enlarge(bitmap.reshape(8, 4, 8, 4).sum((1, 3)))
    assert ink.shape == (160, 160)
    assert (ink.min(), ink.max()) == (0, 1)
    # A block is 16 pixels, behind a margin of one block: the drawing's edges are where half of the ink is.
    rows, columns = np.flatnonzero((ink > 0.5).any(1)), np.flatnonzero((ink > 0.5).any(0))
    for found, expected in zip([rows[0], rows[-1], columns[0], columns[-1]], [32, 127, 48, 79], strict=True):
        assert abs(found - expected) <= 2


def test_a_picture_like_mnist_is_taken_as_it_is(tmp_path: Path) -> None:
    image = np.zeros((28, 28), np.uint8)
    image[3:20, 5:8] = 200  # neither centred nor in full white, and left so
    read = handwriting.read(saved(Image.fromarray(image), tmp_path / "one.png"))
    np.testing.assert_array_equal(read.image, image)
    assert read.notices == ()


def test_inverted_ink_is_turned_and_told(tmp_path: Path) -> None:
    image = np.full((28, 28), 255, np.uint8)
    image[4:24, 13:16] = 0
    read = handwriting.read(saved(Image.fromarray(image), tmp_path / "one.png"))
    np.testing.assert_array_equal(read.image, 255 - image)
    assert read.notices == ("dark ink on a light ground: inverted",)


@pytest.mark.parametrize(
    ("mode", "ground", "ink", "notices"),
    [
        ("L", 0, 255, []),
        ("L", 255, 0, ["inverted"]),
        ("1", 0, 1, []),
        ("I;16", 0, 65535, []),
        ("RGB", (250, 240, 220), (20, 30, 160), ["grey", "inverted"]),
        ("RGBA", (0, 0, 0, 0), (0, 0, 0, 255), ["transparent", "inverted"]),
        ("RGBA", (0, 0, 0, 0), (255, 255, 255, 255), ["transparent"]),
        ("LA", (255, 255), (0, 255), ["inverted"]),
    ],
)
def test_every_kind_of_picture_gives_the_same_seven(
    tmp_path: Path, mode: str, ground: object, ink: object, notices: list[str]
) -> None:
    expected = handwriting.read(saved(drawing(0, 255), tmp_path / "expected.png")).image
    read = handwriting.read(saved(drawing(ground, ink, mode), tmp_path / "seven.png"))
    assert np.abs(read.image.astype(int) - expected).max() <= 2
    assert len(read.notices) == len(notices) + 1
    for notice, word in zip(read.notices, [*notices, "200 x 220 pixels"], strict=True):
        assert word in notice
    centre = ndimage.center_of_mass(read.image)
    assert max(abs(c - 14) for c in centre) <= 0.6


def test_dirt_and_noise_are_left_out(tmp_path: Path) -> None:
    clean = drawing(235, 40)
    noisy = np.asarray(clean) + np.random.default_rng(0).normal(0, 6, (220, 200))
    noisy[5:8, 190:193] = 30  # a speck far from the digit
    noisy = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
    a, b = (handwriting.read(saved(p, tmp_path / "seven.png")).image for p in (clean, noisy))
    assert np.abs(a.astype(int) - b).mean() < 2


def test_hair_thin_strokes_get_the_width_of_a_pen(tmp_path: Path) -> None:
    thin = handwriting.read(saved(drawing(255, 0, width=2), tmp_path / "thin.png"))
    pen = handwriting.read(saved(drawing(255, 0, width=16), tmp_path / "pen.png"))
    assert "thin strokes: thickened" in thin.notices
    assert "thin strokes: thickened" not in pen.notices
    assert thin.image.sum() == pytest.approx(pen.image.sum(), rel=0.4)


def two_digits() -> Image.Image:
    picture = drawing(255, 0, size=(320, 220))
    ImageDraw.Draw(picture).line([(230, 40), (230, 170)], fill=0, width=16)
    return picture


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (Image.new("L", (100, 100), 128), "shows no ink, it is almost uniform"),
        (Image.new("L", (28, 28), 0), "shows no ink, it is almost uniform"),
        (drawing(128, 150), "shows no ink, it is almost uniform"),
        (Image.new("L", (4, 40)), "is too small, 4 x 40 pixels"),
        (Image.new("1", (10_001, 9)), "is too large, 10001 x 9 pixels"),
        (Image.new("1", (9000, 9000)), "is too large, 9000 x 9000 pixels"),
        (two_digits(), "shows 2 digits side by side"),
        (Image.fromarray(np.repeat([[0] * 50 + [255] * 50], 100, 0).astype(np.uint8)), "ink and paper cannot be told apart"),
        (Image.fromarray(np.pad(np.full((80, 80), 255, np.uint8), 10)), "is 64% ink"),
    ],
)
def test_what_is_not_surely_one_digit_is_refused(tmp_path: Path, picture: Image.Image, message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        handwriting.read(saved(picture, tmp_path / "picture.png"))
    assert "\n" not in str(error.value)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    whole = saved(drawing(0, 255), tmp_path / "whole.png").read_bytes()
    for name, content in {"empty": b"", "text": b"three\n", "cut": whole[: len(whole) // 2]}.items():
        (tmp_path / name).write_bytes(content)
    for name, message in {
        "missing": "does not exist",
        ".": "is not a file",
        "empty": "is not a picture that can be read",
        "text": "is not a picture that can be read",
        "cut": "is damaged or cut short",
    }.items():
        with pytest.raises(UserError, match=message):
            handwriting.read(tmp_path / name)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP"])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, kind: str) -> None:
    content = io.BytesIO()
    drawing((250, 240, 220), (20, 30, 160), "RGB").save(content, kind)
    dice, path = random.Random(kind), tmp_path / "damaged"
    for _ in range(40):
        damaged = bytearray(content.getvalue())
        for _ in range(dice.randrange(6)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        path.write_bytes(damaged[: dice.randrange(len(damaged))] if dice.random() < 0.5 else damaged)
        with contextlib.suppress(UserError):  # any other exception would be a traceback for the user
            assert handwriting.read(path).image.shape == (28, 28)


def test_a_photograph_in_uneven_light_gives_the_digit_of_an_even_one(tmp_path: Path) -> None:
    even = saved(drawing(245, 60), tmp_path / "even.png")
    shade = np.linspace(1, 0.45, 200)[np.newaxis]
    grain = np.random.default_rng(0).normal(0, 3, (220, 200))
    photo = (np.asarray(drawing(245, 60)) * shade + grain).clip(0, 255).astype(np.uint8)
    read = handwriting.read(saved(Image.fromarray(photo), tmp_path / "photo.jpg"))
    assert "uneven light: evened out" in read.notices
    expected = handwriting.read(even)
    assert "uneven light: evened out" not in expected.notices
    assert np.abs(read.image.astype(int) - expected.image).mean() < 3


def test_a_picture_of_numbers_from_0_to_1_with_gaps_is_read(tmp_path: Path) -> None:
    values = np.asarray(drawing(255, 0), np.float32) / 255
    values[:3, :3] = np.nan
    picture = saved(Image.fromarray(values), tmp_path / "numbers.tif")
    whole = handwriting.read(saved(drawing(255, 0), tmp_path / "grey.png"))
    np.testing.assert_allclose(handwriting.read(picture).image, whole.image, atol=1)


def test_a_shadow_with_a_sharp_edge_is_told_of(tmp_path: Path) -> None:
    shaded = np.asarray(drawing(245, 60, size=(400, 500))).copy()
    shaded[:, 250:] //= 2
    read = handwriting.read(saved(Image.fromarray(shaded), tmp_path / "shaded.png"))
    assert any(notice.startswith("ink runs along the edge") for notice in read.notices)
    even = handwriting.read(saved(drawing(245, 60), tmp_path / "even.png"))
    assert not any(notice.startswith("ink runs along the edge") for notice in even.notices)
