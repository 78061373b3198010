"""The lessons of the course: read one, run its experiment, look at its picture."""

import argparse
import sys
import time
from pathlib import Path

from zoo.core.files import check_file

from . import cli

EXAMPLE = "show perceptron"  # in the list of apps
OUT = Path("out") / "lessons"
GALLERY = "README.md"


def show_list(arguments: argparse.Namespace) -> None:
    """Prints number, name and title of every lesson."""
    from zoo.lessons import lesson

    for name in lesson.NAMES:
        each = lesson.load(name)
        print(f"{each.number:2}  {each.name:30}{each.title}")


def show(arguments: argparse.Namespace) -> None:
    """Prints a lesson's page and the numbers of its experiment, and draws its picture."""
    from zoo.core.files import write_picture
    from zoo.lessons import gallery, lesson

    each = lesson.load(arguments.name)
    path = arguments.out or OUT / f"{each.name}.png"
    cli.check_png("--out", path)
    print(f"{each.number}. {each.title}\n\n{each.text}\n")
    outcome = each.run()
    write_picture(outcome.figure, path)
    measured = outcome.numbers | outcome.timings
    for name, value in measured.items():
        print(f"{name:{max(map(len, measured))}}  {gallery.shown(value)}")
    print(f"\nTry: {each.question}")
    cli.notice(f"wrote {path}")


def remake(arguments: argparse.Namespace) -> None:
    """Runs every lesson and writes its picture and the gallery page."""
    from tqdm import tqdm

    from zoo.lessons import gallery, lesson

    for file in (*(f"{name}.png" for name in lesson.NAMES), GALLERY):
        check_file("--out", arguments.out / file)
    started, pages = time.perf_counter(), []
    with tqdm(lesson.NAMES, unit="lesson") as bar:
        for name in bar:
            bar.set_description(name)
            pages.append(gallery.write_page(lesson.load(name), arguments.out))
    path = gallery.write(pages, arguments.out / GALLERY)
    cli.notice(f"{len(pages)} lessons in {time.perf_counter() - started:.0f} s")
    print(path)


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser, commands = cli.app("lessons", __doc__)
    cli.command(commands, "list", show_list, "list all lessons", "python -m apps.lessons list", tensorflow=False)
    command = cli.command(commands, "show", show, "read a lesson and run its experiment", "python -m apps.lessons show lstm")
    command.add_argument("name", metavar="NAME", help="a lesson's name or number, as `list` gives them")
    command.add_argument("--out", type=Path, metavar="PATH.png", help=f"where to draw its picture ({OUT}/NAME.png)")
    command = cli.command(commands, "all", remake, "run all lessons: every picture, and a page", "python -m apps.lessons all")
    command.add_argument(
        "--out", type=Path, default=OUT, metavar="PATH", help="the folder for the pictures and the page (%(default)s)"
    )
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
