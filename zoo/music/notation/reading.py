"""Scores from a user's files: MIDI, ABC notation and MusicXML, told apart by what is in the file and not by its name."""

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from zoo.core.errors import UserError
from zoo.music.notation import midi
from zoo.music.notation.midi import Report
from zoo.music.notation.score import Score

SUFFIXES = (".mid", ".midi", ".kar", ".rmi", ".abc", ".musicxml", ".xml", ".mxl")  # of the files that are looked for in a folder

_HEAD = 4096  # bytes, by which a file is known; a MacBinary header before MIDI has 128
_LARGEST = 32 * 2**20  # bytes; the largest collections of tunes have less


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
    suffix = Path(path).suffix.lower()
    if b"MThd" not in head:
        if _is_xml(head) or (suffix in (".musicxml", ".xml", ".mxl") and head):
            return _read_musicxml(path)
        if re.search(rb"(?m)^(?:\xef\xbb\xbf)?X:\s*\d|^%abc", head) or (suffix == ".abc" and head):
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


def _is_xml(head: bytes) -> bool:
    """Whether a file begins as XML does, in whatever encoding, or as a compressed file (.mxl) does."""
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip()
    return text.startswith((b"<?xml", b"<!DOCTYPE", b"<score-", b"PK\x03\x04"))


def _read_musicxml(path: str | Path) -> Reading:
    """The score of a MusicXML file."""
    from zoo.music.notation import musicxml_reading
    from zoo.music.notation.measures import Refused

    try:
        score, notices, moved = musicxml_reading.read(_content(path))
    except Refused as error:
        raise UserError(f"{str(path)!r} cannot be read as MusicXML: {error}") from error
    return Reading(score, notices, Report(len(score.notes), moved, 0, 0))


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


def _content(path: str | Path) -> bytes:
    """The bytes of a file. UserError for a large one."""
    with open(path, "rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise UserError(f"{str(path)!r} is larger than {_LARGEST // 2**20} MB; choose a smaller file")
    return content


def _text(path: str | Path) -> str:
    """The text of a file in UTF-8 or, with its mark, UTF-16; where it is neither, in Latin-1."""
    content = _content(path)
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"", "utf-8-sig")):
        if content.startswith(mark):
            with suppress(UnicodeDecodeError):
                return content.decode(encoding)
    return content.decode("latin-1")
