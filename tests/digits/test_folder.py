from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo.core.errors import UserError
from zoo.digits import data as digits


def test_a_folder_of_pictures_is_read_with_its_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for label in "17":
        (tmp_path / label).mkdir()
        for number in range(3):
            image = np.full((28, 28), 255, np.uint8)
            image[4:24, 10 + number : 13 + number] = int(label)
            Image.fromarray(image).save(tmp_path / label / f"{number}.png")
    (tmp_path / "1" / ".hidden").write_text("not a picture")
    data = digits.load(str(tmp_path))
    assert data.labels.tolist() == [1, 1, 1, 7, 7, 7]
    assert data.images[0, 14].tolist() == [0] * 13 + [255] * 3 + [0] * 12  # inverted, and moved into the middle
    assert data.source.name == tmp_path.name
    assert "6 of 6 pictures converted" in capsys.readouterr().err


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match="has no pictures in subfolders named 0 to 9"):
        digits.load(str(tmp_path))
    (tmp_path / "3").mkdir()
    (tmp_path / "3" / "notes.txt").write_text("hello")
    with pytest.raises(UserError, match="has no pictures in subfolders named 0 to 9"):
        digits.load(str(tmp_path))
    (tmp_path / "3" / "three.png").write_text("hello")
    with pytest.raises(UserError, match="has no picture that can be read"):
        digits.load(str(tmp_path))
    told = capsys.readouterr().err
    assert "not pictures, passed over: 1" in told
    assert "left out" in told
    assert "three.png" in told
    with pytest.raises(UserError, match="is not a folder"):
        digits.load(str(tmp_path / "3" / "notes.txt"))
