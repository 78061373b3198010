"""The events of a track of a MIDI file that a score needs: notes, programs and meta events, each at its tick.

mido can read MIDI files, too, but it takes a minute for a file of a million notes before this project could refuse it, and it
refuses files for faults that cost no note. Where an event breaks the standard, this reader mends it or goes on at the next place
from which several events in a row make sense, as a player does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

NOTE_OFF, NOTE_ON, CONTROL, PROGRAM, SYSEX = 0x80, 0x90, 0xB0, 0xC0, 0xF0
TEXT, TRACK_NAME, INSTRUMENT_NAME, CHANNEL_PREFIX, END_OF_TRACK = 0x01, 0x03, 0x04, 0x20, 0x2F
TEMPO, TIME_SIGNATURE, KEY_SIGNATURE = 0x51, 0x58, 0x59
BANK, ALL_SOUND_OFF, ALL_NOTES_OFF = 0, 120, 123  # the controllers that are kept

MOST_NOTES = 200_000  # of a file, since a score holds them all in memory; an opera has fewer
_MOST_MENDED = 100  # events of a track; where more are damaged, the rest of it is left out
_FARTHEST = 4096  # bytes that are searched after a damaged event
_PROOF = 8  # events in a row that make sense, from which on a place counts as the beginning of an event
# How many data bytes follow a status byte: by its upper half for a channel's messages, else by the whole of it. The standard
# leaves F4, F5, F9 and FD without meaning; programs that write them add no data.
_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_SYSTEM_DATA_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1} | dict.fromkeys((0xF4, 0xF5, 0xF6, 0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE), 0)
_META_BYTES = {0x00: 2, 0x20: 1, 0x21: 1, 0x2F: 0, 0x51: 3, 0x54: 5, 0x58: 4, 0x59: 2}  # of the types that have a fixed length
_MOST_NUMBER_BYTES = 10  # of a number of variable length; the standard has four
_LONGEST_TIME = 2**28 - 1  # ticks between two events, of which the standard can write no more
_META, _ESCAPE = 0xFF, 0xF7
_KEPT_CONTROLS = (BANK, ALL_SOUND_OFF, ALL_NOTES_OFF)


@dataclass
class Track:
    """One track, its events in the order of the file.

    Attributes:
        messages: (tick, kind, channel from 0, pitch or program or controller, velocity or value or 0) of each note-off, note-on,
            program change, and change of one of the kept controllers. A note-on of velocity 0 means a note-off, and is one here.
        metas: (tick, type, data) of each meta event; a message to one maker's synthesizers has the type SYSEX.
        end: the tick where the track ends.
        length: the bytes up to its end mark, or all.
        ended: whether it has an end mark.
        mended: the number of damaged events that were mended or passed over.
        lost: whether its last part cannot be read.
    """

    messages: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    metas: list[tuple[int, int, bytes]] = field(default_factory=list)
    end: int = 0
    length: int = 0
    ended: bool = False
    mended: int = 0
    lost: bool = False


class TooManyNotesError(ValueError):
    """A track has more notes than there is room for."""


class _Stop(NamedTuple):
    """Where reading stopped: the place of the first event that was not read, the status that holds there, and why."""

    place: int
    status: int
    events: int
    ended: bool


class _DamageError(Exception):
    """An event breaks the standard."""


def read_track(data: bytes, room: int) -> Track:
    """The events in the bytes of a track. TooManyNotesError for more than `room` notes."""
    track = Track()
    stop = _read_events(data, 0, track, 0, room)
    while not stop.ended and stop.place < len(data):
        mended = _mended(data, stop) if track.mended < _MOST_MENDED else None
        if mended is None:
            track.lost = True
            break
        data, place, status = mended
        track.mended += 1
        stop = _read_events(data, place, track, status, room)
    track.length = stop.place
    track.ended = stop.ended
    return track


def _read_events(data: bytes, place: int, track: Track, status: int, room: int, most: int | None = None) -> _Stop:
    """Adds the events from a place on to a track: up to its end mark, the first damage, the end of the bytes, or `most` events.

    TooManyNotesError as `read_track`.
    """
    tick = track.end
    events = 0
    begun = sum(message[1] == NOTE_ON for message in track.messages)
    begin = place
    try:
        while place < len(data) and events != most:
            begin = place
            delta, place = _number(data, place)
            if delta > _LONGEST_TIME:
                track.mended += 1
                delta = 0
            at = tick + delta
            first = data[place]
            if first == _META:
                kind = data[place + 1]
                start, place = _block(data, place + 2)
                if kind == END_OF_TRACK and place == start:
                    track.end = at
                    return _Stop(place, status, events + 1, True)
                track.metas.append((at, kind, data[start:place]))
            elif first in (SYSEX, _ESCAPE):
                start, place = _block(data, place + 1)
                if first == SYSEX:
                    track.metas.append((at, SYSEX, data[start:place]))
            elif first > SYSEX:
                place += 1 + _SYSTEM_DATA_BYTES[first]
            else:
                if first >= 0x80:
                    status = first
                    place += 1
                kind, channel = status & 0xF0, status & 0x0F
                if not kind:
                    raise _DamageError  # a message without a status byte, and none before it
                first = data[place]
                second = data[place + 1] if _DATA_BYTES[kind] == 2 else 0
                place += _DATA_BYTES[kind]
                if first >= 0x80 or second >= 0x80:
                    raise _DamageError
                if kind == NOTE_ON and second:
                    begun += 1
                    if begun > room:
                        raise TooManyNotesError(f"holds more than {MOST_NOTES:,} notes; choose a smaller MIDI file")
                if kind in (NOTE_OFF, NOTE_ON, PROGRAM) or (kind == CONTROL and first in _KEPT_CONTROLS):
                    kind = NOTE_OFF if kind == NOTE_ON and not second else kind
                    track.messages.append((at, kind, channel, first, second))
            track.end = tick = at
            events += 1
    except (IndexError, _DamageError):  # IndexError: the bytes end within an event
        return _Stop(begin, status, events, False)
    return _Stop(place, status, events, False)


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A number of variable length and the place after it: 7 bits in each byte, of which the last is below 128.

    A number of more than four bytes, which the standard does not have, is _LONGEST_TIME + 1; one of many more is a _DamageError.
    IndexError where the bytes end before it.
    """
    byte = data[place]
    if byte < 0x80:
        return byte, place + 1
    number = 0
    for end in range(place + 1, place + 1 + _MOST_NUMBER_BYTES):
        number = min(number << 7 | data[end - 1] & 0x7F, _LONGEST_TIME + 1)
        if data[end - 1] < 0x80:
            return number, end
    raise _DamageError


