"""Patches of ink grouped into digits, and digits grouped into lines of text.

A digit may have several patches: broken strokes, the bar of a 5, the two strokes of a 4. All lengths are relative to the height
of the tallest patch or to the width of the pen.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from zoo.core.errors import UserError
from zoo.digits.ink import Written
from zoo.digits.shapes import EIGHT, pen_width

MOST_PATCHES = 200  # a picture with more is a texture or a page of text
# The following are shares of the height of the tallest patch.
TALL = 0.45  # a patch at least this high is a digit or its main part
BROKEN = 0.05  # a gap in a stroke is at most this wide, or as wide as the pen
NEAR = 0.15  # a stroke at most this far from a digit belongs to it
NEAR_ABOVE = 0.35  # a stroke above, below or inside a digit belongs to it when it is at most this far
DOT = 0.25  # a patch shorter than this is a dot: dirt, unless it closes a gap in a stroke
# These are shares of a smaller patch.
OVERLAP = 0.6  # two tall patches are one digit when they share this much of the narrower one's width
SAME_LINE = 0.4  # two digits are in one line when they share this much of the lower one's height


@dataclass
class _Group:
    """Patches that make up one digit: their numbers, and the box around them in pixels."""

    numbers: list[int]
    top: int
    bottom: int
    left: int
    right: int

    def add(self, other: "_Group") -> None:
        """Adds the patches of another group."""
        self.numbers += other.numbers
        self.top, self.bottom = min(self.top, other.top), max(self.bottom, other.bottom)
        self.left, self.right = min(self.left, other.left), max(self.right, other.right)

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left


def lines(written: Written, name: str) -> tuple[list[list[np.ndarray]], list[str]]:
    """The digits of a picture, line by line from the top, each line from the left.

    Digits that touch are one patch, so they come as one digit.

    Args:
        written: the ink of the picture.
        name: what messages call the picture.

    Returns:
        The ink of each digit alone, float32 [height, width] from 0 to 1, cut out; and in words what was left out.

    Raises:
        UserError: there are too many patches, or marks that are no digits: a dash, a point between digits.
    """
    labels, count = ndimage.label(written.mask, EIGHT)
    if count > MOST_PATCHES:
        raise UserError(f"{name} shows {count} patches of ink, no digits: give a picture of digits in clear contrast")
    patches = [
        _Group([number], box[0].start, box[0].stop, box[1].start, box[1].stop)
        for number, box in enumerate(ndimage.find_objects(labels), start=1)
    ]
    pen, height = pen_width(written.mask), max(patch.height for patch in patches)
    gaps = _Gaps(labels)
    digits = _merged([patch for patch in patches if patch.height >= TALL * height], gaps, max(pen, BROKEN * height))
    dots = []
    small = [patch for patch in patches if patch.height < TALL * height]
    for patch in sorted(small, key=lambda patch: -max(patch.width, patch.height)):
        gap, nearest = min(((gaps.between(patch, digit), digit) for digit in digits), key=lambda pair: pair[0])
        dot = max(patch.width, patch.height) < DOT * height
        if dot and (gap > max(pen, BROKEN * height) or (gap > pen / 3 and _is_point(patch, digits))):
            dots.append(patch)
        elif gap <= max(pen, NEAR * height) or (
            gap <= NEAR_ABOVE * height and _shared(patch, nearest, across=True) >= 0.5 * patch.width
        ):
            nearest.add(patch)
        else:
            raise UserError(
                f"{name} has a mark of {patch.width} x {patch.height} pixels beside the digits, a dash perhaps: "
                "give a picture of digits alone"
            )
    if any(_is_point(dot, digits) for dot in dots):
        raise UserError(f"{name} has a point or comma between its digits: give a picture of digits alone")
    rows = _rows(digits)
    told = [f"{len(dots)} dots beside the digits: left out"] if dots else []
    if len(rows) > 1:
        told.append(f"{len(rows)} lines: read from the top")
    return [[_cut(written.ink, labels, digit) for digit in row] for row in rows], told


class _Gaps:
    """The distances between the patches of a picture in pixels."""

    def __init__(self, labels: np.ndarray) -> None:
        edge = (labels > 0) & ~ndimage.binary_erosion(labels > 0)
        self._points = np.argwhere(edge)
        self._numbers = labels[edge]
        self._trees: dict[int, cKDTree] = {}

    def _tree(self, number: int) -> cKDTree:
        if number not in self._trees:
            self._trees[number] = cKDTree(self._points[self._numbers == number])
        return self._trees[number]

    def between(self, one: _Group, other: _Group) -> float:
        """The smallest distance between a pixel of one group and a pixel of the other."""
        return min(float(self._tree(a).query(self._tree(b).data)[0].min()) for a in one.numbers for b in other.numbers)


def _merged(patches: list[_Group], gaps: _Gaps, broken: float) -> list[_Group]:
    """Tall patches grouped into digits."""
    groups: list[_Group] = []
    for patch in sorted(patches, key=lambda patch: patch.left):
        own = [group for group in groups if _belong_together(patch, group, gaps, broken)]
        for group in own:
            patch.add(group)
        groups = [group for group in groups if group not in own] + [patch]
    return groups


def _belong_together(one: _Group, other: _Group, gaps: _Gaps, broken: float) -> bool:
    same_rows = _shared(one, other, across=False) >= 0.5 * min(one.height, other.height)
    same_columns = _shared(one, other, across=True) >= OVERLAP * min(one.width, other.width)
    return (same_rows and same_columns) or ((same_rows or same_columns) and gaps.between(one, other) <= broken)


def _shared(one: _Group, other: _Group, across: bool) -> int:
    """How many columns (`across`) or rows both boxes share; negative where there is a gap between them."""
    if across:
        return min(one.right, other.right) - max(one.left, other.left)
    return min(one.bottom, other.bottom) - max(one.top, other.top)


def _rows(digits: list[_Group]) -> list[list[_Group]]:
    rows: list[list[_Group]] = []
    for digit in sorted(digits, key=lambda digit: digit.top + digit.bottom):
        for row in rows:
            nearest = min(row, key=lambda other: abs(other.left - digit.left))
            if _shared(digit, nearest, across=False) >= SAME_LINE * min(digit.height, nearest.height):
                row.append(digit)
                break
        else:
            rows.append([digit])
    return [sorted(row, key=lambda digit: digit.left + digit.right) for row in rows]


def _is_point(dot: _Group, digits: list[_Group]) -> bool:
    """Whether a dot stands between two digits, low in the line: 3.5 must not be read as 35."""
    middle, height = (dot.top + dot.bottom) / 2, max(digit.height for digit in digits)
    line = [d for d in digits if d.top + 0.6 * d.height < middle < d.bottom + 0.3 * height]
    apart = dot.width / 2
    return any(d.right - apart <= dot.left for d in line) and any(d.left + apart >= dot.right for d in line)


def _cut(ink: np.ndarray, labels: np.ndarray, digit: _Group) -> np.ndarray:
    """The ink of one digit, with a margin of one pixel for the grey edge of its strokes."""
    top, left = max(0, digit.top - 1), max(0, digit.left - 1)
    box = slice(top, digit.bottom + 1), slice(left, digit.right + 1)
    own = np.isin(labels[box], digit.numbers)
    return np.where(ndimage.binary_dilation(own, EIGHT), ink[box], 0).astype(np.float32)
