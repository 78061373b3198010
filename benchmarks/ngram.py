"""The baseline of folk_lstm: an n-gram (`zoo.text.witten_bell`) over the same tokens and the same split.

python -m benchmarks.ngram                  # nats per note on the validation split, orders 3 to 6
python -m benchmarks.ngram --split test --order 5
"""

import argparse
import sys

from apps import cli
from zoo.text.witten_bell import NGram


def measure(options: argparse.Namespace) -> None:
    """Prints a line for each order."""
    from zoo.music.data import sets
    from zoo.music.data.pipeline import encode, ranges, transposed
    from zoo.music.data.tune_books import VOCABULARY
    from zoo.music.metrics import nats_per_note

    folk = sets.load(sets.FOLK)
    train = [
        transposed(melody.token, shift, VOCABULARY)
        for melody in encode(folk.scores["train"], VOCABULARY, ranges([], VOCABULARY))
        for shift in (melody.shifts if options.transpose else [0])
    ]
    scores = folk.scores[options.split]
    sequences, notes = [VOCABULARY.encode(score) for score in scores], sum(len(score.notes) for score in scores)
    print(f"{options.split}: {len(scores)} tunes, {notes} notes; training on {sum(map(len, train))} tokens", file=sys.stderr)
    for order in options.order:
        model = NGram(order, len(VOCABULARY)).fit(train)
        print(f"order {order}: {nats_per_note(model, sequences, notes, VOCABULARY.controls):.4f} nats per note", flush=True)


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(
        prog="python -m benchmarks.ngram",
        description="The n-gram baseline of folk_lstm: nats per note.",
        epilog=__doc__.split("\n\n")[1],
    )
    parser.add_argument("--split", choices=["validation", "test"], default="validation")
    parser.add_argument(
        "--order", type=cli.whole(1, 8), nargs="+", default=[3, 4, 5, 6], help="tokens in an n-gram (default: 3 4 5 6)"
    )
    parser.add_argument("--transpose", action="store_true", help="train on every tune in all keys that fit, too")
    parser.set_defaults(run=measure, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
