"""Contenders: whole Python processes, from start to end, with all files in the system's cache; units are processes."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path


def imports(module: str) -> Callable[[], int]:
    """A process that imports the module."""
    return lambda: _python("-c", f"import {module}")


def help(module: str) -> Callable[[], int]:
    """A process that prints the --help of the module's command line."""
    return lambda: _python("-m", module, "--help")


def generate() -> Callable[[], int]:
    """A process that composes a tune of 16 bars and writes it as a MIDI file."""

    def repeat() -> int:
        with tempfile.TemporaryDirectory() as folder:
            done = _python("-m", "apps.music", "generate", "--model", "folk_lstm", "--n", "1", "--bars", "16", "--out", folder)
            if not list(Path(folder).glob("*.mid")):
                raise FileNotFoundError("apps.music generate wrote no MIDI file")
        return done

    return repeat


def _python(*words: str) -> int:
    """Runs Python. Raises CalledProcessError when it fails. Its standard error goes to ours."""
    subprocess.run([sys.executable, *words], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return 1
