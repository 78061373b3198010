"""The loss of a network over a plane through its space of parameters (Li, Xu, Taylor, Studer and Goldstein 2018).

A point or a direction of that space is a list of arrays, in the order of `Network.parameters`.
"""

from collections.abc import Callable, Sequence

import numpy as np

Point = Sequence[np.ndarray]


def flat(point: Point) -> np.ndarray:
    """All parameters one after the other, [p]."""
    return np.concatenate([parameter.ravel() for parameter in point])


def random_direction(parameters: Point, random: np.random.Generator) -> list[np.ndarray]:
    """A normal random direction whose part for each unit is as long as the unit's own weights, "filter-normalised".

    Without this, a network with large weights looks flatter than one with small weights that computes the same. The biases do
    not change.

    Args:
        parameters: kernels [inputs, units], whose columns are the weights of one unit, and biases [units].
        random: where it is drawn from.
    """
    direction = []
    for parameter in parameters:
        drawn = random.normal(size=parameter.shape) if parameter.ndim == 2 else np.zeros_like(parameter)
        if parameter.ndim == 2:
            drawn *= np.linalg.norm(parameter, axis=0) / np.linalg.norm(drawn, axis=0)
        direction.append(drawn)
    return direction


def principal_directions(path: Sequence[Point]) -> list[list[np.ndarray]]:
    """The two directions of length 1 whose plane through the path's end lies closest to the path, by least squares.

    Args:
        path: the parameters after each of n steps, at least three; the last is the end.
    """
    steps = np.stack([flat(point) for point in path])
    _, _, components = np.linalg.svd(steps - steps[-1], full_matrices=False)
    return [_like(path[-1], component) for component in components[:2]]


def _like(parameters: Point, values: np.ndarray) -> list[np.ndarray]:
    ends = np.cumsum([parameter.size for parameter in parameters])
    parts = np.split(values, ends[:-1])
    return [part.reshape(parameter.shape) for part, parameter in zip(parts, parameters, strict=True)]


def project(path: Sequence[Point], directions: Sequence[Point]) -> tuple[np.ndarray, float]:
    """Where a path lies in the plane through its end.

    Returns:
        The coordinates [n, 2] of the points of the plane nearest to the path's, in units of the directions, and the share of the
        squared distances from the end that lies in the plane: 1 when the path never leaves it.
    """
    steps = np.stack([flat(point) for point in path])
    away = steps - steps[-1]
    basis = np.stack([flat(direction) for direction in directions], axis=1)
    coordinates, *_ = np.linalg.lstsq(basis, away.T)
    return coordinates.T, float(((basis @ coordinates) ** 2).sum() / (away**2).sum())


def surface(
    loss: Callable[[Point], float], centre: Point, directions: Sequence[Point], across: np.ndarray, up: np.ndarray
) -> np.ndarray:
    """The loss at centre + a first + b second, for all a in `across` and b in `up`: [len(up), len(across)]."""
    first, second = directions
    return np.array(
        [[loss([c + a * f + b * s for c, f, s in zip(centre, first, second, strict=True)]) for a in across] for b in up]
    )