def _block(data: bytes, place: int) -> tuple[int, int]:
    """The first place of a block of bytes whose length stands before it, and the place after it. _DamageError where it is cut."""
    length, start = _number(data, place)
    if start + length > len(data):
        raise _DamageError
    return start, start + length


def _mended(data: bytes, stop: _Stop) -> tuple[bytes, int, int] | None:
    """The bytes, mended if need be, and the place and the status to go on with after damage; None where nothing makes sense.

    What is tried first is what costs no event.
    """
    best: tuple[int, tuple[bytes, int, int]] | None = None
    for candidate in [*_repairs(data, stop), *_next_events(data, stop.place + 1)]:
        found = _read_events(candidate[0], candidate[1], Track(), candidate[2], MOST_NOTES, _PROOF)
        whole = found.ended or found.events == _PROOF or (found.events > 0 and found.place == len(data))
        if whole:
            return candidate
        if best is None or found.events > best[0]:
            best = (found.events, candidate)
    return best[1] if best and best[0] > 1 else None


def _repairs(data: bytes, stop: _Stop) -> Iterator[tuple[bytes, int, int]]:
    """The bytes with the event at a place mended on the spot, where it is one whose length is known; see `_mended`."""
    try:
        _, place = _number(data, stop.place)
        first, kind = data[place], data[place + 1]
    except (IndexError, _DamageError):
        return
    if first == _META and kind in _META_BYTES and place + 2 < len(data):
        yield data[: place + 2] + bytes([_META_BYTES[kind]]) + data[place + 3 :], stop.place, stop.status
    elif first < SYSEX:
        # Of a track that begins without a status byte, players hear notes.
        status = first if first >= 0x80 else stop.status or NOTE_ON
        start = place + (first >= 0x80)
        end = start + _DATA_BYTES[status & 0xF0]
        values = [value & 0x7F for value in data[start:end]]
        if end <= len(data):
            if status & 0xF0 == NOTE_ON and data[end - 1] >= 0x80:
                values[1] = 127  # louder than a note can be
            yield data[:start] + bytes(values) + data[end:], stop.place, status


def _next_events(data: bytes, place: int) -> Iterator[tuple[bytes, int, int]]:
    """The places from `place` on where an event may begin that names its status; see `_mended`."""
    for start in range(place, min(place + _FARTHEST, len(data))):
        try:
            _, after = _number(data, start)
            if data[after] >= 0x80:
                yield data, start, 0
        except _DamageError:
            continue
        except IndexError:
            return
