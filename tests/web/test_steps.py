"""Long work in steps: one waits for another, can be stopped while it waits, and tells nothing after a failure."""

from typing import Any

import gradio as gr
import pytest

from zoo.web import steps


def test_a_step_tells_what_is_at_work_and_gives_its_result() -> None:
    results: list[Any] = []

    def event() -> Any:
        results.append((yield from steps.step("Reading <it>", lambda: 7, 2)))

    (row,) = event()
    assert "Reading &lt;it&gt; …" in row[0]
    assert row[1:] == (gr.skip(), gr.skip())
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


def test_after_a_failure_nothing_is_at_work_and_the_next_step_has_its_turn() -> None:
    rows: list[tuple[Any, ...]] = []
    with pytest.raises(ZeroDivisionError):
        rows.extend(steps.step("Reading", lambda: 1 // 0, 1))
    assert rows[-1] == ("", gr.skip())
    assert not steps._turn.locked()
