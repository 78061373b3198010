import re
from pathlib import Path

import pytest
from matplotlib.image import imread

from tests.shown_page import Text
from zoo.core.errors import UserError
from zoo.sentiment import pictures
from zoo.sentiment.pictures import AGAINST, FOR, Explanation

ONE = Explanation("85% positive", "positive", [("a", 0.0), ("fine", 2.0), ("<film>", -2.0), (".", 0.5)])


def test_colours_tell_the_direction_and_the_strength() -> None:
    colours = dict(ONE.coloured())
    assert colours["a"] == (255, 255, 255)
    assert colours["fine"] == FOR
    assert colours["<film>"] == AGAINST
    assert all(FOR[i] < colours["."][i] < 255 for i in range(3))
    assert Explanation("", "", [("x", 0.0)]).coloured() == [("x", (255, 255, 255))]


def test_a_terminal_shows_every_token_and_ends_its_colours() -> None:
    shown = pictures.in_terminal(ONE)
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown) == "a fine <film> ."
    assert shown.count("\x1b[48;2;") == shown.count("\x1b[0m") == 4


def test_a_page_shows_the_words_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "why.html"
    pictures.write([ONE, ONE], path)
    page = Text(path.read_text(encoding="utf-8"))
    assert page.shown.count("a fine <film> .") == 2
    assert "85% positive" in page.shown
    assert "positive: spoke for it spoke against it (weights beside a text of as many unknown words)" in page.shown
    assert str(FOR) in page.colours


def test_weights_for_different_classes_are_not_said_to_be_for_the_first(tmp_path: Path) -> None:
    path = tmp_path / "why.html"
    pictures.write(
        [Explanation("sport 90.0 %", "sport", [("goal", 1.0)]), Explanation("art 60.0 %", "art", [("paint", 1.0)])], path
    )
    assert "the class that was chosen: spoke for it" in Text(path.read_text(encoding="utf-8")).shown


@pytest.mark.slow
def test_a_picture_has_both_colours(tmp_path: Path) -> None:
    path = tmp_path / "why.png"
    pictures.write([Explanation("9% positive", "positive", [("$x$", 1.0), ("wordy" * 40, -1.0), ("映画", 0.2)] * 9)], path)
    pixels = {tuple(round(255 * float(value)) for value in pixel[:3]) for pixel in imread(path).reshape(-1, 4)}
    assert {FOR, AGAINST, (255, 255, 255)} <= pixels


def test_too_much_for_a_picture_and_an_unknown_ending_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"are too many for a picture; write \.html, or fewer texts"):
        pictures.write([ONE] * 200, tmp_path / "why.png")
    with pytest.raises(UserError, match=r"why\.pdf: an explanation is written as \.html or \.png"):
        pictures.check(Path("why.pdf"))
