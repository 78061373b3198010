"""Commands as cards tell them: how a model was made, and how its figures are measured again."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]


def program(app: str = "") -> str:
    """How an app is run here: `python -m apps.NAME` in a checkout, `intro-zoo NAME` where the project is installed.

    A checkout that is installed in place has both; there it is what the user has typed, and `python -m apps.NAME` from Python.

    Args:
        app: "" for the program that lists the apps.
    """
    installed = "intro_zoo" in sys.modules or not (CHECKOUT / "apps" / "__main__.py").is_file()
    start, join = ("intro-zoo", " ") if installed else ("python -m apps", ".")
    return f"{start}{join}{app}" if app else start


def shell_line(program: str, words: Sequence[str]) -> str:
    """A command line. Bytes of a file's name that are not UTF-8, which a card cannot hold, become question marks."""
    return shlex.join([*program.split(), *words]).encode("utf-8", errors="replace").decode("utf-8")


def python_call(network: str, data: str, arguments: Mapping[str, Any]) -> str:
    """The call of `zoo.train` with those arguments that are not None or False: `zoo.train('mlp', 'a.csv', target='price')`."""
    given = {name: str(value) if isinstance(value, Path) else value for name, value in arguments.items()}
    told = [f"{name}={value!r}" for name, value in given.items() if value is not None and value is not False]
    return f"zoo.train({', '.join([repr(network), repr(data), *told])})"
