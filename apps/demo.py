"""Every pretrained model at work on real input; its tunes and pictures go into one folder."""

import argparse
import importlib
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from zoo import registry
from zoo.core.cards import Card
from zoo.core.commands import program
from zoo.core.files import check_file, check_folder

from . import cli
from .demo_part import Part

EXAMPLE = ""  # in the list of apps
OUT = Path("out") / "demo"


def known() -> dict[str, Part]:
    """What there is to show of models, by their names: the apps' parts, in the order of the registry."""
    found: dict[str, Part] = {}
    for app in registry.apps():
        if find_spec(f".{app}_demo", __package__):
            found |= importlib.import_module(f".{app}_demo", __package__).PARTS
    return found


def show_example(card: Card, out: Path) -> list[Path]:
    """The example of a model's card: code and what it printed; `out` gets no file."""
    example = next(iter(card.usage.values()), None)
    print(card.description if example is None else f"{example.code}\n{example.output}")
    return []


def parts(published: Sequence[Card]) -> Iterator[tuple[str, Part]]:
    """A title and a part for each published model. One that no app knows shows the example of its card, after all others."""
    cards, shown = {card.name: card for card in published}, known()
    for name in [*(name for name in shown if name in cards), *(name for name in cards if name not in shown)]:
        part = shown.get(name) or Part("shows its example", partial(show_example, cards[name]))
        yield f"{name} {part.does}", part


def demo(arguments: argparse.Namespace) -> None:
    """Runs a part for each published model, and lists what was made and how long it took."""
    import zoo

    check_folder("--out", arguments.out)
    chosen = list(parts(zoo.list_models()))
    for name in (name for _, part in chosen for name in part.makes):
        check_file("--out", arguments.out / name)
    arguments.out.mkdir(parents=True, exist_ok=True)
    rows = []
    for title, part in chosen:
        print(f"\n{title}")
        started = time.perf_counter()
        files = part.run(arguments.out)
        rows.append((title, time.perf_counter() - started, files))
    print("\nmade")
    for title, seconds, files in rows:
        print(f"{seconds:6.1f} s  {title}")
        for file in files:
            print(f"          {file}  {file.stat().st_size:,} bytes")
    print(f"\nTo play with all of them in your browser: {program('studio')}")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    example = cli.example_of("python -m apps.demo --out out/demo")
    parser = cli.Parser(prog=program("demo"), description=__doc__, epilog=example)
    parser.add_argument("--out", type=Path, default=OUT, metavar="PATH", help="the folder for what it makes (%(default)s)")
    parser.set_defaults(run=demo, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
