"""Where a network was surprised: each character of a text on a colour for its probability, as a page or as a picture."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from zoo.core import coloured_text
from zoo.core.coloured_text import FONT, Colour, ink, shade, span, unit
from zoo.core.errors import UserError
from zoo.core.files import write_marked, write_picture
from zoo.writing.model import Surprise

SURPRISED: Colour = (178, 24, 43)  # the red of zoo.core.colours
MOST_NATS = math.log(1000)  # from this on, a probability below 0.1 %, the colour is full
KEY = (1.0, 0.3, 0.1, 0.03, 0.01, 0.001)  # probabilities whose colours are named
COLUMNS = 100  # characters in a line of the picture
MOST_LINES = 200  # lines of a picture
MOST_SHOWN = 100_000  # characters of a page
RUN = 5  # characters that are drawn together: their widths are whole pixels, so longer runs would leave their cells
LINE_END = "\u21b5"  # stands for a line feed, which has a probability, too
STYLE = "body{font:16px/1.6 monospace;max-width:60em;margin:2em auto;padding:0 1em;overflow-wrap:anywhere}h2{font-size:1em}"
STYLE += "p{white-space:pre-wrap}"


def check(path: Path) -> None:
    """Raises UserError for a name that ends in neither .html nor .png."""
    coloured_text.check(path, "the surprise at a text")


def write(surprise: Surprise, path: Path) -> None:
    """Writes a page (.html) or a picture (.png). Raises UserError for another suffix, and for a text that is too long."""
    check(path)
    if path.suffix == ".html":
        write_marked(path, _page(surprise, path).encode("utf-8"))
    else:
        _draw(surprise, path)


def colour(nats: float) -> Colour:
    """From white for a character that was certain to the full colour for one that was hardly expected."""
    return shade(SURPRISED, min(max(nats, 0.0) / MOST_NATS, 1.0))


def _told(surprise: Surprise) -> str:
    return (
        f"{surprise.nats_per_character:.3f} nats a character, {surprise.bits_per_byte:.3f} bits a byte: a mean probability of "
        f"{math.exp(-surprise.nats_per_character):.0%}"
    )


def _page(surprise: Surprise, path: Path) -> str:
    if len(surprise.characters) > MOST_SHOWN:
        raise UserError(
            f"{path}: {len(surprise.characters):,} characters are too many for a page of {MOST_SHOWN:,}; cut the text"
        )
    parts = []
    for character, nats in zip(surprise.characters, surprise.nats.tolist(), strict=True):
        parts.append(span(_shown(character), colour(nats), f"{math.exp(-nats):.2%}"))
        if character == "\n":
            parts.append("<br>")
    key = " ".join(span(f"{p:g}", colour(-math.log(p))) for p in KEY)
    body = f"<h2>{_told(surprise)}</h2>\n<p>probability of a character given all before it: {key}</p>\n<p>{''.join(parts)}</p>"
    return coloured_text.page("Where it was surprised", body, STYLE)


def _draw(surprise: Surprise, path: Path) -> None:
    lines = list(_lines(surprise))
    if len(lines) > MOST_LINES:
        raise UserError(
            f"{path}: {len(lines):,} lines of text are too many for a picture of {MOST_LINES}; write .html, or cut it"
        )
    above = 3  # lines
    figure, axes = coloured_text.canvas(above + len(lines), COLUMNS)
    axes.text(0, 0.8, _told(surprise), **FONT, weight="bold")
    axes.text(0, 1.9, "probability of a character given all before it:", **FONT)
    for i, p in enumerate(KEY):
        box = {"facecolor": unit(colour(-math.log(p))), "edgecolor": "none", "boxstyle": "square,pad=0.12"}
        axes.text(50 + 8 * i, 1.9, f"{p:g}", color=ink(colour(-math.log(p))), bbox=box, **FONT)
    colours = np.ones((max(len(lines), 1), COLUMNS, 3))
    for row, line in enumerate(lines):
        middle = above + row + 0.5
        # Some characters of equal width are drawn together, which is faster; wider ones would push the others aside.
        plain = all(character.isascii() or character == LINE_END for character, _ in line)
        for first in range(0, len(line) if plain else 0, RUN):
            run = line[first : first + RUN]
            axes.text(first, middle, "".join(c if ink(colour(nats)) == "black" else " " for c, nats in run), **FONT)
        for place, (character, nats) in enumerate(line):
            background = colour(nats)
            colours[row, place] = unit(background)
            if not plain or ink(background) != "black":
                axes.text(place + 0.5, middle, character, color=ink(background), ha="center", **FONT)
    axes.imshow(colours, extent=(0, COLUMNS, above + len(colours), above), aspect="auto", interpolation="nearest", zorder=0)
    axes.set(xlim=(-1, COLUMNS + 1), ylim=(above + len(lines) + 0.5, 0))
    write_picture(figure, path)


def _lines(surprise: Surprise) -> Iterator[list[tuple[str, float]]]:
    """The characters with their surprise, in lines as long as the picture is wide and as the text has them."""
    line: list[tuple[str, float]] = []
    for character, nats in zip(surprise.characters, surprise.nats.tolist(), strict=True):
        line.append((_shown(character), nats))
        if character == "\n" or len(line) == COLUMNS:
            yield line
            line = []
    if line:
        yield line


def _shown(character: str) -> str:
    """A character as it is shown: a line feed as an arrow, and what cannot be printed as a box."""
    if character == "\n":
        return LINE_END
    return character if character.isprintable() else "\u25a1"
