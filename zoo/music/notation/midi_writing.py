"""MIDI files from scores."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import mido

from zoo.core.files import write_whole
from zoo.music.notation.theory import DRUM_CHANNEL, TICKS_PER_QUARTER

if TYPE_CHECKING:
    from zoo.music.notation.score import Score

_WRITTEN_TICKS_PER_QUARTER = 480  # a multiple of the grid's 24 that every sequencer can read

_Timed: TypeAlias = tuple[int, Any]  # (tick, message)

# Key signatures from five flats to six sharps, as mido names them.
_MAJOR_KEYS = ("Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#")
_MINOR_KEYS = ("Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m")


def write(score: "Score", path: str | Path) -> None:
    """Writes a MIDI file of type 1: a track with title, metres, key and tempos, then a track for each voice.

    The same score gives the same bytes. The file is written as a whole or not at all. MIDI has 15 channels besides that of the
    drums, so of more than 15 voices some share a channel, and sound like the last of them. UserError where the file cannot be
    written.
    """
    tracks = [_conductor(score)]
    melodic = [channel for channel in range(16) if channel != DRUM_CHANNEL]
    used = 0
    for number, voice in enumerate(score.voices):
        tracks.append(_track(score, number, DRUM_CHANNEL if voice.drums else melodic[used % len(melodic)]))
        used += not voice.drums

    ratio = _WRITTEN_TICKS_PER_QUARTER // TICKS_PER_QUARTER
    file = mido.MidiFile(type=1, ticks_per_beat=_WRITTEN_TICKS_PER_QUARTER)
    for timed in tracks:
        track, before = mido.MidiTrack(), 0
        for tick, message in sorted(timed, key=lambda event: event[0]):
            track.append(message.copy(time=(tick - before) * ratio))
            before = tick
        file.tracks.append(track)
    content = io.BytesIO()
    file.save(file=content)
    write_whole(path, content.getvalue())


def _conductor(score: "Score") -> list[_Timed]:
    """The events of the first track: title, metres, key and tempos."""
    events: list[_Timed] = []
    if score.title:
        events.append((0, mido.MetaMessage("track_name", name=_latin(score.title))))
    for tick, metre in score.metres:
        clocks = min(255, metre.beat_ticks)  # a MIDI clock is 1/24 of a quarter note: a tick of the grid
        change = {"numerator": metre.beats, "denominator": metre.unit, "clocks_per_click": clocks}
        events.append((tick, mido.MetaMessage("time_signature", **change)))
    if score.key:
        names = _MINOR_KEYS if score.key.mode == "minor" else _MAJOR_KEYS
        events.append((0, mido.MetaMessage("key_signature", key=names[score.key.fifths + 5])))
        if score.key.mode not in ("major", "minor"):
            events.append((0, mido.MetaMessage("text", text=f"key={score.key}")))
    for tick, tempo in score.tempos:
        microseconds = min(max(1, round(60e6 / tempo)), 2**24 - 1)  # the largest number that the format can hold
        events.append((tick, mido.MetaMessage("set_tempo", tempo=microseconds)))
    return events


def _track(score: "Score", number: int, channel: int) -> list[_Timed]:
    """The events of a voice: its name, program and notes."""
    voice = score.voices[number]
    events: list[_Timed] = []
    if voice.name:
        events.append((0, mido.MetaMessage("track_name", name=_latin(voice.name))))
    events.append((0, mido.Message("program_change", channel=channel, program=voice.program)))
    sounds = []  # (tick, 0 for an end or 1 for a start, pitch, velocity), so that ends come first
    for note in score.notes:
        if note.voice == number:
            sounds += [(note.start, 1, note.pitch, note.velocity), (note.end, 0, note.pitch, 0)]
    for tick, starts, pitch, velocity in sorted(sounds):
        kind = "note_on" if starts else "note_off"
        events.append((tick, mido.Message(kind, channel=channel, note=pitch, velocity=velocity)))
    return events


def _latin(text: str) -> str:
    """A text that becomes UTF-8 when mido writes it: each byte of UTF-8 as a character of Latin-1, which mido encodes in."""
    return text.encode("utf-8", "replace").decode("latin-1")
