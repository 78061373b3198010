"""Pictures of handwritten digits with a network's predictions, as PNG files or in characters."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.files import write_picture

RIGHT, WRONG = "#1a7f37", "#cf222e"
COLUMNS = 10
DOTS_PER_INCH = 100
MOST_ERRORS = 100
RAMP = " .:-=+*#%@"  # from black to white
BAR = 20  # characters that stand for a probability of 1


def draw_grid(images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, path: Path) -> int:
    """Draws digits, ten in a row, each with the predicted class and its probability. Errors have a red frame and the true class.

    Args:
        images: uint8 [n, 28, 28].
        labels: [n], the true classes.
        probabilities: [n, 10].
        path: the PNG file to write.

    Returns:
        The number of errors.
    """
    errors = int((probabilities.argmax(1) != labels).sum())
    _draw(images, labels, probabilities, f"{len(images) - errors} of {len(images)} right", path)
    return errors


def draw_errors(images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, path: Path) -> None:
    """Draws the digits that a network gets wrong as `draw_grid` does: at most 100, those with the highest probability first.

    Args:
        images: uint8 [n, 28, 28].
        labels: [n], the true classes.
        probabilities: [n, 10].
        path: the PNG file to write.
    """
    wrong = np.flatnonzero(probabilities.argmax(1) != labels)
    shown = wrong[np.argsort(-probabilities[wrong].max(1), kind="stable")][:MOST_ERRORS]
    title = f"{len(wrong)} of {len(images):,} wrong" + (f", the {MOST_ERRORS} surest" if len(wrong) > MOST_ERRORS else "")
    _draw(images[shown], labels[shown], probabilities[shown], title, path)


def _draw(images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, title: str, path: Path) -> None:
    from matplotlib.figure import Figure

    predicted = probabilities.argmax(1)
    rows = max(1, -(-len(images) // COLUMNS))
    figure = Figure(figsize=(COLUMNS, 1.3 * rows + 0.4), layout="constrained", dpi=DOTS_PER_INCH)
    figure.suptitle(title, fontsize=11)
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


def draw_versions(images: np.ndarray, versions: np.ndarray, path: Path) -> None:
    """Draws each digit at the left of a row, followed by distorted versions of it.

    Args:
        images: uint8 [n, 28, 28].
        versions: [n, v, 28, 28] from 0 to 255.
        path: the PNG file to write.
    """
    from matplotlib.figure import Figure

    n, v = versions.shape[:2]
    figure = Figure(figsize=(0.8 * (v + 1), 0.8 * n + 0.4), layout="constrained", dpi=DOTS_PER_INCH)
    grid = figure.subplots(n, v + 1, squeeze=False)
    for row, image, changed in zip(grid, images, versions, strict=True):
        for axes, each in zip(row, [image, *changed], strict=True):
            _show(axes, each)
    figure.suptitle("Left: the digit. Beside it: what the network learns from, new ones in every epoch.", fontsize=11)
    write_picture(figure, path)


def as_text(image: np.ndarray, probabilities: np.ndarray) -> str:
    """A digit in characters for a terminal, with the ten probabilities as bars on its right.

    Args:
        image: uint8 [28, 28].
        probabilities: [10].
    """
    inked = np.flatnonzero(image.any(1))
    # A character is about twice as high as wide, so a pixel is two characters. There is at least one row for each class.
    top = max(0, min(inked[0] if len(inked) else 0, len(image) - len(probabilities)))
    bottom = max(inked[-1] + 1 if len(inked) else 0, top + len(probabilities))
    drawn = ["".join(2 * RAMP[value] for value in row) for row in image[top:bottom].astype(int) * len(RAMP) // 256]
    bars = [f"{label}  {p:6.1%}  {'#' * round(BAR * p)}" for label, p in enumerate(probabilities.tolist())]
    above = (len(drawn) - len(bars)) // 2
    column = [""] * above + bars + [""] * (len(drawn) - len(bars) - above)
    return "\n".join(f"{left}  {right}".rstrip() for left, right in zip(drawn, column, strict=True))


def draw_predictions(names: Sequence[str], images: np.ndarray, probabilities: np.ndarray, path: Path) -> None:
    """Draws each digit as the network saw it, and the probability of each class.

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
        # To matplotlib, a $ starts a formula.
        left.set_title(name.replace("$", r"\$"), fontsize=9)
        bars = right.bar(range(len(row)), row, color="#8c959f")
        bars[int(row.argmax())].set_color(RIGHT)
        right.set(xticks=range(len(row)), ylim=(0, 1), title=f"{row.argmax()} with probability {row.max():.3f}")
        right.title.set_fontsize(9)
    write_picture(figure, path)


def _show(axes: Any, image: np.ndarray) -> None:
    axes.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
