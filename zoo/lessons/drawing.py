"""The common look of the lessons' pictures: 1,000 pixels wide, a title, named axes, few colours, labels beside their points."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from zoo.core import colours

# Okabe and Ito's colours (2008), which people with any colour vision can tell apart: for curves and groups.
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#000000"
COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK)
# For numbers with a sign, and for two classes: blue above 0 and for yes, red below 0 and for no.
SIGNED, POSITIVE, NEGATIVE = colours.SIGNED, colours.POSITIVE, colours.NEGATIVE
INCHES, DOTS_PER_INCH = 10.0, 100  # 1,000 pixels
# Where a label may stand beside its point, the best place first: points across and up, and the alignment of the text.
BESIDE = (
    (0, 4, "center", "bottom"),
    (0, -4, "center", "top"),
    (5, 0, "left", "center"),
    (-5, 0, "right", "center"),
    (4, 3, "left", "bottom"),
    (-4, 3, "right", "bottom"),
    (4, -3, "left", "top"),
    (-4, -3, "right", "top"),
)


def canvas(title: str, height: float, rows: int = 1, columns: int = 1, **subplots: Any) -> tuple[Any, np.ndarray]:
    """A figure and its axes [rows, columns].

    Args:
        title: of the whole picture.
        height: in inches; the width is 10.
        rows: of axes.
        columns: of axes.
        subplots: further arguments of Figure.subplots, such as sharex or width_ratios.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(INCHES, height), dpi=DOTS_PER_INCH, layout="constrained")
    figure.suptitle(title, fontsize=14)
    return figure, figure.subplots(rows, columns, squeeze=False, **subplots)


def label_points(axes: Any, points: np.ndarray, names: Sequence[str]) -> list[Any]:
    """Writes a name beside each point [n, 2], in a place where it covers no other name and no point, if there is one.

    Call it when everything else of the figure is drawn, since the places depend on the size of the axes.

    Returns:
        The labels, matplotlib Annotations.
    """
    from matplotlib.transforms import Bbox

    axes.figure.draw_without_rendering()
    pixels = axes.transData.transform(points)
    dots = [Bbox.from_bounds(across - 4, up - 4, 8, 8) for across, up in pixels]
    labels: list[Any] = []
    taken: list[Any] = []
    for number, (point, name) in enumerate(zip(points, names, strict=True)):
        label = axes.annotate(name, point, (0, 0), textcoords="offset points", fontsize=9)
        others = [*taken, *dots[:number], *dots[number + 1 :]]
        covered = []
        for across, up, side, edge in BESIDE:
            label.set(position=(across, up), horizontalalignment=side, verticalalignment=edge)
            box = label.get_window_extent()
            inside = axes.bbox.contains(box.x0, box.y0) and axes.bbox.contains(box.x1, box.y1)
            covered.append(sum(box.overlaps(other) for other in others) + len(others) * (not inside))
        across, up, side, edge = BESIDE[int(np.argmin(covered))]
        label.set(position=(across, up), horizontalalignment=side, verticalalignment=edge)
        label.set_in_layout(False)
        labels.append(label)
        taken.append(label.get_window_extent())
    return labels
