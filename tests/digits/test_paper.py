from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from tests.digits.drawings import drawing, likeness, saved
from zoo.digits import handwriting


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
