from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.digits.drawings import drawing, likeness, saved
from zoo.digits import handwriting


def on_a_table(picture: Image.Image) -> Image.Image:
    table = Image.new("L", (300, 320), 70)
    table.paste(picture, (50, 50))
    return table


def dirty(picture: Image.Image) -> Image.Image:
    ImageDraw.Draw(picture).ellipse([20, 180, 34, 194], fill=0)
    return picture


def in_noise(picture: Image.Image) -> Image.Image:
    noisy = np.asarray(picture) * 0.6 + 40 + np.random.default_rng(0).normal(0, 25, (220, 200))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    ("change", "notice"),
    [
        (on_a_table, "a sheet of paper on another ground"),
        (dirty, "1 dots beside the digits: left out"),
        (in_noise, "much noise: smoothed"),
    ],
)
def test_what_is_around_a_digit_changes_nothing(
    tmp_path: Path, change: Callable[[Image.Image], Image.Image], notice: str
) -> None:
    expected = handwriting.read(saved(drawing(255, 0), tmp_path / "expected.png"))
    read = handwriting.read(saved(change(drawing(255, 0)), tmp_path / "changed.png"))
    assert likeness(read.image, expected.image) > 0.85
    assert any(notice in told for told in read.notices)
    assert not any(notice in told for told in expected.notices)


def test_dirt_and_noise_are_left_out(tmp_path: Path) -> None:
    clean = drawing(235, 40)
    noisy = np.asarray(clean) + np.random.default_rng(0).normal(0, 6, (220, 200))
    noisy[5:8, 190:193] = 30  # a speck far from the digit
    noisy = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
    a, b = (handwriting.read(saved(p, tmp_path / "seven.png")).image for p in (clean, noisy))
    assert np.abs(a.astype(int) - b).mean() < 2
