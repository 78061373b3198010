"""The apps: what each is for, and a command to begin with."""

import importlib
import inspect
import sys

from . import cli

# In the order in which a newcomer meets them.
EXAMPLES = {
    "demo": "python -m apps.demo",
    "lessons": "python -m apps.lessons show perceptron",
    "models": "python -m apps.models list",
    "music": "python -m apps.music generate --type jig --key D --metre 6/8 --bars 16 --out out/tunes",
    "sentiment": 'python -m apps.sentiment predict --explain "A fine film."',
    "digits": "python -m apps.digits predict three.png --show",
    "perceptron": "python -m apps.perceptron train --data iris --out out/iris",
    "mlp": "python -m apps.mlp train --data table.csv --target column --out out/mine",
}


def main(argv: list[str] | None = None) -> int:
    """Prints what each app does, and an example."""
    parser = cli.Parser(prog="python -m apps", description=__doc__, epilog="example:\n  python -m apps.music --help")
    parser.parse_args(argv)
    for name, example in EXAMPLES.items():
        text = inspect.getdoc(importlib.import_module(f".{name}", __package__)) or ""
        print(f"{name}: {' '.join(text.split())}\n    {example}\n")
    print("Each app's commands: python -m apps.NAME --help")
    return 0


if __name__ == "__main__":
    sys.exit(main())
