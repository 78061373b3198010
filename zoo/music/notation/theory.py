"""Metre, key, note and voice: the parts of a score."""

import re
from dataclasses import dataclass, field
from fractions import Fraction

from zoo.core import names
from zoo.core.errors import UserError

TICKS_PER_QUARTER = 24  # in a quarter note; see `zoo.music.notation.score`
DRUM_CHANNEL = 9  # of MIDI, counted from 0
PITCH_CLASSES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MODES = ("major", "minor", "dorian", "mixolydian", "lydian", "phrygian", "locrian")
MODES_WITH_MINOR_THIRD = ("minor", "dorian", "phrygian", "locrian")

# The key signature of each mode, as fifths from that of the major key on the same tonic: D dorian has two sharps fewer than D
# major.
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
    """A time signature: `beats` notes of value 1/`unit` fill a bar. ValueError where a bar is not a whole number of ticks."""

    beats: int
    unit: int

    def __post_init__(self) -> None:
        # A MIDI file can hold up to 255 beats, and powers of two as units.
        if not 1 <= self.beats <= 255 or self.unit < 1 or self.unit & (self.unit - 1):
            raise ValueError(f"no metre: {self.beats}/{self.unit}")
        if self.beats * 4 * TICKS_PER_QUARTER % self.unit:
            raise ValueError(f"a bar of {self.beats}/{self.unit} is finer than the grid of {TICKS_PER_QUARTER} ticks a quarter")

    @property
    def bar_ticks(self) -> int:
        """The length of a bar in ticks."""
        return self.beats * 4 * TICKS_PER_QUARTER // self.unit

    @property
    def beat_ticks(self) -> int:
        """The ticks from one felt beat to the next: three units in compound metres (6/8, 9/8, 12/8), one unit in others."""
        compound = self.unit >= 8 and self.beats > 3 and self.beats % 3 == 0
        return self.bar_ticks * 3 // self.beats if compound else max(1, self.bar_ticks // self.beats)

    @classmethod
    def parse(cls, text: str) -> "Metre":
        """The metre that a text such as "6/8" names. UserError for any other text."""
        match = re.fullmatch(r"\s*(\d{1,3})\s*/\s*(\d{1,3})\s*", text, re.ASCII)
        if match:
            try:
                return cls(int(match[1]), int(match[2]))
            except ValueError:
                pass  # the message below holds for these, too
        raise UserError(f"metre {text!r}: write beats/unit, for example 6/8 or 4/4")

    def __str__(self) -> str:
        return f"{self.beats}/{self.unit}"


def parse_value(text: str) -> int:
    """The ticks of a note value such as "1/8" or "3/8"; "0" is none. UserError for any other text."""
    match = re.fullmatch(r"\s*(?:0|(\d{1,3})\s*/\s*(\d{1,3}))\s*", text, re.ASCII)
    if match and not match[1]:
        return 0
    if match and int(match[2]):
        ticks = Fraction(int(match[1]), int(match[2])) * 4 * TICKS_PER_QUARTER
        if ticks.denominator == 1:
            return int(ticks)
    raise UserError(f"length {text!r}: write a note value, for example 1/4 or 3/8, or 0")


def value_text(ticks: int) -> str:
    """The note value of a number of ticks, as `parse_value` reads it: "1/4" for 24."""
    value = Fraction(ticks, 4 * TICKS_PER_QUARTER)
    return f"{value.numerator}/{value.denominator}" if ticks else "0"


@dataclass(frozen=True)
class Key:
    """A tonic, as a pitch class (C = 0 ... B = 11), and a mode, one of MODES."""

    tonic: int
    mode: str = "major"

    def __post_init__(self) -> None:
        if not 0 <= self.tonic < 12 or self.mode not in MODES:
            raise ValueError(f"no key: tonic {self.tonic}, mode {self.mode!r}")

    @property
    def fifths(self) -> int:
        """The number of sharps in the key signature, flats negative: -5 to 6, the spelling with fewer of them."""
        return (7 * self.tonic + _FIFTHS_FROM_MAJOR[self.mode] + 5) % 12 - 5

    @classmethod
    def parse(cls, text: str) -> "Key":
        """The key that a text names: "D" (major), "g" or "Gm" (minor), "D dorian" or "Ddor". UserError for any other text."""
        match = re.fullmatch(r"\s*([A-Ga-g])([#b]?)\s*([A-Za-z]*)\s*", text)
        meant: list[str] = []
        if match:
            letter, accidental, name = match.groups()
            name = name.lower()
            meant = [f"{letter}{accidental} {mode}" for mode in names.near(name, MODES)]
            default = "minor" if letter.islower() else "major"
            mode = default if not name else _MODE_NAMES.get(name if name == "m" else name[:3])
            # A mode may be shortened but not misspelled: "Dmint" is not D minor.
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
    """A note.

    Attributes:
        start: the tick where it begins.
        duration: its length in ticks.
        pitch: its MIDI pitch, 60 = middle C.
        voice: the number of its voice.
        velocity: how loud it is, 1-127. Equal notes may differ in it.
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
        """The tick where it ends."""
        return self.start + self.duration


@dataclass(frozen=True)
class Voice:
    """One part.

    Attributes:
        name: "" where there is none.
        program: the instrument, as a General MIDI program, 0-127.
        drums: whether its pitches are drums.
        track: the number of the track in the MIDI file that it was read from; else None. All tracks count, from 1, also those
            without notes: in most files track 1 has the title and the tempo, and the first voice is track 2. Equal voices may
            differ in it.
        channel: its MIDI channel, 1-16 as musicians count them, in the file that it was read from; else None. Equal voices may
            differ in it.
    """

    name: str = ""
    program: int = 0
    drums: bool = False
    track: int | None = field(default=None, compare=False)
    channel: int | None = field(default=None, compare=False)
