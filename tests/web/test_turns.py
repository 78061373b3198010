"""The turns of programs: one call at a time, few of one program, and no trace of them afterwards."""

import inspect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import gradio as gr
import pytest
from gradio.utils import get_function_params

from zoo.core.errors import UserError
from zoo.web import errors, turns

SECONDS = 60  # until a test gives up


@pytest.fixture(autouse=True)
def _leaves_nothing() -> Iterator[None]:
    yield
    assert not turns._calls
    assert not turns._turn.locked()


def waiting(program: str, call: Callable[[], None]) -> threading.Thread:
    """A thread that makes a call of a program, which waits."""
    before = turns._calls[program]

    def run() -> None:
        with turns.turn(program):
            call()

    thread = threading.Thread(target=run)
    thread.start()
    while turns._calls[program] == before:
        time.sleep(0.001)
    return thread


def test_one_call_computes_and_the_next_one_waits_for_it() -> None:
    order: list[str] = []
    with turns.turn("a"):
        second = waiting("b", lambda: order.append("second"))
        order.append("first")
    second.join(SECONDS)
    assert order == ["first", "second"]


def test_a_program_has_few_calls_at_once_and_others_still_get_their_turn() -> None:
    with ExitStack() as stack:
        stack.enter_context(turns.turn("a"))
        threads = [waiting("a", lambda: None) for _ in range(turns.MOST_OF_ONE - 1)]
        with pytest.raises(UserError, match="3 calls of yours have no answer yet: wait for one"), turns.turn("a"):
            pass
        threads.append(waiting("b", lambda: None))
    for thread in threads:
        thread.join(SECONDS)
    with turns.turn("a"):
        pass


def test_all_programs_together_have_a_bound_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST", 2)
    with turns.turn("a"):
        thread = waiting("b", lambda: None)
        with pytest.raises(UserError, match="2 calls are waiting already"), turns.turn("c"):
            pass
    thread.join(SECONDS)


def test_a_call_that_fails_ends_its_turn() -> None:
    with pytest.raises(ZeroDivisionError), turns.turn("a"):
        _ = 1 / 0


def test_a_program_sees_the_function_as_it_was() -> None:
    def compose(key: str = "D", bars: int = 8) -> str:
        """Composes."""
        assert turns._calls["mine"] == 1
        return key * bars

    called = errors.for_programs(turns.in_turn(compose))
    assert get_function_params(called) == get_function_params(compose)
    assert (called.__name__, inspect.getdoc(called)) == ("compose", "Composes.")
    assert called(gr.Request(session_hash="mine"), "A", 3) == "AAA"
    with pytest.raises(gr.Error, match="bars = 'many': send a whole number"):
        called(gr.Request(session_hash="mine"), "A", "many")
