import doctest
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.digits.drawings import page, read_or_refused
from zoo.core.errors import UserError
from zoo.digits import model

pytestmark = pytest.mark.pretrained


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


def test_a_picture_is_read_from_its_bytes_as_from_its_file(reader: Any, large: np.ndarray, tmp_path: Path) -> None:
    path = page(tmp_path / "page.png", large, [(3, 40, 50), (6, 180, 60)])
    reading = reader.read(path.read_bytes())
    assert (reading.number, reading.notices) == ("36", reader.read(path).notices)
    with pytest.raises(UserError, match=r"^the picture is not a picture"):
        reader.read(b"no picture")


def test_a_drawing_is_read_as_a_picture_of_it_is(reader: Any, large: np.ndarray, tmp_path: Path) -> None:
    path = page(tmp_path / "page.png", large, [(3, 40, 50), (6, 180, 60)])
    with Image.open(path) as picture:
        drawing = 1 - np.asarray(picture.convert("L")) / 255
    reading, expected = reader.read_drawing(drawing), reader.read(path)
    assert reading.number == "36"
    for one, other in zip(reading.digits, expected.digits, strict=True):
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=0.05)


def test_a_drawing_that_is_no_digit_yet_is_read_with_a_notice(reader: Any) -> None:
    drawing = np.zeros((100, 160))
    drawing[40:52, 60:72] = 1
    reading = reader.read_drawing(drawing)
    assert len(reading.digits) == 1
    assert "or none" in reading.notices[0]
    with pytest.raises(UserError, match="the drawing is empty"):
        reader.read_drawing(np.zeros((100, 160)))


def test_the_example_of_the_class_works() -> None:
    assert doctest.testmod(model) == (0, 4)


def test_a_model_a_reading_and_its_digits_are_shown_in_one_line(reader: Any, large: np.ndarray, tmp_path: Path) -> None:
    assert repr(reader) == "<DigitReader digits_mlp: digits_mlp, 6,059,410 parameters>"
    reading = reader.read(page(tmp_path / "page.png", large, [(3, 40, 50), (6, 180, 60)]))
    assert re.fullmatch(r"Reading\('36', probability=0\.\d{4}\)", repr(reading))
    assert re.fullmatch(r"Digit\(3, probability=\d\.\d{4}\)", repr(reading.digits[0]))
