"""Measures how pictures of many kinds are read: MNIST's test digits large, framed, on ruled paper, in weak colours ...

    python -m benchmarks.digit_kinds --each 20

For each kind it counts the pictures that are read correctly, refused, read wrongly with the notice "not sure", or without it.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy import ndimage

from apps import cli
from zoo.core.errors import UserError

SIDE = 300  # pixels of a picture
INK = 150  # pixels of the longer side of a digit

Draw = Callable[[np.ndarray, np.ndarray, np.random.Generator], Image.Image]


def large(image: np.ndarray, longest: int = INK) -> np.ndarray:
    """The ink of an image, uint8 [28, 28], cut out and enlarged to a smooth mask, `longest` pixels long."""
    size = round(28 * longest / 20)
    values = np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BICUBIC), np.float32)
    mask = ndimage.gaussian_filter(values, longest / 60) > 110
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def page(mask: np.ndarray, mode: str = "L", paper: Any = 255, ink: Any = 0, side: int = SIDE) -> Image.Image:
    """A digit in the middle of a page."""
    picture = Image.new(mode, (side, side), paper)
    place = (side - mask.shape[1]) // 2, (side - mask.shape[0]) // 2
    picture.paste(ink, place, Image.fromarray(mask.astype(np.uint8) * 255))
    return picture


def lined(mask: np.ndarray, draw: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
    """A page with something else drawn on it."""
    picture = page(mask)
    draw(ImageDraw.Draw(picture))
    return picture


def ruled(mask: np.ndarray, both: bool) -> Image.Image:
    """A page with ruled lines, across or across and down."""

    def lines(draw: ImageDraw.ImageDraw) -> None:
        for place in range(15, SIDE, 30):
            draw.line([(0, place), (SIDE, place)], fill=110, width=2)
            if both:
                draw.line([(place, 0), (place, SIDE)], fill=110, width=2)

    return lined(mask, lines)


def lit(mask: np.ndarray, light: np.ndarray, random: np.random.Generator) -> Image.Image:
    """A photograph with the brightness [SIDE, SIDE] of the light."""
    values = np.asarray(page(mask, paper=240, ink=50)) * light + random.normal(0, 4, (SIDE, SIDE))
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def side_by_side(first: np.ndarray, second: np.ndarray, gap: int, down: bool = False) -> Image.Image:
    """Two digits side by side, or one above the other; with a negative gap they touch."""
    if down:
        return side_by_side(first.T, second.T, gap).transpose(Image.Transpose.TRANSPOSE)
    gap = max(gap, 1 - min(first.shape[1], second.shape[1]))  # a thin 1 may be narrower than the overlap
    height = max(len(first), len(second))
    ink = np.zeros((height, first.shape[1] + second.shape[1] + gap), bool)
    for mask, left in ((first, 0), (second, first.shape[1] + gap)):
        top = (height - len(mask)) // 2
        ink[top : top + len(mask), left : left + mask.shape[1]] |= mask
    return Image.fromarray(np.where(np.pad(ink, 60), 0, 255).astype(np.uint8))


def outlined(mask: np.ndarray) -> Image.Image:
    """Only the edge of the strokes."""
    mask = np.pad(mask, 40)
    return Image.fromarray(np.where(mask & ~ndimage.binary_erosion(mask, iterations=3), 0, 255).astype(np.uint8))


def off_centre(mask: np.ndarray) -> Image.Image:
    """28 x 28 pixels, the digit in a corner."""
    small = page(mask, paper=0, ink=255, side=196 * INK // 140).resize((28, 28), Image.Resampling.BOX)
    return Image.fromarray(np.roll(np.asarray(small), (-4, 4), (0, 1)))


def twelve_bits(mask: np.ndarray) -> Image.Image:
    """Numbers up to 4,095 in a file of 16 bits."""
    return Image.fromarray((np.asarray(page(mask), np.float32) / 255 * 4095).astype(np.uint16))


def with_margin(mask: np.ndarray) -> Image.Image:
    """White paper with a transparent margin."""
    picture = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    picture.paste(page(mask).convert("RGBA"), (50, 50))
    return picture


def sheet(mask: np.ndarray) -> Image.Image:
    """White paper on a dark table."""
    return Image.fromarray(np.pad(np.asarray(page(mask, side=260)), 70, constant_values=70))


def lamp() -> np.ndarray:
    """Light that fades to one side."""
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    return 0.75 + 0.2 * x - 0.1 * y


def shadow() -> np.ndarray:
    """A shadow with a sharp edge through the digit."""
    y, x = np.mgrid[:SIDE, :SIDE]
    return np.where(x + 0.3 * y > 190, 0.55, 1.0)


KINDS: dict[str, Draw] = {
    "pen on paper": lambda a, b, random: page(a),
    "chalk on a blackboard": lambda a, b, random: page(a, paper=40, ink=220),
    "blue on cream": lambda a, b, random: page(a, "RGB", (245, 240, 225), (20, 40, 150)),
    "yellow on white": lambda a, b, random: page(a, "RGB", (255, 255, 255), (255, 240, 40)),
    "red on green, equally bright": lambda a, b, random: page(a, "RGB", (52, 125, 61), (200, 60, 60)),
    "12 bits in 16": lambda a, b, random: twelve_bits(a),
    "transparent margin": lambda a, b, random: with_margin(a),
    "sheet on a table": lambda a, b, random: sheet(a),
    "uneven light": lambda a, b, random: lit(a, lamp(), random),
    "shadow with a sharp edge": lambda a, b, random: lit(a, shadow(), random),
    "much noise": lambda a, b, random: lit(a, random.normal(1, 0.12, (SIDE, SIDE)), random),
    "blurred": lambda a, b, random: page(a).filter(ImageFilter.GaussianBlur(6)),
    "in a box": lambda a, b, random: lined(a, lambda draw: draw.rectangle([25, 25, 275, 275], outline=0, width=4)),
    "in a circle": lambda a, b, random: lined(a, lambda draw: draw.ellipse([15, 15, 285, 285], outline=0, width=6)),
    "underlined": lambda a, b, random: lined(a, lambda draw: draw.line([(60, 250), (240, 254)], fill=0, width=8)),
    "ruled paper": lambda a, b, random: ruled(a, False),
    "squared paper": lambda a, b, random: ruled(a, True),
    "outlined": lambda a, b, random: outlined(a),
    "28 x 28, off centre": lambda a, b, random: off_centre(a),
    "two side by side": lambda a, b, random: side_by_side(a, b, 30),
    "two stacked": lambda a, b, random: side_by_side(a, b, 40, down=True),
    "two touching": lambda a, b, random: side_by_side(a, b, -8),
    "two overlapping": lambda a, b, random: side_by_side(a, b, -35),
    "two stacked, touching": lambda a, b, random: side_by_side(a, b, -8, down=True),
    "crossed out": lambda a, b, random: lined(
        a, lambda draw: draw.line([(60, 60), (240, 240), (150, 150), (240, 60), (60, 240)], 0, 12)
    ),
}
TWO = ("two side by side", "two stacked", "two touching", "two overlapping", "two stacked, touching")


def measure(arguments: argparse.Namespace) -> None:
    """Prints the counts of each kind."""
    import zoo
    from zoo.images import mnist

    model = zoo.load(arguments.model)
    images, labels = mnist.load(real=True).split("test")
    print(f"{'kind':30} {'right':>6} {'refused':>8} {'wrong, not sure':>15} {'wrong':>6}")
    with tempfile.TemporaryDirectory() as folder:
        for number, (kind, draw) in enumerate(KINDS.items()):
            random = np.random.default_rng([arguments.seed, number])
            counts: Counter[str] = Counter()
            for _ in range(arguments.each):
                first, second = random.integers(len(images), size=2)
                path = Path(folder) / "picture.png"
                draw(large(images[first]), large(images[second]), random).save(path)
                truth = f"{labels[first]}{labels[second]}" if kind in TWO else "" if kind == "crossed out" else str(labels[first])
                counts[outcome(model, path, truth)] += 1
            print(f"{kind:30} {counts['right']:6} {counts['refused']:8} {counts['told']:15} {counts['wrong']:6}", flush=True)


def outcome(model: Any, path: Path, truth: str) -> str:
    """The result of a picture: "right", "refused", "wrong", or "told" for a wrong answer with a notice."""
    try:
        reading = model.read(path)
    except UserError:
        return "refused"
    if reading.number == truth:
        return "right"
    return "told" if any(notice.startswith("not sure") for notice in reading.notices) else "wrong"


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.digit_kinds", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--each", type=cli.positive, default=20, metavar="N", help="pictures of each kind (%(default)s)")
    cli.add_model_flag(parser, "digits_mlp")
    cli.add_seed_flag(parser)
    parser.set_defaults(run=measure, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
