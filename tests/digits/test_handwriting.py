import contextlib
import io
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageDraw
from scipy import ndimage

from zoo.core.errors import UserError
from zoo.digits import handwriting, sklearn_digits

SEVEN = [(60, 40), (140, 40), (90, 170)]


def drawing(ground: object, ink: object, mode: str = "L", width: int = 16, size: tuple[int, int] = (200, 220)) -> Image.Image:
    """A seven."""
    picture = Image.new(mode, size, ground)
    ImageDraw.Draw(picture).line(SEVEN, fill=ink, width=width, joint="curve")
    return picture


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    """scikit-learn's digits in MNIST's form, uint8 [1797, 28, 28]; the first ten are 0 to 9."""
    return sklearn_digits.load().images


def likeness(image: np.ndarray, other: np.ndarray) -> float:
    """The correlation of two images: 1 for the same; 0.5 for different digits of the same size is much."""
    return float(np.corrcoef(image.ravel(), other.ravel())[0, 1])


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
    image[4:24, 13:16] = 200  # not in full white, and left so
    read = handwriting.read(saved(Image.fromarray(image), tmp_path / "one.png"))
    np.testing.assert_array_equal(read.image, image)
    assert read.notices == ()


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
        (two_digits(), "shows 2 digits: give a picture of each"),
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


def test_a_shadow_with_a_sharp_edge_is_taken_out(tmp_path: Path) -> None:
    shaded = np.asarray(drawing(245, 60, size=(400, 500))).copy()
    even = handwriting.read(saved(Image.fromarray(shaded), tmp_path / "even.png"))
    shaded[:, 110:] //= 2  # through the digit
    read = handwriting.read(saved(Image.fromarray(shaded), tmp_path / "shaded.png"))
    assert "a shadow with a sharp edge: taken out" in read.notices
    assert likeness(read.image, even.image) > 0.85


def test_ink_along_the_edge_is_told_of(tmp_path: Path) -> None:
    picture = Image.new("L", (200, 220), 255)
    ImageDraw.Draw(picture).line([(50, 8), (170, 8), (90, 170)], fill=0, width=17)
    read = handwriting.read(saved(picture, tmp_path / "seven.png"))
    assert any(notice.startswith("ink runs along the edge") for notice in read.notices)


def boxed(picture: Image.Image) -> Image.Image:
    ImageDraw.Draw(picture).rectangle([12, 10, 190, 205], outline=0, width=4)
    return picture


def boxed_and_touched(picture: Image.Image) -> Image.Image:
    ImageDraw.Draw(picture).rectangle([30, 15, 147, 200], outline=0, width=4)
    return picture


def circled(picture: Image.Image) -> Image.Image:
    ImageDraw.Draw(picture).ellipse([4, 4, 196, 215], outline=0, width=7)
    return picture


def underlined(picture: Image.Image) -> Image.Image:
    ImageDraw.Draw(picture).line([(45, 200), (155, 204)], fill=0, width=8)
    return picture


def ruled(picture: Image.Image) -> Image.Image:
    for y in range(15, 220, 31):
        ImageDraw.Draw(picture).line([(0, y), (200, y + 3)], fill=90, width=2)
    return picture


def squared(picture: Image.Image) -> Image.Image:
    for place in range(15, 220, 25):
        ImageDraw.Draw(picture).line([(0, place), (200, place)], fill=60, width=2)
        ImageDraw.Draw(picture).line([(place, 0), (place, 220)], fill=60, width=2)
    return picture


def on_a_table(picture: Image.Image) -> Image.Image:
    table = Image.new("L", (300, 320), 70)
    table.paste(picture, (50, 50))
    return table


def dirty(picture: Image.Image) -> Image.Image:
    ImageDraw.Draw(picture).ellipse([20, 180, 34, 194], fill=0)
    return picture


