"""The notes of a MIDI file, from its note-ons and note-offs: also where some are missing, doubled or in the wrong order."""

from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from zoo.music.notation import drums, midi_events
from zoo.music.notation.midi_events import Track
from zoo.music.notation.theory import DRUM_CHANNEL, TICKS_PER_QUARTER

_LONGEST_UNENDED = 4  # quarter notes that a note sounds which nothing ends
_SHORTEST = 1 / 8  # of a quarter note: a note-off that comes sooner may belong to the note before

_Place: TypeAlias = tuple[int, int]  # track and channel
_Begun: TypeAlias = tuple[int, int, int, bool]  # tick, velocity, program, whether it is a drum


class RawNote(NamedTuple):
    """A note in the ticks of its file. Track and channel count from 0; `drums`: whether the file plays a drum kit there."""

    start: int
    end: int
    pitch: int
    velocity: int
    track: int
    channel: int
    program: int
    drums: bool


@dataclass(frozen=True)
class RawNotes:
    """The notes of a file, sorted by their starts.

    Attributes:
        notes: all of them, also those without length.
        unended: the number of notes that the file does not end. They end with the next note of their track and channel, or with
            the track, and after a whole note at the latest; one that begins where its track ends is a quarter note.
        lengthened: the number of notes without length in tracks and channels that have no others. They, too, end with the next
            note, or after a quarter note.
    """

    notes: list[RawNote]
    unended: int
    lengthened: int


@dataclass
class _Sounds:
    """What happens to one pitch of a track and channel: its note-ons, and the ticks of its note-offs with their order."""

    begun: list[tuple[int, _Begun]] = field(default_factory=list)  # (number of the event, note)
    ended: list[tuple[int, int]] = field(default_factory=list)  # (number of the event, tick)


def paired(tracks: Sequence[Track], division: int) -> RawNotes:
    """The notes of the tracks of a file with `division` ticks a quarter note.

    Of two notes of one pitch that overlap, the one that began first ends first. Where note-offs are missing or too many, a note
    ends where its pitch begins again at the latest, and the first note-off after its start ends it; one that comes at once, after
    less than a thirty-second, ends it only if no other follows.

    Where a track sets no program for a channel, the program is that which another track has set for the channel.
    """
    sounds, silences = _sounds(tracks)
    starts: defaultdict[_Place, set[int]] = defaultdict(set)
    for (track, channel, _), sound in sounds.items():
        starts[track, channel].update(tick for _, (tick, *_) in sound.begun)
    onsets = {place: sorted(ticks) for place, ticks in starts.items()}
    notes: list[RawNote] = []
    unended = 0
    without_length: Counter[_Place] = Counter()
    for (track, channel, pitch), sound in sounds.items():
        for begun, end in _in_order(sound) or _mended(sound, division):
            start, velocity, program, is_drum = begun
            if end is None:
                unended += 1
                stops = (_next(onsets[track, channel], start), _next(silences[track, channel], start), tracks[track].end)
                end = min((stop for stop in stops if stop is not None and stop > start), default=start + division)
                end = min(end, start + _LONGEST_UNENDED * division)
            elif end == start:
                without_length[track, channel] += 1
            notes.append(RawNote(start, end, pitch, velocity, track, channel, program, is_drum))
    notes.sort(key=lambda note: note.start)
    empty = set(onsets) - {(note.track, note.channel) for note in notes if note.end > note.start}
    for number, note in enumerate(notes):
        if (place := (note.track, note.channel)) in empty:
            end = min(_next(onsets[place], note.start) or note.start + division, note.start + _LONGEST_UNENDED * division)
            notes[number] = note._replace(end=end)
    return RawNotes(notes, unended, sum(without_length[place] for place in empty))


def _sounds(tracks: Sequence[Track]) -> tuple[dict[tuple[int, int, int], _Sounds], defaultdict[_Place, list[int]]]:
    """What happens to each (track, channel, pitch), and the ticks at which all notes of a (track, channel) are ended."""
    # Sorted by time; those of one tick stay in the order of the tracks and their messages.
    events = [(message, number) for number, track in enumerate(tracks) for message in track.messages]
    events += [(message, number) for number, track in enumerate(tracks) for message in drums.switches(track)]
    events.sort(key=lambda event: event[0][0])
    programs: dict[tuple[int | None, int], int] = {}
    of_drums = {DRUM_CHANNEL: True}  # by channel, as the standard and messages of makers say
    kit_banks: dict[int, bool] = {}  # by channel
    sounds: defaultdict[tuple[int, int, int], _Sounds] = defaultdict(_Sounds)
    silences: defaultdict[_Place, list[int]] = defaultdict(list)
    for order, ((tick, kind, channel, value, velocity), track) in enumerate(events):
        if kind == midi_events.PROGRAM:
            programs[track, channel] = programs[None, channel] = value
        elif kind == midi_events.NOTE_ON:
            program = programs.get((track, channel), programs.get((None, channel), 0))
            kit = of_drums.get(channel, False) or kit_banks.get(channel, False)
            sounds[track, channel, value].begun.append((order, (tick, velocity, program, kit)))
        elif kind == midi_events.NOTE_OFF:
            sounds[track, channel, value].ended.append((order, tick))
        elif kind == drums.SWITCH:
            of_drums[channel] = bool(velocity)
        elif value == midi_events.BANK:
            kit_banks[channel] = drums.of_bank(velocity)
        else:
            silences[track, channel].append(tick)
    return sounds, silences


def _in_order(sound: _Sounds) -> list[tuple[_Begun, int | None]]:
    """Each note with its end, the one that began first ending first; nothing where note-offs are missing or too many."""
    if len(sound.begun) != len(sound.ended):
        return []
    sounding: deque[_Begun] = deque()
    found: list[tuple[_Begun, int | None]] = []
    begun = deque(sound.begun)
    for order, tick in sound.ended:
        while begun and begun[0][0] < order:
            sounding.append(begun.popleft()[1])
        if not sounding:
            return []
        found.append((sounding.popleft(), tick))
    return found


def _mended(sound: _Sounds, division: int) -> list[tuple[_Begun, int | None]]:
    """Each note with its end, None where it has none. A note ends where its pitch begins again at the latest."""
    ends = sorted(tick for _, tick in sound.ended)
    starts = sorted({tick for _, (tick, *_) in sound.begun})
    found: list[tuple[_Begun, int | None]] = []
    for _, begun in sound.begun:
        start = begun[0]
        again = _next(starts, start)
        within = ends[bisect_right(ends, start) : len(ends) if again is None else bisect_right(ends, again)]
        if len(within) > 1 and within[0] - start < _SHORTEST * division and start != starts[0]:
            within = within[1:]
        end: int | None = within[0] if within else None
        if end is None and start in ends and start == starts[0]:
            end = start  # a note without length
        found.append((begun, end))
    return found


def on_grid(tick: int, division: int) -> int:
    """The tick of a score's grid that is nearest to a tick of a file; the later one of two that are equally near."""
    return (2 * tick * TICKS_PER_QUARTER + division) // (2 * division)


def _next(ticks: Sequence[int], tick: int) -> int | None:
    """The first of sorted ticks after a tick."""
    place = bisect_right(ticks, tick)
    return ticks[place] if place < len(ticks) else None
