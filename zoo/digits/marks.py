"""Marks around the writing that are no digits: ruled lines, frames, underlines. They are removed from the mask of the ink.

A mask is bool [height, width]. All lengths are relative to the picture or to the ink, so that their size does not matter.
"""

import numpy as np
from scipy import ndimage

from zoo.digits.shapes import EIGHT, are_loops, longer_side, patches, solidity, without_specks

SPECK = 0.02  # a patch of less than this share of the largest one's area is dirt
RULE = 0.95  # a ruled line runs through at least this share of the picture's width
RULE_PIECE = 0.12  # a ruled line consists of straight pieces at least this long, as a share of the picture's width
FRAMED = 0.2  # a frame holds a patch whose longer side is at least this share of the frame's
# A patch that fills less than CONVEX of its convex hull is no frame; between CONVEX and ROUND it may be an outlined digit.
CONVEX, ROUND = 0.85, 0.95
FLAT = 4  # a patch this many times as wide as high is no digit


def without_rules(mask: np.ndarray) -> tuple[np.ndarray, int]:
    """Removes ruled lines, which run through the whole picture, across or down.

    Where a stroke crosses a line, the ink is thicker than the line and stays. Staff lines are removed from printed music in the
    same way.

    Returns:
        The mask, and the number of lines.
    """
    lines = 0
    for turned in (False, True):
        across, found = _without_rows(mask.T if turned else mask)
        lines += found
        mask = across.T if turned else across
    return mask, lines


def _without_rows(mask: np.ndarray) -> tuple[np.ndarray, int]:
    height, width = mask.shape
    # A line that rises a little consists of straight pieces, each one or two pixels above the last.
    piece = np.ones((1, max(3, round(RULE_PIECE * width))), bool)
    straight = ndimage.binary_opening(ndimage.binary_dilation(mask, np.ones((3, 1), bool)), piece)
    labels, _ = ndimage.label(straight, EIGHT)
    thickness = _runs(mask)
    rules = np.zeros(mask.shape, bool)
    found = 0
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        if columns.stop - columns.start < RULE * width:
            continue
        track = (labels[rows, columns] == number) & mask[rows, columns]
        # The thickness of the line alone: the lowest quarter, since writing touches less than three quarters of the line.
        usual = float(np.quantile(np.where(track, thickness[rows, columns], height).min(axis=0), 0.25))
        if usual <= max(3, 0.05 * max(mask.shape)):
            rules[rows, columns] |= track & (thickness[rows, columns] <= 1.6 * usual + 1)
            found += 1
    return mask & ~rules, found


def _runs(mask: np.ndarray) -> np.ndarray:
    """For each pixel of the mask, the length of the vertical run of ink through it: int [height, width]."""
    rows = np.arange(len(mask))[:, np.newaxis]
    last = np.maximum.accumulate(np.where(mask, -1, rows), axis=0)  # the nearest row without ink above, and below
    following = np.minimum.accumulate(np.where(mask, len(mask), rows)[::-1], axis=0)[::-1]
    return np.where(mask, following - last - 1, 0)


def without_frames(mask: np.ndarray) -> tuple[np.ndarray, bool]:
    """Removes boxes and circles around the writing, also a box that the writing touches.

    Returns:
        The mask, and whether there were any.
    """
    labels, _ = ndimage.label(mask, EIGHT)
    found = False
    while (frame := _frame(labels)) is not None:
        labels[frame] = 0
        found = True
    if found:
        return labels > 0, True
    rest = _without_touching_box(mask)
    return (mask, False) if rest is None else (rest, True)


def _frame(labels: np.ndarray) -> np.ndarray | None:
    """The mask of the first patch that is convex and encloses a patch of some size; None where there is none."""
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        if box is None:  # a frame that was removed before
            continue
        part = labels[box]
        own = part == number
        whole = ndimage.binary_fill_holes(own)
        held = whole & ~own & (part > 0)
        inner = ndimage.find_objects(ndimage.label(held, EIGHT)[0])
        if max((side.stop - side.start for patch in inner for side in patch), default=0) < FRAMED * max(own.shape):
            continue
        convex = solidity(whole)
        if convex < CONVEX or (convex < ROUND and are_loops(held)):  # an outlined 4, 6, 8 or 9
            continue
        frame = np.zeros(labels.shape, bool)
        frame[box] = own
        return frame
    return None


def _without_touching_box(mask: np.ndarray) -> np.ndarray | None:
    """The mask without a box that is one patch with the writing; None where there is no such box."""
    labels, areas = patches(mask)
    box = ndimage.find_objects(labels)[areas.argmax() - 1]
    if min(side.stop - side.start for side in box) < 8:
        return None
    inside, sides = without_rules(mask[box])
    # All four sides of a box run through it from end to end. A digit has at most two such lines, as a 2 or a 7.
    if sides < 4 or not inside.any() or longer_side(without_specks(inside, SPECK)) < FRAMED * max(inside.shape):
        return None
    rest = mask.copy()
    rest[box] = inside
    return rest


def without_underlines(mask: np.ndarray) -> tuple[np.ndarray, bool]:
    """Removes flat, straight lines below the writing, and much wider ones above it.

    Returns:
        The mask, and whether there were any.
    """
    labels, _ = ndimage.label(mask, EIGHT)
    boxes = ndimage.find_objects(labels)
    lines = []
    for number, (rows, columns) in enumerate(boxes, start=1):
        width = columns.stop - columns.start
        if width < FLAT * (rows.stop - rows.start):
            continue
        digits = [
            box
            for box in boxes
            if box[1].stop - box[1].start < FLAT * (box[0].stop - box[0].start)
            and box[1].start < columns.stop
            and box[1].stop > columns.start
        ]
        # A line above the writing is easily the bar of a 5 or a 7, so the gap and the width must be larger there.
        for below, least_gap, least_width in ((True, 0.04, 0.6), (False, 0.15, 1.6)):
            near = [box for box in digits if (box[0].start < rows.start) == below]
            if not near:
                continue
            tallest = max(box[0].stop - box[0].start for box in near)
            written = max(box[1].stop for box in near) - min(box[1].start for box in near)
            gap = min(rows.start - box[0].stop if below else box[0].start - rows.stop for box in near)
            if gap >= least_gap * tallest and width >= least_width * written:
                lines.append(number)
    return mask & ~np.isin(labels, lines), bool(lines)
