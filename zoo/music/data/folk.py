"""Folk tunes of Ireland, Scotland and America: O'Neill's, Ryan's and Aird's collections as a TFDS data set of our own.

The music21 wheel carries them in ABC notation. They are read once (zoo.music.notation.abc), which takes half a minute, and kept
(zoo.core.sources.built). Versions of one tune (zoo.music.data.tune_versions) are in the same split: 80 % of the clusters
of versions train, 10 % validate, 10 % test, by the hash of their content.
"""

import importlib.metadata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from zoo.core.sources import Source, announce, share
from zoo.core.sources import fingerprint as fingerprint_of
from zoo.music.data import music21_sets, tune_versions
from zoo.music.data.tune_books import COLLECTIONS, Tune, corpus_files, read_files
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note

NAME = "folk_tunes"
VERSION = "1.1.0"
LICENCE = (
    "the tunes are in the public domain (published 1782-1903); the transcriptions were made by volunteers and are used as the "
    "music21 wheel distributes them, which names no licence of their own for most"
)
SPLITS = ("train", "validation", "test")


def content(score: Score) -> bytes:
    """What of a tune counts as its content: metre, key and notes, not its title or type."""
    notes = " ".join(f"{note.start},{note.duration},{note.pitch}" for note in score.notes)
    return f"{score.metre} {score.key} {notes}".encode()


def splits(scores: Sequence[Score], clusters: Sequence[int]) -> list[str]:
    """The split of each tune: that of its cluster of versions, by the hash of the cluster's content."""
    of_cluster: dict[int, bytes] = {}
    for cluster, score in zip(clusters, scores, strict=True):
        of_cluster[cluster] = min(content(score), of_cluster.get(cluster, content(score)))
    shares = {cluster: share(least) for cluster, least in of_cluster.items()}
    return ["test" if shares[c] < 0.1 else "validation" if shares[c] < 0.2 else "train" for c in clusters]


class FolkTunes(tfds.core.GeneratorBasedBuilder):
    """The data set. `files`, (collection, path) pairs, is for other tune books and for tests; by default the music21 wheel's."""

    # The name of the class gives the data set its name, folk_tunes.
    VERSION = tfds.core.Version(VERSION)
    RELEASE_NOTES = {"1.0.0": "First release.", "1.1.0": "With the type of each tune."}  # noqa: RUF012

    def __init__(self, *, files: Sequence[tuple[str, Path]] | None = None, **kwargs: Any):
        self._files = files
        super().__init__(**kwargs)

    def _info(self) -> tfds.core.DatasetInfo:
        numbers = tfds.features.Sequence(np.int32)
        return self.dataset_info_from_configs(
            description="Folk tunes as notes: " + "; ".join(COLLECTIONS.values()) + ".",
            license=LICENCE,
            features=tfds.features.FeaturesDict(
                {
                    "collection": tfds.features.Text(),
                    "file": tfds.features.Text(),
                    "number": np.int32,
                    "title": tfds.features.Text(),
                    "type": tfds.features.Text(doc="one of zoo.music.data.tune_books.TYPES, or nothing"),
                    "metre": tfds.features.Text(doc="beats/unit"),
                    "tonic": tfds.features.Scalar(np.int32, doc="pitch class, C = 0"),
                    "mode": tfds.features.Text(),
                    "start": numbers,
                    "duration": numbers,
                    "pitch": numbers,
                }
            ),
            homepage="https://www.music21.org",
            metadata=tfds.core.MetadataDict(),
        )

    def _split_generators(self, download_manager: Any) -> dict[str, Iterator[tuple[str, dict[str, Any]]]]:
        tunes, refused = read_files(corpus_files() if self._files is None else self._files)
        scores = [tune.score for tune in tunes]
        clusters = tune_versions.clusters(scores)
        sizes = Counter(Counter(clusters).values())
        self.info.metadata.update(
            refused=dict(refused.most_common()),
            clusters_by_size={str(size): sizes[size] for size in sorted(sizes)},
            music21=importlib.metadata.version("music21"),
        )
        of_split: dict[str, list[Tune]] = {}  # TFDS refuses empty splits
        for tune, split in zip(tunes, splits(scores, clusters), strict=True):
            of_split.setdefault(split, []).append(tune)
        return {name: self._generate_examples(of_split[name]) for name in SPLITS if name in of_split}

    def _generate_examples(self, tunes: Iterable[Tune]) -> Iterator[tuple[str, dict[str, Any]]]:
        for tune in tunes:
            key = tune.score.key
            assert key is not None
            yield (
                f"{tune.collection}/{tune.file}/{tune.number}",
                {
                    "collection": tune.collection,
                    "file": tune.file,
                    "number": tune.number,
                    "title": tune.score.title,
                    "type": tune.score.type,
                    "metre": str(tune.score.metre),
                    "tonic": key.tonic,
                    "mode": key.mode,
                    "start": [note.start for note in tune.score.notes],
                    "duration": [note.duration for note in tune.score.notes],
                    "pitch": [note.pitch for note in tune.score.notes],
                },
            )


def builder() -> Any:
    """The prepared data set: found where TensorFlow Datasets are, else built once (zoo.core.sources.built).

    Its `info.metadata` says how many tunes were refused for which reason, and how many clusters of versions there are by size.
    """
    return music21_sets.prepared(FolkTunes, "the folk tunes")


@cache
def load(split: str) -> tuple[Score, ...]:
    """The tunes of "train", "validation" or "test", in an order that never changes; standard error says where from."""
    announce(source())
    return tuple(tune.score for tune in tunes_of(builder(), split))


def tunes_of(made: Any, split: str) -> list[Tune]:
    """The tunes of a split of a builder, sorted by where they stand."""
    tunes = []
    for example in music21_sets.examples(made, split):
        notes = zip(*(example[name].tolist() for name in ("start", "duration", "pitch")), strict=True)
        score = Score(
            tuple(Note(*note) for note in notes),
            ((0, Metre.parse(example["metre"].decode())),),
            Key(int(example["tonic"]), example["mode"].decode()),
            title=example["title"].decode(),
            type=example["type"].decode(),
        )
        tunes.append(Tune(example["collection"].decode(), example["file"].decode(), int(example["number"]), score))
    return sorted(tunes, key=lambda tune: (tune.collection, tune.file, tune.number, content(tune.score)))


def source() -> Source:
    """What the card says about where the tunes come from."""
    return music21_sets.source(NAME, VERSION, LICENCE)


def fingerprint() -> str:
    """The sha256 of all tunes of all splits."""
    return fingerprint_of(content(score) for split in SPLITS for score in load(split))
