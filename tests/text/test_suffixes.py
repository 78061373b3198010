"""The longest shared runs, against plain search."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zoo.text.suffixes import Suffixes

FEW = st.text("ab\n", min_size=1, max_size=40).map(str.encode)


def test_a_run_is_found_where_it_stands() -> None:
    suffixes = Suffixes(b"to be, or not to be")
    assert suffixes.search(b"not now") == (4, 10)
    assert suffixes.search(b"xyz")[0] == 0
    assert suffixes.longest(b"to bx").tolist() == [4, 3, 2, 1, 0]


@given(FEW, FEW)
def test_equals_plain_search(text: bytes, other: bytes) -> None:
    plain = [next(n for n in range(len(other) - i, -1, -1) if other[i : i + n] in text) for i in range(len(other))]
    np.testing.assert_array_equal(Suffixes(text).longest(other), plain)


def test_runs_of_wide_symbols_begin_with_a_symbol() -> None:
    suffixes = Suffixes(b"abcdef", width=2)
    assert suffixes.search(b"cdxx") == (2, 1)
    assert suffixes.search(b"bcde")[0] == 0
