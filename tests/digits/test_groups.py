from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.digits.drawings import drawing, likeness, saved, two_digits
from zoo.core.errors import UserError
from zoo.digits import handwriting


@pytest.mark.slow
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
