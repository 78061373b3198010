"""Pictures of digits read with a network: each digit, the number that they make up, and how sure that is.

The patches of ink come from `zoo.digits.handwriting`. Where `zoo.digits.one_digit` says that a patch is no single digit, it is
cut into two along a path that crosses little ink; a cut counts where both sides are clear digits and no other cut gives another
number. Else the picture is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from zoo.core.errors import UserError
from zoo.digits import handwriting, one_digit
from zoo.digits.handwriting import Drawn
from zoo.digits.strokes import EIGHT

SIDE = 64  # pixels of the longer side of a patch when cuts are looked for
CUTS = 7  # places at which the cheapest path is looked for
SLACK = 0.15  # of the width: how far a path may wander from its place, to each side
MOST_INK = 0.22  # the share of a path that may run through ink
MOST_DIGITS = 3  # that are cut apart in one patch
FRAGMENT = 0.08  # what is smaller beside the largest piece belongs to the other digit
SURE = 0.93  # the probability from which on a reading of a cut patch is taken
RIVAL = 0.4  # the probability from which on another reading makes it uncertain
UNCERTAIN = 0.9  # below this probability a digit is told to be uncertain

Predict = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Digit:
    """A digit that was read.

    Args:
        image: uint8 [28, 28], as the network took it.
        probabilities: float32 [10].
        line: of the picture, counted from 0.
    """

    image: np.ndarray
    probabilities: np.ndarray
    line: int = 0

    @property
    def label(self) -> int:
        """The most probable class."""
        return int(self.probabilities.argmax())

    @property
    def probability(self) -> float:
        """Of `label`."""
        return float(self.probabilities.max())

    @property
    def runner_up(self) -> int:
        """The second most probable class."""
        return int(np.argsort(self.probabilities, kind="stable")[-2])


@dataclass(frozen=True)
class Reading:
    """What a picture says.

    Args:
        digits: line by line from the top, each from the left.
        notices: what was done to the picture, and doubts, in words.
    """

    digits: tuple[Digit, ...]
    notices: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The digits in a row."""
        return "".join(str(digit.label) for digit in self.digits)

    @property
    def probability(self) -> float:
        """That all digits are right, if their errors are independent: the product of their probabilities."""
        return float(np.prod([digit.probability for digit in self.digits]))


def read(path: Path, predict: Predict) -> Reading:
    """Reads a picture of one or more digits.

    Args:
        path: the picture.
        predict: from uint8 [n, 28, 28] to the probabilities of the ten digits, [n, 10].

    Raises:
        UserError: as `handwriting.read_lines`, and for ink that is neither one clear digit nor surely several that touch.
    """
    writing = handwriting.read_lines(path)
    drawn = [(digit, number) for number, line in enumerate(writing.lines) for digit in line]
    images = np.stack([digit.image for digit, _ in drawn])
    doubts, probabilities = one_digit.doubt(images), predict(images)
    notices = list(writing.notices)
    digits: list[Digit] = []
    for (each, line), doubt, row in zip(drawn, doubts.tolist(), probabilities, strict=True):
        if doubt < one_digit.UNSURE:
            digits.append(Digit(each.image, row, line))
            continue
        parts = [] if writing.in_mnists_form else _cut_apart(each, predict)
        if parts:
            digits += [Digit(part.image, part.probabilities, line) for part in parts]
            notices.append(f"{len(parts)} digits that touch: cut apart")
        elif writing.in_mnists_form or (doubt < one_digit.NOT_ONE and row.max() >= UNCERTAIN):
            digits.append(Digit(each.image, row, line))
            notices.append(f"not sure: {row.argmax()} may be several digits that touch, or none")
        else:
            raise UserError(
                f"{path} shows no single clear digit: several that touch, or one that is crossed out, perhaps; "
                "give a picture of separate digits"
            )
    for digit in digits:
        if digit.probability < UNCERTAIN:
            notices.append(f"not sure: {digit.label} may be {digit.runner_up}")
    return Reading(tuple(digits), tuple(notices))


def _cut_apart(drawn: Drawn, predict: Predict) -> list[Digit]:
    """The digits of a patch, from the left or, in a tall one, from the top; none where that is not certain."""
    readings: dict[str, tuple[float, list[Digit]]] = {}
    height, width = _cropped(drawn.ink).shape
    for down in (False, True):
        if down and height < 1.3 * width:
            continue
        for probability, digits in _readings(drawn.ink, predict, down, MOST_DIGITS):
            number = "".join(str(digit.label) for digit in digits)
            if probability > readings.get(number, (0.0, []))[0]:
                readings[number] = probability, digits
    best, *others = sorted(readings.values(), key=lambda reading: -reading[0]) or [(0.0, [])]
    if best[0] < SURE or any(probability >= RIVAL for probability, _ in others):
        return []
    return best[1]


def _readings(ink: np.ndarray, predict: Predict, down: bool, most: int) -> list[tuple[float, list[Digit]]]:
    """The ways to read a patch as two to `most` digits, each with its probability."""
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
    """The patch cut in two in several ways: the ink on the left (or above) and on the right (or below)."""
    if down:
        return [(left.T, right.T) for left, right in _cuts(ink.T, False)]
    ink = _cropped(ink)
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
    """From the top to the bottom of [height, width]: the column in each row, by dynamic programming.

    A pixel costs its ink, and a little more, so that among equals the straight path wins; from row to row the path moves by one
    column at most.
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
    labels, _ = ndimage.label(ink > 0.3, EIGHT)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    if not areas.any():
        return np.zeros_like(ink)
    kept = (areas >= FRAGMENT * areas.max())[labels] & (labels > 0)
    return np.where(ndimage.binary_dilation(kept, EIGHT), ink, 0).astype(np.float32)


def _cropped(ink: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
