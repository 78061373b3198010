"""Scores in ABC notation 2.1 (https://abcnotation.com/wiki/abc:standard:v2.1), for people to print and programs to read.

Programs differ in how long an accidental holds within a bar: some carry it to other octaves or out of chords, some do not. So a
note is written without an accidental only where all programs read the same pitch.
"""

from bisect import bisect_left
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.core.errors import UserError
from zoo.core.files import write_whole
from zoo.music.notation.engraving import LETTERS, Bar, Chord, Piece, bars, in_bass_clef, layers, one_line, spelled
from zoo.music.notation.theory import Key, Voice

if TYPE_CHECKING:
    from zoo.music.notation.score import Score

_UNIT = 8  # 64ths: the length of a note without a number, as L:1/8 says
_BARS_A_LINE = 4
_MODES = {"major": "", "minor": "m", "dorian": "dor", "mixolydian": "mix", "lydian": "lyd", "phrygian": "phr"}
# The tonic of each mode, as fifths from the tonic of the major key with the same signature.
_TONICS = {"major": 0, "minor": 3, "dorian": 2, "mixolydian": 1, "lydian": -1, "phrygian": 4}
_ACCIDENTALS = {-1: "_", 0: "=", 1: "^"}


def write(score: "Score", path: str | Path) -> None:
    """Writes a score as an ABC file of one tune, in UTF-8. UserError as `to_abc`, and where the file cannot be written."""
    write_whole(path, to_abc(score).encode("utf-8"))


def to_abc(score: "Score") -> str:
    """The text of one tune: notes, rests, metres, key, tempos, title, type and programs. It ends with a line break.

    - Every bar is full: a rest before a pickup fills the first bar, and a rest the last.
    - Voices without notes are left out. Several voices have V: fields.
    - Notes that begin and end together are a chord.
    - Tempos are rounded to whole quarter notes a minute, since some programs read no others.
    - A score without a key is written in C. A locrian key, which music21 reads wrongly, is written as the major key with the same
      signature.
    - Programs and drums are written as `%%MIDI`, which abc2midi understands and other programs ignore.

    Everything that sounds can be read from the text again, except velocities. music21 10.5 reads tied chords, and notes tied over
    a change of metre or tempo, as separate notes.

    Raises:
        UserError: no notes, or notes of one voice that overlap without beginning and ending together.
    """
    parts = _parts(score)
    key = score.key or Key(0)
    body: list[str] = []
    for number, (voice, line) in enumerate(parts, start=1):
        if len(parts) > 1:
            body.append(_voice_field(number, voice, line))
        if voice.drums:
            body.append("%%MIDI channel 10")
        elif voice.program:
            body.append(f"%%MIDI program {voice.program}")
        written = [_bar(bar, key.fifths, score.tempos[1:] if number == 1 else ()) for bar in bars(score, line)]
        rows = [" | ".join(written[first : first + _BARS_A_LINE]) for first in range(0, len(written), _BARS_A_LINE)]
        body += [f"{row} |" for row in rows[:-1]] + [f"{rows[-1]} |]"]
    chords = any(len(chord.pitches) > 1 for _, line in parts for chord in line)
    return "\n".join([*_header(score, key, chords), *body]) + "\n"


def _parts(score: "Score") -> list[tuple[Voice, list[Chord]]]:
    """The voices that have notes, and the line of chords of each. UserError as `to_abc`."""
    parts = []
    for number, voice in enumerate(score.voices):
        lines = layers(note for note in score.notes if note.voice == number)
        if len(lines) > 1:
            tick = next(chord.start for chord in lines[1])
            raise UserError(
                f"voice {number + 1} has notes that overlap in bar {_bar_number(score, tick)}: ABC cannot write them; "
                "give each its own voice, or save as .musicxml or .mid"
            )
        if lines:
            parts.append((voice, lines[0]))
    if not parts:
        raise UserError("the score holds no notes: there is nothing to write as ABC")
    return parts


def _header(score: "Score", key: Key, chords: bool) -> list[str]:
    """The lines before the notes. `chords`: whether there are any."""
    return [
        "%abc-2.1",
        "X:1",
        f"T:{_escaped(score.title) or 'Untitled'}",
        *([f"R:{_escaped(score.type)}"] if one_line(score.type) else []),
        f"M:{score.metre}",
        "L:1/8",
        f"Q:{_tempo(score.tempos[0][1])}",
        f"K:{_key(key)}",
        # Without these lines, abc2midi swings every hornpipe and plays the notes of a chord one after another.
        *(["%%MIDI ratio 1 1"] if score.type.lower().startswith("hornpipe") else []),
        *(["%%MIDI chordattack 0"] if chords else []),
    ]


