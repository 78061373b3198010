"""Pictures of handwritten digits with what a network makes of them, as PNG files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo.files import write_picture

RIGHT, WRONG = "#1a7f37", "#cf222e"
COLUMNS = 10
DOTS_PER_INCH = 100


def draw_grid(images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, path: Path) -> int:
    """Draws digits ten in a row with the predicted class and its probability; errors have a red frame and the truth.

    Args:
        images: uint8 [n, 28, 28].
        labels: [n], the true classes.
        probabilities: [n, 10].
        path: the PNG file to write.

    Returns:
        The number of errors.
    """
    from matplotlib.figure import Figure

    predicted = probabilities.argmax(1)
    rows = -(-len(images) // COLUMNS)
    errors = int((predicted != labels).sum())
    figure = Figure(figsize=(COLUMNS, 1.3 * rows + 0.4), layout="constrained", dpi=DOTS_PER_INCH)
    figure.suptitle(f"{len(images) - errors} of {len(images)} right", fontsize=11)
    grid = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axes in grid[len(images) :]:
        axes.set_visible(False)
    for axes, image, label, chosen, row in zip(grid, images, labels, predicted, probabilities, strict=False):
        _show(axes, image)
        wrong = chosen != label
        axes.set_title(
            f"{chosen} ({row[chosen]:.0%})" + (f"\nis a {label}" if wrong else ""), fontsize=9, color=WRONG if wrong else RIGHT
        )
        if wrong:
            for spine in axes.spines.values():
                spine.set(visible=True, color=WRONG, linewidth=3)
    write_picture(figure, path)
    return errors


def draw_predictions(names: Sequence[str], images: np.ndarray, probabilities: np.ndarray, path: Path) -> None:
    """Draws, for each picture, what the network saw and the probability of each class.

    Args:
        names: n titles.
        images: uint8 [n, 28, 28].
        probabilities: [n, 10].
        path: the PNG file to write.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 2 * len(images)), layout="constrained", dpi=DOTS_PER_INCH)
    grid = figure.subplots(len(images), 2, squeeze=False, width_ratios=(1, 2))
    for (left, right), name, image, row in zip(grid, names, images, probabilities, strict=True):
        _show(left, image)
        # A $ would start a formula.
        left.set_title(name.replace("$", r"\$"), fontsize=9)
        bars = right.bar(range(len(row)), row, color="#8c959f")
        bars[int(row.argmax())].set_color(RIGHT)
        right.set(xticks=range(len(row)), ylim=(0, 1), title=f"{row.argmax()} with probability {row.max():.3f}")
        right.title.set_fontsize(9)
    write_picture(figure, path)


def _show(axes: Any, image: np.ndarray) -> None:
    axes.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
