"""The page and the picture of where a text surprised."""

import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from tests.shown_page import Text
from zoo.core.errors import UserError
from zoo.writing import pictures
from zoo.writing.model import Surprise

TEXT = "To be <or>\n$x$ \x07映"
ONE = Surprise(TEXT, np.array([0.0, 9.0] * 9)[: len(TEXT)], len(TEXT.encode()))


def test_a_colour_tells_the_probability() -> None:
    assert pictures.colour(0.0) == (255, 255, 255)
    assert pictures.colour(math.log(1000)) == pictures.colour(20.0) == pictures.SURPRISED
    assert all(pictures.SURPRISED[i] < pictures.colour(2.0)[i] < 255 for i in (1, 2))


def test_a_page_shows_each_character_with_its_probability(tmp_path: Path) -> None:
    path = tmp_path / "why.html"
    pictures.write(ONE, path)
    content = path.read_text(encoding="utf-8")
    page = Text(content)
    assert TEXT.replace("\n", "\u21b5").replace("\x07", "\u25a1") in page.shown
    assert "nats a character" in page.shown
    assert str(pictures.SURPRISED) in page.colours
    assert 'title="100.00%">T<' in content
    assert 'title="0.01%">o<' in content
    pictures.write(ONE, path)  # a command may be repeated


@pytest.mark.slow
def test_a_picture_has_the_colours(tmp_path: Path) -> None:
    path = tmp_path / "why.png"
    pictures.write(Surprise(TEXT * 9, np.tile(ONE.nats, 9), 9 * ONE.size), path)
    pixels = {tuple(round(255 * float(value)) for value in pixel[:3]) for pixel in imread(path).reshape(-1, 4)}
    assert {pictures.SURPRISED, (255, 255, 255)} <= pixels


def test_what_is_too_long_and_other_endings_are_refused(tmp_path: Path) -> None:
    lines = Surprise("\n" * 300, np.zeros(300), 300)
    with pytest.raises(UserError, match=r"300 lines of text are too many for a picture of 200; write \.html"):
        pictures.write(lines, tmp_path / "why.png")
    many = Surprise("x" * 100_001, np.zeros(100_001), 100_001)
    with pytest.raises(UserError, match="100,001 characters are too many for a page"):
        pictures.write(many, tmp_path / "why.html")
    with pytest.raises(UserError, match=r"is written as \.html or \.png"):
        pictures.check(Path("why.pdf"))
    assert list(tmp_path.iterdir()) == []
