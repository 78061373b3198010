"""The perceptron on a table: train it, evaluate it, predict rows, draw its boundary."""

import sys

from . import tables

EXAMPLE = "train --data iris --out out/iris"  # in the list of apps
APP = tables.App("perceptron", __doc__, "perceptron")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    return tables.main(APP, argv)


if __name__ == "__main__":
    sys.exit(main())
