"""Whether the words that `explain` names decide: what a tenth of a review's words, taken out, takes from the probability.

    python -m benchmarks.deletion --split validation

Once those with the largest weights for the class that was chosen go, once as many random ones.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from apps import cli

REVIEWS = 200
SHARE = 0.1


def drops(model: Any, texts: Sequence[bytes], random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """How much the probability of each text's class falls when its deciding words go, and when random ones do, [n] each."""
    explained = model.explain(texts)
    variants = []
    for tokens in explained:
        words, weights = [token for token, _ in tokens], np.array([weight for _, weight in tokens])
        gone = max(1, round(SHARE * len(words)))
        order = np.argsort(weights)
        choices = order[:0], order[-gone:], order[:gone], random.permutation(len(words))[:gone]
        variants += [" ".join(word for i, word in enumerate(words) if i not in set(chosen)) for chosen in choices]
    whole, without_praise, without_blame, without_any = model.predict(variants).reshape(-1, 4).T
    positive = whole >= 0.5
    deciding = np.where(positive, whole - without_praise, without_blame - whole)
    return deciding, np.where(positive, whole - without_any, without_any - whole)


def measure(arguments: argparse.Namespace) -> None:
    """Prints both means."""
    import zoo
    from zoo.data import imdb

    texts = imdb.load(real=True).split(arguments.split)[0][:REVIEWS]
    deciding, at_random = drops(zoo.load("sentiment_transformer"), texts, np.random.default_rng(0))
    print(f"mean fall of the probability over {len(texts)} reviews of the {arguments.split} split, {SHARE:.0%} of the words gone")
    print(f"{deciding.mean():.4f}  those that decided")
    print(f"{at_random.mean():.4f}  random ones")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.deletion", description=__doc__)
    cli.add_split_flag(parser)
    parser.set_defaults(run=measure, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
