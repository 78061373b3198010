"""A multilayer perceptron on a table of your own: train it, evaluate it beside scikit-learn's models, predict rows."""

import sys

from . import tables

EXAMPLE = "train --data table.csv --target column --out out/mine"  # in the list of apps
APP = tables.App("mlp", __doc__, "out/mlp")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    return tables.main(APP, argv)


if __name__ == "__main__":
    sys.exit(main())
