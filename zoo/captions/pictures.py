"""Drawings: where a captioner looked at each word, and pictures with their captions."""

import math
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from zoo.captions.canvas import fitted
from zoo.captions.model import Looked
from zoo.core.files import write_picture

SIDE = 256  # pixels of a picture in a panel
MOST_COLUMNS = 6
PANEL = 1.7  # inches
DARKEST = 0.75  # how much of a place is hidden where the network does not look


def draw_attention(picture: np.ndarray, looked: Sequence[Looked], path: Path) -> None:
    """Draws a panel for the picture and one for each word, in which the picture is bright where the network looked.

    Args:
        picture: uint8 [h, w, 3] of any size.
        looked: the words and their weights, as `zoo.captions.model.Captioner.attend` gives them.
        path: of the PNG.
    """
    square = fitted(picture, SIDE).numpy().astype(np.float32) / 255
    panels = [square, *(lit(square, each.weights) for each in looked)]
    titles = [" ".join(each.word for each in looked), *(each.word for each in looked)]
    _draw([np.rint(panel * 255).astype(np.uint8) for panel in panels], titles, path)


def lit(square: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A picture, float32 [side, side, 3] from 0 to 1, that fades to grey where the weights, [grid, grid], are low.

    The place with the largest weight stays as it is. Between the middles of two places the weights change gradually.
    """
    shares = Image.fromarray((weights / max(float(weights.max()), 1e-9)).astype(np.float32))
    shown = np.asarray(shares.resize(square.shape[1::-1], Image.Resampling.BICUBIC)).clip(0, 1)[..., np.newaxis]
    hidden = DARKEST * (1 - shown)
    return square * (1 - hidden) + 0.5 * hidden


def draw_captions(pictures: Iterable[np.ndarray], texts: Sequence[str], path: Path) -> None:
    """Draws pictures, uint8 [h, w, 3] each, with a caption above each."""
    _draw([fitted(picture, SIDE).numpy() for picture in pictures], texts, path)


def _draw(panels: Sequence[np.ndarray], titles: Sequence[str], path: Path) -> None:
    """Draws panels in rows, each with its title above it."""
    from matplotlib.figure import Figure

    columns = min(MOST_COLUMNS, len(panels))
    rows = math.ceil(len(panels) / columns)
    figure = Figure(figsize=(PANEL * columns, (PANEL + 0.45) * rows), dpi=120, layout="constrained")
    for number, (panel, title) in enumerate(zip(panels, titles, strict=True), start=1):
        axes: Any = figure.add_subplot(rows, columns, number)
        axes.imshow(panel)
        axes.set_axis_off()
        axes.set_title("\n".join(textwrap.wrap(title, 24)), fontsize=8, parse_math=False)
    write_picture(figure, path)
