"""Metres, key and tempos of a MIDI file. What makes no sense is left out, and told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from zoo.core.errors import UserError
from zoo.music.notation import midi_events
from zoo.music.notation.midi_events import Track
from zoo.music.notation.midi_notes import on_grid
from zoo.music.notation.midi_text import decoded
from zoo.music.notation.theory import TICKS_PER_QUARTER, Key, Metre

_STANDARD_TEMPO = 120.0  # of a file without one, as the standard says
_TEMPOS = (4.0, 3000.0)  # quarter notes a minute between which a tempo makes sense
_AT_ONCE = 4 * TICKS_PER_QUARTER  # ticks after the first note within which the first tempo is meant for all

_Value = TypeVar("_Value")
_Changes: TypeAlias = tuple[tuple[int, _Value], ...]


@dataclass(frozen=True)
class Plan:
    """What holds for all voices, as `Score` has it; and what was left out or chosen, a sentence each."""

    metres: _Changes[Metre]
    key: Key | None
    tempos: _Changes[float]
    repairs: tuple[str, ...]


def plan(tracks: Sequence[Track], division: int, first: int, end: int) -> Plan:
    """The metres, key and tempos of tracks with `division` ticks a quarter note.

    - The key is the one in force at the end.
    - The tempo in force at the first note also holds before it. Where none is given until then, it is the first one, if that
      comes within four quarter notes; or else the standard's 120 quarter notes a minute.
    - Where two tracks change the metre at once, the first one counts, and of key signatures those of the first track with any.

    Args:
        tracks: of a file.
        division: the ticks of a quarter note of the file.
        first: where the first note begins, in ticks of the grid.
        end: where the last note ends.
    """
    repairs: list[str] = []
    metres = _metres(tracks, division, end, repairs)
    key = _key(tracks, division, end, repairs)
    tempos = _tempos(tracks, division, first, end, repairs)
    return Plan(metres, key, tempos, tuple(repairs))


def _metres(tracks: Sequence[Track], division: int, end: int, repairs: list[str]) -> _Changes[Metre]:
    found: dict[int, Metre] = {}
    void = 0
    for track in tracks:
        own: dict[int, Metre] = {}
        for tick, data in _metas(track, midi_events.TIME_SIGNATURE):
            try:
                metre = Metre(data[0], 2 ** min(data[1], 30))
            except (ValueError, IndexError):
                void += 1
                continue
            if (place := on_grid(tick, division)) < end:
                own[place] = metre
        found = own | found
    _tell_void(void, "time signature", repairs)
    return _without_repeats({0: Metre(4, 4)} | found)  # 4/4 is the default of the standard


def _key(tracks: Sequence[Track], division: int, end: int, repairs: list[str]) -> Key | None:
    void = 0
    changes: list[tuple[int, Key]] = []
    for track in tracks:
        keys = [(on_grid(tick, division), _signature(data)) for tick, data in _metas(track, midi_events.KEY_SIGNATURE)]
        void += sum(key is None for _, key in keys)
        changes = changes or [(tick, key) for tick, key in keys if key]
    _tell_void(void, "key signature", repairs)
    # A score of a mode other than major and minor names it in a text, since signatures cannot (`midi_writing`).
    modes: list[Key] = []
    for track in tracks:
        for _, data in _metas(track, midi_events.TEXT):
            if data.startswith(b"key="):
                try:
                    modes.append(Key.parse(decoded(data).removeprefix("key=")))
                except UserError:
                    continue  # a text of another program that begins with key=
    held = [key for tick, key in changes if tick < end] or [key for _, key in changes[:1]]
    named = [next((mode for mode in modes if mode.fifths == key.fifths), key) for key in held]
    if len({*named}) > 1:
        different = [key for i, key in enumerate(named) if i == 0 or key != named[i - 1]]
        listed = ", ".join(map(str, different[:4])) + (", ..." if len(different) > 4 else "")
        repairs.append(f"the key signature changes ({listed}): the one at the end, {named[-1]}, is taken")
    return named[-1] if named else None


def _tempos(tracks: Sequence[Track], division: int, first: int, end: int, repairs: list[str]) -> _Changes[float]:
    found: dict[int, float] = {}
    void = 0
    events = sorted(
        ((tick, data) for track in tracks for tick, data in _metas(track, midi_events.TEMPO)), key=lambda event: event[0]
    )
    for tick, data in events:
        # Files hold whole microseconds a quarter note; rounding gives 110 a minute again for 110.
        microseconds = int.from_bytes(data[:3], "big") if len(data) >= 3 else 0
        tempo = round(60e6 / microseconds, 2) if microseconds else 0.0
        if _TEMPOS[0] <= tempo <= _TEMPOS[1]:
            found[on_grid(tick, division)] = tempo
        else:
            void += 1
    _tell_void(void, "tempo", repairs)
    before = [tick for tick in found if tick <= first]
    soon = [tick for tick in found if first < tick < min(first + _AT_ONCE, end)]
    if before:
        begin = found[max(before)]
    elif soon:
        begin = found[min(soon)]
        repairs.append(f"no tempo is given at the first note: the first one, {begin:g} quarter notes a minute, holds from there")
    else:
        begin = _STANDARD_TEMPO
    return _without_repeats({0: begin} | {tick: tempo for tick, tempo in found.items() if first < tick < end})


def _metas(track: Track, wanted: int) -> list[tuple[int, bytes]]:
    return [(tick, data) for tick, kind, data in track.metas if kind == wanted]


def _signature(data: bytes) -> Key | None:
    """The key of a key signature: a byte of sharps, flats negative, and a byte 0 for major or 1 for minor. None for others."""
    if len(data) < 2 or data[1] > 1:
        return None
    fifths = data[0] - 256 if data[0] > 127 else data[0]
    if abs(fifths) > 7:
        return None
    return Key((7 * fifths + 9) % 12, "minor") if data[1] else Key(7 * fifths % 12)


def _tell_void(number: int, what: str, repairs: list[str]) -> None:
    if number == 1:
        repairs.append(f"a {what} that makes no sense is ignored")
    elif number:
        repairs.append(f"{number:,} {what}s that make no sense are ignored")


def _without_repeats(changes: dict[int, _Value]) -> _Changes[_Value]:
    """The changes sorted by time, without those to the value that holds already."""
    ordered = sorted(changes.items(), key=lambda change: change[0])
    return tuple(change for i, change in enumerate(ordered) if i == 0 or change[1] != ordered[i - 1][1])
