"""Scores from MIDI files.

Each channel of each track becomes a voice. Starts and ends of notes are rounded to the grid of the score. MIDI has key signatures
for major and minor only; for other modes `midi_writing` adds a text event such as `key=D dorian`, which is read here.
"""

import os
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

from zoo.core.errors import UserError
from zoo.music.notation import midi_events
from zoo.music.notation.midi_events import MidiFile
from zoo.music.notation.score import Score
from zoo.music.notation.theory import DRUM_CHANNEL, TICKS_PER_QUARTER, Key, Metre, Note, Voice

_LARGEST_FILE = 16 * 2**20  # bytes; a symphony needs less than one million
_LONGEST_PIECE = 100_000  # quarter notes, about 14 hours; where a file says more, its times are damaged

_Metres: TypeAlias = tuple[tuple[int, Metre], ...]
_Tempos: TypeAlias = tuple[tuple[int, float], ...]
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Report:
    """What reading a file did to its notes.

    Attributes:
        notes: the number of notes of the score.
        moved: how many of them have a start or an end that was rounded to the grid.
        unended: how many of them the file does not end; they sound to the end of their track.
        dropped: how many notes were left out, since they have no length or occur twice.
        repairs: what else in the file was mended or is heard otherwise than written, a sentence each, for the user.
    """

    notes: int
    moved: int
    unended: int
    dropped: int
    repairs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.notes} notes, {self.moved} moved to the grid, {self.unended} never ended, {self.dropped} dropped"


class _RawNote(NamedTuple):
    """A note in the ticks of its file."""

    start: int
    end: int
    pitch: int
    velocity: int
    track: int
    channel: int
    program: int


def read(path: str | Path) -> Score:
    """The score of a MIDI file of type 0 or 1. UserError for any other file, and one that is damaged or holds no notes."""
    return read_with_report(path)[0]


def read_with_report(path: str | Path) -> tuple[Score, Report]:
    """The score, as `read` gives it, and what was done to its notes."""
    shown = repr(str(path))
    try:
        file = midi_events.parse(_content(path))
    except ValueError as error:
        raise UserError(f"{shown} {error}") from error
    raw, unended = _pair(file)
    if not raw:
        raise UserError(f"{shown} holds no notes; choose another file")
    if max(note.end for note in raw) > _LONGEST_PIECE * file.division:
        raise UserError(f"{shown} lasts more than {_LONGEST_PIECE} quarter notes, so its times must be damaged; save it anew")

    kept: dict[tuple[int, int, int, int], _RawNote] = {}
    for part in raw:
        place = (part.track, part.channel, part.pitch, _on_grid(part.start, file))
        if part.end > part.start and (place not in kept or part.end > kept[place].end):
            kept[place] = part
    if not kept:
        raise UserError(f"{shown} holds only notes without length; choose another file")
    programs = {
        (part.track, part.channel): part.program for part in reversed(kept.values())
    }  # the program of each voice is that of its first note
    parts = sorted(programs)
    numbers = {place: number for number, place in enumerate(parts)}
    notes = []
    for part in kept.values():
        start = _on_grid(part.start, file)
        duration = max(1, _on_grid(part.end, file) - start)
        notes.append(Note(start, duration, part.pitch, numbers[part.track, part.channel], part.velocity))
    names = [next((_text(data) for _, kind, data in track.metas if kind == midi_events.TRACK_NAME), "") for track in file.tracks]
    metres, key, tempos = _plan(file, max(note.end for note in notes))
    score = Score(
        tuple(notes),
        metres,
        key,
        tempos,
        voices=tuple(
            Voice(
                names[track] if file.type else "",
                programs[track, channel],
                channel == DRUM_CHANNEL,
                track=track + 1,
                channel=channel + 1,
            )
            for track, channel in parts
        ),
        # The name of the first track is the title, in a file of type 1 unless that track has notes.
        title=names[0] if file.type == 0 or parts[0][0] > 0 else "",
    )
    moved = sum(not (_is_on_grid(part.start, file) and _is_on_grid(part.end, file)) for part in kept.values())
    return score, Report(len(notes), moved, unended, len(raw) - len(kept))


