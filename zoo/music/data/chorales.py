"""Bach's chorales in four voices as a TFDS data set of our own.

The music21 wheel carries them as MusicXML. They are read once (zoo.music.data.chorale_books), which takes a minute, and kept
(zoo.core.sources.built).

The splits are a table, chorale_splits.tsv beside this file: a chorale that the published JSB data (zoo.music.data.jsb) test on is
in test, one that they validate on in validation, of the others those are in train whose soprano agrees with none of these in 70 %
of the steps. A more searching comparison (zoo.music.data.jsb.WITH_TUNE) finds the tune of 30 of these in test all the same (see
the table), in other harmonies, keys or rhythms; JSB's own train split has more of them, and `WITHOUT_TUNE` are the test pieces
that no split for training knows. None has its tune in validation. Of chorales with the same music, in any key, the table keeps
one.
"""

import importlib.metadata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from zoo.core.sources import Source, announce
from zoo.core.sources import fingerprint as fingerprint_of
from zoo.music.analysis.voice_leading import VOICES
from zoo.music.data import music21_sets
from zoo.music.data.chorale_books import Chorale, corpus_files, read_files, split_table
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note

NAME = "bach_chorales"
VERSION = "1.1.0"
LICENCE = (
    "J. S. Bach's music is in the public domain; the transcriptions were made by volunteers and are used as the music21 wheel "
    "distributes them, which names no licence of their own for most"
)
SPLITS = ("train", "validation", "test")


def content(score: Score) -> bytes:
    """What of a chorale counts as its content: metre, key and the notes of all voices, not its title."""
    notes = " ".join(f"{note.start},{note.duration},{note.pitch},{note.voice}" for note in score.notes)
    return f"{score.metre} {score.key} {notes}".encode()


class BachChorales(tfds.core.GeneratorBasedBuilder):
    """The data set.

    `files`, paths by id, and `splits`, the split of each id ("none": in no split), are for tests; by default the music21 wheel's
    files and the table.
    """

    # The name of the class gives the data set its name, bach_chorales.
    VERSION = tfds.core.Version(VERSION)
    RELEASE_NOTES = {"1.0.0": "First release.", "1.1.0": "Train as far as the published splits allow."}  # noqa: RUF012

    def __init__(self, *, files: Mapping[str, Path] | None = None, splits: Mapping[str, str] | None = None, **kwargs: Any):
        self._files, self._splits = files, splits
        super().__init__(**kwargs)

    def _info(self) -> tfds.core.DatasetInfo:
        numbers = tfds.features.Sequence(np.int32)
        return self.dataset_info_from_configs(
            description="Chorales in four voices by J. S. Bach, as notes; voice 0 is the soprano, 3 the bass.",
            license=LICENCE,
            features=tfds.features.FeaturesDict(
                {
                    "id": tfds.features.Text(doc="the file in music21's corpus"),
                    "title": tfds.features.Text(),
                    "metre": tfds.features.Text(doc="beats/unit"),
                    "tonic": tfds.features.Scalar(np.int32, doc="pitch class, C = 0"),
                    "mode": tfds.features.Text(),
                    "start": numbers,
                    "duration": numbers,
                    "pitch": numbers,
                    "voice": numbers,
                }
            ),
            homepage="https://www.music21.org",
            metadata=tfds.core.MetadataDict(),
        )

    def _split_generators(self, download_manager: Any) -> dict[str, Iterator[tuple[str, dict[str, Any]]]]:
        table = split_table() if self._splits is None else self._splits
        files = corpus_files() if self._files is None else self._files
        chorales, refused = read_files({name: path for name, path in files.items() if table.get(name, "none") in SPLITS})
        self.info.metadata.update(
            refused=dict(Counter(refused.values()).most_common()),
            refused_ids=refused,
            cut_notes=sum(chorale.cuts for chorale in chorales),
            music21=importlib.metadata.version("music21"),
        )
        of_split: dict[str, list[Chorale]] = {}  # TFDS refuses empty splits
        for chorale in chorales:
            of_split.setdefault(table[chorale.id], []).append(chorale)
        return {name: self._generate_examples(of_split[name]) for name in SPLITS if name in of_split}

    def _generate_examples(self, chorales: Iterable[Chorale]) -> Iterator[tuple[str, dict[str, Any]]]:
        for chorale in chorales:
            score = chorale.score
            assert score.key is not None
            yield (
                chorale.id,
                {
                    "id": chorale.id,
                    "title": score.title,
                    "metre": str(score.metre),
                    "tonic": score.key.tonic,
                    "mode": score.key.mode,
                    "start": [note.start for note in score.notes],
                    "duration": [note.duration for note in score.notes],
                    "pitch": [note.pitch for note in score.notes],
                    "voice": [note.voice for note in score.notes],
                },
            )


def builder() -> Any:
    """The prepared data set: found where TensorFlow Datasets are, else built once (zoo.core.sources.built).

    Its `info.metadata` says how many chorales were refused for which reason, which these are, and how many notes were cut.
    """
    return music21_sets.prepared(BachChorales, "the chorales")


@cache
def load(split: str) -> tuple[Score, ...]:
    """The chorales of "train", "validation" or "test", in an order that never changes; standard error says where from.

    Each has four voices, soprano to bass, of one note at a time, on a grid of 3 ticks, and a key.
    """
    announce(source())
    return tuple(chorale.score for chorale in chorales_of(builder(), split))


def chorales_of(made: Any, split: str) -> list[Chorale]:
    """The chorales of a split of a builder, sorted by id; none where it has no such split."""
    chorales = []
    for example in music21_sets.examples(made, split):
        notes = zip(*(example[name].tolist() for name in ("start", "duration", "pitch", "voice")), strict=True)
        score = Score(
            tuple(Note(*note) for note in notes),
            ((0, Metre.parse(example["metre"].decode())),),
            Key(int(example["tonic"]), example["mode"].decode()),
            voices=VOICES,
            title=example["title"].decode(),
            type="chorale",
        )
        chorales.append(Chorale(example["id"].decode(), score))
    return sorted(chorales, key=lambda chorale: chorale.id)


def source() -> Source:
    """What the card says about where the chorales come from."""
    return music21_sets.source(NAME, VERSION, LICENCE)


def fingerprint() -> str:
    """The sha256 of all chorales of all splits."""
    return fingerprint_of(content(score) for split in SPLITS for score in load(split))
