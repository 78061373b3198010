from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo.core.errors import UserError
from zoo.translation import pictures
from zoo.translation.model import Attention


def test_each_word_has_a_cell_as_dark_as_its_attention(tmp_path: Path) -> None:
    source, target = [f"word{i}" for i in range(30)], ["$a_b$", "<x>", "très", "\t"] * 7
    attention = np.zeros((28, 30))
    attention[:, 3] = 1
    pictures.draw(Attention(source, target, attention), tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        width, height = image.size
        pixels = np.asarray(image.convert("L")).astype(int)
    assert width > 30 * 30
    assert height > 28 * 30, "at least 30 pixels for each word"
    assert (pixels < 80).sum() > 28 * 500, "the dark column"


def test_a_short_pair_and_a_long_word_fit(tmp_path: Path) -> None:
    pictures.draw(Attention(["a" * 500], ["b"], np.ones((1, 1))), tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert max(image.size) < 1000


@pytest.mark.parametrize(("words", "message"), [(0, "has 0 words"), (61, "the text has 61 words; a picture shows 1 to 60")])
def test_too_many_words_are_told(tmp_path: Path, words: int, message: str) -> None:
    with pytest.raises(UserError, match=message):
        pictures.draw(Attention(["a"] * words, ["b"], np.ones((1, words))), tmp_path / "a.png")
    assert not list(tmp_path.iterdir())
