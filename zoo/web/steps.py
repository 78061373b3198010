"""Long work of the page in steps: what is at work is told, and its user can stop it, though a step that computes still ends."""

import html
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import wait
from typing import Any

import gradio as gr

from zoo.web import jobs

LOOK_SECONDS = 0.5  # between two looks whether it is an event's turn, whether its step has ended, and whether it is stopped
STOPPED = '<p role="status">Stopped. What a network has begun still ends, and new work waits for that.</p>'
_turn = threading.Lock()  # held while a step computes: one that was stopped still ends, and the next one waits for that


def step(text: str, work: Callable[[], Any], others: int) -> Generator[tuple[Any, ...], None, Any]:
    """One step of long work in its turn. It computes in a thread of its own, since Gradio stops an event only where it yields.

    Args:
        text: what is done, for the place that tells what is at work. After a failure that place is empty.
        work: computes the result of this generator.
        others: outputs after that place, which stay as they are.
    """
    working = f'<p role="status" aria-busy="true" class="loading">{html.escape(text)} …</p>'
    rest = (gr.skip(),) * others

    def computed() -> Any:
        try:
            return work()
        finally:
            _turn.release()

    try:
        yield working, *rest
        while not _turn.acquire(timeout=LOOK_SECONDS):
            yield working, *rest
        future = jobs.begun(computed)
        while not wait([future], LOOK_SECONDS).done:
            yield working, *rest
        return future.result()
    except Exception:
        yield "", *rest
        raise


def stops(button: gr.Button, events: Sequence[Any], busy: gr.HTML) -> None:
    """Lets a button stop events, and then tells in `busy`, where they tell what is at work, that they were stopped.

    That is told when they have ended, and not at the click: until then another press of the button that began one is passed over.

    Args:
        button: which is pressed to stop them.
        events: of `Tab.on`, with `busy` alone as `progress`. For Gradio, a stop may be an error: `stopped` takes it away there.
        busy: their output, the place of `step` that tells what is at work.
    """
    gr.on([button.click], None, cancels=list(events))
    for event in events:
        event.failure(stopped, [busy], [busy], queue=False, show_progress="hidden", api_visibility="private")


def stopped(busy: str) -> str:
    """What is told after an event that was stopped, or has failed with a fault of ours: then nothing is told to be at work."""
    return STOPPED if busy else ""
