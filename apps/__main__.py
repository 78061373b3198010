"""The apps of Intro Zoo: what each is for, and a command to begin with."""

import importlib
import inspect
import sys
from typing import Any

import zoo
from zoo import registry
from zoo.core.commands import program
from zoo.core.names import unknown

from . import cli


def names() -> tuple[str, ...]:
    """The apps, in the order in which a newcomer meets them."""
    return ("studio", "demo", "lessons", "models", *registry.apps())


def _listed() -> str:
    """The apps: of each what it does, and an example."""
    parts = []
    for name in names():
        app = _module(name)
        text = inspect.getdoc(app) or ""
        parts.append(f"{name}: {' '.join(text.split())}\n    {program(name)} {app.EXAMPLE}".rstrip() + "\n")
    return "\n".join([*parts, f"Each app's commands: {program('NAME')} --help\n"])


def _module(name: str) -> Any:
    return importlib.import_module(f".{name}", __package__)


def main(argv: list[str] | None = None) -> int:
    """Runs the app that the first argument names with the others; without arguments, lists the apps."""
    words = sys.argv[1:] if argv is None else argv
    if words and not words[0].startswith("-"):
        name, *rest = words
        if name not in names():
            print(f"{program()}: {unknown('app', name, names())}", file=sys.stderr)
            return 2
        return int(_module(name).main(rest))
    parser = cli.Parser(prog=program(), description=__doc__, epilog=_listed())
    parser.add_argument("--version", action="version", version=f"intro-zoo {zoo.__version__}")
    parser.parse_args(words)
    print(_listed(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
