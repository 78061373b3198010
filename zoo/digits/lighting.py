"""Uneven light on photographed paper, and how to take it out again."""

import numpy as np

CELLS = 48  # along each side: enough for a smooth surface, and few enough that a photograph takes no time
PAPER = 0.6  # the share of cells that surely show paper alone: a digit covers less than the rest
ROUNDS = 20  # of fitting anew; the cells that fit best no longer change after some ten
UNEVEN = 0.1  # of black to white: what is less does not matter


def evened(grey: np.ndarray) -> tuple[np.ndarray, bool]:
    """Takes out the light's slow change over the paper: shade to one side, a lamp's cone.

    The paper's brightness is a surface of degree 2 in both directions, fitted by least trimmed squares (Rousseeuw 1984): fitted
    to the cells that lie nearest the last fit, again and again, so that ink, being far from it, has no say.

    Args:
        grey: float32 [height, width] from 0 (black) to 1 (white).

    Returns:
        The picture as evenly lit, float32 [height, width] from 0 to 1, and True; or, where the light is even, the same picture
        and False.
    """
    height, width = grey.shape
    # A cell's median is that of its neighbourhood: single specks and the paper's grain do not count.
    side = max(1, round(min(height, width) / CELLS))
    rows, columns = height // side, width // side
    blocks = grey[: rows * side, : columns * side].reshape(rows, side, columns, side)
    cells = np.median(blocks, axis=(1, 3))
    y, x = (np.linspace(-1, 1, n) for n in cells.shape)
    design = np.stack([term.ravel() for term in np.broadcast_arrays(*_terms(y, x))], axis=-1)
    values, kept = cells.ravel().astype(np.float64), np.full(cells.size, True)
    for _ in range(ROUNDS):
        # With six unknowns the normal equations are exact enough, and much faster than the cells themselves.
        weights, *_ = np.linalg.lstsq(design[kept].T @ design[kept], design[kept].T @ values[kept])
        distance = np.abs(design @ weights - values)
        kept = distance <= np.quantile(distance, PAPER)
    terms = _terms(np.linspace(-1, 1, height), np.linspace(-1, 1, width))
    paper = sum(weight * term for weight, term in zip(weights, terms, strict=True))
    if np.ptp(paper) < UNEVEN:
        return grey, False
    usual = float(np.median(paper))
    # Light multiplies what paper reflects; on black paper, where there is next to nothing to multiply, it adds a sheen.
    flat = grey * (usual / np.maximum(paper, 0.05)) if usual > 0.5 else grey - paper + usual
    return flat.clip(0, 1).astype(np.float32), True


def _terms(y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, ...]:
    """The terms of a surface of degree 2 over rows y [h] and columns x [w]; together they have the shape [h, w]."""
    y = y[:, np.newaxis]
    return np.ones((1, 1)), x[np.newaxis], y, (x * x)[np.newaxis], y * x, y * y
