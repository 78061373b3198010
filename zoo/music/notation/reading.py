"""Scores from a user's files: MIDI and ABC notation, told apart by what is in the file and not by its name."""

import re
from dataclasses import dataclass
from pathlib import Path

from zoo.core.errors import UserError
from zoo.music.notation import midi
from zoo.music.notation.midi import Report
from zoo.music.notation.score import Score

SUFFIXES = (".mid", ".midi", ".kar", ".rmi", ".abc")  # of the files that are looked for in a folder

_HEAD = 4096  # bytes, by which a file is known; a MacBinary header before MIDI has 128
_LARGEST_TEXT = 16 * 2**20  # bytes; the largest collections of tunes have less


@dataclass(frozen=True)
class Reading:
    """The music of a file.

    Attributes:
        score: the music.
        notices: a sentence for each thing that was read otherwise than it is written.
        report: what was done to the notes, as numbers.
    """

    score: Score
    notices: tuple[str, ...]
    report: Report


def read(path: str | Path, tune: int | None = None) -> Reading:
    """The music of a file, whatever its name.

    Args:
        path: of the file.
        tune: of an ABC file with several tunes, the number after X: of the one to read; None: the first.

    Raises:
        UserError: a file that holds no music, or none that can be read, or no tune of that number.
    """
    head = _head(path)
    if _is_abc(head) or (Path(path).suffix.lower() == ".abc" and b"MThd" not in head):
        return _read_abc(path, tune)
    score, report = midi.read_with_report(path)
    return Reading(score, report.repairs, report)


def _head(path: str | Path) -> bytes:
    """The first bytes of a file; none where it cannot be read, of which the reader of MIDI files tells."""
    try:
        with open(path, "rb") as file:
            return file.read(_HEAD)
    except (OSError, ValueError):
        return b""


def _is_abc(head: bytes) -> bool:
    return head.startswith(b"%abc") or re.search(rb"(?m)^(?:\xef\xbb\xbf)?X:\s*\d", head) is not None


def _read_abc(path: str | Path, number: int | None) -> Reading:
    """A tune of an ABC file."""
    from zoo.music.notation import abc
    from zoo.music.notation.measures import Refused

    shown = repr(str(path))
    text = _text(path)
    found = dict(reversed(list(abc.tunes(text)))) or ({1: text} if re.search(r"(?m)^K:", text) else {})
    if not found:
        raise UserError(f"{shown} holds no tune in ABC notation; each begins with a line such as X:1")
    first = next(reversed(found))
    if number is not None and number not in found:
        raise UserError(f"{shown} has no tune X:{number}; its {len(found)} tunes begin with X:{first}")
    try:
        score, notices, moved = abc.read_freely(found[first if number is None else number])
    except Refused as error:
        raise UserError(f"the tune in {shown} cannot be read: {error}") from error
    if number is None and len(found) > 1:
        notices = (f"it holds {len(found)} tunes: the first one, {score.title!r}, is taken", *notices)
    return Reading(score, notices, Report(len(score.notes), moved, 0, 0))


def _text(path: str | Path) -> str:
    """The text of a file in UTF-8; where it is not that, in Latin-1."""
    with open(path, "rb") as file:
        content = file.read(_LARGEST_TEXT + 1)
    if len(content) > _LARGEST_TEXT:
        raise UserError(f"{str(path)!r} is larger than {_LARGEST_TEXT // 2**20} MB; choose a smaller file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
