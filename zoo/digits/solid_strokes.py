"""Strokes that are not drawn solid: outlined digits are filled, the dots and dashes of a stroke are joined.

A mask is bool [height, width]. All lengths are relative to the ink, so that its size does not matter.
"""

import numpy as np
from scipy import ndimage

from zoo.digits.shapes import EIGHT, are_loops, is_loop, pen_width, solidity

CONVEX = 0.85  # a bent shape fills less than this share of its convex hull
NARROW = 0.3  # an outlined stroke is at most this share of the digit's longer side wide
WIDEST_DIGIT = 1.5  # the width of a dotted digit, in multiples of its height, is at most this
STRAIGHT = 1.1  # the length of a dot or dash, in multiples of its diagonal, is at most this


def filled_outlines(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fills digits that are drawn as outlines.

    An outline is one closed line: all of its ink lies along the area that it encloses. A 6 or a 9 has a tail, so it is no
    outline. A 0 is a closed line too, but it encloses a wide convex area; an outlined stroke encloses a narrow or bent one.

    Returns:
        The mask, and what was filled.
    """
    labels, _ = ndimage.label(mask, EIGHT)
    filled = np.zeros(mask.shape, bool)
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        own = labels[box] == number
        whole = ndimage.binary_fill_holes(own)
        area = whole & ~own
        if area.sum() < 0.05 * whole.sum() or pen_width(own) > 0.08 * max(own.shape) or not is_loop(own):
            continue
        inner = area & (labels[box] > 0)
        stroke = area & ~ndimage.binary_fill_holes(inner)
        widest = 2 * ndimage.distance_transform_edt(np.pad(stroke, 1)).max()
        narrow = min(own.shape) <= NARROW * max(own.shape)
        bent = solidity(whole) < CONVEX and widest <= NARROW * max(own.shape)
        if narrow or bent or (inner.any() and are_loops(inner)):
            filled[box] |= stroke
    return mask | filled, filled


def joined_dots(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Joins the small patches of a dotted or dashed stroke.

    Returns:
        The mask, and what was added.
    """
    nothing = np.zeros(mask.shape, bool)
    if not _is_dotted(mask):
        return mask, nothing
    longest = max(np.ptp(side) for side in mask.nonzero()) + 1
    margin = round(0.06 * longest) + 1
    padded = np.pad(mask, margin)
    for radius in range(1, margin):
        near = ndimage.distance_transform_edt(~padded) <= radius
        closed = (ndimage.distance_transform_edt(near) > radius) | padded
        labels, _ = ndimage.label(closed, EIGHT)
        if max(side.stop - side.start for box in ndimage.find_objects(labels) for side in box) > 0.8 * longest:
            closed = closed[margin:-margin, margin:-margin]
            return closed, closed & ~mask
    return mask, nothing


def _is_dotted(mask: np.ndarray) -> bool:
    """Whether the patches look like the dots or dashes of one digit: many, small and straight."""
    labels, n = ndimage.label(mask, EIGHT)
    height, width = (np.ptp(side) for side in mask.nonzero())
    longest = max(height, width) + 1
    boxes = ndimage.find_objects(labels)
    sides = [max(side.stop - side.start for side in box) for box in boxes]
    if n < 8 or np.median(sides) > 0.2 * longest or max(sides) > 0.5 * longest:
        return False
    if width > WIDEST_DIGIT * height:  # a row of digits
        return False
    # The strokes of a whole digit are longer than its diagonal.
    diagonals = [np.hypot(*(side.stop - side.start for side in box)) for box in boxes]
    lengths = np.bincount(labels.ravel())[1:] / pen_width(mask)
    return bool(np.median(lengths / diagonals) <= STRAIGHT)
