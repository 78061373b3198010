"""The words of a user's mistake: beside the field on the page, and as an error for programs."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest

from zoo.core.errors import UserError
from zoo.web import errors


def test_the_words_are_spoken_and_hold_no_tags() -> None:
    assert errors.shown(UserError("no <b>")) == '<p role="alert">no &lt;b&gt;</p>'
    assert errors.shown(None) == ""


def test_a_result_clears_the_words_of_an_earlier_error() -> None:
    assert errors.beside(lambda text: text.upper(), 1)("a") == ("", "A")
    assert errors.beside(lambda: (1, 2), 2)() == ("", 1, 2)
    assert errors.beside(lambda: None, 0)() == ("",)


def test_an_error_leaves_the_other_outputs_as_they_are() -> None:
    def fails() -> tuple[int, int]:
        raise UserError("a key of 'H': there is none")

    words, *others = errors.beside(fails, 2)()
    assert "&#x27;H&#x27;: there is none" in words
    assert others == [gr.skip(), gr.skip()]


def test_a_function_can_leave_everything_as_it_is_and_the_words_of_an_error_too() -> None:
    def steps() -> Iterator[object]:
        yield 1, 2
        yield errors.UNCHANGED

    assert errors.beside(lambda: errors.UNCHANGED, 1)() == (gr.skip(), gr.skip())
    assert list(errors.beside(steps, 2)()) == [("", 1, 2), (gr.skip(), gr.skip(), gr.skip())]


def test_an_error_clears_what_answered_an_earlier_input() -> None:
    def fails() -> tuple[int, int]:
        raise UserError("too long")

    assert errors.beside(fails, 2, {1})()[1:] == (gr.skip(), "")


def test_an_error_after_some_steps_is_told_too() -> None:
    def steps(most: int) -> Iterator[int]:
        yield 1
        raise UserError(f"more than {most}")

    first, last = errors.beside(steps, 1)(3)
    assert first == ("", 1)
    assert "more than 3" in last[0]


def test_another_error_is_a_fault_of_ours_and_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        errors.beside(lambda: 1 / 0, 1)()


def test_a_program_gets_the_same_words() -> None:
    def fails(text: str) -> str:
        raise UserError(f"{text!r} is too short")

    with pytest.raises(gr.Error, match="'a' is too short"):
        errors.for_programs(fails)("a")
    assert errors.for_programs(len)("abc") == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((None, 1, 1.0, True, None), "text = None: send a text"),
        ((5, 1, 1.0, True, None), "text = 5: send a text"),
        (("a", "1", 1.0, True, None), "n = '1': send a whole number"),
        (("a", 1.5, 1.0, True, None), "n = 1.5: send a whole number"),
        (("a", True, 1.0, True, None), "n = True: send a whole number"),
        (("a", 1, [2.0], True, None), r"share = \[2.0\]: send a number"),
        (("a", 1, 1, 1, None), "full = 1: send true or false"),
        (("a", 1, 1, True, 2.5), "name = 2.5: send a text or null"),
        (("a" * 500, 1, {"b" * 500: 1}, True, None), "^.share = .{1,80}: send a number.$"),
    ],
)
def test_a_program_is_told_of_an_argument_of_another_type(arguments: tuple[Any, ...], words: str) -> None:
    def takes(text: str, n: int, share: float, full: bool, name: str | None) -> int:
        return len(text)

    with pytest.raises(gr.Error, match=words):
        errors.for_programs(takes)(*arguments)


def test_numbers_and_lists_come_as_json_writes_them() -> None:
    def takes(n: int, share: float, units: list[int] | None) -> tuple[Any, ...]:
        return n, share, units

    assert errors.for_programs(takes)(8.0, 1, [3]) == (8.0, 1, [3])
    assert errors.for_programs(takes)(8, 0.5, "ours to check") == (8, 0.5, "ours to check")
