"""Pictures with captions, and their splits."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from zoo.captions.scenes import Scene
from zoo.core.dataset import Examples, check_splits, split_sizes
from zoo.core.sources import Source

HELD_OUT = "held_out"  # the split of scenes with combinations that no other split has


@dataclass(frozen=True)
class Captions(Examples):
    """Pictures, each with one or more captions.

    Args:
        pictures: uint8 [n, side, side, 3].
        references: the captions of each picture, n tuples.
        splits: [n], each "train", "validation" or "test"; of scenes also "held_out".
        source: where they came from.
        scenes: what each picture shows, where that is known.
    """

    pictures: np.ndarray
    references: tuple[tuple[str, ...], ...]
    splits: np.ndarray
    source: Source
    scenes: tuple[Scene, ...] | None = None

    def split(self, name: str) -> "Captions":
        """The pictures of "train", "validation", "test" or "held_out"; "all" are those of all splits."""
        chosen = np.arange(len(self.splits)) if name == "all" else np.flatnonzero(self.splits == name)
        if len(chosen) and chosen[-1] - chosen[0] == len(chosen) - 1:  # no copy of gigabytes where they lie together
            pictures = self.pictures[chosen[0] : chosen[-1] + 1]
        else:
            pictures = self.pictures[chosen]
        scenes = None if self.scenes is None else tuple(self.scenes[i] for i in chosen)
        references = tuple(self.references[i] for i in chosen)
        return replace(self, pictures=pictures, references=references, splits=self.splits[chosen], scenes=scenes)

    def sizes(self) -> dict[str, int]:
        """The number of pictures of each split."""
        held_out = int((self.splits == HELD_OUT).sum())
        return split_sizes(self.splits) | ({HELD_OUT: held_out} if held_out else {})

    def contents(self) -> Iterable[bytes]:
        """The pixels and the captions of each picture."""
        for picture, references in zip(self.pictures, self.references, strict=True):
            yield picture.tobytes() + "\n".join(references).encode("utf-8")


def check_trainable(captions: Captions) -> None:
    """Raises UserError where a split is empty: there are too few pictures to train and test on."""
    check_splits(captions.source.name, captions.splits, "pictures with captions")
