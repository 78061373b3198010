"""Whether planes can separate the classes of a table at all, decided exactly by linear programming.

Two classes are linearly separable when there are weights w and a bias b with

    s (w . x + b) >= 1   for every row x, where s is 1 in one class and -1 in the other,

This is a linear program without an objective (Mangasarian 1965). A linear machine separates more than two classes if, for each
row, the output w_k . x + b_k of the row's own class is the highest, by at least 1 (Duda, Hart and Stork 2001, section 5.12,
after Kesler).
"""

from itertools import combinations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

MOST_CELLS = 2_000_000  # of the matrix of the program that are not 0; more may take minutes
MOST_NAMED = 10  # classes; if there are more, the pairs of classes are not examined
TOO_LARGE = "Whether planes separate the classes is not known: the table is too large for the linear program that tells it."
GAVE_UP = "Whether planes separate the classes is not known: the solver of the linear program (HiGHS) found no certain answer."
FOUND, IMPOSSIBLE = 0, 2  # the numbers that scipy gives them


def small(n: int, width: int, classes: int) -> bool:
    """Whether the linear program is small enough, for n rows of `width` numbers."""
    return 2 * n * (classes - 1) * (width + 1) <= MOST_CELLS


def separable(rows: np.ndarray, labels: np.ndarray, classes: int) -> bool | None:
    """Whether a linear machine can be right about all rows.

    Args:
        rows: [n, d].
        labels: class numbers [n], each from 0 to classes - 1.
        classes: two or more.

    Returns:
        None where the table is too large to know, or the solver gave up.
    """
    n, d = rows.shape
    if not small(n, d, classes):
        return None
    extended = np.hstack([rows.astype(float), np.ones((n, 1))])
    own = np.repeat(labels, classes - 1).astype(int)  # one condition for each row and each class that is not its own
    other = np.array([k for label in labels for k in range(classes) if k != label])
    row, column = np.indices((len(own), d + 1))
    values = extended[np.repeat(np.arange(n), classes - 1)]
    places = [np.concatenate([row.ravel()] * 2), np.concatenate([(column + k[:, None] * (d + 1)).ravel() for k in (other, own)])]
    matrix = coo_array((np.concatenate([values.ravel(), -values.ravel()]), tuple(places)), (len(own), classes * (d + 1)))
    bound = -np.ones(len(own))
    result = linprog(np.zeros(classes * (d + 1)), matrix.tocsr(), bound, bounds=(None, None), method="highs")
    if result.status == FOUND:  # the solver computes with tolerances, so its solution is checked
        return True if (matrix @ result.x < 0).all() else None
    return False if result.status == IMPOSSIBLE else None


def mixed_pairs(rows: np.ndarray, labels: np.ndarray, classes: int) -> list[tuple[int, int]]:
    """The pairs of classes that no plane separates, for rows [n, d] with the labels [n]."""
    pairs = []
    for a, b in combinations(range(classes), 2):
        chosen = (labels == a) | (labels == b)
        if separable(rows[chosen], (labels[chosen] == b).astype(int), 2) is False:
            pairs.append((a, b))
    return pairs


def verdict(rows: np.ndarray, labels: np.ndarray, classes: tuple[str, ...]) -> str:
    """One sentence for people that says whether the training rows [n, d] with the labels [n] can be separated."""
    if not small(len(rows), rows.shape[1], len(classes)):
        return TOO_LARGE
    # If a linear machine separates the classes, planes separate their pairs. If they do not, the larger program is not needed.
    pairs = mixed_pairs(rows, labels, len(classes)) if 2 < len(classes) <= MOST_NAMED else []
    found = False if pairs else separable(rows, labels, len(classes))
    if found is None:
        return GAVE_UP
    kind = "one plane" if len(classes) == 2 else "a linear machine"
    if found:
        return f"The training rows are linearly separable: {kind} can be right of all of them (exact, by linear programming)."
    named = [f"{classes[a]} from {classes[b]}" for a, b in (pairs if len(classes) > 2 else [(0, 1)])]
    which = f"no plane tells {', '.join(named[:5])}" if named else f"{kind} is wrong of some of them wherever it lies"
    return f"The training rows are not linearly separable: {which} without a mistake (exact, by linear programming)."
