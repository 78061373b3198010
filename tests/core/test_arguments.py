"""Numbers that a user chooses: what is a whole number, and that a message tells the value in a short line."""

from typing import Any

import numpy as np
import pytest

from zoo.core import arguments
from zoo.core.errors import UserError


@pytest.mark.parametrize("value", [8, 8.0, np.int64(8), np.float64(8)])
def test_a_whole_number_is_one_however_it_is_written(value: Any) -> None:
    found = arguments.whole("epochs", value, 1, 8)
    assert (found, type(found)) == (8, int)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "epochs is empty: name a whole number from 1 to 8,000"),
        (8.5, "epochs = 8.5: name"),
        (float("inf"), "epochs = inf: name"),
        (float("nan"), "epochs = nan: name"),
        (True, "epochs = True: name"),
        ("8", "epochs = '8': name"),
        (8_001, "epochs = 8001: name"),
        (0, "epochs = 0: name"),
    ],
)
def test_what_is_no_whole_number_in_the_range_is_told(value: Any, words: str) -> None:
    with pytest.raises(UserError) as caught:
        arguments.whole("epochs", value, 1, 8_000)
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize("value", [None, True, float("nan"), "1", 2.5, "x" * 5_000])
def test_what_is_no_number_in_the_range_is_told_in_a_short_line(value: Any) -> None:
    with pytest.raises(UserError, match=r"^rate.*: name a number from 0 to 2$") as caught:
        arguments.number("rate", value, 0, 2)
    assert len(str(caught.value)) < 120
