"""A picture of attention: which words of the source each word of a translation looks at."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.core.errors import UserError
from zoo.core.files import write_picture

if TYPE_CHECKING:
    from zoo.translation.model import Attention

MOST_WORDS = 60  # of a sentence, so that they can be read
SHOWN = 24  # characters of a word
CELL = 0.3  # inches of a word's row and column


def draw(attention: "Attention", path: Path) -> None:
    """Writes attention as a PNG: a row for each word of the translation, a column for each word of the text.

    Args:
        attention: of a text and its translation.
        path: where the picture goes, a name that ends in .png.

    Raises:
        UserError: a text or a translation without words, or with more than MOST_WORDS.
    """
    for name, words in (("text", attention.source), ("translation", attention.target)):
        if not 0 < len(words) <= MOST_WORDS:
            raise UserError(f"{path}: the {name} has {len(words)} words; a picture shows 1 to {MOST_WORDS}")
    write_picture(_figure(attention), path)


def _figure(attention: "Attention") -> Any:
    from matplotlib.figure import Figure

    across, down = [_shown(word) for word in attention.source], [_shown(word) for word in attention.target]
    letter = 0.085  # inches, a little more than a letter's mean width at this size
    left, top = 0.3 + letter * max(map(len, down)), 0.3 + letter * max(map(len, across))
    width, height = left + CELL * len(across) + 0.9, top + CELL * len(down) + 0.45
    figure = Figure(figsize=(max(width, left + 3.2), height), dpi=120)
    full_width = figure.get_size_inches()[0]
    axes = figure.add_axes((left / full_width, 0.45 / height, CELL * len(across) / full_width, CELL * len(down) / height))
    image = axes.imshow(attention.weights, cmap="Blues", vmin=0, vmax=1, interpolation="nearest", aspect="auto")
    axes.set_xticks(range(len(across)), across, rotation=90, fontsize=9, parse_math=False)
    axes.set_yticks(range(len(down)), down, fontsize=9, parse_math=False)
    axes.tick_params(top=True, bottom=False, labeltop=True, labelbottom=False, length=0)
    axes.set_xticks(np.arange(len(across)) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(down)) - 0.5, minor=True)
    axes.grid(which="minor", color="#dddddd", linewidth=0.5)
    axes.tick_params(which="minor", length=0)
    beside = figure.add_axes(
        (
            left / full_width + (CELL * len(across) + 0.15) / full_width,
            0.45 / height,
            0.12 / full_width,
            CELL * len(down) / height,
        )
    )
    figure.colorbar(image, cax=beside, ticks=[0, 0.5, 1])
    beside.tick_params(labelsize=8)
    figure.text(0.1 / full_width, 0.14 / height, "each row: where a word of the translation looks", fontsize=8, color="#555555")
    return figure


def _shown(word: str) -> str:
    """A word as an axis shows it: its beginning, without control characters."""
    plain = "".join(c if c.isprintable() else " " for c in word)
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"
