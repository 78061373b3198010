"""Long work of the page in steps: what is at work is told, and its user can stop it, though a step that computes still ends."""

import html
import threading
from collections.abc import Callable, Generator
from typing import Any

import gradio as gr

LOOK_SECONDS = 1.0  # between two looks whether it is an event's turn, or whether the event is stopped
STOPPED = '<p role="status">Stopped. What a network has begun still ends, and new work waits for that.</p>'
_turn = threading.Lock()  # held while a step computes: one that was stopped still ends, and the next one waits for that


def step(text: str, work: Callable[[], Any], others: int) -> Generator[tuple[Any, ...], None, Any]:
    """One step of long work in its turn. Gradio stops an event where it yields: before and after a step, not within.

    Args:
        text: what is done, for the place that tells what is at work. After a failure that place is empty.
        work: computes the result of this generator.
        others: outputs after that place, which stay as they are.
    """
    working = f'<p role="status" aria-busy="true" class="loading">{html.escape(text)} …</p>'
    rest = (gr.skip(),) * others
    try:
        yield working, *rest
        while not _turn.acquire(timeout=LOOK_SECONDS):
            yield working, *rest
        try:
            return work()
        finally:
            _turn.release()
    except Exception:
        yield "", *rest
        raise


def stopped() -> str:
    """What is told when an event was stopped."""
    return STOPPED
