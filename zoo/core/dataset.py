"""What the data sets of all wings share: three splits, a source, and what a model's card says of them."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

import numpy as np

from zoo.core import sources
from zoo.core.cards import DataSet
from zoo.core.errors import UserError
from zoo.core.sources import Source

SPLITS = ("train", "validation", "test")
HELD_OUT = 0.1  # the share of the examples that the validation split gets, and the test split as well


class Examples(ABC):
    """The examples of a data set. Each wing has a subclass, which holds the examples as its network needs them.

    Attributes:
        source: where they came from.
    """

    source: Source

    @abstractmethod
    def sizes(self) -> dict[str, int]:
        """The number of examples of each split."""

    @abstractmethod
    def contents(self) -> Iterable[bytes]:
        """The content of each example, its label included."""

    @property
    def how(self) -> str:
        """How the examples were obtained, for the card."""
        return self.source.how

    def fingerprint(self) -> str:
        """The sha256 of all examples. Their order makes no difference."""
        return sources.fingerprint(self.contents())

    def describe(self) -> DataSet:
        """What a model's card says of the data."""
        source = self.source
        return DataSet(source.name, source.version, self.how, self.sizes(), self.fingerprint(), source.licence)


def split_sizes(splits: np.ndarray) -> dict[str, int]:
    """The number of examples of each split, from the names of the examples' splits [n]."""
    return {name: int((splits == name).sum()) for name in SPLITS}


def check_splits(name: str, splits: np.ndarray, what: str) -> None:
    """Raises UserError where a split is empty: there are too few examples to train and test on.

    Args:
        name: of the data set.
        splits: the names of the examples' splits, [n].
        what: the examples are.
    """
    for split in SPLITS:
        if not (splits == split).any():
            raise UserError(f"{name} has {len(splits)} {what}, none in its {split} split: bring more")


def split_by_share(shares: np.ndarray) -> np.ndarray:
    """The names [n] of the splits of examples: 80 % train, 10 % validation, 10 % test.

    Args:
        shares: of each example a number in [0, 1) that its content decides (`zoo.core.sources.share`), [n].
    """
    return np.select([shares < HELD_OUT, shares < 2 * HELD_OUT], ["validation", "test"], "train")
