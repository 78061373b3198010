"""Digits that touch, cut apart.

A patch of ink is cut in two along a path that crosses little ink. A cut counts where both sides are clear digits, and where no
other cut gives another number.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image
from scipy import ndimage

from zoo.digits import handwriting, one_digit
from zoo.digits.reading import Digit
from zoo.digits.shapes import EIGHT, patches
from zoo.images.mnist_form import cropped

SIDE = 64  # pixels of the longer side of a patch when cuts are searched
CUTS = 7  # places across the patch where a path is searched
SLACK = 0.15  # how far a path may leave its place to each side, as a share of the patch's width
MOST_INK = 0.22  # at most this share of a path may run through ink
MOST_DIGITS = 3  # that are cut apart in one patch
FRAGMENT = 0.08  # a piece smaller than this share of the largest one belongs to the other digit
SURE = 0.93  # a reading of a patch needs at least this probability
RIVAL = 0.4  # from this probability on, another reading makes it uncertain

Predict = Callable[[np.ndarray], np.ndarray]  # from images uint8 [n, 28, 28] to the probabilities of the ten digits, [n, 10]


def cut_apart(ink: np.ndarray, predict: Predict) -> list[Digit]:
    """The digits of a patch, from the left or, in a tall patch, from the top; none where it is not certain how to cut.

    Args:
        ink: float32 [height, width] from 0 to 1.
        predict: the network.
    """
    readings: dict[str, tuple[float, list[Digit]]] = {}  # by the number that they give
    height, width = cropped(ink).shape
    for down in (False, True):
        if down and height < 1.3 * width:
            continue
        for probability, digits in _readings(ink, predict, down, MOST_DIGITS):
            number = "".join(str(digit.label) for digit in digits)
            if probability > readings.get(number, (0.0, []))[0]:
                readings[number] = probability, digits
    best, *others = sorted(readings.values(), key=lambda reading: -reading[0]) or [(0.0, [])]
    if best[0] < SURE or any(probability >= RIVAL for probability, _ in others):
        return []
    return best[1]


def _readings(ink: np.ndarray, predict: Predict, down: bool, most: int) -> list[tuple[float, list[Digit]]]:
    """The ways to read a patch as two to `most` digits, each with its probability; `down`: digits one above the other."""
    pairs = _cuts(ink, down)
    if not pairs:
        return []
    images = np.stack([handwriting.as_image(side) for pair in pairs for side in pair])
    probabilities, doubts = predict(images), one_digit.doubt(images)
    clear = probabilities.max(1) * (1 - doubts)
    found = []
    for number, (_, rest) in enumerate(pairs):
        first, second = 2 * number, 2 * number + 1
        one = Digit(images[first], probabilities[first])
        if clear[first] < RIVAL:
            continue
        found.append((float(clear[first] * clear[second]), [one, Digit(images[second], probabilities[second])]))
        if most > 2 and doubts[second] >= one_digit.UNSURE:
            found += [
                (float(clear[first]) * probability, [one, *digits])
                for probability, digits in _readings(rest, predict, down, most - 1)
            ]
    return found


def _cuts(ink: np.ndarray, down: bool) -> list[tuple[np.ndarray, np.ndarray]]:
    """The patch cut in two in several ways: the ink on the left (or above) and the ink on the right (or below)."""
    if down:
        return [(left.T, right.T) for left, right in _cuts(ink.T, False)]
    ink = cropped(ink)
    scale = SIDE / max(ink.shape)
    size = max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale))
    small = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BOX)) if scale < 1 else ink
    height, width = small.shape
    found: list[tuple[np.ndarray, np.ndarray]] = []
    seen: set[bytes] = set()
    for place in np.linspace(0.15, 0.85, CUTS):
        low, high = (round((place + side * SLACK) * width) for side in (-1, 1))
        low, high = max(1, low), min(width - 1, high)
        if high <= low:
            continue
        path = low + _cheapest_path(small[:, low:high])
        if path.tobytes() in seen or small[np.arange(height), path].mean() > MOST_INK:
            continue
        seen.add(path.tobytes())
        right = np.arange(width) >= path[:, np.newaxis]
        sides = _without_fragments(np.where(right, 0, small)), _without_fragments(np.where(right, small, 0))
        if all(side.any() for side in sides):
            found.append(sides)
    return found


def _cheapest_path(ink: np.ndarray) -> np.ndarray:
    """The path from the top to the bottom of ink [height, width] that crosses least ink, by dynamic programming.

    The path moves by at most one column from row to row. A pixel costs its ink and a little more, and so does a step to the
    side: of equal paths, the straight one wins.

    Returns:
        The column in each row, int [height].
    """
    height, width = ink.shape
    cost = ink + 0.01
    total, back = cost[0].copy(), np.zeros((height, width), int)
    for row in range(1, height):
        padded = np.pad(total, 1, constant_values=np.inf)
        before = np.stack([padded[1:-1], padded[:-2] + 0.01, padded[2:] + 0.01])
        choice = before.argmin(0)
        back[row] = np.arange(width) + np.array([0, -1, 1])[choice]
        total = before.min(0) + cost[row]
    path = np.zeros(height, int)
    path[-1] = total.argmin()
    for row in range(height - 1, 0, -1):
        path[row - 1] = back[row, path[row]]
    return path


def _without_fragments(ink: np.ndarray) -> np.ndarray:
    labels, areas = patches(ink > 0.3)
    if not areas.any():
        return np.zeros_like(ink)
    kept = (areas >= FRAGMENT * areas.max())[labels] & (labels > 0)
    return np.where(ndimage.binary_dilation(kept, EIGHT), ink, 0).astype(np.float32)
