"""How all lessons' pictures look: 1,000 pixels wide, a title, named axes, the same few colours."""

from typing import Any

import numpy as np

# Okabe and Ito's colours (2008), which people with any colour vision can tell apart.
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#000000"
COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK)
INCHES, DOTS_PER_INCH = 10.0, 100  # 1,000 pixels


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
