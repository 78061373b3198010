"""Whether classes can be told apart by planes at all: exact, by linear programming.

Two classes are linearly separable when there are weights w and a bias b with

    s (w . x + b) >= 1   for every row x, where s is 1 in one class and -1 in the other,

which is a linear program without an aim (Mangasarian 1965). More classes are separable by a linear machine when each row's
own class has the highest of the outputs w_k . x + b_k, by 1 at least (Duda, Hart and Stork 2001, section 5.12, after Kesler).
"""

from itertools import combinations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

MOST_CELLS = 2_000_000  # of the program's matrix that are not 0; larger ones may take minutes
MOST_NAMED = 10  # classes whose pairs are looked at one by one
TOO_LARGE = "Whether planes separate the classes is not known: the table is too large for the linear program that tells it."
GAVE_UP = "Whether planes separate the classes is not known: the solver of the linear program (HiGHS) found no certain answer."
FOUND, IMPOSSIBLE = 0, 2  # what scipy calls them


def small(n: int, width: int, classes: int) -> bool:
    """Whether a table of n rows of so many numbers is small enough for the linear program."""
    return 2 * n * (classes - 1) * (width + 1) <= MOST_CELLS


def separable(rows: np.ndarray, labels: np.ndarray, classes: int) -> bool | None:
    """Whether a linear machine can be right of all rows.

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
    own = np.repeat(labels, classes - 1).astype(int)  # one condition for each row and other class
    other = np.array([k for label in labels for k in range(classes) if k != label])
    row, column = np.indices((len(own), d + 1))
    values = extended[np.repeat(np.arange(n), classes - 1)]
    places = [np.concatenate([row.ravel()] * 2), np.concatenate([(column + k[:, None] * (d + 1)).ravel() for k in (other, own)])]
    matrix = coo_array((np.concatenate([values.ravel(), -values.ravel()]), tuple(places)), (len(own), classes * (d + 1)))
    bound = -np.ones(len(own))
    result = linprog(np.zeros(classes * (d + 1)), matrix.tocsr(), bound, bounds=(None, None), method="highs")
    if result.status == FOUND:  # the solver computes with tolerances: what it found is put to the test
        return True if (matrix @ result.x < 0).all() else None
    return False if result.status == IMPOSSIBLE else None


def mixed_pairs(rows: np.ndarray, labels: np.ndarray, classes: int) -> list[tuple[int, int]]:
    """The pairs of classes that no plane separates; of rows [n, d] with labels [n]."""
    pairs = []
    for a, b in combinations(range(classes), 2):
        chosen = (labels == a) | (labels == b)
        if separable(rows[chosen], (labels[chosen] == b).astype(int), 2) is False:
            pairs.append((a, b))
    return pairs


def verdict(rows: np.ndarray, labels: np.ndarray, classes: tuple[str, ...]) -> str:
    """One sentence on whether the training rows can be separated, for people."""
    if not small(len(rows), rows.shape[1], len(classes)):
        return TOO_LARGE
    # What a linear machine separates, planes separate in pairs: where they do not, the larger program need not be solved.
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
