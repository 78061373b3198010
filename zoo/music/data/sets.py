"""The data sets of music behind one `load`: the folk tunes, Bach's chorales, or a user's folder of music."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.core import sources
from zoo.core.dataset import SPLITS, Examples
from zoo.core.errors import UserError
from zoo.core.names import unknown
from zoo.core.sources import Source
from zoo.music.data import midi_folder
from zoo.music.data.midi_folder import MidiFolder
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score

if TYPE_CHECKING:
    from zoo.music.data.music21_sets import Music21Set

FOLK, CHORALES = "folk", "chorales"
NAMES = (FOLK, CHORALES)
MARGIN = 3  # semitones above and below the pitches of a user's music that its vocabulary has, so that it can be transposed


@dataclass(frozen=True)
class Music(Examples):
    """Scores in three splits.

    Attributes:
        scores: "train", "validation" and "test" -> the scores.
        vocabulary: the tokens that can say every score.
        source: where the scores came from.
        pieces: what a message calls the scores: "tunes".
        folder: what happened to the files of a user's folder; None for a data set with a name.
    """

    scores: Mapping[str, Sequence[Score]]
    vocabulary: TokenVocabulary
    source: Source
    pieces: str = "scores"
    folder: MidiFolder | None = None

    @property
    def summary(self) -> str:
        """What was read, in a line."""
        if self.folder is not None:
            return str(self.folder)
        return ", ".join(f"{size:,} {split}" for split, size in self.sizes().items()) + f" {self.pieces}"

    @property
    def report(self) -> str:
        """The summary, after a table of what happened to the files of a folder."""
        return self.summary if self.folder is None else f"{self.folder.table()}\n{self.summary}"

    def sizes(self) -> dict[str, int]:
        """The number of scores of each split."""
        return {split: len(scores) for split, scores in self.scores.items()}

    def contents(self) -> Iterator[bytes]:
        """Metre, key and notes of each score, the notes with their voices."""
        for score in (score for scores in self.scores.values() for score in scores):
            notes = " ".join(f"{note.start},{note.duration},{note.pitch},{note.voice}" for note in score.notes)
            yield f"{score.metre} {score.key} {notes}".encode()


def load(name_or_path: str, vocabulary: TokenVocabulary | None = None, melodies: bool | None = None) -> Music:
    """The scores of a data set.

    Args:
        name_or_path: "folk", "chorales", or the path of a folder of MIDI, ABC or MusicXML files.
        vocabulary: the tokens of a model that is to be trained further or evaluated; None: tokens that fit the scores.
        melodies: of a folder, whether to take the melody of each file or all of its voices; None: melodies where most files are
            nothing but a melody. A vocabulary overrides it.

    Raises:
        UserError: neither a name nor a folder, a folder without usable music, or music that the vocabulary cannot say.
    """
    if name_or_path in NAMES:
        return _named(name_or_path, vocabulary)
    if not name_or_path or not Path(name_or_path).exists():
        raise unknown("data set", name_or_path, NAMES, "give a folder of MIDI, ABC or MusicXML files")
    read = midi_folder.load(name_or_path, vocabulary, melodies)
    if vocabulary is None:
        everything = [score for scores in read.scores.values() for score in scores]
        voices = max(len(score.voices) for score in everything)
        vocabulary = TokenVocabulary.of(everything, voices=voices, polyphonic=read.polyphonic)
        low, high = vocabulary.pitches
        vocabulary = replace(vocabulary, pitches=(max(low - MARGIN, 0), min(high + MARGIN, 127)))
    source = sources.of_user(Path(name_or_path).resolve().name, "a folder of music of the user's")
    sources.announce(source)
    return Music(read.scores, vocabulary, source, folder=read)


def _named(name: str, vocabulary: TokenVocabulary | None) -> Music:
    """The folk tunes or the chorales."""
    scores = _splits(name)
    data_set = scores.data_set
    if vocabulary is not None:
        _check(scores, vocabulary, name)
    return Music(scores, vocabulary or data_set.VOCABULARY, data_set.source(), data_set.PIECES)


class _Splits(Mapping[str, Sequence[Score]]):
    """The scores of each split of a data set with a name. A split is read when it is first asked for."""

    def __init__(self, data_set: "type[Music21Set]"):
        self.data_set = data_set
        self._read: dict[str, Sequence[Score]] = {}

    def __getitem__(self, split: str) -> Sequence[Score]:
        from zoo.music.data import music21_sets

        if split not in SPLITS:
            raise KeyError(split)
        if split not in self._read:
            self._read[split] = music21_sets.scores(self.data_set, split)
        return self._read[split]

    def __iter__(self) -> Iterator[str]:
        return iter(SPLITS)

    def __len__(self) -> int:
        return len(SPLITS)


@cache
def _splits(name: str) -> _Splits:
    # Imported here, since these import TensorFlow, which a folder of music does not need.
    from zoo.music.data import chorales, folk

    return _Splits({FOLK: folk.FolkTunes, CHORALES: chorales.BachChorales}[name])


def _check(scores: Mapping[str, Sequence[Score]], vocabulary: TokenVocabulary, name: str) -> None:
    """Raises UserError where a vocabulary cannot say a score."""
    for score in (score for each in scores.values() for score in each):
        try:
            vocabulary.encode(score)
        except ValueError as error:
            raise UserError(f"the model cannot say the music of {name} ({error}): name other data") from error
