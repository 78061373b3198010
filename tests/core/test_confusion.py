from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo.core import confusion


def test_the_matrix_by_hand() -> None:
    assert confusion.count(np.array([0.2, 0.5, 0.9, 0.4]), np.array([0, 0, 1, 1]), 2).tolist() == [[1, 1], [1, 1]]
    said = np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]])
    assert confusion.count(said, np.array([1, 1]), 3).tolist() == [[0, 0, 0], [1, 1, 0], [0, 0, 0]]


def test_the_text_has_a_line_for_each_true_class() -> None:
    text = confusion.as_text(np.array([[1234, 0], [5, 6]]), ["no", "a very long name of a class"])
    lines = [line.split("  ") for line in text.splitlines()]
    assert text.splitlines()[0] == "taken for:"
    assert [cell.strip() for cell in lines[2] if cell.strip()] == ["no", "1,234", "0"]
    assert [cell.strip() for cell in lines[3] if cell.strip()] == ["a very long n...", "5", "6"]
    assert len({len(line) for line in text.splitlines()[1:]}) == 1
    assert confusion.as_text(np.eye(40, dtype=int), list(map(str, range(40)))) == ""


@pytest.mark.slow
def test_the_picture_is_dark_where_rows_are(tmp_path: Path) -> None:
    for name, n in (("small.png", 2), ("large.png", 60)):
        path = tmp_path / name
        confusion.draw(np.eye(n, dtype=int) * 7, [f"class {i} $x^" for i in range(n)], "a title", path)
        pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
        blue = (pixels == [8, 48, 107]).all(2)  # the darkest of the scale
        assert 0.2 / n < blue.mean() < 1 / n