def _content(path: str | Path) -> bytes:
    """The bytes of a file, which begins as MIDI files do. UserError for any other file."""
    shown = repr(str(path))
    try:
        if os.path.isdir(path):
            raise UserError(f"{shown} is a folder; name a MIDI file in it")
        with open(path, "rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError as error:
        raise UserError(f"there is no file {shown}; check the path") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise UserError(f"cannot read {shown}: {getattr(error, 'strerror', None) or error}") from error
    if not content:
        raise UserError(f"{shown} is empty; choose a MIDI file")
    if not content.startswith(b"MThd"):
        raise UserError(f"{shown} is not a MIDI file (it does not begin with MThd); choose a .mid file")
    if len(content) > _LARGEST_FILE:
        raise UserError(f"{shown} is larger than {_LARGEST_FILE // 2**20} MB; choose a smaller MIDI file")
    return content


def _pair(file: MidiFile) -> tuple[list[_RawNote], int]:
    """All notes by their start, and how many of them the file does not end.

    Of two notes of one pitch that overlap, the one that began first ends first. Where a track sets no program for a channel, the
    program is that which another track has set for the channel.
    """
    # Sorted by time; those of one tick stay in the order of the tracks and their messages.
    events = [(message, number) for number, track in enumerate(file.tracks) for message in track.messages]
    events.sort(key=lambda event: event[0][0])
    programs: dict[tuple[int | None, int], int] = {}
    sounding: dict[tuple[int, int, int], deque[tuple[int, int, int]]] = defaultdict(deque)
    notes = []
    for (tick, kind, channel, value, velocity), track in events:
        if kind == midi_events.PROGRAM:
            programs[track, channel] = programs[None, channel] = value
        elif kind == midi_events.NOTE_ON:
            program = programs.get((track, channel), programs.get((None, channel), 0))
            sounding[track, channel, value].append((tick, velocity, program))
        elif begun := sounding[track, channel, value]:
            start, velocity, program = begun.popleft()
            notes.append(_RawNote(start, tick, value, velocity, track, channel, program))
    unended = 0
    for (track, channel, pitch), left in sounding.items():
        for start, velocity, program in left:
            notes.append(_RawNote(start, file.tracks[track].end, pitch, velocity, track, channel, program))
            unended += 1
    return sorted(notes, key=lambda note: note.start), unended


def _on_grid(tick: int, file: MidiFile) -> int:
    """The nearest tick of the grid to a tick of the file; the later one of two that are equally near."""
    return (2 * tick * TICKS_PER_QUARTER + file.division) // (2 * file.division)


def _is_on_grid(tick: int, file: MidiFile) -> bool:
    return tick * TICKS_PER_QUARTER % file.division == 0


def _plan(file: MidiFile, end: int) -> tuple[_Metres, Key | None, _Tempos]:
    """Metres, key and tempos up to the end of the notes. The key is the first one in the file.

    Events that make no sense are left out, such as a metre of 4/0 or 7/13, a tempo of 0, and a key of 12 sharps.
    """
    metres, tempos = {0: Metre(4, 4)}, {0: 120.0}  # the defaults of the MIDI standard
    key = mode = None
    for tick, kind, data in sorted((meta for track in file.tracks for meta in track.metas), key=lambda meta: meta[0]):
        place = _on_grid(tick, file)
        if kind == midi_events.TIME_SIGNATURE and len(data) >= 2 and place < end:
            with suppress(ValueError):
                metres[place] = Metre(data[0], 2 ** min(data[1], 30))
        elif kind == midi_events.TEMPO and place < end and (microseconds := int.from_bytes(data[:3], "big")):
            # Files hold whole microseconds a quarter note; rounding gives 110 a minute again for 110.
            tempos[place] = max(0.01, round(60e6 / microseconds, 2))
        elif kind == midi_events.KEY_SIGNATURE and key is None:
            key = _key(data)
        elif kind == midi_events.TEXT and data.startswith(b"key=") and mode is None:
            with suppress(UserError):  # a text of another program that begins with key=
                mode = Key.parse(_text(data).removeprefix("key="))
    if key and mode and mode.fifths == key.fifths:
        key = mode
    return _without_repeats(metres), key, _without_repeats(tempos)


def _key(data: bytes) -> Key | None:
    """The key of a key signature: a byte of sharps, flats negative, and a byte 0 for major or 1 for minor. None for others."""
    if len(data) < 2 or data[1] > 1:
        return None
    fifths = data[0] - 256 if data[0] > 127 else data[0]
    if abs(fifths) > 7:
        return None
    return Key((7 * fifths + 9) % 12, "minor") if data[1] else Key(7 * fifths % 12)


def _without_repeats(changes: dict[int, _Value]) -> tuple[tuple[int, _Value], ...]:
    """The changes sorted by time, without those to the value that holds already."""
    ordered = sorted(changes.items(), key=lambda change: change[0])
    return tuple(change for i, change in enumerate(ordered) if i == 0 or change[1] != ordered[i - 1][1])


def _text(data: bytes) -> str:
    """A text in UTF-8; where it is not that, in Latin-1, which can decode any bytes."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
