"""Handwritten digits that a pen of any width can draw: how far each pixel is from the middle of the strokes.

The middle is found by thinning (Zhang and Suen 1984, "A fast parallel algorithm for thinning digital patterns"). The distance
to it is smooth, so it can be enlarged and turned, and a stroke of any width drawn from it.
"""

import random

import numpy as np
from scipy import ndimage

FAR = 8.0  # pixels; larger distances make no difference
SMOOTH = 0.9  # pixels, the standard deviation of the filter that smooths the middle lines


class Handwriting:
    """Digits to choose from.

    Args:
        images: uint8 [n, 28, 28], white ink on black.
        labels: int64 [n], 0 to 9; there must be some of each.
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray) -> None:
        self._images = images
        self._of = [np.flatnonzero(labels == label) for label in range(10)]
        self._distances: dict[int, np.ndarray] = {}

    def choose(self, digit: int, dice: random.Random) -> tuple[np.ndarray, np.ndarray]:
        """An image of the digit: its ink from 0 to 1, and the distances to the middle of its strokes; float32 [28, 28] both."""
        number = int(dice.choice(self._of[digit]))
        if number not in self._distances:
            self._distances[number] = distances(self._images[number])
        return self._images[number].astype(np.float32) / 255, self._distances[number]


def distances(image: np.ndarray) -> np.ndarray:
    """The distance of each pixel of a digit, uint8 [28, 28], to the middle of its strokes, in pixels; float32 [28, 28].

    The middle lines go in steps from pixel to pixel. A Gaussian filter smooths them. It turns a distance d into about
    sqrt(d^2 + 2 SMOOTH^2 / pi), since its mean of |x| is SMOOTH sqrt(2 / pi); this is undone.
    """
    away = ndimage.gaussian_filter(ndimage.distance_transform_edt(~thinned(image > 100)), SMOOTH, mode="nearest")
    return np.sqrt((away**2 - 2 * SMOOTH**2 / np.pi).clip(0)).clip(0, FAR).astype(np.float32)


def thinned(mask: np.ndarray) -> np.ndarray:
    """The middle lines of what a mask, bool [height, width], shows."""
    ink = np.pad(mask, 1).astype(np.int8)
    while True:
        before = ink
        for first in (True, False):
            # The eight neighbours, clockwise from the north.
            north, east, south, west = ink[:-2, 1:-1], ink[1:-1, 2:], ink[2:, 1:-1], ink[1:-1, :-2]
            ring = np.stack([north, ink[:-2, 2:], east, ink[2:, 2:], south, ink[2:, :-2], west, ink[:-2, :-2]])
            count = ring.sum(0)
            starts = ((ring == 0) & (np.roll(ring, -1, 0) == 1)).sum(0)
            edge = (north * east * south == 0) & (east * south * west == 0)
            if not first:
                edge = (north * east * west == 0) & (north * south * west == 0)
            away = (ink[1:-1, 1:-1] == 1) & (count >= 2) & (count <= 6) & (starts == 1) & edge
            ink = ink.copy()
            ink[1:-1, 1:-1][away] = 0
        if (ink == before).all():
            return ink[1:-1, 1:-1] == 1
