"""Makes the drawings of zoo/captions/drawings: digits and shapes on paper, before a simulated camera.

    python -m benchmarks.paper_drawings --out out/drawings

They test whether a captioner reads what people draw, so nothing in them comes from the generator of its training pictures:
strokes written down by hand (glyphs), drawn by matplotlib (ink), on paper in linear light before a camera with perspective, a
lens and a sensor (camera). What is in them was written down by hand, too (contents.tsv).
"""

import argparse
import csv
import sys
from dataclasses import replace
from pathlib import Path

from apps import cli


def make(arguments: argparse.Namespace) -> None:
    """Draws all pictures and writes scenes.tsv."""
    from zoo.core.errors import UserError
    from zoo.core.files import write_whole

    if arguments.out.exists():
        raise UserError(f"--out {arguments.out}: name a new folder")
    with (Path(__file__).parent / "contents.tsv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    lines, contents = ["picture\tsplit\tscene"], {}
    for number, row in enumerate(rows):
        content, scene = drawing(row, number)
        contents[f"{row['name']}.jpg"] = content
        lines.append(f"{row['name']}.jpg\t{row['name'].split('_')[0]}\t{scene}")
    contents["scenes.tsv"] = "\n".join([*lines, ""]).encode()
    arguments.out.mkdir(parents=True)
    for name, content in contents.items():
        write_whole(arguments.out / name, content)
    print(f"{len(rows)} drawings, {sum(map(len, contents.values())):,} bytes: {arguments.out}")


def drawing(row: dict[str, str], number: int) -> tuple[bytes, str]:
    """A JPEG file and `str` of its scene.

    Args:
        row: of contents.tsv.
        number: of the row, the seed of all that is random.
    """
    import numpy as np

    from benchmarks.paper_drawings import camera, ink
    from zoo.captions.scenes import Scene, Thing

    random = np.random.default_rng([7, number])
    width, height = int(row["width"]), int(row["height"])
    longer = max(width, height)
    size = 3 * width, 3 * height  # of the sheet, in pixels
    opaque = row["medium"] in ("chalk", "crayon")
    dark = row["paper"] in ("blackboard", "black card")
    paper = camera.sheet(row["paper"], size, random)
    things = []
    for text in row["things"].split(";"):
        kind, colour, its_size, fill, x, y = text.split()
        side = ink.SIDES[its_size] * random.uniform(0.95, 1.05)
        thing = Thing(kind, colour, its_size, fill.replace("-", ""), float(x), float(y), side)
        paper = camera.inked(paper, ink.draw(thing, row["medium"], size, dark, random), opaque)
        things.append(thing)
    flat = random.random() < 0.2
    content, homography = camera.photograph(paper, (width, height), int(random.integers(72, 92)), random, flat)

    def moved(thing: Thing) -> Thing:
        u, v, w = homography @ [thing.x * longer / width, thing.y * longer / height, 1]
        return replace(thing, x=u / w * width / longer, y=v / w * height / longer)

    return content, str(Scene(tuple(map(moved, things)), width / longer, height / longer))


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.paper_drawings", description=__doc__)
    help_ = "a new folder (%(default)s)"
    parser.add_argument("--out", type=Path, default=Path("out/drawings"), metavar="FOLDER", help=help_)
    parser.set_defaults(run=make, tensorflow=False)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
