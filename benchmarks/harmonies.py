"""Harmonises the sopranos of Bach's chorales and folk tunes, and compares the harmony with Bach's.

    python -m benchmarks.harmonies --temperature 0.8 --melodies 50

Of several harmonies to a melody the most probable one counts. The endings and cadences are shares of the pieces, dissonant beats
a share of the beats (zoo.music.analysis.endings and harmony). Faults of voice leading are counted per 100 chord changes
(zoo.music.analysis.voice_leading). Choose settings by the validation split.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from apps import cli
from zoo.core.errors import UserError
from zoo.core.progress import bar
from zoo.music.analysis import voice_leading
from zoo.music.analysis.endings import endings
from zoo.music.analysis.harmony import harmony
from zoo.music.notation.score import Score

CANDIDATES = 4  # harmonies of a melody, of which the most probable one counts
FIGURES = ("bass_tonic_endings", "cadences", "dissonant_beats", "parallel_fifths", "parallel_octaves", "voice_crossings")


def figures(scores: Sequence[Score]) -> dict[str, float]:
    """Each of FIGURES of scores in four parts, and their number as "pieces"."""
    values = endings(scores) | harmony(scores) | voice_leading.faults(scores)
    return {"pieces": float(len(scores))} | {name: values[name] for name in FIGURES}


def soprano(chorale: Score) -> Score:
    """The soprano of a chorale alone, in its key and metre."""
    return replace(chorale, notes=tuple(note for note in chorale.notes if not note.voice), voices=chorale.voices[:1])


def harmonised(composer: Any, melodies: Sequence[Score], most: int, what: str, **choices: Any) -> list[Score]:
    """The most probable harmony of each melody, for the first `most` melodies that the model takes.

    Args:
        composer: a model that harmonises.
        melodies: scores of one voice.
        most: how many to harmonise.
        what: what the melodies are, for the bar of progress.
        choices: for `Composer.harmonize`.
    """
    found: list[Score] = []
    with bar(None, f"harmonising {what}", "melody", total=min(most, len(melodies))) as progress:
        for melody in melodies:
            if len(found) == most:
                break
            try:
                found.append(composer.harmonize(melody, **choices)[0])
            except UserError:  # a metre that the model does not have, for example
                continue
            progress.update()
    return found


def measure(arguments: argparse.Namespace) -> None:
    """Harmonises, and prints a row for each kind of melody."""
    import zoo
    from zoo.music.data import sets

    chorales, tunes = (sets.load(name).scores[arguments.split] for name in (sets.CHORALES, sets.FOLK))
    composer = zoo.load(arguments.model)
    choices = {"n": arguments.n, "seed": arguments.seed}
    for name in ("temperature", "top_p"):
        if getattr(arguments, name) is not None:
            choices[name] = getattr(arguments, name)
    rows = {"Bach": figures(chorales)}
    for name, melodies in (("sopranos", list(map(soprano, chorales))), ("tunes", tunes)):
        found = harmonised(composer, melodies, arguments.melodies, name, **choices)
        if found:
            rows[f"{arguments.model}, {name}"] = figures(found)
    if arguments.json:
        print(json.dumps({"model": arguments.model, "split": arguments.split, **choices, "rows": rows}))
        return
    names = ("pieces", *FIGURES)
    print(f"{arguments.split} split, the best of {arguments.n}")
    print(f"{'':28}", *(f"{name.replace('_', ' '):>18}" for name in names))
    for title, row in rows.items():
        print(f"{title:28}", *(f"{row[name]:18.0f}" if name == "pieces" else f"{row[name]:18.3f}" for name in names))


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.harmonies", description=__doc__)
    cli.add_model_flag(parser, "chorale_lstm")
    parser.add_argument("--split", choices=("validation", "test"), default="validation", help="of the data (%(default)s)")
    parser.add_argument("--melodies", type=cli.positive, default=100, metavar="N", help="of each kind, at most (%(default)s)")
    parser.add_argument("--n", type=cli.positive, default=CANDIDATES, metavar="N", help="harmonies of a melody (%(default)s)")
    parser.add_argument("--temperature", type=float, metavar="T", help="as of apps.music harmonize")
    parser.add_argument("--top-p", type=float, metavar="P", help="as of apps.music harmonize")
    cli.add_seed_flag(parser)
    cli.add_json_flag(parser)
    parser.set_defaults(run=measure, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
