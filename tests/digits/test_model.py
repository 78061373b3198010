import doctest
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

import zoo
from zoo.core.errors import UserError
from zoo.digits import model
from zoo.digits.reading import Reading

pytestmark = pytest.mark.pretrained

SIDE = 140  # pixels of a digit with its margin; its ink has 100


@pytest.fixture(scope="module")
def large(digits: np.ndarray) -> np.ndarray:
    """Digits from 0 to 9 in white on black, uint8 [10, 140, 140]."""
    images = [Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BICUBIC) for image in digits[:10]]
    return np.stack([np.asarray(image) for image in images])


@pytest.fixture(scope="module")
def reader() -> Any:
    return zoo.load("digits_mlp")


def page(path: Path, digits: np.ndarray, places: list[tuple[int, int, int]], size: tuple[int, int] = (500, 420)) -> Path:
    """Writes a picture with digits in black on white: each (label, left, top)."""
    ink = np.zeros((size[1] + SIDE, size[0] + SIDE), np.uint8)
    for label, left, top in places:
        area = ink[top : top + SIDE, left : left + SIDE]
        np.maximum(area, digits[label], out=area)
    Image.fromarray(255 - ink[: size[1], : size[0]]).save(path)
    return path


def read_or_refused(reader: Any, path: Path) -> Reading | None:
    """What a picture says; None where it is refused because it shows no single clear digit."""
    try:
        return reader.read(path)
    except UserError as error:
        if "shows no single clear digit" not in str(error):
            raise
        return None


@pytest.mark.parametrize(("columns", "rows"), [(9, 1), (4, 4)])
def test_many_digits_are_no_dotted_stroke(reader: Any, large: np.ndarray, tmp_path: Path, columns: int, rows: int) -> None:
    places = [(label % 10, 150 * (label % columns), 150 * (label // columns)) for label in range(columns * rows)]
    reading = reader.read(page(tmp_path / "page.png", large, places, (150 * columns, 150 * rows)))
    assert reading.number == "".join(str(label) for label, _, _ in places)


@pytest.mark.parametrize(
    ("places", "lines"),
    [
        ([(3, 100, 50)], [0]),
        ([(3, 40, 50), (6, 180, 60), (0, 320, 45)], [0, 0, 0]),  # side by side
        ([(3, 100, 30), (6, 110, 180)], [0, 1]),  # one above the other
        ([(4, 40, 40), (7, 190, 150)], [0, 1]),  # diagonal
        ([(1, 40, 30), (2, 180, 20), (7, 60, 200), (9, 200, 210)], [0, 0, 1, 1]),
    ],
)
def test_every_digit_is_read_in_its_order(
    reader: Any, large: np.ndarray, tmp_path: Path, places: list[tuple[int, int, int]], lines: list[int]
) -> None:
    reading = reader.read(page(tmp_path / "page.png", large, places))
    assert reading.number == "".join(str(label) for label, _, _ in places)
    assert [digit.line for digit in reading.digits] == lines
    assert reading.probability == pytest.approx(np.prod([digit.probability for digit in reading.digits]))
    images = np.stack([digit.image for digit in reading.digits])
    np.testing.assert_allclose(reader.predict(images), [digit.probabilities for digit in reading.digits], atol=1e-5)
    for digit in reading.digits:
        assert digit.probability >= digit.probabilities[digit.runner_up] >= np.sort(digit.probabilities)[-3]


@pytest.mark.parametrize("second", range(10))
def test_digits_that_touch_are_read_or_refused(reader: Any, large: np.ndarray, tmp_path: Path, second: int) -> None:
    left = 40
    first = np.flatnonzero(large[2].any(0))
    other = np.flatnonzero(large[second].any(0))
    for overlap in (6, 14):
        places = [(2, left, 50), (second, left + int(first[-1] - other[0]) - overlap, 50)]
        path = page(tmp_path / "touching.png", large, places, (420, 260))
        reading = read_or_refused(reader, path)
        assert not reading or reading.number == f"2{second}" or any("not sure" in notice for notice in reading.notices)


@pytest.mark.slow
def test_some_digits_that_touch_are_cut_apart(reader: Any, large: np.ndarray, tmp_path: Path) -> None:
    read = 0
    for first, second in [(0, 1), (1, 0), (3, 1), (6, 1), (0, 0), (8, 1), (1, 3), (3, 6)]:
        end, start = np.flatnonzero(large[first].any(0))[-1], np.flatnonzero(large[second].any(0))[0]
        path = page(tmp_path / "touching.png", large, [(first, 40, 50), (second, 40 + int(end - start) - 5, 50)], (420, 260))
        reading = read_or_refused(reader, path)
        if reading and "2 digits that touch: cut apart" in reading.notices:
            assert reading.number == f"{first}{second}"
            read += 1
    assert read >= 1


@pytest.mark.parametrize("label", [0, 3, 5, 6, 7])
def test_a_digit_that_is_crossed_out_is_refused_or_doubted(reader: Any, large: np.ndarray, tmp_path: Path, label: int) -> None:
    path = page(tmp_path / "crossed.png", large, [(label, 60, 60)], (260, 260))
    with Image.open(path) as picture:
        draw = ImageDraw.Draw(picture)
        draw.line([(60, 60), (200, 200)], fill=0, width=12)
        draw.line([(60, 200), (200, 60)], fill=0, width=12)
        picture.save(path)
    reading = read_or_refused(reader, path)
    assert not reading or any("not sure" in notice for notice in reading.notices)


def test_the_example_of_the_class_works() -> None:
    assert doctest.testmod(model) == (0, 4)


def test_a_model_a_reading_and_its_digits_are_shown_in_one_line(reader: Any, large: np.ndarray, tmp_path: Path) -> None:
    assert repr(reader) == "<DigitReader digits_mlp: digits_mlp, 6,059,410 parameters>"
    reading = reader.read(page(tmp_path / "page.png", large, [(3, 40, 50), (6, 180, 60)]))
    assert re.fullmatch(r"Reading\('36', probability=0\.\d{4}\)", repr(reading))
    assert re.fullmatch(r"Digit\(3, probability=\d\.\d{4}\)", repr(reading.digits[0]))
