from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.digits.drawings import drawing, likeness, saved
from zoo.digits import handwriting


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


@pytest.mark.parametrize(
    ("change", "notice"),
    [
        (boxed, "a frame around the writing: taken out"),
        (boxed_and_touched, "a frame around the writing: taken out"),
        (circled, "a frame around the writing: taken out"),
        (underlined, "a line below or above the writing: taken out"),
        (ruled, "ruled lines: taken out"),
        (squared, "ruled lines: taken out"),
    ],
)
def test_marks_around_a_digit_change_nothing(tmp_path: Path, change: Callable[[Image.Image], Image.Image], notice: str) -> None:
    expected = handwriting.read(saved(drawing(255, 0), tmp_path / "expected.png"))
    read = handwriting.read(saved(change(drawing(255, 0)), tmp_path / "changed.png"))
    assert likeness(read.image, expected.image) > 0.85
    assert any(notice in told for told in read.notices)
    assert not any(notice in told for told in expected.notices)
