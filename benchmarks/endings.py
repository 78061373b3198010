"""Composes tunes of one kind, and tells how they end and which form they have, beside the training tunes of this kind.

    python -m benchmarks.endings --type jig --key D --bars 16

`evaluate` measures the same on tunes whose controls the network chose. Pieces without notes end in no way
(zoo.music.analysis.endings), and forms are those of zoo.music.analysis.form.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence

from apps import cli
from zoo.music.analysis.endings import endings
from zoo.music.analysis.form import form
from zoo.music.notation.score import Score

FORMS = 5  # of which the shares are shown


def figures(scores: Sequence[Score]) -> dict[str, float]:
    """The endings, and the shares of the most frequent forms as "form AABB"; "form ?" where bars make up no whole sections."""
    forms = Counter(form(score) or "?" for score in scores)
    return endings(scores) | {f"form {name}": count / len(scores) for name, count in forms.most_common(FORMS)}


def measure(arguments: argparse.Namespace) -> None:
    """Composes, and prints a column for the composed pieces and one for the real ones."""
    import zoo
    from zoo.music.data import sets

    composer = zoo.load(arguments.model)
    wanted = {name: getattr(arguments, name) for name in ("key", "mode", "metre", "type", "bars", "temperature", "top_p")}
    asked = {name: value for name, value in wanted.items() if value is not None}
    composed = composer.generate(n=arguments.n, seed=arguments.seed, **asked)
    train = sets.load(sets.CHORALES if composer.vocabulary.parts else sets.FOLK).scores["train"]
    real = [score for score in train if arguments.type in (None, score.type)]
    columns = {"composed": figures(composed), "training": figures(real)} if real else {"composed": figures(composed)}
    if arguments.json:
        print(json.dumps({"model": arguments.model, "n": arguments.n, "seed": arguments.seed, **asked, **columns}))
        return
    print(f"{'':22}", *(f"{name:>10}" for name in columns))
    print(f"{'pieces':22}", *(f"{count:10,}" for count in (len(composed), len(real))[: len(columns)]))
    for name in dict.fromkeys(name for column in columns.values() for name in column):
        print(
            f"{name.replace('_', ' '):22}",
            *(f"{column[name]:10.1%}" if name in column else f"{'-':>10}" for column in columns.values()),
        )


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.endings", description=__doc__)
    cli.add_model_flag(parser, "folk_lstm")
    parser.add_argument("--n", type=cli.positive, default=200, metavar="N", help="pieces to compose (%(default)s)")
    for name in ("key", "mode", "metre", "type"):
        parser.add_argument(f"--{name}", help="as of apps.music generate")
    parser.add_argument("--bars", type=cli.positive, metavar="N", help="as of apps.music generate")
    parser.add_argument("--temperature", type=float, metavar="T", help="as of apps.music generate")
    parser.add_argument("--top-p", type=float, metavar="P", help="as of apps.music generate")
    cli.add_seed_flag(parser)
    cli.add_json_flag(parser)
    parser.set_defaults(run=measure, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
