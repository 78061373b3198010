from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from tests.digits.drawings import SEVEN, saved
from zoo.digits import handwriting


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
