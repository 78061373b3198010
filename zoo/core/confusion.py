"""The confusion matrix: how many rows of each class a model takes for each class, as numbers, text and picture."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import confusion_matrix

from zoo.core.files import write_picture

MOST_PRINTED = 12  # classes in a table of text; of more the lines are too long
MOST_NUMBERED = 30  # classes with a number in each cell of a picture


def count(said: np.ndarray, targets: np.ndarray, classes: int) -> np.ndarray:
    """Rows of each class (row) that were taken for each class (column), int [classes, classes].

    Args:
        said: probabilities of the second of two classes, [n], or of every class, [n, classes].
        targets: class numbers [n].
        classes: their number.
    """
    taken = said.argmax(1) if said.ndim == 2 else (said >= 0.5).astype(int)
    return np.asarray(confusion_matrix(targets, taken, labels=range(classes)))


def as_text(matrix: np.ndarray, classes: Sequence[str]) -> str:
    """A matrix as lines of text; empty for more than MOST_PRINTED classes."""
    if len(classes) > MOST_PRINTED:
        return ""
    short = [name if len(name) <= 16 else f"{name[:13]}..." for name in classes]
    first = max(len("true class"), *map(len, short))
    widths = [max(len(name), len(f"{most:,}")) for name, most in zip(short, matrix.max(0).tolist(), strict=True)]
    lines = [
        ["true class", *short],
        *([name, *(f"{n:,}" for n in row)] for name, row in zip(short, matrix.tolist(), strict=True)),
    ]
    return "taken for:\n" + "\n".join(
        "  ".join([line[0].ljust(first), *(cell.rjust(width) for cell, width in zip(line[1:], widths, strict=True))])
        for line in lines
    )


def draw(matrix: np.ndarray, classes: Sequence[str], title: str, path: Path) -> None:
    """Draws a matrix as a PNG: the colour is the share of the true class, so that each diagonal cell shows a recall."""
    from matplotlib.figure import Figure

    rows = matrix.sum(1, keepdims=True)
    shares = np.divide(matrix, rows, out=np.zeros(matrix.shape), where=rows > 0)
    size = min(12.0, 3.4 + 0.42 * len(classes))
    figure = Figure(figsize=(size + 1, size), dpi=110, layout="constrained")
    axes = figure.add_subplot()
    shade = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(shade, ax=axes, shrink=0.8).set_label("share of the true class")
    names = [name if len(name) <= 20 else f"{name[:17]}..." for name in classes]
    size_of_text = 9 if len(classes) <= 20 else 6
    axes.set_xticks(
        range(len(names)), names, rotation=45 if max(map(len, names)) > 3 else 0, fontsize=size_of_text, parse_math=False
    )
    axes.set_yticks(range(len(names)), names, fontsize=size_of_text, parse_math=False)
    if len(classes) <= MOST_NUMBERED:
        for i, j in np.ndindex(matrix.shape):
            if matrix[i, j]:
                colour = "white" if shares[i, j] > 0.6 else "black"
                axes.text(j, i, f"{matrix[i, j]:,}", ha="center", va="center", color=colour, fontsize=size_of_text)
    axes.set(xlabel="taken for", ylabel="true class")
    axes.set_title(title, parse_math=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_picture(figure, path)
