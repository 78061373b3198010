"""Compares bfloat16 with float32: validation losses of real training runs in both, with several seeds.

    python -m benchmarks.precision --model folk_lstm --epochs 1 --seeds 3

The network of a published model learns its data from random weights, by its recipe except for the number of epochs. Of a training
in stages this is the first stage. The seed of a run decides its weights, dropout and the order of its data.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev

import zoo
from apps import cli
from zoo.core.errors import UserError


def compare(arguments: argparse.Namespace) -> None:
    """Prints a row for each precision and epoch."""
    from benchmarks.published import parts
    from zoo.core import training

    print(f"{arguments.model}: validation loss in nats, {arguments.seeds} seeds")
    for precision in ("float32", "bfloat16"):
        losses, seconds = [], []
        for seed in range(arguments.seeds):
            run = parts(arguments.model, precision, seed, weights=False)
            if run.recipe.precision != precision:
                raise UserError(f"{arguments.model} is trained in {run.recipe.precision} only: choose another model")
            recipe = replace(run.recipe, epochs=arguments.epochs, patience=None)
            with tempfile.TemporaryDirectory() as folder:
                history = training.train(run.model, run.loss, run.data, recipe, Path(folder), shards=run.shards)
            losses.append([row["validation_loss"] for row in history.epochs])
            seconds.append(history.seconds / arguments.epochs)
        for epoch, values in enumerate(zip(*losses, strict=True), start=1):
            spread = f"deviation {stdev(values):.4f}  " if len(values) > 1 else ""
            shown = " ".join(f"{value:.4f}" for value in values)
            pace = f"{mean(seconds):.0f} s an epoch"
            print(f"{precision:9} epoch {epoch}  mean {mean(values):.4f}  {spread}({shown})  {pace}", flush=True)


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.precision", description=__doc__)
    parser.add_argument("--model", default="folk_lstm", choices=[card.name for card in zoo.list_models()])
    parser.add_argument("--epochs", type=cli.positive, default=1, metavar="N", help="of each run (%(default)s)")
    parser.add_argument("--seeds", type=cli.positive, default=3, metavar="N", help="runs in each precision (%(default)s)")
    parser.set_defaults(run=compare, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
