"""An import that must not disturb the other threads of the page."""

import builtins
import importlib
import sys
import threading
from importlib.util import find_spec
from typing import Any

NAME = "tensorflow_datasets"
_lock = threading.Lock()


def import_data_sets() -> None:
    """Imports TensorFlow Datasets, where it is installed; call it before what imports it.

    For some imports within it, etils puts a function of its own in the place of Python's `__import__`: it gives modules that are
    loaded at their first use. All threads get them, so `from module import function` gives a module elsewhere on the page, too.
    Here the other threads get Python's own.
    """
    with _lock:
        if NAME in sys.modules or find_spec(NAME) is None:
            return
        etils: Any = importlib.import_module("etils.epy.lazy_imports_utils")
        lazy = etils._lazy_import
        etils._lazy_import = in_this_thread(lazy)
        try:
            importlib.import_module(NAME)
        finally:
            etils._lazy_import = lazy


def in_this_thread(lazy: Any) -> Any:
    """A function like `lazy`, which etils puts in the place of `__import__`, that leaves other threads with Python's own."""
    own, plain = threading.get_ident(), builtins.__import__

    def import_(*arguments: Any, error_callback: Any, success_callback: Any, **named: Any) -> Any:
        if threading.get_ident() != own:
            return plain(*arguments, **named)
        return lazy(*arguments, error_callback=error_callback, success_callback=success_callback, **named)

    return import_
