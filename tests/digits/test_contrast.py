from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.digits.drawings import drawing, likeness, saved
from zoo.digits import handwriting


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
        (on_transparent(drawing(255, 0)), "transparent parts: taken as the paper around the drawing"),
        (drawing(255, 0).convert("RGBA").rotate(4, expand=True), "transparent parts: taken as the paper around the drawing"),
        (drawing((255, 255, 200), (90, 0, 0), "RGB").quantize(8), "colours: turned to grey"),
    ],
)
def test_ink_is_told_from_paper_by_whatever_differs(tmp_path: Path, picture: Image.Image, notice: str) -> None:
    width = 24 if "blue" in notice else 16
    expected = handwriting.read(saved(drawing(255, 0, width=width), tmp_path / "expected.png"))
    read = handwriting.read(saved(picture, tmp_path / "changed.png"))
    assert likeness(read.image, expected.image) > 0.85
    assert any(notice in told for told in read.notices)
