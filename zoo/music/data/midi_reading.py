"""Music files (MIDI, ABC notation, MusicXML) made into scores for training, as melodies or as polyphonic pieces.

Several processes read them (zoo.core.parallel), so this module imports no TensorFlow: they start fast.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from zoo.core import parallel
from zoo.core.errors import UserError
from zoo.music.analysis.arranging import MOST_VOICES, arranged, excerpts
from zoo.music.analysis.melody import melody
from zoo.music.analysis.metres import one_metre
from zoo.music.language.fitting import fitted
from zoo.music.language.tokens import TokenVocabulary, spell
from zoo.music.notation import reading
from zoo.music.notation.score import Score

_MANY = 100  # files, from which on several processes read them


@dataclass(frozen=True)
class Reading:
    """The scores of one file, either a melody or polyphonic.

    Attributes:
        scores: one melody, or the excerpts of a polyphonic piece; none where `reason` is given.
        melody: the melody of the piece, by which its versions are found; None without scores.
        reason: why there are no scores. It names no place in the file, so that equal reasons can be counted.
        changes: what was changed -> the number of notes, voices or pieces that it happened to.
    """

    scores: tuple[Score, ...] = ()
    melody: Score | None = None
    reason: str = ""
    changes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class FileRead:
    """What was read of one file, or of one tune of an ABC file with several.

    Attributes:
        path: of the file.
        reason: why it could not be read at all; "" where it could.
        notes: the number of its notes, without drums.
        is_melody: whether these are one voice with one note at a time.
        as_melody: its melody; None where it was not asked for.
        as_polyphony: its polyphonic scores; None where they were not asked for.
    """

    path: Path
    reason: str = ""
    notes: int = 0
    is_melody: bool = False
    as_melody: Reading | None = None
    as_polyphony: Reading | None = None


def read_files(paths: Sequence[Path], melodies: bool | None, vocabulary: TokenVocabulary | None) -> Iterator[FileRead]:
    """Reads each file, in order, with a progress bar on standard error; see `read_file`."""
    read = partial(read_file, melodies=melodies, vocabulary=vocabulary)
    for found in parallel.read_all(read, paths, "reading music", "file", _MANY):
        yield from found


def read_file(path: Path, melodies: bool | None, vocabulary: TokenVocabulary | None) -> list[FileRead]:
    """Reads one file; of an ABC file with several tunes, each. A piece without a title gets the name of the file.

    Args:
        path: of the file.
        melodies: whether to take the melody or all voices; None: both.
        vocabulary: note lengths that it lacks are shortened to the next one, and scores that it still cannot say are left out.
            None: scores that no vocabulary can say are left out.
    """
    return [_read(path, each, melodies, vocabulary) for each in reading.read_all(path)]


def _read(path: Path, found: reading.Reading | UserError, melodies: bool | None, vocabulary: TokenVocabulary | None) -> FileRead:
    """What is kept of a piece that was read, or why none could be read; see `read_file`."""
    if isinstance(found, UserError):
        return FileRead(path, str(found).replace(repr(str(path)), "the file"))
    report = found.report
    score = replace(found.score, title=found.score.title or path.stem)
    voices = MOST_VOICES if vocabulary is None else min(MOST_VOICES, vocabulary.voices)
    try:
        heard = one_metre(score, "longest")
        piece, changes = arranged(heard.score, voices)
    except ValueError as error:
        return FileRead(path, str(error))
    common = Counter(notice.partition(":")[0] for notice in heard.notices) + Counter(
        {
            "pieces of which something was mended or read otherwise than written": int(bool(found.notices)),
            "notes in other metres left out": len(score.notes) - len(heard.score.notes),
            "notes without length or written twice left out": report.dropped,
            "notes never ended: they sound until the next one": report.unended,
            "notes moved to the grid of 24 ticks a quarter note": report.moved,
        }
    )
    return FileRead(
        path,
        notes=sum(not score.voices[note.voice].drums for note in score.notes),
        is_melody=piece.is_melody,
        as_melody=None if melodies is False else _as_melody(heard.score, vocabulary, common),
        as_polyphony=None if melodies else _as_polyphony(piece, vocabulary, common + changes),
    )


def _as_melody(score: Score, vocabulary: TokenVocabulary | None, changes: Counter[str]) -> Reading:
    """The melody of a score; `changes` has what was changed already."""
    try:
        found = melody(score)
        if vocabulary is not None:
            found = fitted(found, vocabulary)
            vocabulary.encode(found)
        else:
            spell(found)
    except ValueError as error:
        return Reading(reason=general(str(error)), changes=changes)
    drums = sum(score.voices[note.voice].drums for note in score.notes)
    return Reading((found,), found, changes=changes + Counter({"notes of drums left out": drums}))


def _as_polyphony(piece: Score, vocabulary: TokenVocabulary | None, changes: Counter[str]) -> Reading:
    """The excerpts of a score that `arranged` has made; `changes` has what was changed already."""
    found = []
    parts = excerpts(piece)
    reason = "each bar has too many notes"
    for part in parts:
        try:
            if vocabulary is not None:
                part = fitted(part, vocabulary)
                vocabulary.encode(part)
            else:
                spell(part, polyphonic=True)
        except ValueError as error:
            reason = general(str(error))
            changes[f"excerpts left out: {reason}"] += 1
        else:
            found.append(part)
    if not found:
        return Reading(reason=reason)
    changes["pieces cut into excerpts"] = int(len(parts) > 1)
    return Reading(tuple(found), melody(piece), changes=+changes)


def general(reason: str) -> str:
    """The reason in an error's message, without the place that it names, so that equal reasons can be counted."""
    if "is not in the vocabulary" in reason:
        return f"{reason.partition('=')[0]} outside the vocabulary"
    phrases = {"is too long": "a note is too long", "notes at once": "notes at once"}
    return next((general for phrase, general in phrases.items() if phrase in reason), reason)
