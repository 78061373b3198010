"""Scores from MIDI files.

Each channel of each track becomes a voice. Starts and ends of notes are rounded to the grid of the score. MIDI has key signatures
for major and minor only; for other modes `midi_writing` adds a text event such as `key=D dorian`, which is read here.

`midi_chunks` takes the file apart, and `midi_events` each track; `midi_notes` pairs starts and ends of notes, `midi_plan` reads
metres, key and tempos, and `drums` tells which voices are drums.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zoo.core.errors import UserError
from zoo.core.messages import brief
from zoo.music.notation import drums, midi_chunks, midi_events, midi_notes
from zoo.music.notation.midi_chunks import MidiFile
from zoo.music.notation.midi_events import Track
from zoo.music.notation.midi_notes import RawNote, on_grid
from zoo.music.notation.midi_plan import plan
from zoo.music.notation.midi_text import decoded
from zoo.music.notation.score import Score
from zoo.music.notation.silences import without_long_silences
from zoo.music.notation.theory import DRUM_CHANNEL, TICKS_PER_QUARTER, Note, Voice

_LARGEST_FILE = 16 * 2**20  # bytes; a symphony needs less than one million
_LONGEST_PIECE = 100_000  # quarter notes, about 14 hours; where a file says more, its times are damaged

_MOST_TOLD = 12  # sentences on what was mended
# What is told of notes, of one and of several: notes without an end, voices of notes without length, and notes left out.
_TOLD = (
    ("note never ends in the file: it sounds until the next one", "notes never end in the file: they sound until the next one"),
    ("note has no length: it sounds until the next one", "notes have no length: they sound until the next one"),
    ("note has no length or is written twice: it is left out", "notes have no length or are written twice: they are left out"),
)


@dataclass(frozen=True)
class Report:
    """What reading a file did to its notes.

    Attributes:
        notes: the number of notes of the score.
        moved: how many of them have a start or an end that was rounded to the grid.
        unended: how many of them the file does not end; they sound until the next note (`midi_notes.RawNotes`).
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


def read(path: str | Path) -> Score:
    """The score of a MIDI file; of a damaged one, what can be read. UserError for any other file, and one without notes."""
    return read_with_report(path)[0]


def read_with_report(path: str | Path) -> tuple[Score, Report]:
    """The score, as `read` gives it, and what was done to its notes."""
    shown = repr(str(path))
    try:
        file = midi_chunks.parse(_content(path))
    except ValueError as error:
        raise UserError(f"{shown} {error}") from error
    repairs = [*file.repairs]
    if file.type == 2:
        file = _pattern(file, repairs)
    raw = midi_notes.paired(file.tracks, file.division)
    if not raw.notes:
        raise UserError(f"{shown} holds no notes; choose another file")
    kept = _kept(raw.notes, file.division)
    score = _score(file, kept, repairs)
    score = without_long_silences(score, repairs)
    if score.end > _LONGEST_PIECE * TICKS_PER_QUARTER:
        raise UserError(f"{shown} lasts more than {_LONGEST_PIECE} quarter notes, so its times must be damaged; save it anew")
    moved = sum(not (_is_on_grid(note.start, file) and _is_on_grid(note.end, file)) for note in kept)
    dropped = len(raw.notes) - len(kept)
    repairs += [
        f"{number:,} {one if number == 1 else several}"
        for number, (one, several) in zip((raw.unended, raw.lengthened, dropped), _TOLD, strict=True)
        if number
    ]
    if len(repairs) > _MOST_TOLD:
        repairs[_MOST_TOLD:] = [f"{len(repairs) - _MOST_TOLD:,} more things were mended"]
    return score, Report(len(score.notes), moved, raw.unended, dropped, tuple(repairs))


def _content(path: str | Path) -> bytes:
    """The bytes of a file. UserError where there is none, it is empty or too large, or it cannot be read."""
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
    if len(content) > _LARGEST_FILE:
        raise UserError(f"{shown} is larger than {_LARGEST_FILE // 2**20} MB; choose a smaller MIDI file")
    return content


def _pattern(file: MidiFile, repairs: list[str]) -> MidiFile:
    """Of a file of type 2, whose tracks are pieces of their own, the one with the most notes alone.

    Tempo, metre and key that it does not have itself are those of the first track.
    """
    sizes = [sum(message[1] == midi_events.NOTE_ON for message in track.messages) for track in file.tracks]
    if len(sizes) < 2:
        return file
    number = max(range(len(sizes)), key=lambda number: sizes[number])
    pieces = sum(size > 0 for size in sizes)
    repairs.append(f"the file holds {pieces} pieces (MIDI type 2): the one with the most notes, track {number + 1}, is read")
    chosen = file.tracks[number]
    own = {kind for _, kind, _ in chosen.metas}
    shared = (midi_events.TEMPO, midi_events.TIME_SIGNATURE, midi_events.KEY_SIGNATURE)
    lent = [(0, kind, data) for tick, kind, data in file.tracks[0].metas if tick == 0 and kind in shared and kind not in own]
    tracks = [Track() for _ in file.tracks]
    tracks[number] = replace(chosen, metas=lent + chosen.metas)
    return replace(file, tracks=tuple(tracks))


