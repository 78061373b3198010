"""A user's own melodies: a folder of MIDI files."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from zoo.data import near_duplicates
from zoo.data.folk import SPLITS, content, splits
from zoo.errors import UserError
from zoo.music import midi
from zoo.music.melody import melody
from zoo.music.score import Note, Score
from zoo.music.tokens import Vocabulary, spell


@dataclass(frozen=True)
class MidiFolder:
    """What was read: the melodies of each split, and what happened to each file.

    Attributes:
        scores: "train", "validation" and "test" -> melodies; versions of one tune are in one split, chosen by their content.
        skipped: (file, why it gave no melody).
        keys_estimated: how many files said no key.
    """

    scores: dict[str, tuple[Score, ...]]
    skipped: tuple[tuple[Path, str], ...]
    keys_estimated: int

    def __str__(self) -> str:
        read = sum(map(len, self.scores.values()))
        parts = [f"{read} melodies ({', '.join(f'{len(self.scores[name])} {name}' for name in SPLITS)})"]
        if self.keys_estimated:
            parts.append(f"{self.keys_estimated} keys estimated")
        reasons = Counter(reason for _, reason in self.skipped)
        parts += [f"{count} files skipped: {reason}" for reason, count in reasons.most_common()]
        return "; ".join(parts)


def load(folder: str | Path, vocabulary: Vocabulary | None = None) -> MidiFolder:
    """The melodies of all .mid and .midi files in a folder and the folders in it.

    Args:
        vocabulary: that of the network to be trained further; note lengths that it lacks are shortened to the next one, and
            a melody that it cannot say all the same is skipped. None: any melody the token language can say.

    UserError for what is no folder, or where no file gives a melody. A file that cannot be used is skipped, and listed.
    """
    root = Path(folder)
    if not root.is_dir():
        raise UserError(f"{str(root)!r} is no folder: give a folder of MIDI files")
    files = sorted(path for path in root.rglob("*") if path.suffix.lower() in (".mid", ".midi") and path.is_file())
    scores: list[Score] = []
    skipped: list[tuple[Path, str]] = []
    estimated = 0
    for path in tqdm(files, desc="reading MIDI files", unit="file", file=sys.stderr):
        try:
            read = midi.read(path)
            score = melody(read)
            spell(score) if vocabulary is None else vocabulary.encode(score := _fitted(score, vocabulary))
        except UserError as error:
            skipped.append((path, str(error).replace(repr(str(path)), "the file")))
        except ValueError as error:
            skipped.append((path, _general(str(error))))
        else:
            scores.append(score)
            estimated += read.key is None
    if not scores:
        why = f": {skipped[0][0].name}: {skipped[0][1]}" if skipped else ""
        raise UserError(f"no melody in {len(files)} MIDI files under {str(root)!r}{why}")
    of_score = splits(scores, near_duplicates.clusters(scores))
    return MidiFolder(_by_split(scores, of_score), tuple(skipped), estimated)


def _by_split(scores: Sequence[Score], of_score: Sequence[str]) -> dict[str, tuple[Score, ...]]:
    ordered = sorted(zip(of_score, scores, strict=True), key=lambda pair: content(pair[1]))
    return {name: tuple(score for split, score in ordered if split == name) for name in SPLITS}


def _fitted(score: Score, vocabulary: Vocabulary) -> Score:
    """The melody with every length that the vocabulary lacks shortened to one that it has."""
    lengths = set(vocabulary.durations)

    def fitted(note: Note) -> Note:
        fitting = [length for length in lengths if length <= note.duration]
        return replace(note, duration=max(fitting, default=note.duration))

    return replace(score, notes=tuple(map(fitted, score.notes)))


def _general(reason: str) -> str:
    """A reason without the place where it arose, so that equal ones can be counted."""
    for phrase in ("the metre changes", "is too long", "is not in the vocabulary", "only drums"):
        if phrase in reason:
            kind = reason.partition("=")[0] if phrase == "is not in the vocabulary" else ""
            return {"is too long": "a note is too long", "is not in the vocabulary": f"{kind} outside the vocabulary"}.get(
                phrase, phrase
            )
    return reason
