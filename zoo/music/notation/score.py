"""The score: notes on a grid of 24 ticks a quarter note, with metre, key, tempo and voices.

24 ticks hold sixteenths (6), thirty-seconds (3), triplet eighths (8) and triplet sixteenths (4) exactly.
"""

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from pathlib import Path

from zoo.core.errors import UserError
from zoo.music.notation.theory import Key, Metre, Note, Voice


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
            from zoo.music.notation import midi_writing

            midi_writing.write(self, path)
        elif suffix == ".png":
            from zoo.music.notation import pianoroll

            pianoroll.draw(self, path)
        elif suffix == ".abc":
            from zoo.music.notation import abc_writing

            abc_writing.write(self, path)
        elif suffix in (".musicxml", ".xml"):
            from zoo.music.notation import musicxml

            musicxml.write(self, path)
        elif suffix == ".wav":
            from zoo.music.notation import sound

            sound.write(self, path)
        else:
            raise UserError(f"cannot write {str(path)!r}: the suffix must be .mid, .midi, .png, .abc, .musicxml, .xml or .wav")
        return path
