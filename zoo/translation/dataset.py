"""Sentences that say the same in several languages, and their splits."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from zoo.core import sources
from zoo.core.dataset import Examples, split_sizes
from zoo.core.errors import UserError
from zoo.core.names import unknown
from zoo.core.near_duplicates import Clusters
from zoo.core.sources import Source

RUN = 4  # words of a run
SHARE = 0.75  # near duplicates have this share of the runs of the shorter sentence in common
LEAST = {"train": 10, "validation": 1, "test": 1}  # examples of a split, without which a network cannot be trained and measured
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Sentences(Examples):
    """Examples, each of them a sentence in each of several languages.

    Args:
        texts: of each language its n sentences, in UTF-8; those with the same index are translations of each other.
        splits: [n], each "train", "validation" or "test".
        source: where they came from.
    """

    texts: dict[str, list[bytes]]
    splits: np.ndarray
    source: Source

    @property
    def languages(self) -> tuple[str, ...]:
        """The names of the languages, in the order of the data."""
        return tuple(self.texts)

    @property
    def directions(self) -> tuple[tuple[str, str], ...]:
        """All pairs (source, target) of different languages."""
        return tuple(permutations(self.texts, 2))

    def split(self, name: str) -> dict[str, list[bytes]]:
        """The sentences of the split "train", "validation" or "test", or of "all", by language, in the order of the data."""
        chosen = [i for i, split in enumerate(self.splits) if name in ("all", split)]
        return {language: [texts[i] for i in chosen] for language, texts in self.texts.items()}

    def sizes(self) -> dict[str, int]:
        """The number of examples of each split."""
        return split_sizes(self.splits)

    def contents(self) -> Iterator[bytes]:
        """The languages of each example with their sentences."""
        for row in zip(*self.texts.values(), strict=True):
            yield b"\0".join(part for pair in zip(self.texts, row, strict=True) for part in (pair[0].encode(), pair[1]))


def check_languages(data_set: str, languages: Sequence[str], known: Sequence[str]) -> None:
    """Raises UserError for a language that a data set does not have, one that is named twice, and fewer than two."""
    for language in languages:
        if language not in known:
            raise unknown(f"language of {data_set}", language, known)
    if len(set(languages)) < len(languages):
        raise UserError(f"{', '.join(languages)}: name each language once")
    if len(languages) < 2:
        named = f"{languages[0]} alone" if languages else "none of them"
        raise UserError(f"{data_set} has sentences in {', '.join(known)}: two of these languages are needed, not {named}")


def chosen(data_set: str, languages: Sequence[str], known: Sequence[str], common: bool) -> tuple[str, ...]:
    """The languages to use of a data set. Raises UserError as `check_languages` does.

    Args:
        data_set: its name.
        languages: those that are asked for.
        known: those that it has.
        common: whether to leave out those that it lacks.
    """
    found = tuple(language for language in languages if language in known or not common)
    check_languages(data_set, found, known)
    return found


def of_languages(sentences: Sentences, languages: Sequence[str]) -> Sentences:
    """The same examples in the named languages alone, in that order. Raises UserError as `check_languages` does."""
    check_languages(sentences.source.name, languages, sentences.languages)
    return Sentences({each: sentences.texts[each] for each in languages}, sentences.splits, sentences.source)


def check_trainable(sentences: Sentences) -> None:
    """Raises UserError for too few examples in a split."""
    for name, found in sentences.sizes().items():
        if found < LEAST[name]:
            raise UserError(
                f"{sentences.source.name} has {len(sentences.splits):,} examples, {found or 'none'} of them in the {name} split: "
                f"{LEAST[name]} are the fewest, bring more"
            )


def shares(texts: dict[str, list[bytes]]) -> np.ndarray:
    """A number in [0, 1) for each example, which decides its split. Near duplicates in any language have the same number.

    It is a hash of the content alone. All examples of a cluster of near duplicates get that of the first one in byte order.
    """
    names = clusters(texts)
    contents = [b"\0".join(row) for row in zip(*texts.values(), strict=True)]
    first: dict[int, bytes] = {}
    for content, cluster in zip(contents, names, strict=True):
        first[cluster] = min(first.get(cluster, content), content)
    return np.array([sources.share(first[cluster]) for cluster in names])


def near_duplicates(sentences: Sentences, split: str) -> int:
    """How many examples of a split have a near duplicate, in any language, among the training examples."""
    names = np.array(clusters(sentences.texts))
    return int(np.isin(names[sentences.splits == split], names[sentences.splits == "train"]).sum())


def clusters(texts: dict[str, list[bytes]]) -> list[int]:
    """The cluster of near duplicates of each example, named by the index of its first member.

    Two examples are near duplicates if in some language they have the same words, or SHARE of the runs of the shorter sentence in
    common (zoo.core.near_duplicates).
    """
    found = Clusters(len(next(iter(texts.values()))))
    for sentences in texts.values():
        runs = [_runs(sentence) for sentence in sentences]
        same: dict[frozenset[str], int] = {}
        for i, each in enumerate(runs):
            found.join(same.setdefault(each, i), i)
        found.join_alike(runs, SHARE)
    return found.names()


def words(sentence: bytes) -> list[str]:
    """The words of a sentence without case and punctuation."""
    return _WORD.findall(sentence.decode("utf-8", errors="replace").casefold())


def _runs(sentence: bytes) -> frozenset[str]:
    """The runs of RUN words of a sentence, without case and punctuation; of a shorter sentence the whole of it."""
    found = words(sentence)
    size = min(RUN, len(found))
    return frozenset(" ".join(found[i : i + size]) for i in range(len(found) - size + 1))
