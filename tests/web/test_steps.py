"""Long work in steps: one waits for another, can be stopped while it waits or computes, and tells nothing after a failure."""

import threading
from typing import Any

import gradio as gr
import pytest

from zoo.web import steps

SECONDS = 60  # until a test gives up


def test_a_step_tells_what_is_at_work_and_gives_its_result() -> None:
    results: list[Any] = []

    def event() -> Any:
        results.append((yield from steps.step("Reading <it>", lambda: 7, 2)))

    row, *others = event()
    assert "Reading &lt;it&gt; …" in row[0]
    assert row[1:] == (gr.skip(), gr.skip())
    assert all(other == row for other in others)
    assert results == [7]


def test_a_step_waits_for_one_that_was_stopped_and_can_be_stopped_while_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "LOOK_SECONDS", 0.01)
    done: list[int] = []
    with steps._turn:
        event = steps.step("Reading", lambda: done.append(1), 0)
        assert ["aria-busy" in next(event)[0] for _ in range(3)] == [True] * 3
        event.close()
    assert done == []
    list(steps.step("Reading", lambda: done.append(2), 0))
    assert done == [2]
    assert not steps._turn.locked()


def test_a_step_that_computes_can_be_stopped_and_ends_before_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "LOOK_SECONDS", 0.01)
    begun, go_on, done = threading.Event(), threading.Event(), list[int]()

    def work() -> None:
        begun.set()
        assert go_on.wait(SECONDS)
        done.append(1)

    event = steps.step("Reading", work, 0)
    assert all("aria-busy" in row[0] for row in (next(event), next(event), next(event)))
    assert begun.wait(SECONDS)
    event.close()
    following = steps.step("Reading", lambda: done.append(2), 0)
    next(following)
    next(following)
    assert done == []
    go_on.set()
    list(following)
    assert done == [1, 2]
    assert not steps._turn.locked()


def test_after_a_stop_it_is_told_and_after_a_fault_nothing() -> None:
    (working,) = next(steps.step("Reading", int, 0))
    assert "Stopped" in steps.stopped(working)
    assert steps.stopped("") == ""


def test_after_a_failure_nothing_is_at_work_and_the_next_step_has_its_turn() -> None:
    rows: list[tuple[Any, ...]] = []
    with pytest.raises(ZeroDivisionError):
        rows.extend(steps.step("Reading", lambda: 1 // 0, 1))
    assert rows[-1] == ("", gr.skip())
    assert not steps._turn.locked()
