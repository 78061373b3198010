"""How the rows of a table are dealt to training, validation and test.

The splits are stratified: each holds 60, 20 or 20 % of every class, or of every tenth of a target that is a number. Within a
stratum the hash of a row's content decides, so that neither luck nor the order of the rows matters. A row that is added later
moves only the few rows whose hashes lie at the borders of the splits.

Rows that are equal in all columns but the target stay in one split, since a network that has learned one of them knows the
others. Rows with more equals than TOGETHER_AT_MOST are dealt one by one: such a frequent row is the same in new data, too, and in
one split alone it would change what that split measures. Where the classes still miss their shares by more than TOLERANCE, all
rows are dealt one by one.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

SHARES = np.array([0.6, 0.2, 0.2])
BINS = 10  # strata of a target that is a number
BIN_ROWS = 20  # the least rows of such a stratum
TOGETHER_AT_MOST = 0.02  # of all rows may equal each other and stay together; two may in any table
TOLERANCE = 0.1  # the part by which a stratum's rows in a split may differ from their share while equal rows are together


@dataclass(frozen=True)
class Dealt:
    """Which split each of n rows is in.

    Args:
        places: the index of its split in zoo.core.dataset.SPLITS, int [n].
        repeated: how many rows equal another one in all columns but the target.
        alone: how many of these were dealt one by one; the others are in the split of their equals.
    """

    places: np.ndarray
    repeated: int
    alone: int


def deal(contents: Iterable[bytes], targets: np.ndarray, classes: int) -> Dealt:
    """Deals rows to the splits.

    Args:
        contents: of each of n rows the content without the target.
        targets: class numbers, int [n], or values, float [n].
        classes: their number; 0 where the target is a value.
    """
    keys = _hashes(contents)
    strata = targets.astype(int) if classes else _bins(keys, targets)
    wanted = quotas(np.bincount(strata, minlength=classes or 1))
    _, group, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    repeated, nowhere = int(sizes[sizes > 1].sum()), np.full(len(keys), -1)
    if not repeated:
        return Dealt(_fill(keys, strata, wanted, nowhere), 0, 0)
    frequent = sizes > max(2, TOGETHER_AT_MOST * len(keys))
    together = _places_of_groups(keys, strata, sizes, (sizes > 1) & ~frequent)[group]
    alone = _hashes(_copies(keys, targets))
    places = _fill(np.where(frequent[group], alone, keys), strata, wanted, together)
    if _hold(places, strata, wanted):
        return Dealt(places, repeated, int(sizes[frequent].sum()))
    return Dealt(_fill(alone, strata, wanted, nowhere), repeated, repeated)


def quotas(sizes: np.ndarray) -> np.ndarray:
    """How many rows of each stratum belong to each split, int [strata, 3].

    They are SHARES of its rows, rounded so that the sizes of the whole splits are right, too. At least one row of three or more
    goes to each split. Of two rows one is for training and one for test; a single one is for training.

    Args:
        sizes: rows of each stratum, int [strata].
    """
    counts = np.zeros((len(sizes), len(SHARES)), int)
    left = np.zeros(len(SHARES))  # what the strata so far have too little (above 0) or too much
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
        # Many small strata together owe more than one large stratum should pay for.
        left = np.clip(left + exact - counts[stratum], -1, 1)
    return counts


def _hashes(contents: Iterable[bytes]) -> np.ndarray:
    """A number of 64 bits for each content, uint64 [n]."""
    return np.frombuffer(b"".join(hashlib.sha256(each).digest()[:8] for each in contents), ">u8").astype(np.uint64)


def _copies(keys: np.ndarray, targets: np.ndarray) -> Iterable[bytes]:
    """A content for each row that differs between rows which are equal: their key, their target, and a count of them."""
    order = np.lexsort((targets, keys))
    first = np.ones(len(keys), bool)
    first[1:] = (keys[order][1:] != keys[order][:-1]) | (targets[order][1:] != targets[order][:-1])
    position = np.arange(len(keys))
    count = np.empty(len(keys), int)
    count[order] = position - np.maximum.accumulate(np.where(first, position, 0))
    for key, target, number in zip(keys, targets, count.tolist(), strict=True):
        yield key.tobytes() + target.tobytes() + str(number).encode()


def _bins(keys: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The stratum of each value: up to BINS of equal size, from the lowest values to the highest, int [n]."""
    n = len(targets)
    bins = np.empty(n, int)
    bins[np.lexsort((keys, targets))] = np.arange(n) * max(1, min(BINS, n // BIN_ROWS)) // max(n, 1)
    return bins


def _places_of_groups(keys: np.ndarray, strata: np.ndarray, sizes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The split of each group of equal rows, in the order of their keys, that is wanted, bool [groups]; -1 for the others.

    A group belongs to the stratum of its middle row. Groups are laid end to end in the order of their keys, and 60, 20 and 20 %
    of that line are the splits.
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
    """Gives the rows without a place (-1) those that are left of the quotas, in the order of their keys; int [n]."""
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
    """Whether every stratum has its share of every split, but for a row or TOLERANCE, and lacks none where one is due."""
    counts = np.bincount(strata * len(SHARES) + places, minlength=wanted.size).reshape(wanted.shape)
    near = np.abs(counts - wanted) <= np.maximum(1, TOLERANCE * wanted)
    return bool((near & ((counts > 0) | (wanted == 0))).all())
