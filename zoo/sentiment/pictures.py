"""Explanations to look at: the words of a text, coloured by their weights, in a terminal, as a page or as a picture."""

import html
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.core import coloured_text
from zoo.core.coloured_text import FONT, Colour, ink, shade, span, unit
from zoo.core.errors import UserError
from zoo.core.files import write_marked, write_picture

# Blue speaks for the class, red against it, as in zoo.core.colours.
FOR, AGAINST = (33, 102, 172), (178, 24, 43)
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

    def coloured(self) -> list[tuple[str, Colour]]:
        """Each token and its colour: from white to FOR or AGAINST, by its weight as a share of the largest."""
        largest = max((abs(weight) for _, weight in self.weights), default=0.0) or 1.0
        return [(token, _colour(weight / largest)) for token, weight in self.weights]


def _toward(explanations: Sequence[Explanation]) -> str:
    """The name of the class that positive weights speak for, if it is the same in all explanations."""
    names = {each.toward for each in explanations if each.toward}
    return names.pop() if len(names) == 1 else "the class that was chosen"


def _colour(strength: float) -> Colour:
    return shade(FOR if strength > 0 else AGAINST, abs(strength))


def _lines(explanation: Explanation, columns: int) -> list[list[tuple[int, str, Colour]]]:
    """The tokens in lines of so many characters: (place in the line, token, colour). A token longer than a line is cut."""
    lines: list[list[tuple[int, str, Colour]]] = [[]]
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

    def painted(token: str, colour: Colour) -> str:
        return f"\x1b[48;2;{';'.join(map(str, colour))};{30 if ink(colour) == 'black' else 97}m{token}\x1b[0m"

    return "\n".join(" ".join(painted(token, colour) for _, token, colour in line) for line in _lines(explanation, columns))


def check(path: Path) -> None:
    """Raises UserError for a name that ends in neither .html nor .png."""
    coloured_text.check(path, "an explanation")


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
            span(token, colour, f"{weight:+.3f}")
            for (token, colour), (_, weight) in zip(each.coloured(), each.weights, strict=True)
        )
        parts.append(f"<h2>{html.escape(each.prediction)}</h2>\n<p>{words}</p>")
    key = " ".join(span(name, colour) for name, colour in (("spoke for it", FOR), ("spoke against it", AGAINST)))
    head = f"<p>{html.escape(_toward(explanations))}: {key} ({BASELINE})</p>"
    return coloured_text.page("What decided", "\n".join([head, *parts]))


def _draw(explanations: Sequence[Explanation], path: Path) -> None:
    blocks = [(each, _lines(each, COLUMNS)) for each in explanations]
    rows = 1 + sum(2 + len(lines) for _, lines in blocks)
    if rows > MOST_LINES:
        raise UserError(f"{path}: {rows} lines of text are too many for a picture; write .html, or fewer texts")
    figure, axes = coloured_text.canvas(rows, COLUMNS)
    for place, name, colour in ((0, "spoke for", FOR), (12, "spoke against", AGAINST)):
        axes.text(place, 0.7, name, color="white", backgroundcolor=unit(colour), **FONT)
    axes.text(28, 0.7, f"{_toward(explanations)} ({BASELINE})", color="#555555", **FONT)
    row = 1.0
    for each, lines in blocks:
        row += 1.2
        axes.text(0, row, each.prediction, **FONT, weight="bold")
        for line in lines:
            row += 1
            for place, token, colour in line:
                box = {"facecolor": unit(colour), "edgecolor": "none", "boxstyle": "square,pad=0.12"}
                axes.text(place, row, token, color=ink(colour), bbox=box, **FONT)
        row += 0.8
    write_picture(figure, path)
