"""Trains the small network that recognises images of no single digit, and measures it. It needs MNIST, and some five minutes.

    python -m benchmarks.one_digit --out out/one_digit.npz

It prints how many of MNIST's test images, of scikit-learn's digits and of images made of MNIST's test images the network takes
for no single digit. `zoo/digits/one_digit.npz` holds its weights.
"""

import argparse
import sys
from pathlib import Path

from apps import cli


def train(arguments: argparse.Namespace) -> None:
    """Trains, writes and measures."""
    import numpy as np

    from zoo.core.errors import UserError
    from zoo.core.files import check_folder
    from zoo.digits import one_digit, one_digit_training
    from zoo.images import mnist, sklearn_digits

    check_folder("--out", arguments.out.parent, arguments.out)
    if arguments.out.suffix != ".npz" or arguments.out.exists():
        raise UserError(f"--out {arguments.out}: name a new file that ends in .npz")
    data = mnist.load(real=True)
    test = data.split("test")[0]
    weights = one_digit_training.train(data.split("train")[0])
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(arguments.out, allow_pickle=False, **weights)
    for name, images in (
        ("MNIST's test images", test),
        ("scikit-learn's digits", sklearn_digits.load().images),
        ("images made of MNIST's test images", one_digit_training.no_single_digits(test, 10_000, np.random.default_rng(1))),
    ):
        doubts = one_digit.doubt(images, arguments.out)
        shares = [f"{(doubts >= level).mean():.4f} from a doubt of {level}" for level in (one_digit.UNSURE, one_digit.NOT_ONE)]
        print(f"{name}, taken for no single digit: {', '.join(shares)}")
    print(arguments.out)


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.one_digit", description=__doc__)
    help_ = "the file of the weights (%(default)s)"
    parser.add_argument("--out", type=Path, default=Path("out/one_digit.npz"), metavar="PATH.npz", help=help_)
    parser.set_defaults(run=train, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
