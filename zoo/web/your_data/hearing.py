"""What the library logs in one thread. Wings tell there what they read, what they left out and why."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LIBRARY = "zoo"
DATA = "data: "  # how notices about data begin


class _Ear(logging.Handler):
    """Hands the lines of the thread that made it to a function."""

    def __init__(self, told: Callable[[str], object]) -> None:
        super().__init__(logging.INFO)
        self._told, self._thread = told, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Takes one record."""
        if record.thread == self._thread:
            self._told(record.getMessage().removeprefix(DATA))


@contextmanager
def heard(told: Callable[[str], object]) -> Iterator[None]:
    """Calls told(line) for what the library logs in this thread during a `with`."""
    log, ear = logging.getLogger(LIBRARY), _Ear(told)
    if not log.isEnabledFor(logging.INFO):
        log.setLevel(logging.INFO)  # it stays: others may be listening by then
    log.addHandler(ear)
    try:
        yield
    finally:
        log.removeHandler(ear)
