"""Uneven light on photographed paper: how it is found and removed."""

import numpy as np

CELLS = 48  # along the shorter side: enough for a smooth surface, and few enough that a photograph takes no time
PAPER = 0.6  # the share of cells that surely show paper alone: a digit covers less than the rest
ROUNDS = 20  # of fitting; after about ten the chosen cells no longer change
UNEVEN = 0.1  # smaller differences of light are ignored; 1 is black to white


def evened(grey: np.ndarray) -> tuple[np.ndarray, bool]:
    """Removes the slow change of light across the paper, as from a window or a lamp.

    The brightness of the paper is modelled as a surface of degree 2 in both directions. It is fitted by least trimmed squares
    (Rousseeuw 1984): each round fits it only to the cells nearest to the last fit. Ink lies far from the surface, so it has no
    influence.

    Args:
        grey: float32 [height, width] from 0 (black) to 1 (white).

    Returns:
        The evenly lit picture, float32 [height, width] from 0 to 1, and True. Where the light is even already: the same picture,
        and False.
    """
    height, width = grey.shape
    # The median of a cell ignores single specks and the grain of the paper.
    side = max(1, round(min(height, width) / CELLS))
    rows, columns = height // side, width // side
    blocks = grey[: rows * side, : columns * side].reshape(rows, side, columns, side)
    cells = np.median(blocks, axis=(1, 3))
    y, x = (np.linspace(-1, 1, n) for n in cells.shape)
    design = np.stack([term.ravel() for term in np.broadcast_arrays(*_terms(y, x))], axis=-1)
    values, kept = cells.ravel().astype(np.float64), np.full(cells.size, True)
    for _ in range(ROUNDS):
        # There are only six unknowns, so the normal equations are exact enough, and much faster.
        weights, *_ = np.linalg.lstsq(design[kept].T @ design[kept], design[kept].T @ values[kept])
        distance = np.abs(design @ weights - values)
        kept = distance <= np.quantile(distance, PAPER)
    terms = _terms(np.linspace(-1, 1, height), np.linspace(-1, 1, width))
    paper = sum(weight * term for weight, term in zip(weights, terms, strict=True))
    if np.ptp(paper) < UNEVEN:
        return grey, False
    usual = float(np.median(paper))
    # Light multiplies the brightness of white paper. On black paper, where there is little to multiply, it adds a sheen.
    flat = grey * (usual / np.maximum(paper, 0.05)) if usual > 0.5 else grey - paper + usual
    return flat.clip(0, 1).astype(np.float32), True


def _terms(y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, ...]:
    """The six terms of a surface of degree 2 over rows y [h] and columns x [w]; they broadcast to [h, w]."""
    y = y[:, np.newaxis]
    return np.ones((1, 1)), x[np.newaxis], y, (x * x)[np.newaxis], y * x, y * y