def in_noise(picture: Image.Image) -> Image.Image:
    noisy = np.asarray(picture) * 0.6 + 40 + np.random.default_rng(0).normal(0, 25, (220, 200))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    ("change", "notice"),
    [
        (boxed, "a frame around the writing: taken out"),
        (boxed_and_touched, "a frame around the writing: taken out"),
        (circled, "a frame around the writing: taken out"),
        (underlined, "a line below or above the writing: taken out"),
        (ruled, "ruled lines: taken out"),
        (squared, "ruled lines: taken out"),
        (on_a_table, "a sheet of paper on another ground"),
        (dirty, "1 dots beside the digits: left out"),
        (in_noise, "much noise: smoothed"),
    ],
)
def test_what_is_around_a_digit_changes_nothing(
    tmp_path: Path, change: Callable[[Image.Image], Image.Image], notice: str
) -> None:
    expected = handwriting.read(saved(drawing(255, 0), tmp_path / "expected.png"))
    read = handwriting.read(saved(change(drawing(255, 0)), tmp_path / "changed.png"))
    assert likeness(read.image, expected.image) > 0.85
    assert any(notice in told for told in read.notices)
    assert not any(notice in told for told in expected.notices)


def twelve_bits(grey: Image.Image) -> Image.Image:
    return Image.fromarray((np.asarray(grey, np.float32) / 255 * 4095).round().astype(np.uint16))


def on_transparent(picture: Image.Image, size: tuple[int, int] = (260, 300)) -> Image.Image:
    whole = Image.new("RGBA", size, (0, 0, 0, 0))
    whole.paste(picture.convert("RGBA"), (30, 40))
    return whole


@pytest.mark.parametrize(
    ("picture", "notice"),
    [
        (drawing((255, 255, 255), (255, 238, 40), "RGB", 24), "colours: read by blue alone"),
        (drawing((52, 125, 61), (200, 60, 60), "RGB"), "colours: read by"),
        (drawing((80, 80, 255), (175, 60, 60), "RGB"), "colours: read by"),
        (twelve_bits(drawing(255, 0)), "16-bit file with values up to 4095: 4095 taken as white"),
        (on_transparent(drawing(255, 0)), "transparent parts: taken as the paper around the digit"),
        (drawing(255, 0).convert("RGBA").rotate(4, expand=True), "transparent parts: taken as the paper around the digit"),
        (drawing((255, 255, 200), (90, 0, 0), "RGB").quantize(8), "colours: turned to grey"),
    ],
)
def test_ink_is_told_from_paper_by_whatever_differs(tmp_path: Path, picture: Image.Image, notice: str) -> None:
    width = 24 if "blue" in notice else 16
    expected = handwriting.read(saved(drawing(255, 0, width=width), tmp_path / "expected.png"))
    read = handwriting.read(saved(picture, tmp_path / "changed.png"))
    assert likeness(read.image, expected.image) > 0.85
    assert any(notice in told for told in read.notices)


def test_outlined_digits_are_filled(tmp_path: Path) -> None:
    for name, stroke in {"seven": SEVEN, "one": [(100, 40), (100, 180)]}.items():
        picture = Image.new("L", (200, 220))
        ImageDraw.Draw(picture).line(stroke, fill=255, width=26, joint="curve")
        solid = np.asarray(picture) > 0
        outline = solid & ~ndimage.binary_erosion(solid, iterations=3)
        whole, hollow = (
            handwriting.read(saved(Image.fromarray(np.where(ink, 0, 255).astype(np.uint8)), tmp_path / f"{name}.png"))
            for ink in (solid, outline)
        )
        assert "an outlined digit: filled" in hollow.notices
        assert "an outlined digit: filled" not in whole.notices
        np.testing.assert_allclose(hollow.image, whole.image, atol=3)


@pytest.mark.parametrize("shape", [[(60, 40, 140, 190)], [(70, 30, 130, 110), (60, 105, 140, 200)]])
def test_a_thin_0_and_8_stay_what_they_are(tmp_path: Path, shape: list[tuple[int, int, int, int]]) -> None:
    picture = Image.new("L", (200, 220), 255)
    for box in shape:
        ImageDraw.Draw(picture).ellipse(box, outline=0, width=4)
    read = handwriting.read(saved(picture, tmp_path / "thin.png"))
    assert "an outlined digit: filled" not in read.notices
    assert read.image[10, 14] < 100 or read.image[9, 14] < 100  # the hole


