"""Scores from a user's files: MIDI, ABC notation and MusicXML, told apart by what is in the file and not by its name."""

import codecs
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from zoo.core.errors import UserError
from zoo.music.notation import midi
from zoo.music.notation.midi import Report
from zoo.music.notation.score import Score

SUFFIXES = (".mid", ".midi", ".kar", ".rmi", ".abc", ".musicxml", ".xml", ".mxl")  # of the files that are looked for in a folder

_MIDI = (b"MThd", b"MTrk")  # the words before the header and before each track
_RECORDINGS = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"OggS", b"fLaC", b"\0\0\0\x20ftyp")
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
    kind = _kind(path)
    if kind == "musicxml":
        return _read_musicxml(path)
    if kind == "abc":
        return _read_abc(path, tune)
    _check_midi(path)
    score, report = midi.read_with_report(path)
    return Reading(score, report.repairs, report)


def _check_midi(path: str | Path) -> None:
    """Raises UserError for a file without a word of MIDI in it. Of one that cannot be opened, the reader of MIDI tells."""
    head = _head(path)
    # A file whose first bytes are damaged is known by its tracks.
    if not head or any(word in head for word in _MIDI) or any(word in _content(path) for word in _MIDI):
        return
    if head.startswith(_RECORDINGS) or head[8:12] == b"WAVE":
        raise UserError(f"{str(path)!r} is a recording, and only notes can be read: choose a MIDI, ABC or MusicXML file")
    raise UserError(f"{str(path)!r} is neither MIDI nor ABC notation nor MusicXML: export the music as one of these")


def read_all(path: str | Path) -> list[Reading | UserError]:
    """All music of a file: that of `read`, or each tune of an ABC file. In the place of what cannot be read is the reason."""
    try:
        if _kind(path) == "abc":
            return [_abc_tune(path, number, text) for number, text in _tunes(path)]
        return [read(path)]
    except UserError as error:
        return [error]


def _kind(path: str | Path) -> str:
    """What a file holds: "abc", "musicxml" or, for all others, "midi"."""
    head = _head(path)
    suffix = Path(path).suffix.lower()
    if b"MThd" in head or not head:
        return "midi"
    if _is_xml(head) or suffix in (".musicxml", ".xml", ".mxl"):
        return "musicxml"
    is_abc = suffix == ".abc" or re.search(rb"(?m)^(?:\xef\xbb\xbf)?X:\s*\d|^%abc", head)
    return "abc" if is_abc else "midi"


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
    """A tune of an ABC file: the first, or that of a number."""
    found = _tunes(path)
    wanted = [(each, text) for each, text in found if number in (None, each)]
    if not wanted:
        raise UserError(f"{str(path)!r} has no tune X:{number}: it has {_listed([each for each, _ in found])}")
    read = _abc_tune(path, *wanted[0])
    if isinstance(read, UserError):
        raise read
    if number is None and len(found) > 1:
        first = f"it holds {len(found)} tunes: the first one, {read.score.title!r}, is taken"
        read = replace(read, notices=(first, *read.notices))
    return read


def _tunes(path: str | Path) -> list[tuple[int, str]]:
    """(number after X:, text) of each tune of an ABC file. UserError where there is none."""
    from zoo.music.notation import abc

    text = _text(path)
    found = list(abc.tunes(text)) or ([(1, text)] if re.search(r"(?m)^K:", text) else [])
    if not found:
        raise UserError(f"{str(path)!r} holds no tune in ABC notation; each begins with a line such as X:1")
    return found


def _listed(numbers: Sequence[int]) -> str:
    """The numbers of the tunes of a file; the first and the last where there are many."""
    if len(numbers) <= 5:
        return ", ".join(f"X:{number}" for number in numbers)
    return f"{len(numbers)} tunes from X:{numbers[0]} to X:{numbers[-1]}"


def _abc_tune(path: str | Path, number: int, text: str) -> Reading | UserError:
    """A tune of an ABC file, or why it cannot be read."""
    from zoo.music.notation import abc
    from zoo.music.notation.measures import Refused

    try:
        score, notices, moved = abc.read_freely(text)
    except Refused as error:
        return UserError(f"{str(path)!r} has a tune, X:{number}, that cannot be read: {error}")
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
