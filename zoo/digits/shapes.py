"""Measures of ink in a mask (bool [height, width]): patches, the width of the pen, convexity, closed lines.

A patch is a set of pixels that touch each other, corners included.
"""

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError

EIGHT = np.ones((3, 3), bool)  # the neighbours of a pixel: pixels that touch at a corner belong together


def patches(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The number of each pixel's patch, int [height, width], 0 for paper; and the area of each patch in pixels, 0 for paper."""
    labels, _ = ndimage.label(mask, EIGHT)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    return labels, areas


def without_specks(mask: np.ndarray, share: float) -> np.ndarray:
    """The mask without patches whose area is less than `share` of the largest one's."""
    labels, areas = patches(mask)
    return (areas >= share * areas.max())[labels] & mask


def pen_width(mask: np.ndarray) -> float:
    """The mean width of the strokes in pixels.

    Across a stroke of width w, the distance of its pixels from the paper is w / 4 + 1/2 on average.
    """
    return float(4 * (ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1][mask].mean() - 0.5))


def longer_side(mask: np.ndarray) -> int:
    """The longer side of the box around the ink in pixels, 0 without ink."""
    return max(int(np.ptp(side)) + 1 for side in mask.nonzero()) if mask.any() else 0


def border_share(mask: np.ndarray) -> float:
    """The share of the picture's border that is ink."""
    return float(np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean())


def sides_touched(mask: np.ndarray) -> int:
    """How many of the picture's four sides the mask touches."""
    return sum(bool(side.any()) for side in (mask[0], mask[-1], mask[:, 0], mask[:, -1]))


def rectangularity(mask: np.ndarray) -> float:
    """The share that the mask covers of the smallest rectangle around it, at any angle."""
    hull = _hull(mask)
    if hull is None:
        return 1.0
    corners = hull.points[hull.vertices]
    edges = np.diff(np.concatenate([corners, corners[:1]]), axis=0)
    angles = np.arctan2(edges[:, 1], edges[:, 0])
    # One side of the smallest rectangle lies along a side of the hull (Freeman and Shapira 1975).
    along = np.stack([np.cos(angles), np.sin(angles)]).T @ corners.T
    across = np.stack([-np.sin(angles), np.cos(angles)]).T @ corners.T
    return float(mask.sum() / (np.ptp(along, axis=1) * np.ptp(across, axis=1)).min())


def solidity(mask: np.ndarray) -> float:
    """The share of its convex hull that the mask covers: 1 for a convex shape."""
    hull = _hull(mask)
    return 1.0 if hull is None else float(mask.sum() / hull.volume)  # in two dimensions the volume is the area


def _hull(mask: np.ndarray) -> ConvexHull | None:
    """The convex hull of the mask's pixels, each a square; None for a single row or column."""
    points = np.argwhere(mask & ~ndimage.binary_erosion(mask))
    corners = np.concatenate([points + shift for shift in ((0, 0), (0, 1), (1, 0), (1, 1))])
    try:
        return ConvexHull(corners)
    except QhullError:
        return None


def is_loop(patch: np.ndarray) -> bool:
    """Whether a patch is one closed line: all its ink lies along the edge of one hole."""
    holes, _ = ndimage.label(ndimage.binary_fill_holes(patch) & ~patch)
    sizes = np.bincount(holes.ravel())
    sizes[0] = 0
    if (sizes >= max(1, 0.05 * sizes.max())).sum() != 1:
        return False
    distance = ndimage.distance_transform_edt(holes != sizes.argmax())
    near = distance[patch] <= 1.8 * max(1.0, pen_width(patch)) + 1
    return bool(near.mean() >= 0.95)


def are_loops(mask: np.ndarray) -> bool:
    """Whether every patch is a loop, as `is_loop` says."""
    labels, _ = ndimage.label(mask, EIGHT)
    return all(is_loop(labels[box] == number) for number, box in enumerate(ndimage.find_objects(labels), start=1))