def test_dots_make_a_stroke(tmp_path: Path) -> None:
    picture = Image.new("L", (200, 220), 255)
    for x, y in [(x, 40) for x in range(60, 141, 20)] + [(140 - 7 * n, 40 + 18 * n) for n in range(1, 8)]:
        ImageDraw.Draw(picture).ellipse([x - 6, y - 6, x + 6, y + 6], fill=0)
    read = handwriting.read(saved(picture, tmp_path / "dots.png"))
    assert "dotted strokes: joined" in read.notices
    assert ndimage.label(read.image > 80, np.ones((3, 3)))[1] == 1


def test_the_first_page_is_read_and_told(tmp_path: Path) -> None:
    for ending in ("tif", "gif"):
        path = tmp_path / f"pages.{ending}"
        drawing(255, 0).save(path, save_all=True, append_images=[Image.new("L", (200, 220), 255)])
        assert "2 pages or frames: the first is read" in handwriting.read(path).notices


def test_a_large_picture_is_made_smaller_and_keeps_thin_lines(tmp_path: Path) -> None:
    expected = handwriting.read(saved(drawing(255, 0, width=2), tmp_path / "expected.png")).image
    large = Image.new("L", (3200, 3520), 255)
    ImageDraw.Draw(large).line([(16 * x, 16 * y) for x, y in SEVEN], fill=0, width=2)
    tracemalloc.start()
    read = handwriting.read(saved(large, tmp_path / "large.png"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6
    assert "3200 x 3520 pixels: brought to 28 x 28 as MNIST was" in read.notices
    assert likeness(read.image, expected) > 0.7  # a pixel higher or lower


def test_a_small_digit_in_a_large_picture_keeps_its_pixels(tmp_path: Path) -> None:
    small = drawing(255, 0, width=8).resize((50, 55), Image.Resampling.BOX)
    large = Image.new("L", (3000, 2000), 255)
    large.paste(small, (2000, 1200))
    read = handwriting.read(saved(large, tmp_path / "large.png"))
    expected = handwriting.read(saved(small, tmp_path / "small.png"))
    assert likeness(read.image, expected.image) > 0.85


def test_digits_come_line_by_line(digits: np.ndarray, tmp_path: Path) -> None:
    digits = digits[[3, 6, 1, 4, 0]]
    page = Image.new("L", (400, 300))
    for digit, place in zip(digits, [(40, 30), (150, 50), (260, 20), (60, 170), (200, 150)], strict=True):
        page.paste(Image.fromarray(digit).resize((112, 112), Image.Resampling.BICUBIC), place)
    writing = handwriting.read_lines(saved(page, tmp_path / "page.png"))
    assert [len(line) for line in writing.lines] == [3, 2]
    assert "2 lines: read from the top" in writing.notices
    for read, digit in zip([each for line in writing.lines for each in line], digits, strict=True):
        assert likeness(read.image, digit) > 0.85
    with pytest.raises(UserError, match="shows 5 digits: give a picture of each"):
        handwriting.read(tmp_path / "page.png")


def test_a_dash_or_a_point_beside_digits_is_refused(tmp_path: Path) -> None:
    dash, point = drawing(255, 0, size=(320, 220)), two_digits()
    ImageDraw.Draw(dash).line([(190, 105), (240, 105)], fill=0, width=14)
    ImageDraw.Draw(point).ellipse([160, 160, 174, 174], fill=0)
    with pytest.raises(UserError, match="has a mark of 51 x 14 pixels beside the digits, a dash perhaps"):
        handwriting.read_lines(saved(dash, tmp_path / "dash.png"))
    with pytest.raises(UserError, match="has a point or comma between its digits"):
        handwriting.read_lines(saved(point, tmp_path / "point.png"))
