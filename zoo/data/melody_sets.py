"""The melodies that a music model learns from: the folk tunes, or a user's folder of MIDI files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zoo.cards import DataSet
from zoo.data import folk, midi_folder, sources, tune_books
from zoo.data.sources import Source
from zoo.errors import UserError
from zoo.music.score import Score
from zoo.music.tokens import Vocabulary

FOLK = "folk"
# Semitones by which the range of a user's melodies is widened on either side, so that there is room to transpose them.
ROOM = 3


@dataclass(frozen=True)
class Melodies:
    """Melodies of three splits, the vocabulary that can say them, and where they came from."""

    scores: Mapping[str, Sequence[Score]]
    vocabulary: Vocabulary
    source: Source

    def describe(self) -> DataSet:
        """What a card says of the data."""
        sizes = {split: len(scores) for split, scores in self.scores.items()}
        content = sources.fingerprint(folk.content(score) for scores in self.scores.values() for score in scores)
        return DataSet(self.source.name, self.source.version, self.source.how, sizes, content, self.source.licence)


def load(name_or_path: str, vocabulary: Vocabulary | None = None) -> tuple[Melodies, str]:
    """The melodies, and a text that says what was read of them: a line, before it a table where files were read.

    Args:
        name_or_path: "folk", or a folder of MIDI files.
        vocabulary: that of the model to be trained further or evaluated; None: one that fits the melodies.

    Raises:
        UserError: neither a name nor a folder, or a folder without a usable melody.
    """
    if name_or_path == FOLK:
        scores = {split: folk.load(split) for split in folk.SPLITS}
        told = ", ".join(f"{len(tunes):,} {split}" for split, tunes in scores.items())
        return Melodies(scores, vocabulary or tune_books.VOCABULARY, folk.source()), f"{told} tunes"
    if not Path(name_or_path).exists():
        raise UserError(f"no data set is called {name_or_path!r}: there is {FOLK}, or give a folder of MIDI files")
    read = midi_folder.load(name_or_path, vocabulary, melodies=True)
    if vocabulary is None:
        vocabulary = Vocabulary.of([score for scores in read.scores.values() for score in scores])
        low, high = vocabulary.pitches
        vocabulary = replace(vocabulary, pitches=(max(low - ROOM, 0), min(high + ROOM, 127)))
    source = Source(Path(name_or_path).resolve().name, "as given", "a folder of MIDI files of the user's", "the user's own")
    sources.announce(source)
    return Melodies(read.scores, vocabulary, source), f"{read.table()}\n{read}"
