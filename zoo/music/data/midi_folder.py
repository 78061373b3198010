"""A user's own music: a folder of MIDI, ABC and MusicXML files, with any number of voices, as melodies or polyphonic scores."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.core.dataset import SPLITS
from zoo.core.errors import UserError
from zoo.music.analysis.keys import NO_KEY
from zoo.music.data import tune_versions
from zoo.music.data.midi_reading import Reading, read_files
from zoo.music.data.tune_versions import content, splits
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.reading import SUFFIXES
from zoo.music.notation.score import Score


@dataclass(frozen=True)
class MidiFolder:
    """The scores of each split, and what happened to each file.

    Attributes:
        scores: "train", "validation" and "test" -> melodies, or excerpts of polyphonic pieces. The content of a piece's melody
            decides its split; versions of one piece are in the same split, and so are all excerpts of a piece.
        skipped: (file, reason) of each piece that gave no score.
        polyphonic: whether the scores are polyphonic.
        files: the number of pieces that gave scores: of files, and of tunes in ABC files with several.
        notes: the number of notes in those pieces, without drums.
        changes: what was changed -> the number of notes, voices, pieces or keys that it happened to.
    """

    scores: dict[str, tuple[Score, ...]]
    skipped: tuple[tuple[Path, str], ...]
    polyphonic: bool
    files: int
    notes: int
    changes: Counter[str]

    @property
    def keys_estimated(self) -> int:
        """The number of files that name no key."""
        return self.changes[NO_KEY]

    @property
    def kept(self) -> float:
        """The share of the files' notes, without drums, that the scores have."""
        return sum(len(score.notes) for scores in self.scores.values() for score in scores) / self.notes

    def __str__(self) -> str:
        read = sum(map(len, self.scores.values()))
        what = f"{read} excerpts of {self.files} polyphonic pieces" if self.polyphonic else f"{read} melodies"
        parts = [f"{what} ({', '.join(f'{len(self.scores[name])} {name}' for name in SPLITS)})"]
        parts.append(f"{self.kept:.1%} of the notes kept")
        if self.keys_estimated:
            parts.append(f"{self.keys_estimated} keys estimated")
        reasons = Counter(reason for _, reason in self.skipped)
        parts += [f"{count} skipped: {reason}" for reason, count in reasons.most_common()]
        return "; ".join(parts)

    def table(self) -> str:
        """A table of pieces and notes: a line for each thing that happened, with its number, and an example of skipped files."""
        kept = sum(len(score.notes) for scores in self.scores.values() for score in scores)
        rows = [("pieces read", self.files, ""), ("pieces skipped", len(self.skipped), "")]
        examples = {reason: path.name for path, reason in reversed(self.skipped)}
        for reason, count in Counter(reason for _, reason in self.skipped).most_common():
            rows.append((f"  {reason}", count, f"for example {examples[reason]!r}"))
        rows.append(("excerpts of polyphonic pieces" if self.polyphonic else "melodies", sum(map(len, self.scores.values())), ""))
        rows.append(("notes in the pieces read, without drums", self.notes, ""))
        rows.append(("notes in the scores", kept, f"{self.kept:.1%}"))
        rows += [(f"  {what}", count, "") for what, count in self.changes.items()]
        width = max(len(what) for what, _, _ in rows)
        return "\n".join(f"{what:<{width}}  {count:>9,}  {note}".rstrip() for what, count, note in rows)


def load(folder: str | Path, vocabulary: TokenVocabulary | None = None, melodies: bool | None = None) -> MidiFolder:
    """The music of all files in a folder and its subfolders that have one of `reading.SUFFIXES`. An ABC file may hold many tunes.

    A piece that cannot be used is skipped, and listed.

    Args:
        folder: the path of the folder.
        vocabulary: the tokens of a network that is to be trained further, which also decides whether the scores are melodies.
            Note lengths that it lacks are shortened to the next one; scores that it still cannot say are left out. None: any
            score that some vocabulary can say is kept.
        melodies: True: the melody of each file (zoo.music.analysis.melody). False: all of its voices, cut into excerpts
            (zoo.music.analysis.arranging). None: melodies where most of the files are nothing but a melody. A vocabulary
            overrides it.

    Raises:
        UserError: the path is not a folder, or no file in it gives a score.
    """
    root = Path(folder)
    if not root.is_dir():
        raise UserError(f"{str(root)!r} is no folder: give a folder of MIDI, ABC or MusicXML files")
    files = sorted(path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not files:
        raise UserError(f"no music under {str(root)!r}: give a folder with files that end in {', '.join(SUFFIXES)}")
    if vocabulary is not None:
        melodies = not vocabulary.polyphonic
    read = list(read_files(files, melodies, vocabulary))
    usable = [file for file in read if not file.reason]
    if melodies is None:
        melodies = not usable or 2 * sum(file.is_melody for file in usable) > len(usable)
    skipped: list[tuple[Path, str]] = []
    readings: list[Reading] = []
    notes = 0
    for file in read:
        reading = file.as_melody if melodies else file.as_polyphony
        if reading is None or not reading.scores:
            skipped.append((file.path, file.reason or (reading.reason if reading else "")))
        else:
            readings.append(reading)
            notes += file.notes
    if not readings:
        why = f": {skipped[0][0].name}: {skipped[0][1]}" if skipped else ""
        what = "melody" if melodies else "usable music"
        count = "1 file" if len(files) == 1 else f"{len(files):,} files"
        raise UserError(f"no {what} in {count} under {str(root)!r}{why}")
    changes = sum((reading.changes for reading in readings), Counter())
    return MidiFolder(_by_split(readings), tuple(skipped), not melodies, len(readings), notes, changes)


def _by_split(readings: Sequence[Reading]) -> dict[str, tuple[Score, ...]]:
    """The scores of each split, in an order that depends on their content alone."""
    tunes = [reading.melody for reading in readings if reading.melody is not None]
    of_piece = splits(tunes, tune_versions.clusters(tunes))
    pairs = [(split, score) for split, reading in zip(of_piece, readings, strict=True) for score in reading.scores]
    # `content` leaves the voices out, so they are compared after it: copies of a file under other names keep the order.
    pairs.sort(key=lambda pair: (content(pair[1]), [note.voice for note in pair[1].notes]))
    return {name: tuple(score for split, score in pairs if split == name) for name in SPLITS}
