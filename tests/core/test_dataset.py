from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from zoo.core import sources
from zoo.core.cards import DataSet
from zoo.core.dataset import SPLITS, Examples, split_by_share, split_sizes
from zoo.core.sources import Source

SOURCE = Source("words", "2", "made in this test", "none")


@dataclass(frozen=True)
class Words(Examples):
    """The smallest data set: words, and the split of each."""

    words: tuple[str, ...]
    splits: np.ndarray
    source: Source = SOURCE

    def sizes(self) -> dict[str, int]:
        return split_sizes(self.splits)

    def contents(self) -> Iterable[bytes]:
        return (word.encode() for word in self.words)


def test_a_card_tells_source_splits_and_content() -> None:
    splits = np.array(["train", "test", "train"])
    data = Words(("a", "b", "c"), splits)
    digest = sources.fingerprint([b"a", b"b", b"c"])
    sizes = {"train": 2, "validation": 0, "test": 1}
    assert data.describe() == DataSet("words", "2", "made in this test", sizes, digest, "none")
    assert Words(("c", "b", "a"), splits).fingerprint() == digest != Words(("a", "b", "d"), splits).fingerprint()


def test_shares_decide_the_split() -> None:
    assert split_by_share(np.array([0, 0.0999, 0.1, 0.1999, 0.2, 0.9999])).tolist() == [
        *("validation", "validation", "test", "test", "train", "train")
    ]
    sizes = split_sizes(split_by_share(np.linspace(0, 1, 1000, endpoint=False)))
    assert sizes == dict(zip(SPLITS, (800, 100, 100), strict=True))
