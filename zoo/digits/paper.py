"""The paper in a grey picture: dark or light, a sheet on a table, a shadow across it.

Grey is float32 [height, width] from 0 (black) to 1 (white). All lengths are relative to the picture, so that its size does not
matter.
"""

import numpy as np
from scipy import ndimage

from zoo.core.errors import UserError
from zoo.digits.contrast import threshold
from zoo.digits.shapes import border_share, patches, rectangularity, sides_touched

MIN_CONTRAST = 0.2  # the difference between ink and paper; 1 is black on white
SURE = 0.75  # the share of the border's pixels that must be dark (or light) for paper to be dark (or light)
# A larger share of ink along the border may be a shadow. Digits reach it only where they have no margin.
ALONG_BORDER = 0.1
WIDEST_PEN = 0.2  # no stroke is wider than this share of the picture's shorter side
SHEET = 0.3  # a sheet of paper covers at least this share of the picture
RECTANGULAR = 0.88  # a sheet covers at least this share of the smallest rectangle around it; an ellipse covers 0.79
WRITTEN = 0.82  # at least this share of a sheet is without ink


class NoInkError(UserError):
    """A picture of one tone."""


class NoGroundError(UserError):
    """A picture whose border does not show whether paper is dark or light."""


def on_dark(grey: np.ndarray, name: str) -> tuple[np.ndarray, bool]:
    """The picture with bright ink on dark paper, and whether it was inverted for that.

    Args:
        grey: the picture.
        name: what messages call it.

    Raises:
        NoInkError: the picture is almost uniform.
        NoGroundError: the border does not show what is paper.
    """
    level, contrast = threshold(grey)
    if contrast < MIN_CONTRAST:
        raise NoInkError(f"{name} shows no ink, it is almost uniform: give a picture with one digit in clear contrast")
    dark = grey < level
    edge = max(1, round(min(grey.shape) / 40))
    inner = np.zeros(grey.shape, bool)
    inner[edge:-edge, edge:-edge] = True
    share = dark[~inner].mean()
    if 1 - SURE < share < SURE:
        raise NoGroundError(
            f"{name}: ink and paper cannot be told apart, {share:.0%} of the border is dark: leave an even margin around a digit"
        )
    return (grey, False) if share >= SURE else (1 - grey, True)


def without_shadows(grey: np.ndarray, border: float) -> tuple[np.ndarray, np.ndarray] | None:
    """Dark ink on light paper with shadows: the picture with bright ink on evenly dark paper, and the mask of the ink.

    A grey closing (the maximum over a window, then the minimum) removes everything dark that is narrower than the window. What
    remains is the paper with its shadows; the picture is divided by it.

    Args:
        grey: the picture.
        border: the share of the border that seems to be ink before shadows are removed.

    Returns:
        None where no ink is left, or where the share of ink along the border is not at least halved.
    """
    side = 2 * round(WIDEST_PEN * min(grey.shape) / 2) + 1  # odd, so that edges stay where they are
    paper = ndimage.grey_closing(grey, size=(side, side))
    bright = (1 - (grey / np.maximum(paper, 0.05)).clip(0, 1)).astype(np.float32)
    level, contrast = threshold(bright)
    if contrast < MIN_CONTRAST:
        return None
    mask = bright > level
    labels, areas = patches(mask)
    # The corners of a shadow remain where it meets the edge of the picture.
    at_edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    inside = np.setdiff1d(np.flatnonzero(areas), at_edge)
    if len(inside) and areas[inside].max() >= areas[at_edge].max() / 4:
        rest = mask & np.isin(labels, at_edge)
        bright, mask = np.where(rest, 0, bright), mask & ~rest
    return (bright, mask) if border_share(mask) <= min(ALONG_BORDER, border / 2) else None


def sheet(grey: np.ndarray) -> np.ndarray | None:
    """The sheet of paper in a picture that also shows a table: a large rectangle with something written on it.

    Returns:
        The sheet, cut out; its surroundings have the tone of the paper. None where there is no sheet.
    """
    level, contrast = threshold(grey)
    if contrast < MIN_CONTRAST:
        return None
    for mask in (grey > level, grey < level):
        labels, areas = patches(mask)
        paper = labels == areas.argmax()
        if paper.mean() < SHEET / 2 or sides_touched(paper) > 1:
            continue
        whole = ndimage.binary_fill_holes(paper)
        if whole.mean() < SHEET or paper.sum() < WRITTEN * whole.sum() or rectangularity(whole) < RECTANGULAR:
            continue
        if mask[~whole].mean() > 0.5:  # the inside of a box that is drawn on the paper
            continue
        rows, columns = np.flatnonzero(whole.any(1)), np.flatnonzero(whole.any(0))
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        whole, cut = whole[box], grey[box]
        # The pixels along the edge show neither the sheet nor the table alone.
        inside = ndimage.distance_transform_edt(np.pad(whole, 1))[1:-1, 1:-1] > max(2, 0.02 * min(whole.shape))
        if threshold(cut[inside])[1] >= MIN_CONTRAST:
            return np.where(inside, cut, np.median(cut[inside])).astype(np.float32)
    return None
