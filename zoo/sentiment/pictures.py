"""Explanations to look at: the words of a text, coloured by their weights, in a terminal, as a page or as a picture."""

import html
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.core.errors import UserError
from zoo.core.files import write_marked, write_picture

SUFFIXES = ".html", ".png"
# Blue speaks for the class, red against it, as in zoo.core.colours.
FOR, AGAINST = (33, 102, 172), (178, 24, 43)
BRIGHT = 380  # the sum of red, green and blue from which black text is easier to read than white
BASELINE = "weights beside a text of as many unknown words"  # the baseline of the weights, see zoo.sentiment.graph
COLUMNS = 110  # characters in a line of the picture
MOST_LINES = 200  # lines of a picture


@dataclass(frozen=True)
class Explanation:
    """The prediction for a text in words, and its tokens with their weights.

    Args:
        prediction: the prediction, such as "positive 98.1 %".
        toward: the class that positive weights speak for; negative ones speak against it.
        weights: each token and its weight.
    """

    prediction: str
    toward: str
    weights: Sequence[tuple[str, float]]

    def coloured(self) -> list[tuple[str, tuple[int, int, int]]]:
        """Each token and its colour: from white to FOR or AGAINST, by its weight as a share of the largest."""
        largest = max((abs(weight) for _, weight in self.weights), default=0.0) or 1.0
        return [(token, _colour(weight / largest)) for token, weight in self.weights]


def _toward(explanations: Sequence[Explanation]) -> str:
    """The name of the class that positive weights speak for, if it is the same in all explanations."""
    names = {each.toward for each in explanations if each.toward}
    return names.pop() if len(names) == 1 else "the class that was chosen"


def _colour(strength: float) -> tuple[int, int, int]:
    full = FOR if strength > 0 else AGAINST
    red, green, blue = (round(255 + (each - 255) * abs(strength)) for each in full)
    return red, green, blue


def _lines(explanation: Explanation, columns: int) -> list[list[tuple[int, str, tuple[int, int, int]]]]:
    """The tokens in lines of so many characters: (place in the line, token, colour). A token longer than a line is cut."""
    lines: list[list[tuple[int, str, tuple[int, int, int]]]] = [[]]
    place = 0
    for token, colour in explanation.coloured():
        shown = token if len(token) <= columns else token[: columns - 3] + "..."
        if lines[-1] and place + len(shown) > columns:
            lines.append([])
            place = 0
        lines[-1].append((place, shown, colour))
        place += len(shown) + 1
    return lines


def in_terminal(explanation: Explanation) -> str:
    """The tokens on their colours, by ANSI's escape sequences of 24 bits, in lines as wide as the terminal."""
    columns = max(shutil.get_terminal_size().columns, 20)

    def painted(token: str, colour: tuple[int, int, int]) -> str:
        return f"\x1b[48;2;{';'.join(map(str, colour))};{30 if sum(colour) > BRIGHT else 97}m{token}\x1b[0m"

    return "\n".join(" ".join(painted(token, colour) for _, token, colour in line) for line in _lines(explanation, columns))


def check(path: Path) -> None:
    """Raises UserError for a name that ends in none of SUFFIXES."""
    if path.suffix not in SUFFIXES:
        raise UserError(f"{path}: an explanation is written as {' or '.join(SUFFIXES)}; give the file one of these endings")


def write(explanations: Sequence[Explanation], path: Path) -> None:
    """Writes a page (.html) or a picture (.png). Raises UserError for another suffix, and for more lines than a picture has."""
    check(path)
    if path.suffix == ".html":
        write_marked(path, _page(explanations).encode())
    else:
        _draw(explanations, path)


def _page(explanations: Sequence[Explanation]) -> str:
    parts = []
    for each in explanations:
        words = " ".join(
            f'<span style="background:rgb{colour};color:{"#000" if sum(colour) > BRIGHT else "#fff"}" title="{weight:+.3f}">'
            f"{html.escape(token)}</span>"
            for (token, colour), (_, weight) in zip(each.coloured(), each.weights, strict=True)
        )
        parts.append(f"<h2>{html.escape(each.prediction)}</h2>\n<p>{words}</p>")
    key = "".join(
        f'<span style="background:rgb{colour};color:#fff">{name}</span> '
        for name, colour in (("spoke for it", FOR), ("spoke against it", AGAINST))
    )
    toward = html.escape(_toward(explanations))
    style = "body{font:16px/1.7 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}span{border-radius:3px;padding:1px 3px}"
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>What decided</title>\n<style>{style}</style>\n'
        f"<p>{toward}: {key}({BASELINE})</p>\n" + "\n".join(parts) + "\n</html>\n"
    )


def _draw(explanations: Sequence[Explanation], path: Path) -> None:
    from matplotlib.figure import Figure

    blocks = [(each, _lines(each, COLUMNS)) for each in explanations]
    rows = 1 + sum(2 + len(lines) for _, lines in blocks)
    if rows > MOST_LINES:
        raise UserError(f"{path}: {rows} lines of text are too many for a picture; write .html, or fewer texts")
    across, down = 0.085, 0.24  # inches of a character and of a line
    width, height = across * (COLUMNS + 2), down * (rows + 0.5)
    figure = Figure(figsize=(width, height), dpi=120)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-1, COLUMNS + 1), ylim=(rows + 0.5, 0))
    axes.set_axis_off()
    font: dict[str, Any] = {
        "parse_math": False,
        "family": "monospace",
        "fontsize": across * 72 / 0.602,
        "va": "center",
    }  # DejaVu Sans Mono is 0.602 em wide
    for place, name, colour in ((0, "spoke for", FOR), (12, "spoke against", AGAINST)):
        axes.text(place, 0.7, name, color="white", backgroundcolor=_unit(colour), **font)
    axes.text(28, 0.7, f"{_toward(explanations)} ({BASELINE})", color="#555555", **font)
    row = 1.0
    for each, lines in blocks:
        row += 1.2
        axes.text(0, row, each.prediction, **{**font, "weight": "bold"})
        for line in lines:
            row += 1
            for place, token, colour in line:
                box = {"facecolor": _unit(colour), "edgecolor": "none", "boxstyle": "square,pad=0.12"}
                axes.text(place, row, token, color="black" if sum(colour) > BRIGHT else "white", bbox=box, **font)
        row += 0.8
    write_picture(figure, path)


def _unit(colour: tuple[int, int, int]) -> tuple[float, float, float]:
    red, green, blue = (each / 255 for each in colour)
    return red, green, blue
