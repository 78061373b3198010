"""Composes pieces of each type and of each mode, and compares what the network chose with the training pieces.

    python -m benchmarks.controls --n 400

A row gives the share of a value, such as 6/8, among the pieces for which another one was asked for, such as jigs. The largest
differences come first. Among n pieces a share p varies by chance by the square root of p (1 - p) / n: the last column.
"""

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from apps import cli
from zoo.core.progress import bar
from zoo.music.analysis.controls import ENOUGH, Gap, gaps
from zoo.music.notation.score import Score

ASKED = {"type": ("metre", "mode", "tonic"), "mode": ("metre", "tonic")}  # what is given, and what the network chooses
ROWS = 20  # that are printed


def compose(composer: Any, train: Sequence[Score], given: str, n: int, seed: int) -> list[Score]:
    """`n` pieces for each value of a control that at least ENOUGH training pieces have."""
    values = [score.type if given == "type" else score.key.mode if score.key else "" for score in train]
    frequent = [value for value in sorted(set(values)) if value and values.count(value) >= ENOUGH]
    found: list[Score] = []
    for value in bar(frequent, f"composing for each {given}", given):
        found += composer.generate(n=n, seed=seed, **{given: value})
    return found


def measure(arguments: argparse.Namespace) -> None:
    """Prints the largest differences."""
    import zoo
    from zoo.music.data import sets

    composer = zoo.load(arguments.model)
    train = sets.load(sets.CHORALES if composer.vocabulary.parts else sets.FOLK).scores["train"]
    found: list[Gap] = []
    for given, chosen in ASKED.items():
        composed = compose(composer, train, given, arguments.n, arguments.seed)
        found += [gap for wanted in chosen for gap in gaps(composed, train, given, wanted)]
    found.sort(key=lambda gap: -abs(gap.points))
    if arguments.json:
        print(json.dumps({"model": arguments.model, "n": arguments.n, "seed": arguments.seed, "gaps": list(map(asdict, found))}))
        return
    print(f"{'given':22} {'chosen':20} {'composed':>9} {'training':>9} {'points':>7} {'chance':>7}")
    for gap in found[:ROWS]:
        chance = 100 * math.sqrt(gap.training * (1 - gap.training) / gap.pieces)
        print(f"{gap.given:22} {gap.value:20} {gap.composed:9.1%} {gap.training:9.1%} {gap.points:+7.1f} {chance:7.1f}")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.controls", description=__doc__)
    cli.add_model_flag(parser, "folk_lstm")
    parser.add_argument("--n", type=cli.positive, default=200, metavar="N", help="pieces of each type and mode (%(default)s)")
    cli.add_seed_flag(parser)
    cli.add_json_flag(parser)
    parser.set_defaults(run=measure, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
