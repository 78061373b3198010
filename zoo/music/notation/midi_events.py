"""The events of a MIDI file that a score needs: notes, programs and meta events, each at its tick.

mido can read MIDI files, too, but it takes a minute for a file of a million notes before this project could refuse it, and it
refuses files for faults that cost no note. The reader of this module accepts chunks of other kinds between the tracks, bytes
after the end of a track, and meta events of any type and length. Anything else that breaks the standard is reported as damage.
"""

from dataclasses import dataclass, field

NOTE_OFF, NOTE_ON, PROGRAM = 0x80, 0x90, 0xC0
TEXT, TRACK_NAME, END_OF_TRACK, TEMPO, TIME_SIGNATURE, KEY_SIGNATURE = 0x01, 0x03, 0x2F, 0x51, 0x58, 0x59

MOST_NOTES = 200_000  # of a file, since a score holds them all in memory; an opera has fewer
_DAMAGED = "is a MIDI file that is cut short or damaged; save it anew"
# How many data bytes follow a status byte: by its upper half for a channel's messages, else by the whole of it.
_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_SYSTEM_DATA_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1, 0xF6: 0, 0xF8: 0, 0xFA: 0, 0xFB: 0, 0xFC: 0, 0xFE: 0}
_SYSEX = (0xF0, 0xF7)
_META = 0xFF


@dataclass
class Track:
    """One track, its events in the order of the file.

    Attributes:
        messages: (tick, NOTE_OFF or NOTE_ON or PROGRAM, channel from 0, pitch or program, velocity or 0) of each. A note-on of
            velocity 0 means a note-off, and is one here.
        metas: (tick, type, data) of each meta event.
        end: the tick where the track ends.
    """

    messages: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    metas: list[tuple[int, int, bytes]] = field(default_factory=list)
    end: int = 0


@dataclass(frozen=True)
class MidiFile:
    """A file of type 0 or 1. `division` is the number of ticks in a quarter note."""

    type: int
    division: int
    tracks: tuple[Track, ...]


def parse(content: bytes) -> MidiFile:
    """The tracks of a MIDI file, whose bytes begin with "MThd".

    ValueError for a file that cannot be used. Its message is the end of a sentence that begins with the file's name.
    """
    if len(content) < 14 or (size := int.from_bytes(content[4:8], "big")) < 6:
        raise ValueError(_DAMAGED)
    kind, tracks, division = (int.from_bytes(content[place : place + 2], "big") for place in (8, 10, 12))
    if kind not in (0, 1):
        raise ValueError(f"is a MIDI file of type {kind}; only types 0 and 1 can be read: save it as type 1")
    if division & 0x8000:
        raise ValueError("counts its time in film frames (SMPTE), not in beats; save it with ticks per quarter note")
    if not division:
        raise ValueError("says that a quarter note has 0 ticks, so its times must be damaged; save it anew")
    place = 8 + size
    found: list[Track] = []
    room = MOST_NOTES
    while len(found) < tracks:
        name, length = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "big")
        place += 8
        if place + length > len(content):  # also where not even a header is left
            raise ValueError(_DAMAGED)
        if name == b"MTrk":
            found.append(_track(content[place : place + length], room))
            room -= sum(message[1] == NOTE_ON for message in found[-1].messages)
        place += length
    return MidiFile(kind, division, tuple(found))


def _track(data: bytes, room: int) -> Track:
    """The events of a track. ValueError for more than `room` notes, and for damage."""
    track = Track()
    try:
        _read_events(data, track, room)
    except IndexError as error:  # the bytes end within an event
        raise ValueError(_DAMAGED) from error
    return track


def _read_events(data: bytes, track: Track, room: int) -> None:
    """Adds the events in `data` to a track. ValueError as `_track`; IndexError where the bytes end within an event."""
    place = tick = status = begun = 0
    while place < len(data):
        delta, place = _number(data, place)
        track.end = tick = tick + delta
        if data[place] == _META:
            kind = data[place + 1]
            length, start = _number(data, place + 2)
            place = start + length
            if place > len(data):
                raise IndexError
            if kind == END_OF_TRACK:
                return
            track.metas.append((tick, kind, data[start:place]))
        elif data[place] in _SYSEX:
            length, start = _number(data, place + 1)
            place = start + length
            if place > len(data):
                raise IndexError
        elif data[place] > _SYSEX[0]:
            if data[place] not in _SYSTEM_DATA_BYTES:
                raise ValueError(_DAMAGED)
            place += 1 + _SYSTEM_DATA_BYTES[data[place]]
        else:
            if data[place] >= 0x80:
                status = data[place]
                place += 1
            kind, channel = status & 0xF0, status & 0x0F
            if not kind:
                raise ValueError(_DAMAGED)  # a message without a status byte, and none before it
            first = data[place]
            second = data[place + 1] if _DATA_BYTES[kind] == 2 else 0
            place += _DATA_BYTES[kind]
            if first >= 0x80 or second >= 0x80:
                raise ValueError(_DAMAGED)
            if kind == NOTE_ON and second:
                begun += 1
                if begun > room:
                    raise ValueError(f"holds more than {MOST_NOTES:,} notes; choose a smaller MIDI file")
            if kind in (NOTE_OFF, NOTE_ON, PROGRAM):
                kind = NOTE_OFF if kind == NOTE_ON and not second else kind
                track.messages.append((tick, kind, channel, first, second))


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A number of variable length and the place after it: 7 bits in each byte, of which the last is below 128.

    IndexError where the bytes end before it.
    """
    byte = data[place]
    if byte < 0x80:
        return byte, place + 1
    number = 0
    for end in range(place + 1, place + 5):
        number = number << 7 | data[end - 1] & 0x7F
        if data[end - 1] < 0x80:
            return number, end
    raise ValueError(_DAMAGED)
