from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.digits.drawings import page, read_or_refused

pytestmark = pytest.mark.pretrained


@pytest.mark.parametrize("second", range(10))
def test_digits_that_touch_are_read_or_refused(reader: Any, large: np.ndarray, tmp_path: Path, second: int) -> None:
    left = 40
    first = np.flatnonzero(large[2].any(0))
    other = np.flatnonzero(large[second].any(0))
    for overlap in (6, 14):
        places = [(2, left, 50), (second, left + int(first[-1] - other[0]) - overlap, 50)]
        path = page(tmp_path / "touching.png", large, places, (420, 260))
        reading = read_or_refused(reader, path)
        assert not reading or reading.number == f"2{second}" or any("not sure" in notice for notice in reading.notices)


def test_some_digits_that_touch_are_cut_apart(reader: Any, large: np.ndarray, tmp_path: Path) -> None:
    read = 0
    for first, second in [(0, 1), (1, 0), (3, 1), (6, 1), (0, 0), (8, 1), (1, 3), (3, 6)]:
        end, start = np.flatnonzero(large[first].any(0))[-1], np.flatnonzero(large[second].any(0))[0]
        path = page(tmp_path / "touching.png", large, [(first, 40, 50), (second, 40 + int(end - start) - 5, 50)], (420, 260))
        reading = read_or_refused(reader, path)
        if reading and "2 digits that touch: cut apart" in reading.notices:
            assert reading.number == f"{first}{second}"
            read += 1
    assert read >= 1
