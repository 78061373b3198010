"""The score: notes on a grid of 24 ticks a quarter note, with metre, key, tempo and voices.

24 ticks hold sixteenths (6), thirty-seconds (3), triplet eighths (8) and triplet sixteenths (4) exactly.
"""

import tempfile
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from pathlib import Path

from zoo.core.errors import UserError
from zoo.core.files import write_whole
from zoo.music.notation.theory import Key, Metre, Note, Voice


@dataclass(frozen=True)
class Score:
    """Music on the grid. A notebook shows it as a piano roll with a player.

    Attributes:
        notes: sorted by (start, voice, pitch, duration).
        metres: (tick, metre) of each change of metre, in order; the first at tick 0.
        key: None where it is not known.
        tempos: (tick, quarter notes a minute) of each change of tempo, in order; the first at tick 0.
        voices: the parts that the notes' voices number.
        title: "" where there is none.
        type: of the piece, such as "jig" or "chorale"; "" where it is not known.
        log_probability: of the tokens that a network chose, given those that it was given, in nats; None where no network wrote
            the score. Equal scores may differ in it.
        new_from: the tick where the notes begin that a network added to a primer, else None. Equal scores may differ in it, since
            no file keeps it.
        new_to: the tick after the bars that a network wrote anew, which begin at `new_from`; None: to the end.

    Raises:
        ValueError: metres or tempos that do not begin at tick 0 or are out of order, a tempo of 0 or less, or a note in a voice
            that does not exist.
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
    new_to: int | None = field(default=None, compare=False)

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
    def has_upbeat(self) -> bool:
        """Whether the first bar is an upbeat: it begins with a rest, or is shorter than the bars behind it."""
        if not self.notes:
            return False
        short = len(self.metres) > 1 and self.metres[1][0] < self.metres[1][1].bar_ticks
        return short or 0 < self.notes[0].start < self.metre.bar_ticks

    @property
    def full_bars(self) -> int:
        """How many bars a musician counts: an upbeat comes before the first one."""
        return self.bars - self.has_upbeat

    @property
    def is_melody(self) -> bool:
        """Whether there is one voice at most and no two notes sound at once."""
        return len({note.voice for note in self.notes}) <= 1 and all(
            before.end <= after.start for before, after in zip(self.notes, self.notes[1:], strict=False)
        )

    def __repr__(self) -> str:
        """In short: <Score 'Tune 1': 16 bars of 6/8 in D, 94 notes, 1 voice>."""
        title = f" {self.title if len(self.title) <= 60 else self.title[:59] + '…'!r}" if self.title else ""
        metre = str(self.metre) if len(self.metres) == 1 else f"{self.metre} and other metres"
        key = f" in {self.key}" if self.key else ""
        counts = ((self.full_bars, "bar"), (len(self.notes), "note"), (len(self.voices), "voice"))
        bars, notes, voices = (f"{count:,} {unit}{'s' * (count != 1)}" for count, unit in counts)
        return f"<Score{title}: {bars} of {metre}{key}, {notes}, {voices}>"

    def _repr_html_(self) -> str:
        """What a notebook shows; see `zoo.music.notation.notebook.to_html` for what it costs."""
        from zoo.music.notation import notebook

        return notebook.to_html(self)

    def metre_at(self, tick: int) -> Metre:
        """The metre in force at a tick."""
        return self.metres[bisect_right([start for start, _ in self.metres], tick) - 1][1]

    def transpose(self, semitones: int) -> "Score":
        """The same music higher or lower, with its key; drums stay as they are. ValueError where a pitch leaves 0-127."""
        notes = tuple(
            note if self.voices[note.voice].drums else replace(note, pitch=note.pitch + semitones) for note in self.notes
        )
        key = self.key and replace(self.key, tonic=(self.key.tonic + semitones) % 12)
        return replace(self, notes=notes, key=key)

    def engraved(self, width: int | None = None) -> str:
        """The score as it is printed, an SVG picture; see `zoo.music.notation.printed.engrave`.

        Raises:
            UserError: a score without notes; the package verovio is not installed.
        """
        from zoo.music.notation import printed

        return printed.engrave(self, width or printed.WIDTH)

    def encoded(self, suffix: str) -> bytes:
        """The bytes of the file that `save` writes for a suffix such as ".mid". UserError as of `save`."""
        if suffix.lower() == ".wav":
            from zoo.music.notation import sound

            return sound.encoded(self)[0]
        with tempfile.TemporaryDirectory() as folder:
            return self.save(Path(folder) / f"score{suffix}").read_bytes()

    def save(self, path: str | Path) -> Path:
        """Writes the score in the format that the path's suffix names, and returns the path.

        .mid or .midi: MIDI. .png: a piano roll. .abc: ABC notation. .musicxml or .xml: MusicXML. .pdf: printed music on pages of
        A4. .svg: one picture of it. .wav: sound; the log says what made it.

        Raises:
            UserError: another suffix, or a path that cannot be written; a score without notes in any format but MIDI and .png.
        """
        # Each writer is imported where it is used, since matplotlib and music21 take seconds.
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
        elif suffix == ".pdf":
            from zoo.music.notation import sheets

            sheets.write(self, path)
        elif suffix == ".svg":
            write_whole(path, self.engraved().encode())
        elif suffix == ".wav":
            from zoo.music.notation import sound

            sound.write(self, path)
        else:
            known = ".mid, .midi, .png, .abc, .musicxml, .xml, .pdf, .svg or .wav"
            raise UserError(f"cannot write {str(path)!r}: the suffix must be {known}")
        return path
