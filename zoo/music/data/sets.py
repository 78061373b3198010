"""The scores that a music model learns from: the folk tunes, Bach's chorales, or a user's folder of MIDI files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zoo.core import sources
from zoo.core.dataset import Examples
from zoo.core.errors import UserError
from zoo.core.names import unknown
from zoo.core.sources import Source
from zoo.music.data import chorale_books, chorales, folk, midi_folder, tune_books
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score

FOLK, CHORALES = "folk", "chorales"
# Semitones by which the range of a user's music is widened on either side, so that there is room to transpose it.
ROOM = 3


@dataclass(frozen=True)
class Music(Examples):
    """Scores of three splits, the vocabulary that can say them, and where they came from."""

    scores: Mapping[str, Sequence[Score]]
    vocabulary: TokenVocabulary
    source: Source

    def sizes(self) -> dict[str, int]:
        """The number of scores of each split."""
        return {split: len(scores) for split, scores in self.scores.items()}

    def contents(self) -> Iterator[bytes]:
        """Metre, key and notes of each score."""
        return (chorales.content(score) for scores in self.scores.values() for score in scores)


def load(name_or_path: str, vocabulary: TokenVocabulary | None = None, melodies: bool | None = None) -> tuple[Music, str]:
    """The scores, and a text that says what was read of them: a line, before it a table where files were read.

    Args:
        name_or_path: "folk", "chorales", or a folder of MIDI files.
        vocabulary: that of the model to be trained further or evaluated; None: one that fits the scores.
        melodies: of a folder, whether to take the melody of each file or all of its voices; None: melodies where most files are
            nothing but one. A vocabulary decides instead.

    Raises:
        UserError: neither a name nor a folder, a folder without usable music, or music that the vocabulary cannot say.
    """
    if name_or_path in (FOLK, CHORALES):
        module, own, what = {
            FOLK: (folk, tune_books.VOCABULARY, "tunes"),
            CHORALES: (chorales, chorale_books.VOCABULARY, "chorales"),
        }[name_or_path]
        scores = {split: module.load(split) for split in module.SPLITS}
        if vocabulary is not None:
            _check(scores, vocabulary, name_or_path)
        told = ", ".join(f"{len(tunes):,} {split}" for split, tunes in scores.items())
        return Music(scores, vocabulary or own, module.source()), f"{told} {what}"
    if not Path(name_or_path).exists():
        raise unknown("data set", name_or_path, (FOLK, CHORALES), "give a folder of MIDI files")
    read = midi_folder.load(name_or_path, vocabulary, melodies)
    if vocabulary is None:
        everything = [score for scores in read.scores.values() for score in scores]
        voices = max(len(score.voices) for score in everything)
        vocabulary = TokenVocabulary.of(everything, voices=voices, polyphonic=read.polyphonic)
        low, high = vocabulary.pitches
        vocabulary = replace(vocabulary, pitches=(max(low - ROOM, 0), min(high + ROOM, 127)))
    source = Source(Path(name_or_path).resolve().name, "as given", "a folder of MIDI files of the user's", "the user's own")
    sources.announce(source)
    return Music(read.scores, vocabulary, source), f"{read.table()}\n{read}"


def _check(scores: Mapping[str, Sequence[Score]], vocabulary: TokenVocabulary, name: str) -> None:
    for each in scores.values():
        for score in each:
            try:
                vocabulary.encode(score)
            except ValueError as error:
                raise UserError(f"the model cannot say the music of {name} ({error}): name other --data") from error
