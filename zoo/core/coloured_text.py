"""Texts on coloured backgrounds: what the pages (.html) and pictures (.png) of all wings share."""

import html
from pathlib import Path
from typing import Any

from zoo.core.errors import UserError

Colour = tuple[int, int, int]  # red, green and blue from 0 to 255
SUFFIXES = ".html", ".png"
BRIGHT = 380  # the sum of red, green and blue from which black text is easier to read than white
STYLE = "body{font:16px/1.7 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}span{border-radius:3px;padding:1px 3px}"
ACROSS, DOWN = 0.085, 0.24  # inches of a character and of a line of a picture
# Of the text of a picture: DejaVu Sans Mono is 0.602 em wide.
FONT: dict[str, Any] = {"parse_math": False, "family": "monospace", "fontsize": ACROSS * 72 / 0.602, "va": "center"}


def check(path: Path, what: str) -> None:
    """Raises UserError for a name that ends in none of SUFFIXES; `what` is written there, such as "an explanation"."""
    if path.suffix not in SUFFIXES:
        raise UserError(f"{path}: {what} is written as {' or '.join(SUFFIXES)}; give the file one of these endings")


def shade(full: Colour, strength: float) -> Colour:
    """From white at the strength 0 to the full colour at 1."""
    red, green, blue = (round(255 + (each - 255) * strength) for each in full)
    return red, green, blue


def ink(colour: Colour) -> str:
    """The colour of text that is easy to read on this one: "black" or "white"."""
    return "black" if sum(colour) > BRIGHT else "white"


def unit(colour: Colour) -> tuple[float, float, float]:
    """A colour as numbers from 0 to 1, as matplotlib takes it."""
    red, green, blue = (each / 255 for each in colour)
    return red, green, blue


def span(text: str, colour: Colour, told: str = "") -> str:
    """A text on its colour, as HTML; `told` is what a browser tells of it under the pointer."""
    title = f' title="{html.escape(told)}"' if told else ""
    return f'<span style="background:rgb{colour};color:{ink(colour)}"{title}>{html.escape(text)}</span>'


def page(title: str, body: str, style: str = STYLE) -> str:
    """A page of HTML."""
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n<style>{style}</style>\n{body}\n</html>\n"
    )


def canvas(rows: float, columns: int) -> tuple[Any, Any]:
    """A figure of matplotlib's and its axes for lines of text: x counts characters, y lines from the top."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(ACROSS * (columns + 2), DOWN * (rows + 0.5)), dpi=120)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-1, columns + 1), ylim=(rows + 0.5, 0))
    axes.set_axis_off()
    return figure, axes