def _kept(notes: Sequence[RawNote], division: int) -> list[RawNote]:
    """The notes that have a length; of equal ones at the same place of the grid the longest."""
    kept: dict[tuple[int, int, int, int], RawNote] = {}
    for note in notes:
        place = (note.track, note.channel, note.pitch, on_grid(note.start, division))
        if note.end > note.start and (place not in kept or note.end > kept[place].end):
            kept[place] = note
    return list(kept.values())


def _score(file: MidiFile, raw: Sequence[RawNote], repairs: list[str]) -> Score:
    """The score of the notes of a file."""
    groups: defaultdict[tuple[int, int], list[RawNote]] = defaultdict(list)
    for note in raw:
        groups[note.track, note.channel].append(note)
    parts = sorted(groups)
    numbers = {place: number for number, place in enumerate(parts)}
    notes = []
    for note in raw:
        start = on_grid(note.start, file.division)
        duration = max(1, on_grid(note.end, file.division) - start)
        notes.append(Note(start, duration, note.pitch, numbers[note.track, note.channel], note.velocity))
    names = [_names(track) for track in file.tracks]
    # The name of the first track is the title, in a file of type 1 unless that track has notes.
    title = _title(file.tracks) if file.type == 0 or parts[0][0] > 0 else ""
    voices = []
    channels = Counter(track for track, _ in parts)
    for track, channel in parts:
        own, of_channel = names[track]
        name = of_channel.get(channel, own if file.type or (len(parts) == 1 and own != title) else "")
        # The name of a file's only voice may be that of the piece, and that of a track with several channels is of one of them.
        own_name = channel in of_channel or (len(parts) > 1 and channels[track] == 1)
        voices.append(_voice(name, title, groups[track, channel], own_name, repairs))
    first, end = min(note.start for note in notes), max(note.end for note in notes)
    found = plan(file.tracks, file.division, first, end)
    repairs += found.repairs
    return Score(tuple(notes), found.metres, found.key, found.tempos, tuple(voices), title)


def _voice(name: str, title: str, notes: Sequence[RawNote], own_name: bool, repairs: list[str]) -> Voice:
    """The voice of some notes of one track and channel.

    It is one of drums if the file says so by channel 10, bank, or message to a synthesizer, unless it has the name of a pitched
    instrument or part and its notes do not look like drums; and if its name says so. Where the name may be that of something
    else, the notes must look like drums, too. Its program is that of most of its notes.

    Args:
        name: of the voice; "" where there is none.
        title: of the piece.
        notes: of the voice.
        own_name: whether the name is surely that of the voice.
        repairs: where a voice that is heard otherwise than its channel says is told.
    """
    program = Counter(note.program for note in notes).most_common(1)[0][0]
    pitches = [note.pitch for note in notes]
    said = 2 * sum(note.drums for note in notes) > len(notes)
    if said:
        heard = not drums.named_pitched(name) or drums.sound_like(pitches)
    elif not own_name:
        heard = (drums.named(name) or drums.named(title)) and drums.sound_like(pitches)
    else:
        heard = drums.named(name)
    if not said:
        heard = heard or (drums.of_program(program, {*pitches}) and not drums.named_pitched(name))
    voice = Voice(name, program, heard, notes[0].track + 1, notes[0].channel + 1)
    if heard != (notes[0].channel == DRUM_CHANNEL):
        called = f" ({brief(name)})" if name else ""
        what = "drums" if heard else "pitches"
        repairs.append(f"channel {voice.channel} of track {voice.track}{called} is heard as {what}")
    return voice


def _names(track: Track) -> tuple[str, dict[int, str]]:
    """The name of a track, or else of its instrument; and the names that it gives to single channels."""
    names: dict[int, str] = {}
    of_channel: dict[int, str] = {}
    channel = None
    for _, kind, data in track.metas:
        if kind == midi_events.CHANNEL_PREFIX:
            channel = data[0] if len(data) == 1 and data[0] < 16 else None
        elif kind in (midi_events.TRACK_NAME, midi_events.INSTRUMENT_NAME) and data:
            names.setdefault(kind, decoded(data))
            if channel is not None:
                of_channel.setdefault(channel, decoded(data))
    return names.get(midi_events.TRACK_NAME, names.get(midi_events.INSTRUMENT_NAME, "")), of_channel


def _title(tracks: Sequence[Track]) -> str:
    """The title of a karaoke file, which begins with @T, or else the name of the first track; "" where there is none."""
    karaoke = (
        data[2:] for track in tracks for _, kind, data in track.metas if kind == midi_events.TEXT and data.startswith(b"@T")
    )
    names = (data for _, kind, data in tracks[0].metas if kind == midi_events.TRACK_NAME)
    return decoded(next((text for text in (*karaoke, *names) if text), b""))


def _is_on_grid(tick: int, file: MidiFile) -> bool:
    return tick * TICKS_PER_QUARTER % file.division == 0
