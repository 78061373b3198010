from pathlib import Path

import numpy as np
from PIL import Image

from zoo.captions import pictures
from zoo.captions.model import Looked


def test_a_picture_is_bright_where_the_network_looks_and_grey_elsewhere() -> None:
    square = np.zeros((60, 60, 3), np.float32)
    square[..., 0] = 1  # red
    weights = np.zeros((4, 4), np.float32)
    weights[0, 3] = 1
    shown = pictures.lit(square, weights)
    np.testing.assert_allclose(shown[5, 54], [1, 0, 0], atol=0.15)
    np.testing.assert_allclose(shown[50, 5], 0.25 * np.array([1, 0, 0]) + 0.75 * 0.5, atol=0.02)
    np.testing.assert_allclose(pictures.lit(square, np.full((4, 4), 1 / 16, np.float32)), square)


def test_there_is_a_panel_for_the_picture_and_one_for_each_word(tmp_path: Path) -> None:
    picture = np.full((30, 50, 3), 255, np.uint8)
    names = ["a", "small", "red", "seven", "above", "$5", "worth", "of", "circles"]
    words = [Looked(name, np.full((12, 12), 1 / 144, np.float32)) for name in names]
    path = tmp_path / "attention.png"
    pictures.draw_attention(picture, words, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    with Image.open(path) as drawn:
        width, height = drawn.size
    assert width > 1.5 * height, "two rows of six"
    pictures.draw_captions([picture, picture], ["a sheet", "a very long caption " * 5], path)
