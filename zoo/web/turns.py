"""The turns of programs: their long calls compute one after the other, and one program has few of them at once."""

import contextlib
import functools
import inspect
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from zoo.core.errors import UserError

MOST_OF_ONE = 3  # calls of one program that compute or wait
MOST = 20  # of all programs, since each holds one of the 40 threads of the server

_calls: Counter[str] = Counter()  # of each program
_guard = threading.Lock()
_turn = threading.Lock()


@contextlib.contextmanager
def turn(program: str) -> Iterator[None]:
    """Waits until it is the turn of a program's call. The turn lasts as long as the `with`.

    Args:
        program: the `session_hash` of Gradio's request.

    Raises:
        UserError: too many calls of this program, or of all, compute or wait.
    """
    with _guard:
        if _calls[program] >= MOST_OF_ONE:
            raise UserError(f"{MOST_OF_ONE} calls of yours have no answer yet: wait for one, then call again")
        if _calls.total() >= MOST:
            raise UserError(f"{MOST} calls are waiting already: try again in a minute")
        _calls[program] += 1
    try:
        with _turn:
            yield
    finally:
        with _guard:
            _calls[program] -= 1
            if not _calls[program]:
                del _calls[program]


def in_turn(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function for `gr.api`, where each call waits for its turn. Gradio gives it the request before the arguments."""

    @functools.wraps(function)
    def called(request: gr.Request, *arguments: Any) -> Any:
        with turn(request.session_hash or ""):
            return function(*arguments)

    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    signature = inspect.signature(function)
    # Gradio reads here what the function takes. A request is none of the arguments of a program.
    called.__signature__ = signature.replace(parameters=[first, *signature.parameters.values()])  # type: ignore[attr-defined]
    called.__annotations__ = {"request": gr.Request, **function.__annotations__}
    return called
