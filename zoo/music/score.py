"""The score: notes on a grid of 24 ticks a quarter note, with metre, key, tempo and voices.

24 ticks hold sixteenths (6), thirty-seconds (3), triplet eighths (8) and triplet sixteenths (4) exactly.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from pathlib import Path

from zoo import names
from zoo.errors import UserError

TICKS_PER_QUARTER = 24
PITCH_CLASSES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MODES = ("major", "minor", "dorian", "mixolydian", "lydian", "phrygian", "locrian")

# A mode's key signature, as fifths from that of the major key on the same tonic (D dorian: two sharps fewer than D major).
_FIFTHS_FROM_MAJOR = {
    "major": 0,
    "minor": -3,
    "dorian": -2,
    "mixolydian": -1,
    "lydian": 1,
    "phrygian": -4,
    "locrian": -5,
}
_MODE_NAMES = {mode[:3]: mode for mode in MODES} | {"m": "minor", "aeo": "minor", "ion": "major"}
_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


@dataclass(frozen=True)
class Metre:
    """A time signature: `beats` notes of value 1/`unit` fill a bar. ValueError where a bar is no whole number of ticks."""

    beats: int
    unit: int

    def __post_init__(self) -> None:
        # 255 and powers of two: what a MIDI file can hold.
        if not 1 <= self.beats <= 255 or self.unit < 1 or self.unit & (self.unit - 1):
            raise ValueError(f"no metre: {self.beats}/{self.unit}")
        if self.beats * 4 * TICKS_PER_QUARTER % self.unit:
            raise ValueError(f"a bar of {self.beats}/{self.unit} is finer than the grid of {TICKS_PER_QUARTER} ticks a quarter")

    @property
    def bar_ticks(self) -> int:
        """The length of a bar."""
        return self.beats * 4 * TICKS_PER_QUARTER // self.unit

    @property
    def beat_ticks(self) -> int:
        """From one felt beat to the next: three units in compound metres (6/8, 9/8, 12/8), else one."""
        compound = self.unit >= 8 and self.beats > 3 and self.beats % 3 == 0
        return self.bar_ticks * 3 // self.beats if compound else max(1, self.bar_ticks // self.beats)

    @classmethod
    def parse(cls, text: str) -> "Metre":
        """From "6/8". UserError for anything that is no metre."""
        match = re.fullmatch(r"\s*(\d{1,3})\s*/\s*(\d{1,3})\s*", text, re.ASCII)
        if match:
            try:
                return cls(int(match[1]), int(match[2]))
            except ValueError:
                pass  # the same message as for text of another form
        raise UserError(f"metre {text!r}: write beats/unit, for example 6/8 or 4/4")

    def __str__(self) -> str:
        return f"{self.beats}/{self.unit}"


@dataclass(frozen=True)
class Key:
    """A tonic (pitch class, C = 0 ... B = 11) and a mode."""

    tonic: int
    mode: str = "major"

    def __post_init__(self) -> None:
        if not 0 <= self.tonic < 12 or self.mode not in MODES:
            raise ValueError(f"no key: tonic {self.tonic}, mode {self.mode!r}")

    @property
    def fifths(self) -> int:
        """The key signature: sharps, or flats where negative, of the spelling with fewer of them (-5 ... 6)."""
        return (7 * self.tonic + _FIFTHS_FROM_MAJOR[self.mode] + 5) % 12 - 5

    @classmethod
    def parse(cls, text: str) -> "Key":
        """From "D" (major), "g" or "Gm" (minor), "D dorian" or "Ddor". UserError for anything else."""
        match = re.fullmatch(r"\s*([A-Ga-g])([#b]?)\s*([A-Za-z]*)\s*", text)
        meant: list[str] = []
        if match:
            letter, accidental, name = match.groups()
            name = name.lower()
            meant = [f"{letter}{accidental} {mode}" for mode in names.near(name, MODES)]
            default = "minor" if letter.islower() else "major"
            mode = default if not name else _MODE_NAMES.get(name if name == "m" else name[:3])
            # Abbreviations are taken, misspellings are not: "Dmint" is no minor key.
            if mode and (mode.startswith(name) or name in _MODE_NAMES or name in ("aeolian", "ionian")):
                step = {"#": 1, "b": -1, "": 0}[accidental]
                return cls((_LETTERS[letter.lower()] + step) % 12, mode)
        advice = "write a tonic and, if it is not major, a mode, for example D, F#m, Bb or 'D dorian'"
        if meant:
            advice = f"did you mean {' or '.join(map(repr, meant))}?"
        raise UserError(f"key {text!r}: {advice}")

    def __str__(self) -> str:
        tonic = PITCH_CLASSES[self.tonic]
        return {"major": tonic, "minor": f"{tonic}m"}.get(self.mode, f"{tonic} {self.mode}")


@dataclass(frozen=True, order=True)
class Note:
    """A note: start and duration in ticks, MIDI pitch (60 = middle C), the number of its voice.

    The velocity (1-127) is no part of equality.
    """

    start: int
    duration: int
    pitch: int
    voice: int = 0
    velocity: int = field(default=80, compare=False)

    def __post_init__(self) -> None:
        if self.start < 0 or self.duration < 1 or not 0 <= self.pitch <= 127 or self.voice < 0 or not 1 <= self.velocity <= 127:
            raise ValueError(f"no note: {self}")

    @property
    def end(self) -> int:
        """The tick where it stops sounding."""
        return self.start + self.duration


@dataclass(frozen=True)
class Voice:
    """One part: its name, its General MIDI program (0-127), and whether its pitches are drums."""

    name: str = ""
    program: int = 0
    drums: bool = False


@dataclass(frozen=True)
class Score:
    """Music on the grid. Notes are kept sorted by (start, voice, pitch, duration).

    metres: (tick, Metre) and tempos: (tick, quarter notes a minute), each rising in time from tick 0.
    key: None where nobody said which. type: of the piece, such as "jig" or "chorale"; "" where nobody said. log_probability: in
    nats, of the tokens that a network chose, given those it did not; None where no network wrote the score; no part of equality.
    new_from: the tick where the notes begin that a network added to a primer; None where there is no such place; no part of
    equality either, since no file keeps it.
    ValueError where these do not hold together.
    """

    notes: tuple[Note, ...]
    metres: tuple[tuple[int, Metre], ...] = ((0, Metre(4, 4)),)
    key: Key | None = None
    tempos: tuple[tuple[int, float], ...] = ((0, 120.0),)
    voices: tuple[Voice, ...] = (Voice(),)
    title: str = ""
    type: str = ""
    log_probability: float | None = field(default=None, compare=False)
    new_from: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        notes = tuple(sorted(self.notes, key=lambda note: (note.start, note.voice, note.pitch, note.duration)))
        object.__setattr__(self, "notes", notes)
        for name, changes in (("metres", self.metres), ("tempos", self.tempos)):
            ticks = [tick for tick, _ in changes]
            if not ticks or ticks[0] != 0 or sorted(set(ticks)) != ticks:
                raise ValueError(f"{name} must begin at tick 0 and rise: {ticks}")
        if any(tempo <= 0 for _, tempo in self.tempos):
            raise ValueError(f"a tempo must be above 0: {self.tempos}")
        if notes and max(note.voice for note in notes) >= len(self.voices):
            raise ValueError(f"a note in voice {max(note.voice for note in notes)} of {len(self.voices)} voices")

    @property
    def metre(self) -> Metre:
        """The first metre."""
        return self.metres[0][1]

    @property
    def end(self) -> int:
        """The tick where the last note ends; 0 without notes."""
        return max((note.end for note in self.notes), default=0)

    @property
    def bar_starts(self) -> tuple[int, ...]:
        """The tick of every bar that the notes need; a change of metre begins a new bar wherever it stands."""
        end = self.end
        stops = [tick for tick, _ in self.metres[1:]] + [end]
        starts: list[int] = []
        for (tick, metre), stop in zip(self.metres, stops, strict=True):
            starts.extend(range(tick, min(stop, end), metre.bar_ticks))
        return tuple(starts)

    @property
    def bars(self) -> int:
        """How many whole bars hold all notes."""
        return len(self.bar_starts)

    @property
    def is_melody(self) -> bool:
        """Whether there is one voice at most and no two notes sound at once."""
        return len({note.voice for note in self.notes}) <= 1 and all(
            before.end <= after.start for before, after in zip(self.notes, self.notes[1:], strict=False)
        )

    def metre_at(self, tick: int) -> Metre:
        """The metre in force at a tick."""
        return self.metres[bisect_right([start for start, _ in self.metres], tick) - 1][1]

    def transpose(self, semitones: int) -> "Score":
        """The same music higher or lower, its key with it, drums as they were. ValueError where a pitch leaves 0-127."""
        notes = tuple(
            note if self.voices[note.voice].drums else replace(note, pitch=note.pitch + semitones) for note in self.notes
        )
        key = self.key and replace(self.key, tonic=(self.key.tonic + semitones) % 12)
        return replace(self, notes=notes, key=key)

    def save(self, path: str | Path) -> Path:
        """Write the score in the format that the path's suffix names, and return the path.

        .mid or .midi: MIDI. .png: a piano roll. .abc: ABC notation. .musicxml or .xml: MusicXML. .wav: sound; a line on standard
        error says what made it. UserError for other suffixes, a place that cannot be written to, and, in notation and sound, a
        score without notes.
        """
        # Each is imported where it is used: matplotlib and music21 take a while.
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix in (".mid", ".midi"):
            from zoo.music import midi

            midi.write(self, path)
        elif suffix == ".png":
            from zoo.music import pianoroll

            pianoroll.draw(self, path)
        elif suffix == ".abc":
            from zoo.music import abc_writing

            abc_writing.write(self, path)
        elif suffix in (".musicxml", ".xml"):
            from zoo.music import musicxml

            musicxml.write(self, path)
        elif suffix == ".wav":
            from zoo.music import sound

            sound.write(self, path)
        else:
            raise UserError(f"cannot write {str(path)!r}: the suffix must be .mid, .midi, .png, .abc, .musicxml, .xml or .wav")
        return path
