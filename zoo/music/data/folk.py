"""Folk tunes of Ireland, Scotland and America: O'Neill's, Ryan's and Aird's collections.

The music21 package carries them in ABC notation; zoo.music.data.tune_books reads them. Versions of one tune are in the same
split (zoo.music.data.tune_versions): 80 % of the clusters of versions are in train, 10 % in validation, 10 % in test.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from zoo.music.data import tune_books, tune_versions
from zoo.music.data.music21_sets import TYPE, Music21Set, Piece


class FolkTunes(Music21Set):
    """The data set; the name of the class gives it its name, folk_tunes.

    Its metadata say how many tunes were refused for which reason, and how many clusters of versions there are of each size.

    Args:
        files: (collection, path) of ABC files, for tests; None: those of the music21 package.
    """

    VERSION = tfds.core.Version("1.1.0")
    RELEASE_NOTES = {"1.0.0": "First release.", "1.1.0": "With the type of each tune."}  # noqa: RUF012
    TITLE = "the folk tunes"
    PIECES = "tunes"
    DESCRIPTION = "Folk tunes as notes: " + "; ".join(tune_books.COLLECTIONS.values()) + "."
    LICENCE = (
        "the tunes are in the public domain (published 1782-1903); the transcriptions were made by volunteers and are used as "
        "the music21 wheel distributes them, which names no licence of their own for most"
    )
    FEATURES = {"collection": tfds.features.Text(), "file": tfds.features.Text(), "number": np.int32, **TYPE}  # noqa: RUF012
    VOCABULARY = tune_books.VOCABULARY

    def __init__(self, *, files: Sequence[tuple[str, Path]] | None = None, **kwargs: Any):
        self._files = files
        super().__init__(**kwargs)

    def read(self) -> tuple[dict[str, list[Piece]], dict[str, Any]]:
        """Reads the ABC files and splits the tunes by the clusters of their versions."""
        tunes, refused = tune_books.read_files(tune_books.corpus_files() if self._files is None else self._files)
        scores = [tune.score for tune in tunes]
        clusters = tune_versions.clusters(scores)
        sizes = Counter(Counter(clusters).values())
        pieces: dict[str, list[Piece]] = {}
        for tune, split in zip(tunes, tune_versions.splits(scores, clusters), strict=True):
            piece = Piece({"collection": tune.collection, "file": tune.file, "number": tune.number}, tune.score)
            pieces.setdefault(split, []).append(piece)
        return pieces, {
            "refused": dict(refused.most_common()),
            "clusters_by_size": {str(size): sizes[size] for size in sorted(sizes)},
        }
