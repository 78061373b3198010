"""Texts with their labels and splits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from zoo.core import sources
from zoo.core.dataset import SPLITS, Examples, split_sizes
from zoo.core.errors import UserError
from zoo.core.sources import Source
from zoo.sentiment import labels as review_labels
from zoo.text import text_versions


@dataclass(frozen=True)
class Reviews(Examples):
    """Labelled texts.

    Args:
        texts: n texts, each of any bytes.
        labels: int64 [n], the indices of their classes.
        splits: [n], each "train", "validation" or "test".
        source: where they came from.
        classes: their names. Of two classes the second is the positive one.
    """

    texts: list[bytes]
    labels: np.ndarray
    splits: np.ndarray
    source: Source
    classes: tuple[str, ...] = ("negative", "positive")

    def split(self, name: str) -> tuple[list[bytes], np.ndarray]:
        """The texts and labels of the split "train", "validation" or "test", or of "all", in the order of their hashes.

        So the order of a file, which is often sorted by label, has no influence, and neither has the source of the texts.
        """
        chosen = [i for i in range(len(self.texts)) if name in ("all", self.splits[i])]
        chosen.sort(key=lambda i: (sources.share(self.texts[i]), self.texts[i], self.labels[i]))
        return [self.texts[i] for i in chosen], self.labels[chosen]

    def sizes(self) -> dict[str, int]:
        """The number of reviews of each split."""
        return split_sizes(self.splits)

    def contents(self) -> Iterable[bytes]:
        """The label and the text of each review."""
        return (bytes([int(y)]) + text for text, y in zip(self.texts, self.labels, strict=True))


def shares(texts: list[bytes]) -> np.ndarray:
    """A number in [0, 1) for each text, which decides its split. Near-duplicates have the same number and so the same split.

    It is a hash of the content alone. All texts of a cluster of near-duplicates get that of the first one in byte order.
    """
    clusters = text_versions.clusters(texts)
    first: dict[int, bytes] = {}
    for text, cluster in zip(texts, clusters, strict=True):
        first[cluster] = min(first.get(cluster, text), text)
    return np.array([sources.share(first[cluster]) for cluster in clusters])


def of_classes(reviews: Reviews, classes: Sequence[str]) -> Reviews:
    """The same reviews with the indices of a model's classes as labels. Raises UserError for a class that the model lacks.

    Names are compared as in zoo.sentiment.labels: "1.0" is "1", and the classes "False" and "True" are negative and positive.
    """
    called = review_labels.class_names(dict.fromkeys(classes, 1))
    known = {review_labels.plain(called[name]): i for i, name in enumerate(classes)}
    unknown = [name for name in reviews.classes if review_labels.plain(name) not in known]
    if unknown:
        rated = all(map(review_labels.is_number, reviews.classes))
        raise UserError(
            f"{reviews.source.name} has the label {unknown[0]!r}, which the model does not know: it tells {', '.join(classes)}"
            + ("; if the labels are stars, say of how many" if rated else "")
        )
    index = np.array([known[review_labels.plain(name)] for name in reviews.classes])
    return Reviews(reviews.texts, index[reviews.labels], reviews.splits, reviews.source, tuple(classes))


def check_trainable(reviews: Reviews) -> None:
    """Raises UserError for too few reviews: each split needs one of each class, the training split two."""
    for name in SPLITS:
        labels = reviews.labels[reviews.splits == name]
        if name == "test" and reviews.source.stand_in:
            continue
        least = 2 if name == "train" else 1
        for i, each in enumerate(reviews.classes):
            if (found := int((labels == i).sum())) < least:
                raise UserError(
                    f"{reviews.source.name}: of the {len(labels):,} reviews of its {name} split {found or 'none'} has the label "
                    f"{each!r}; {len(reviews.texts):,} are too few, bring more"
                )
