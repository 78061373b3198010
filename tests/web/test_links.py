"""Links: what the address says comes back to the controls, and what is wrong with it is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.core.errors import UserError
from zoo.web import links
from zoo.web.links import Control

MODES = "major", "minor", "dorian"


def told(read: links.Reader, value: str) -> str:
    """What is wrong with a value, in words; "" where nothing is."""
    try:
        read(value)
    except UserError as error:
        return str(error)
    return ""


@given(st.integers(0, 2**31 - 1))
def test_a_whole_number_comes_back(value: int) -> None:
    assert links.whole(0, 2**31 - 1)(str(value)) == value


@given(st.floats(0.1, 2.0))
def test_a_number_comes_back(value: float) -> None:
    assert links.number(0.1, 2.0)(repr(value)) == value


@given(st.text(max_size=links.MOST_TEXT))
def test_a_text_comes_back(value: str) -> None:
    assert links.text()(value) == value


@given(st.text())
def test_any_text_is_read_or_told(value: str) -> None:
    for read in (links.whole(1, 64), links.number(-1, 1), links.choice(MODES), links.flag):
        assert told(read, value).isprintable()


@pytest.mark.parametrize(
    ("read", "value", "words"),
    [
        (links.whole(1, 64), "65", "'65' is not a whole number from 1 to 64"),
        (links.whole(1, 64), "0", "'0' is not a whole number from 1 to 64"),
        (links.whole(1, 64), "1.5", "'1.5' is not a whole number"),
        (links.whole(1, 64), "9" * 5000, "9...' is not a whole number"),
        (links.number(0, 2), "nan", "'nan' is not a number from 0 to 2"),
        (links.number(0, 2), "2.1", "'2.1' is not a number from 0 to 2"),
        (links.number(0, 2), "warm", "'warm' is not a number"),
        (links.choice(MODES), "dorain", "no choice is called 'dorain': did you mean dorian?"),
        (links.flag, "yes", "'yes' is neither true nor false"),
        (links.text(10), "a" * 11, "a text of 11 characters: a link holds at most 10"),
    ],
)
def test_a_wrong_value_is_told(read: links.Reader, value: str, words: str) -> None:
    assert words in told(read, value)


def test_a_box_comes_back() -> None:
    assert links.flag("true") is True
    assert links.flag("false") is False


def test_an_address_sets_what_is_right_and_tells_what_is_wrong() -> None:
    controls = {"bars": Control(None, links.whole(1, 64)), "mode": Control(None, links.choice(MODES))}
    values, faults = links.arrived(controls, {"tab": "compose", "__theme": "dark", "bars": "8", "mode": "mixolydian"})
    assert values == {"bars": 8}
    assert faults == ["the link's mode: no choice is called 'mixolydian': there are major, minor and dorian"]


def test_the_page_writes_a_control_under_its_name() -> None:
    written = links.writing("compose", {"bars": None, "mode": None})
    assert 'window.studio.write("compose", ["bars", "mode"], values, 6000)' in written
