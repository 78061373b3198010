"""Digits and shapes as lists of points that a hand goes through, written down for these drawings alone.

Each glyph is one or more strokes in a box from (0, 0), bottom left, to (1, 1). A stroke is smoothed by a Catmull-Rom spline,
except at corners, which are marked by "!".
"""

import numpy as np

# Two hands write each digit.
DIGITS = {
    "0": (
        ["50 98 22 84 14 50 22 14 50 2 78 14 86 50 78 84 50 98"],
        ["62 94 34 92 18 62 20 26 44 3 70 14 82 46 76 80 56 95 48 98"],
    ),
    "1": (["30 76 56 98! 56 2"], ["58 98 46 2"]),
    "2": (
        ["16 74 26 94 52 99 76 88 78 66 58 40 16 3! 84 3"],
        ["18 80 40 98 70 92 74 66 50 34 18 8 24 14 40 16 58 4 86 8"],
    ),
    "3": (
        ["18 90 46 99 74 88 72 64 40 54! 76 46 80 18 50 2 14 12"],
        ["20 97 78 97! 44 60! 76 50 80 22 52 2 18 10"],
    ),
    "4": (
        ["66 2 66 98! 12 32! 90 32"],
        ["26 98 20 46! 84 50", "70 96 62 2"],
    ),
    "5": (
        ["78 97 28 97! 22 56! 50 64 78 50 80 24 54 2 18 10"],
        ["30 96 24 58! 54 62 76 44 70 14 42 2 16 12", "30 96 80 98"],
    ),
    "6": (
        ["72 96 40 82 20 46 22 14 50 2 76 14 76 38 52 50 26 36"],
        ["60 99 36 66 24 30 36 5 62 4 76 24 64 44 40 40 28 26"],
    ),
    "7": (
        ["14 97 84 97! 40 2"],
        ["16 92 50 97 82 94! 60 50 46 2", "34 50 78 54"],
    ),
    "8": (
        ["50 53 24 68 26 92 50 99 74 92 74 68 50 53 20 36 20 10 50 2 80 10 80 36 50 53"],
        ["76 84 52 99 28 86 34 62 66 42 76 18 52 2 26 14 32 38 64 60 78 82"],
    ),
    "9": (
        ["78 78 54 98 26 88 22 62 46 50 76 66 80 86! 72 36 54 2"],
        ["74 72 44 54 24 72 34 96 62 98 78 78 76 76 76 44 74 2"],
    ),
}
SHAPES = {
    "circle": (["50 99 18 88 1 52 14 14 50 1 86 12 99 50 88 86 54 99"], ["40 97 6 74 4 34 34 3 72 6 97 38 92 74 62 97 36 96"]),
    "square": (["4 96! 5 4! 96 5! 95 96! 3 95"], ["2 97 97 94", "96 98 94 3", "98 5 3 4", "5 2 4 98"]),
    "triangle": (["50 97! 3 5! 97 6! 50 96"], ["46 99 98 4", "99 6 2 3", "1 2 52 98"]),
    "star": (
        ["50 99! 61 64! 98 63! 69 41! 80 4! 50 27! 20 4! 31 41! 2 63! 39 64! 50 99"],
        ["52 98! 63 66! 99 60! 71 40! 78 2! 49 24! 18 5! 30 42! 1 65! 38 63! 51 99"],
    ),
    "cross": (
        ["36 98! 64 97! 65 65! 98 64! 97 36! 64 35! 65 2! 35 3! 36 35! 2 36! 3 64! 36 65! 36 98"],
        ["33 97! 66 98! 66 66! 97 65! 98 34! 67 34! 65 3! 34 2! 34 34! 3 33! 2 66! 33 66! 34 98"],
    ),
    "heart": (
        ["50 3! 18 36 3 66 12 92 34 96 50 76! 66 96 88 92 97 66 82 36 50 3!"],
        ["48 2! 12 40 2 72 20 97 42 92 52 72! 62 94 84 95 98 70 86 40 50 1!"],
    ),
}
CROSSING = ["2 52 98 48", "48 98 52 2"]  # a cross of two strokes


def smooth(points: str, steps: int = 12) -> np.ndarray:
    """A stroke, float [n, 2], through points "x y x y! ..." in hundredths; straight to and from a point with "!"."""
    numbers = points.split()
    through = np.array([number.rstrip("!") for number in numbers], float).reshape(-1, 2) / 100
    corner = [number.endswith("!") for number in numbers[1::2]]
    padded = np.concatenate([through[:1], through, through[-1:]])
    share = np.linspace(0, 1, steps, endpoint=False)[:, np.newaxis]
    curve = []
    for i in range(len(through) - 1):
        before, first, last, after = padded[i : i + 4]
        if corner[i]:
            before = first
        if corner[i + 1]:
            after = last
        # Catmull and Rom (1974), with tension 1/2.
        curve.append(
            0.5
            * (
                2 * first
                + (last - before) * share
                + (2 * before - 5 * first + 4 * last - after) * share**2
                + (3 * first - before - 3 * last + after) * share**3
            )
        )
    return np.concatenate([*curve, through[-1:]])
