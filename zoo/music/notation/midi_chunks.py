"""The tracks of a MIDI file, also where its chunks are damaged, cut short, counted wrongly, or wrapped in another format."""

from dataclasses import dataclass, replace

from zoo.music.notation import midi_events, midi_frames
from zoo.music.notation.midi_events import Track

_HEADER, _TRACK = b"MThd", b"MTrk"
_END = b"\xff\x2f\0"  # the end mark of a track
_HEADER_BYTES = 14
_MACBINARY_BYTES = 128
_MOST_TRACKS = 65_535  # that a header can count


@dataclass(frozen=True)
class MidiFile:
    """What a MIDI file holds.

    Attributes:
        type: 0: one track. 1: tracks that sound together. 2: tracks that are pieces of their own.
        division: the number of ticks in a quarter note.
        tracks: its tracks, in order.
        repairs: what was mended, a sentence each.
    """

    type: int
    division: int
    tracks: tuple[Track, ...]
    repairs: tuple[str, ...] = ()


def parse(content: bytes) -> MidiFile:
    """The tracks of a MIDI file. What can be read of a damaged one is read.

    ValueError for a file that cannot be used. Its message is the end of a sentence that begins with the file's name.
    """
    repairs: list[str] = []
    start = _start(content, repairs)
    if len(content) < start + _HEADER_BYTES:
        raise ValueError("is a MIDI file that is cut short before its music begins; save it anew")
    size, kind, counted, division = (
        int.from_bytes(content[start + place : start + end], "big") for place, end in ((4, 8), (8, 10), (10, 12), (12, 14))
    )
    place = start + 8 + size
    first = content.find(_TRACK, start + _HEADER_BYTES - 1)
    if size < 6 or (size > 6 and not _is_chunk(content, place)):
        repairs.append("the length of the header is wrong: the tracks are read all the same")
        place = first if first >= 0 else len(content)
    elif size == 6 and first in (place - 1, place + 1):
        repairs.append("a byte is missing or too many in the header: the tracks are read all the same")
        last = int.from_bytes(content[first - 2 : first], "big")
        kind, place = min(kind, 1), first
        # The last bytes say the division, unless it is what follows them that is too many: triplets need a multiple of 24.
        division = last if len(content[start:first]) < _HEADER_BYTES or (division % 24 and not last % 24) else division
    tracks, others = _tracks(content, place, repairs)
    if counted not in (len(tracks), len(tracks) + others):
        repairs.append(f"the file says that it has {_count(counted, 'track')} and has {len(tracks)}: all are read")
    if kind > 2 or (kind == 0 and len(tracks) > 1):
        repairs.append(f"the file says that it is of MIDI type {kind}: its tracks are read as sounding together")
        kind = 1
    file = MidiFile(kind, division, tuple(tracks), tuple(repairs))
    if not division:
        raise ValueError("says that a quarter note has 0 ticks, so its times are lost; save it anew")
    if division & 0x8000:
        ticks, note = midi_frames.in_quarters(file.tracks, division)
        file = replace(file, division=ticks, repairs=(*repairs, note))
    return file


def _start(content: bytes, repairs: list[str]) -> int:
    """Where the header begins. ValueError where there is none."""
    start = content.find(_HEADER)
    if start < 0:
        if content[4:8] != bytes([0, 0, 0, 6]) or content[_HEADER_BYTES : _HEADER_BYTES + 4] != _TRACK:
            raise ValueError("is not a MIDI file (it does not begin with MThd); choose a .mid file")
        repairs.append("the first bytes of the file are damaged: it is read all the same")
        return 0
    if start == _MACBINARY_BYTES:
        repairs.append("a Macintosh header stands before the music: it is passed over")
    elif start and not content.startswith(b"RIFF"):
        repairs.append(f"{_count(start, 'byte')} before the music {'is' if start == 1 else 'are'} passed over")
    return start


def _tracks(content: bytes, place: int, repairs: list[str]) -> tuple[list[Track], int]:
    """The tracks from a place on, and how many chunks of other kinds stand between them, which the standard allows."""
    found: list[Track] = []
    others = 0
    room = midi_events.MOST_NOTES
    passed = 0
    while len(content) - place >= 8 and len(found) < _MOST_TRACKS:
        name, end = content[place : place + 4], _end(content, place)
        if name == _HEADER:
            repairs.append("the file holds several MIDI files: only the first one is read")
            break
        if sum(a == b for a, b in zip(name, _TRACK, strict=True)) >= 3:  # one byte may be damaged
            fits = end == len(content) or (end < len(content) and (_is_chunk(content, end) or content[end - 3 : end] == _END))
            following = content.find(_TRACK, place + 8)
            limit = end if fits else following if following >= 0 else len(content)
            track = midi_events.read_track(content[place + 8 : limit], room)
            found.append(track)
            room -= sum(message[1] == midi_events.NOTE_ON for message in track.messages)
            stop = place + 8 + track.length
            fits = fits and not (track.ended and _TRACK in content[stop:limit])  # or else the length covers another track
            repairs += _told(track, len(found), fits or stop == end, limit == len(content))
            place = stop if track.ended and not fits else limit
        elif _is_chunk(content, place):
            others += 1
            place = end
        else:
            following = content.find(_TRACK, place + 1)
            passed += following - place if following >= 0 else 0
            place = following if following >= 0 else len(content)
    if passed:
        repairs.append(f"{_count(passed, 'byte')} between the chunks {'is' if passed == 1 else 'are'} passed over")
    return found, others


def _told(track: Track, number: int, right: bool, last: bool) -> list[str]:
    """What to tell of a track. `right`: whether its length is; `last`: whether the file ends with the bytes that were read."""
    told = []
    cut = not right and last and not track.ended
    if cut:
        told.append(f"the file breaks off in track {number}: what stands before that is read")
    elif not right:
        told.append(f"the length of track {number} is wrong: the track is read to its end")
    elif not track.ended:
        told.append(f"track {number} has no end mark: it ends with its last event")
    if track.mended:
        told.append(f"{_count(track.mended, 'damaged event')} in track {number} {'was' if track.mended == 1 else 'were'} mended")
    if track.lost and not cut:
        told.append(f"the last part of track {number} is damaged: what stands before it is read")
    return told


def _is_chunk(content: bytes, place: int) -> bool:
    """Whether a chunk begins at a place: four letters, digits or blanks, and a length that the file has room for."""
    name = content[place : place + 4]
    if name in (_HEADER, _TRACK):
        return True
    return len(name) == 4 and all(0x20 <= byte < 0x7F for byte in name) and _end(content, place) <= len(content)


def _end(content: bytes, place: int) -> int:
    """The place after the chunk at a place, as its length says."""
    return place + 8 + int.from_bytes(content[place + 4 : place + 8], "big")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
