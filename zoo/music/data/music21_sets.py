"""Data sets of scores that the music21 package carries: built once, kept for TensorFlow Datasets, and read from there.

Reading the package's files takes up to a minute, so it is done once and the notes are kept (zoo.core.sources.built).
"""

import importlib.metadata
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import tensorflow_datasets as tfds

from zoo.core import extras, sources
from zoo.core.dataset import SPLITS
from zoo.core.recipe import fixed
from zoo.core.sources import Source
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

_NUMBERS = tfds.features.Sequence(np.int32)
# What is kept of every score.
_FEATURES = {
    "title": tfds.features.Text(),
    "metre": tfds.features.Text(doc="beats/unit"),
    "tonic": tfds.features.Scalar(np.int32, doc="pitch class, C = 0"),
    "mode": tfds.features.Text(),
    "start": _NUMBERS,
    "duration": _NUMBERS,
    "pitch": _NUMBERS,
}
# What is kept of a score where a data set's FEATURES say so.
TYPE = {"type": tfds.features.Text(doc="the type of tune, or nothing")}
VOICE = {"voice": _NUMBERS}


@dataclass(frozen=True)
class Piece:
    """A score of the package.

    Attributes:
        place: where it is in the package, for example its file, by the names of the features that keep it.
        score: the score.
    """

    place: Mapping[str, str | int]
    score: Score


class Music21Set(tfds.core.GeneratorBasedBuilder):
    """A data set of scores from the music21 package. A subclass says what it holds and reads the files.

    Attributes:
        TITLE: what a message calls the data set: "the folk tunes".
        PIECES: what a message calls its pieces: "tunes".
        DESCRIPTION: what it holds, in a sentence.
        LICENCE: of the scores.
        FEATURES: what is kept of each score besides its title, metre, key and notes; its place among it.
        VOICES: the voices of every score.
        SCORE_TYPE: the type of every score, where FEATURES do not keep it.
        VOCABULARY: the tokens that can say every score.
    """

    TITLE: ClassVar[str]
    PIECES: ClassVar[str]
    DESCRIPTION: ClassVar[str]
    LICENCE: ClassVar[str]
    FEATURES: ClassVar[Mapping[str, Any]]
    VOICES: ClassVar[tuple[Voice, ...]] = (Voice(),)
    SCORE_TYPE: ClassVar[str] = ""
    VOCABULARY: ClassVar[TokenVocabulary]

    @abstractmethod
    def read(self) -> tuple[dict[str, list[Piece]], dict[str, Any]]:
        """The pieces of each split, and what the data set's metadata should say about the reading."""

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            description=self.DESCRIPTION,
            license=self.LICENCE,
            features=tfds.features.FeaturesDict({**_FEATURES, **self.FEATURES}),
            homepage="https://www.music21.org",
            metadata=tfds.core.MetadataDict(),
        )

    def _split_generators(self, download_manager: Any) -> dict[str, Iterator[tuple[str, dict[str, Any]]]]:
        pieces, remarks = self.read()
        self.info.metadata.update(remarks, music21=_version())
        # TensorFlow Datasets refuses empty splits.
        return {split: self._generate_examples(pieces[split]) for split in SPLITS if pieces.get(split)}

    def _generate_examples(self, pieces: Iterable[Piece]) -> Iterator[tuple[str, dict[str, Any]]]:
        for piece in pieces:
            score = piece.score
            assert score.key is not None
            values = {
                **piece.place,
                "title": score.title,
                "type": score.type,
                "metre": str(score.metre),
                "tonic": score.key.tonic,
                "mode": score.key.mode,
                "start": [note.start for note in score.notes],
                "duration": [note.duration for note in score.notes],
                "pitch": [note.pitch for note in score.notes],
                "voice": [note.voice for note in score.notes],
            }
            key = "/".join(map(str, piece.place.values()))
            yield key, {name: value for name, value in values.items() if name in self.info.features}

    @classmethod
    def source(cls) -> Source:
        """Where the scores come from."""
        return Source(cls.name, str(cls.VERSION), f"package music21 {_version()}", cls.LICENCE)


def _version() -> str:
    """The version of the package. UserError where it is not installed."""
    try:
        return importlib.metadata.version("music21")
    except importlib.metadata.PackageNotFoundError as error:
        raise extras.missing("music21") from error


def scores(data_set: type[Music21Set], split: str) -> tuple[Score, ...]:
    """The scores of a split, in an order that never changes. The data set is built first where that has not been done.

    UserError where it cannot be built.
    """
    sources.announce(data_set.source())
    built = sources.built(data_set, data_set.TITLE, "the package music21")
    return tuple(piece.score for piece in pieces(data_set, built, split))


def pieces(data_set: type[Music21Set], built: Any, split: str) -> list[Piece]:
    """The pieces of a split of a data set that has been built, sorted by their places; none where it has no such split."""
    if split not in built.info.splits:
        return []
    config = tfds.ReadConfig(try_autocache=False, interleave_cycle_length=1)
    examples = tfds.as_numpy(fixed(built.as_dataset(split=split, read_config=config)))
    found = [_piece(data_set, example) for example in examples]
    return sorted(found, key=lambda piece: tuple(piece.place.values()))


def _piece(data_set: type[Music21Set], example: Mapping[str, Any]) -> Piece:
    """The piece that an example keeps."""
    voices = example["voice"].tolist() if "voice" in example else [0] * len(example["start"])
    notes = zip(*(example[name].tolist() for name in ("start", "duration", "pitch")), voices, strict=True)
    score = Score(
        tuple(Note(*note) for note in notes),
        ((0, Metre.parse(example["metre"].decode())),),
        Key(int(example["tonic"]), example["mode"].decode()),
        voices=data_set.VOICES,
        title=example["title"].decode(),
        type=example["type"].decode() if "type" in example else data_set.SCORE_TYPE,
    )
    places = (name for name in data_set.FEATURES if name not in TYPE and name not in VOICE)
    return Piece({name: _plain(example[name]) for name in places}, score)


def _plain(value: Any) -> str | int:
    """A text or a number of an example as Python has it."""
    return value.decode() if isinstance(value, bytes) else int(value)
