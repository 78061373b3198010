import contextlib
import io
import random
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from tests.digits.drawings import SEVEN, drawing, likeness, saved
from zoo.core.errors import UserError
from zoo.digits import handwriting


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


@pytest.mark.slow
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


def test_a_picture_of_numbers_from_0_to_1_with_gaps_is_read(tmp_path: Path) -> None:
    values = np.asarray(drawing(255, 0), np.float32) / 255
    values[:3, :3] = np.nan
    picture = saved(Image.fromarray(values), tmp_path / "numbers.tif")
    whole = handwriting.read(saved(drawing(255, 0), tmp_path / "grey.png"))
    np.testing.assert_allclose(handwriting.read(picture).image, whole.image, atol=1)


def test_the_first_page_is_read_and_told(tmp_path: Path) -> None:
    for ending in ("tif", "gif"):
        path = tmp_path / f"pages.{ending}"
        drawing(255, 0).save(path, save_all=True, append_images=[Image.new("L", (200, 220), 255)])
        assert "2 pages or frames: the first is read" in handwriting.read(path).notices


@pytest.mark.slow
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