def _voice_field(number: int, voice: Voice, line: list[Chord]) -> str:
    """The V: field that begins a voice of several: its number, its name and its clef."""
    name = _escaped(voice.name).replace('"', "'")
    bass = not voice.drums and in_bass_clef([chord.pitches[0] for chord in line])
    return f"V:{number}" + (f' name="{name}"' if name else "") + (" clef=bass" if bass else "")


def _bar_number(score: "Score", tick: int) -> int:
    """The number, from 1, of the bar that a tick is in."""
    return bisect_left(score.bar_starts, tick + 1)


def _escaped(text: str) -> str:
    """A text in one line, with a backslash before each %, & and backslash, which have a meaning in ABC."""
    return "".join(f"\\{character}" if character in "%&\\" else character for character in one_line(text))


def _tempo(tempo: float) -> str:
    return f"1/4={max(1, round(tempo))}"


def _key(key: Key) -> str:
    mode = key.mode if key.mode in _MODES else "major"
    step, letter = divmod(key.fifths + _TONICS[mode] + 1, 7)
    return LETTERS[letter] + "#" * step + "b" * -step + _MODES[mode]


def _bar(bar: Bar, fifths: int, tempos: Iterable[tuple[int, float]]) -> str:
    """The notes of a bar, with a space before each beat. A change of tempo is written before the note where it happens."""
    text = f"[M:{bar.metre}] " if bar.changed else ""
    changes = [(tick, tempo) for tick, tempo in tempos if bar.start <= tick < bar.start + bar.ticks]
    accidentals = _Accidentals(fifths)
    for group in bar.groups:
        mark = "" if not group.triplet else "(3" if len(group.pieces) == 3 else f"(3:2:{len(group.pieces)}"
        for piece in group.pieces:
            if mark or not group.triplet:  # nothing is written inside a triplet
                if piece.start > bar.start and (piece.start - bar.start) % bar.metre.beat_ticks == 0:
                    text += " "
                while changes and changes[0][0] <= piece.start:
                    text += f"[Q:{_tempo(changes.pop(0)[1])}]"
            text += mark + _piece(piece, accidentals)
            mark = ""
    return text + "".join(f" [Q:{_tempo(tempo)}]" for _, tempo in changes)


def _piece(piece: Piece, accidentals: "_Accidentals") -> str:
    """A note, chord or rest: `^c3/2-`, `[CEG]2`, `z4`."""
    length = Fraction(piece.value, _UNIT)
    written = (str(length.numerator) if length.numerator > 1 else "") + (
        f"/{length.denominator}" if length.denominator > 1 else ""
    )
    pitches = piece.chord.pitches
    if not pitches:
        return f"z{written}"
    names = [accidentals.name(pitch, len(pitches) > 1) for pitch in pitches]
    return (names[0] if len(names) == 1 else f"[{''.join(names)}]") + written + ("" if piece.ends else "-")


class _Accidentals:
    """The accidentals that have been written in a bar, as the programs that read it remember them."""

    def __init__(self, fifths: int):
        self._fifths = fifths
        # The last alteration of a letter. Programs remember it for its octave or for all octaves (None), and with the
        # accidentals inside chords or without them.
        self._last: dict[tuple[str, int | None, bool], int] = {}

    def name(self, pitch: int, in_chord: bool) -> str:
        """The name of a pitch, with an accidental unless every program takes it from the key signature or the bar."""
        letter, alteration, octave = spelled(pitch, self._fifths)
        text = letter + "," * (4 - octave) if octave < 5 else letter.lower() + "'" * (octave - 5)
        states = {self._last.get((letter, place, chords)) for place in (octave, None) for chords in (False, True)}
        if (letter, None, True) not in self._last:
            understood = alteration == (self._fifths + 6 - LETTERS.index(letter)) // 7
        else:
            understood = states == {alteration} and not in_chord
        if understood:
            return text
        for place in (octave, None):
            self._last[letter, place, True] = alteration
            if not in_chord:
                self._last[letter, place, False] = alteration
        return _ACCIDENTALS[alteration] + text
