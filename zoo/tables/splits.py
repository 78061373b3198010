"""How the rows of a table are divided into training, validation and test split.

The splits are stratified: they hold 60, 20 and 20 % of every class or, if the target is a number, of every tenth of its values.
Within a stratum the hash of a row's content decides, so that neither chance nor the order of the rows matters. A row that is
added later moves only the few rows whose hashes lie at the borders of the splits.

Rows that are equal in all columns but the target are put in the same split, since a network that has learned one of them knows
the others. If more rows than the share TOGETHER_AT_MOST are equal, they are divided one by one: rows so frequent are frequent in
new data too, and in a single split they would change what it measures. If the classes still miss their shares by more than
TOLERANCE, all rows are divided one by one.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

SHARES = np.array([0.6, 0.2, 0.2])
BINS = 10  # strata of a target that is a number
BIN_ROWS = 20  # the fewest rows of such a stratum
TOGETHER_AT_MOST = 0.02  # the largest share of equal rows that stay together; two rows always may
TOLERANCE = 0.1  # how far a stratum may miss its share of a split while equal rows stay together, as a part of the share


@dataclass(frozen=True)
class Division:
    """The split of each of n rows.

    Args:
        places: the index of the split in zoo.core.dataset.SPLITS, int [n].
        repeated: the number of rows that equal another row in all columns but the target.
        alone: the number of these that were divided one by one; the others are in the split of their equals.
    """

    places: np.ndarray
    repeated: int
    alone: int


def divide(contents: Iterable[bytes], targets: np.ndarray, classes: int) -> Division:
    """Divides rows into the splits.

    Args:
        contents: the content of each of n rows without the target.
        targets: class numbers, int [n], or values, float [n].
        classes: the number of classes; 0 if the target is a number.
    """
    keys = _hashes(contents)
    strata = targets.astype(int) if classes else _bins(keys, targets)
    wanted = quotas(np.bincount(strata, minlength=classes or 1))
    _, group, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    repeated, nowhere = int(sizes[sizes > 1].sum()), np.full(len(keys), -1)
    if not repeated:
        return Division(_fill(keys, strata, wanted, nowhere), 0, 0)
    frequent = sizes > max(2, TOGETHER_AT_MOST * len(keys))
    together = _places_of_groups(keys, strata, sizes, (sizes > 1) & ~frequent)[group]
    alone = _hashes(_copies(keys, targets))
    places = _fill(np.where(frequent[group], alone, keys), strata, wanted, together)
    if _hold(places, strata, wanted):
        return Division(places, repeated, int(sizes[frequent].sum()))
    return Division(_fill(alone, strata, wanted, nowhere), repeated, repeated)


def quotas(sizes: np.ndarray) -> np.ndarray:
    """The number of rows of each stratum in each split, int [strata, 3].

    The SHARES are rounded so that the sizes of the whole splits are right, too. A stratum of three rows or more has a row in each
    split. One of two rows is for training and one for test; a single row is for training.

    Args:
        sizes: rows of each stratum, int [strata].
    """
    counts = np.zeros((len(sizes), len(SHARES)), int)
    left = np.zeros(len(SHARES))  # the rows that the splits have too few (above 0) or too many so far
    for stratum, n in enumerate(sizes.tolist()):
        exact = SHARES * n
        if n < len(SHARES):
            counts[stratum] = [(0, 0, 0), (1, 0, 0), (1, 0, 1)][n]
        else:
            row = np.maximum(np.floor(exact + left), 1).astype(int)
            while row.sum() < n:
                row[np.argmax(exact + left - row)] += 1
            while row.sum() > n:
                row[np.argmin(np.where(row > 1, exact + left - row, np.inf))] -= 1
            counts[stratum] = row
        # Many small strata together could miss more rows than one large stratum should make up for.
        left = np.clip(left + exact - counts[stratum], -1, 1)
    return counts


def _hashes(contents: Iterable[bytes]) -> np.ndarray:
    """A hash of 64 bits for each content, uint64 [n]."""
    return np.frombuffer(b"".join(hashlib.sha256(each).digest()[:8] for each in contents), ">u8").astype(np.uint64)


def _copies(keys: np.ndarray, targets: np.ndarray) -> Iterable[bytes]:
    """A content for each row that differs between equal rows: the key, the target, and the number of the copy."""
    order = np.lexsort((targets, keys))
    first = np.ones(len(keys), bool)
    first[1:] = (keys[order][1:] != keys[order][:-1]) | (targets[order][1:] != targets[order][:-1])
    position = np.arange(len(keys))
    count = np.empty(len(keys), int)
    count[order] = position - np.maximum.accumulate(np.where(first, position, 0))
    for key, target, number in zip(keys, targets, count.tolist(), strict=True):
        yield key.tobytes() + target.tobytes() + str(number).encode()


def _bins(keys: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The stratum of each value, int [n]: at most BINS strata of equal size, from the lowest values to the highest."""
    n = len(targets)
    bins = np.empty(n, int)
    bins[np.lexsort((keys, targets))] = np.arange(n) * max(1, min(BINS, n // BIN_ROWS)) // max(n, 1)
    return bins


def _places_of_groups(keys: np.ndarray, strata: np.ndarray, sizes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The split of each group of equal rows, int [groups], in the order of the keys; -1 for groups that are not `wanted`.

    A group belongs to the stratum of its middle row. The groups of a stratum are laid end to end in the order of their keys, and
    60, 20 and 20 % of this line are the splits.
    """
    order = np.lexsort((strata, keys))
    stratum_of = strata[order[np.cumsum(sizes) - sizes + sizes // 2]]
    places = np.full(len(sizes), -1)
    for stratum in np.unique(stratum_of[wanted]).tolist():
        chosen = np.flatnonzero((stratum_of == stratum) & wanted)
        ends = np.cumsum(sizes[chosen])
        centres = (ends - sizes[chosen] / 2) / ends[-1]
        places[chosen] = np.searchsorted(np.cumsum(SHARES)[:-1], centres, side="right")
    return places


def _fill(keys: np.ndarray, strata: np.ndarray, wanted: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Gives the rows without a split (-1) the places that are left of the quotas, in the order of their keys; int [n]."""
    places = places.copy()
    for stratum in range(len(wanted)):
        rows = np.flatnonzero(strata == stratum)
        free = rows[places[rows] < 0]
        if not len(free):
            continue
        taken = np.bincount(places[rows][places[rows] >= 0], minlength=len(SHARES))
        ends = np.cumsum(np.maximum(wanted[stratum] - taken, 0))
        centres = (np.arange(len(free)) + 0.5) / len(free) * ends[-1]
        places[free[np.argsort(keys[free], kind="stable")]] = np.searchsorted(ends[:-1], centres, side="right")
    return places


def _hold(places: np.ndarray, strata: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether each stratum has its share of each split, up to a row or TOLERANCE, and is not absent where it has a share."""
    counts = np.bincount(strata * len(SHARES) + places, minlength=wanted.size).reshape(wanted.shape)
    near = np.abs(counts - wanted) <= np.maximum(1, TOLERANCE * wanted)
    return bool((near & ((counts > 0) | (wanted == 0))).all())
