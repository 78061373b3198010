from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo.digits import pictures as digit_pictures
from zoo.images import sklearn_digits


def test_an_empty_image_can_be_shown_as_text() -> None:
    lines = digit_pictures.as_text(np.zeros((28, 28), np.uint8), np.full(10, 0.1)).splitlines()
    assert [line.split() for line in lines] == [[str(label), "10.0%", "##"] for label in range(10)]


@pytest.mark.slow
def test_a_grid_marks_errors_and_is_the_same_every_time(tmp_path: Path) -> None:
    images, labels = sklearn_digits.load().images[:12], sklearn_digits.load().labels[:12]
    probabilities = np.eye(10)[labels]
    right, wrong = tmp_path / "right.png", tmp_path / "wrong.png"
    assert digit_pictures.draw_grid(images, labels, probabilities, right) == 0
    first = right.read_bytes()
    assert digit_pictures.draw_grid(images, labels, probabilities, right) == 0
    assert right.read_bytes() == first
    probabilities[3] = np.eye(10)[9]
    assert digit_pictures.draw_grid(images, labels, probabilities, wrong) == 1

    def red(path: Path) -> int:
        with Image.open(path) as picture:
            assert picture.width == 1000
            pixels = np.asarray(picture.convert("RGB"))
        return int((pixels == (0xCF, 0x22, 0x2E)).all(2).sum())

    assert red(right) == 0
    assert red(wrong) > 500  # the frame and the text
