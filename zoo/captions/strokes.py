"""The shapes as a hand draws them: polylines in a box from -0.5 to 0.5, with wobble, gaps and ends that do not quite meet."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

# A heart (a curve known since the 1990s, as on MathWorld): x = 16 sin^3 t, y = 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t.
_T = np.linspace(0, 2 * np.pi, 33)
_LIFT = 13 * np.cos(_T) - 5 * np.cos(2 * _T) - 2 * np.cos(3 * _T) - np.cos(4 * _T)
_HEART = np.stack([np.sin(_T) ** 3 * 0.5, -_LIFT / 29 - 0.08], 1)
_ROUND = np.linspace(0, 1, 30)


@dataclass(frozen=True)
class Drawn:
    """A shape.

    Args:
        strokes: polylines, each float [points, 2] of x and y.
        area: the polygon to fill, float [points, 2].
    """

    strokes: list[np.ndarray]
    area: np.ndarray


def draw(kind: str, single_strokes: bool, dice: random.Random) -> Drawn:
    """A shape of `zoo.captions.scenes.SHAPES`.

    Args:
        kind: its name.
        single_strokes: a cross of two strokes, or a star of five crossing ones, which have no area.
        dice: decides how.
    """
    if single_strokes:
        strokes = _crossed(dice) if kind == "cross" else [_POINTED[[0, 4, 8, 2, 6, 0]] * 0.5]
        turn = _turn(kind, dice)
        return _moved(Drawn([_bent(stroke, 0.03, dice) for stroke in strokes], np.zeros((0, 2))), turn, dice)
    if kind == "circle":
        drawn = _circle(dice)
    elif kind == "heart":
        squeeze = np.array([1, dice.uniform(0.9, 1.1)])
        drawn = Drawn([_HEART * squeeze], _HEART * squeeze)
    else:
        corners = _corners(kind, dice)
        drawn = Drawn(_sides(corners, dice), corners)
    return _moved(drawn, _turn(kind, dice), dice)


_ANGLES = np.arange(10) * (np.pi / 5) - np.pi / 2
_POINTED = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], 1)


def _crossed(dice: random.Random) -> list[np.ndarray]:
    at = dice.uniform(-0.08, 0.08)
    return [np.array([[-0.5, at], [0.5, at]]), np.array([[at, -0.5], [at, 0.5]])]


def _circle(dice: random.Random) -> Drawn:
    start, sweep = dice.uniform(0, 2 * np.pi), 2 * np.pi + dice.uniform(-0.25, 0.4)
    angle = start + dice.choice((1, -1)) * sweep * _ROUND
    radius = (
        0.5
        + dice.uniform(-0.03, 0.03) * np.cos(2 * angle + dice.uniform(0, 6))
        + dice.uniform(-0.02, 0.02) * np.cos(3 * angle + dice.uniform(0, 6))
    )
    radius = radius + dice.uniform(-0.04, 0.04) * (_ROUND - 0.5)
    points = np.stack([np.cos(angle) * radius * dice.uniform(0.88, 1.0), np.sin(angle) * radius * dice.uniform(0.88, 1.0)], 1)
    return Drawn([points], points)


def _corners(kind: str, dice: random.Random) -> np.ndarray:
    """The corners of a square, triangle, star or cross, float [corners, 2]."""
    if kind == "square":
        corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
        corners *= [dice.uniform(0.9, 1), dice.uniform(0.9, 1)]
        return corners + _jitter(4, 0.035, dice)
    if kind == "triangle":
        peak = dice.uniform(-0.1, 0.1) if dice.random() < 0.8 else dice.choice((-0.5, 0.5))
        height = dice.uniform(0.4, 0.5)
        corners = np.array([[peak, -height], [0.5, height], [-0.5, height]])
        if dice.random() < 0.12:
            corners[:, 1] *= -1
        return corners + _jitter(3, 0.04, dice)
    if kind == "star":
        corners = _POINTED * 0.5
        corners[1::2] *= dice.uniform(0.36, 0.55)
        return corners + _jitter(10, 0.02, dice)
    arm = dice.uniform(0.12, 0.2)
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    corners = np.concatenate([arm * sign * np.array(scale) for sign in signs for scale in _around(arm, sign)]).reshape(12, 2)
    return corners + _jitter(12, 0.015, dice)


def _around(arm: float, sign: Sequence[int]) -> list[tuple[float, float]]:
    """The three corners of a cross in one quarter, as multiples of the inner one, clockwise."""
    end = 0.5 / arm
    return [(end, 1), (1, 1), (1, end)] if sign[0] == sign[1] else [(1, end), (1, 1), (end, 1)]


def _jitter(corners: int, most: float, dice: random.Random) -> np.ndarray:
    return np.array([dice.uniform(-most, most) for _ in range(2 * corners)]).reshape(corners, 2)


def _sides(corners: np.ndarray, dice: random.Random) -> list[np.ndarray]:
    """The outline in one stroke, or one for each side, whose ends miss each other a little."""
    closed = np.concatenate([corners, corners[:1]])
    if len(corners) > 4 or dice.random() < 0.5:
        if dice.random() < 0.3:
            closed[-1] += [dice.uniform(-0.06, 0.06), dice.uniform(-0.06, 0.06)]
        return [_bent(closed, 0.02, dice)]
    strokes = []
    for first, last in pairwise(closed):
        way = last - first
        ends = np.stack([first + way * dice.uniform(-0.07, 0.05), last + way * dice.uniform(-0.05, 0.07)])
        strokes.append(_bent(ends, 0.025, dice))
    return strokes


def _bent(line: np.ndarray, most: float, dice: random.Random) -> np.ndarray:
    """A polyline whose straight parts are bent by at most `most`, each with three more points."""
    if len(line) > 8:
        return line
    points = []
    for first, last in pairwise(line):
        way = last - first
        bend = np.array([-way[1], way[0]]) * dice.uniform(-most, most) * 2
        points += [first + way * share + bend * 4 * share * (1 - share) for share in (0, 0.25, 0.5, 0.75)]
    return np.array([*points, line[-1]])


def _turn(kind: str, dice: random.Random) -> float:
    """The angle of a shape in radians."""
    if kind == "cross" and dice.random() < 0.35:
        return math.radians(45 + dice.gauss(0, 5))
    most = {"circle": 40, "square": 9, "triangle": 12, "star": 22, "cross": 9, "heart": 14}[kind]
    return math.radians(dice.uniform(-most, most))


def _moved(drawn: Drawn, angle: float, dice: random.Random) -> Drawn:
    """The shape turned, with a slow wobble in it."""
    cos, sin = math.cos(angle), math.sin(angle)
    turned = np.array([[cos, sin], [-sin, cos]])
    size, pace, at = dice.uniform(0, 0.02), dice.uniform(5, 12), dice.uniform(0, 6)

    def move(points: np.ndarray) -> np.ndarray:
        return points @ turned + size * np.sin(points[:, ::-1] * pace + at)

    return Drawn([move(stroke) for stroke in drawn.strokes], move(drawn.area))
