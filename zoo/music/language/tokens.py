"""Scores as sequences of tokens, and back.

    <start> metre=6/8 tonic=D mode=dorian type=jig? ( bar ( pos=N? voice=V? pitch=P dur=D )* )* <end>

The controls before the first bar tell what kind of piece follows; `type=any` leaves the type open. `bar` begins a bar and sets a
cursor to its start. `pos=N` moves the cursor to tick N of the bar. What a note does to the cursor depends on the vocabulary:

- melodies: a note moves the cursor to its own end, so `pos` comes only after a rest. There are no voice tokens.
- polyphonic: a note leaves the cursor where it is, and `pos` leads to the next onset. The notes of one onset rise by
  (voice, pitch). `voice=V` may hold chords, like an instrument; `part=V`, in its place, has one note at a time, like a singer.

In both, `pos=<length of the bar>` moves the cursor to the end of the bar where no note does. An upbeat is a rest that begins the
first bar. A note may sound on into the next bar, at most to its end; in a melody the cursor of that bar starts where the note
ends. Each score has exactly one spelling, so decoding gives the score again. zoo.music.language.grammar tells which tokens may
follow which.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from zoo.core.errors import UserError
from zoo.music.notation.score import Score
from zoo.music.notation.theory import MODES, PITCH_CLASSES, Key, Metre, Note, Voice

PAD, START, END, BAR = range(4)
ANY = "any"  # the type of a piece without one, or with an open one
VOCABULARY = "vocabulary.txt"  # the file among the assets of an exported model
SPECIAL = ("<pad>", "<start>", "<end>", "bar")


def spell(score: Score, polyphonic: bool = False, parts: bool = False) -> list[str]:
    """The tokens of a score, from <start> to <end>, with its type if it has one.

    They leave out velocities, tempo, title, and the names and programs of voices.

    Args:
        score: the music.
        polyphonic, parts: see `TokenVocabulary`.

    Raises:
        ValueError: for what the tokens cannot express: no notes, no key, a change of metre, drums, a note that ends after the
            next bar, the same note twice, several voices or notes at once in a melody, several notes at once in a part.
    """
    _check(score, polyphonic, parts)
    length = score.metre.bar_ticks
    assert score.key is not None  # _check
    tokens = ["<start>", f"metre={score.metre}", f"tonic={PITCH_CLASSES[score.key.tonic]}", f"mode={score.key.mode}"]
    if score.type:
        tokens.append(f"type={_type_token(score.type)}")
    cursor = length  # in ticks of the latest bar; before the first bar as if at the end of one
    bar = -1
    for note in score.notes:
        while note.start >= (bar + 1) * length:
            tokens += _bar_end(cursor, length)
            bar += 1
            cursor = max(cursor - length, 0)
        place = note.start - bar * length
        if place > cursor:
            tokens.append(f"pos={place}")
        if place + note.duration > 2 * length:
            raise ValueError(f"the note at tick {note.start} is too long: {note.duration} ticks reach beyond the next bar")
        if polyphonic:
            tokens.append(f"{'part' if parts else 'voice'}={note.voice}")
        tokens += [f"pitch={note.pitch}", f"dur={note.duration}"]
        cursor = place if polyphonic else place + note.duration
    for _ in range(bar + 1, score.bars):
        tokens += _bar_end(cursor, length)
        cursor = max(cursor - length, 0)
    return [*tokens, *_bar_end(cursor, length)[:-1], "<end>"]


def _bar_end(cursor: int, length: int) -> list[str]:
    """The tokens that lead from the cursor to the next bar."""
    return ["bar"] if cursor >= length else [f"pos={length}", "bar"]


def _type_token(name: str) -> str:
    """A type as it stands in a token, which holds no space: "slip jig" as slip-jig."""
    return name.replace(" ", "-")


def _check(score: Score, polyphonic: bool, parts: bool) -> None:
    if not score.notes:
        raise ValueError("the score has no notes")
    if score.key is None:
        raise ValueError("the score says no key")
    if len(score.metres) > 1:
        tick, metre = score.metres[1]
        raise ValueError(f"the metre changes to {metre} at tick {tick}")
    if any(score.voices[note.voice].drums for note in score.notes):
        raise ValueError("drums have no tokens")
    if not polyphonic:
        if any(note.voice for note in score.notes):
            raise ValueError("a melody has one voice, number 0")
        for before, after in pairwise(score.notes):
            if after.start < before.end:
                raise ValueError(f"notes overlap at tick {after.start}")
    elif len({(note.start, note.voice, note.pitch) for note in score.notes}) < len(score.notes):
        raise ValueError("two notes share their start, voice and pitch")
    if parts:
        ends: dict[int, int] = {}
        for note in score.notes:
            if note.start < ends.get(note.voice, 0):
                raise ValueError(f"part {note.voice} has two notes at once at tick {note.start}")
            ends[note.voice] = note.end


@dataclass(frozen=True)
class TokenVocabulary:
    """The tokens of a model. The id of a token is its place in `tokens`, which begin with <pad>, <start>, <end>, bar.

    Args:
        metres: the time signatures, in any order.
        pitches: the lowest and the highest MIDI pitch, both included.
        durations: of notes, in ticks (24 to a quarter note).
        positions: the ticks of the bar that `pos` may name. The length of every metre's bar is always among them.
        voices: their number.
        polyphonic: whether notes may sound at once; always true with several voices.
        parts: whether each voice of a polyphonic vocabulary has one note at a time.
        types: the types of pieces, besides "any".

    Raises:
        ValueError: for values that make no sense.
    """

    metres: tuple[Metre, ...]
    pitches: tuple[int, int]
    durations: tuple[int, ...]
    positions: tuple[int, ...]
    voices: int = 1
    polyphonic: bool = False
    parts: bool = False
    types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        low, high = self.pitches
        if not self.metres or not self.durations or not 0 <= low <= high <= 127 or self.voices < 1:
            raise ValueError(f"a vocabulary needs metres, durations, pitches within 0-127 and a voice: {self}")
        if self.parts and self.voices < 2:
            raise ValueError("one voice of one note at a time is a melody, which has a vocabulary without parts")
        if min((*self.durations, *self.positions, 1)) < 1:
            raise ValueError(f"durations and positions must be 1 tick or more: {self}")
        bars = {metre.bar_ticks for metre in self.metres}
        for name, values in {
            "metres": sorted(set(self.metres), key=lambda metre: (metre.unit, metre.beats)),
            "durations": sorted(set(self.durations)),
            "positions": sorted(bars | {place for place in self.positions if place < max(bars)}),
            "types": sorted({_type_token(name) for name in self.types} - {ANY}),
            "polyphonic": self.polyphonic or self.parts or self.voices > 1,
        }.items():
            object.__setattr__(self, name, tuple(values) if isinstance(values, list) else values)

    @property
    def controls(self) -> int:
        """How many tokens stand between <start> and the first bar: metre, tonic, mode and, where there are types, the type."""
        return 4 if self.types else 3

    @classmethod
    def of(cls, scores: Iterable[Score], voices: int = 1, polyphonic: bool = False, parts: bool = False) -> "TokenVocabulary":
        """The smallest vocabulary that can spell all of these scores. ValueError as of `spell`."""
        kinds = ("metre", "tonic", "mode", "type", "pos", "voice", "part", "pitch", "dur")
        seen: dict[str, set[str]] = {kind: set() for kind in kinds}
        for score in scores:
            for token in spell(score, polyphonic or parts or voices > 1, parts):
                kind, _, value = token.partition("=")
                if value:
                    seen[kind].add(value)
        numbers = {kind: sorted(map(int, seen[kind])) for kind in ("pos", "voice", "part", "pitch", "dur")}
        if not numbers["pitch"]:
            raise ValueError("no scores to take a vocabulary from")
        return cls(
            metres=tuple(map(Metre.parse, seen["metre"])),
            pitches=(numbers["pitch"][0], numbers["pitch"][-1]),
            durations=tuple(numbers["dur"]),
            positions=tuple(numbers["pos"]),
            voices=max([voices, *(voice + 1 for voice in (*numbers["voice"], *numbers["part"]))]),
            polyphonic=polyphonic,
            parts=parts,
            types=tuple(seen["type"]),
        )

    @classmethod
    def of_model(cls, folder: Path) -> "TokenVocabulary":
        """The vocabulary of an exported model, from its folder. UserError where it has none."""
        return cls.load(folder / "assets" / VOCABULARY)

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """All tokens in the order of their ids."""
        low, high = self.pitches
        return (
            *SPECIAL,
            *(f"metre={metre}" for metre in self.metres),
            *(f"tonic={name}" for name in PITCH_CLASSES),
            *(f"mode={mode}" for mode in MODES),
            *(f"type={name}" for name in (ANY, *self.types) if self.types),
            *(f"pos={place}" for place in self.positions),
            *(f"{'part' if self.parts else 'voice'}={voice}" for voice in range(self.voices) if self.polyphonic),
            *(f"pitch={pitch}" for pitch in range(low, high + 1)),
            *(f"dur={duration}" for duration in self.durations),
        )

    @cached_property
    def index(self) -> dict[str, int]:
        """The id of each token."""
        return {token: index for index, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """The ids of tokens. ValueError for a token that is not in the vocabulary."""
        tokens = list(tokens)
        for token in tokens:
            if token not in self.index:
                raise ValueError(f"{token} is not in the vocabulary")
        return [self.index[token] for token in tokens]

    def encode(self, score: Score) -> list[int]:
        """The ids of a score, from <start> to <end>. A type that this vocabulary lacks becomes "any".

        ValueError as of `spell`, and for anything else that the vocabulary lacks.
        """
        known = score.type if _type_token(score.type) in self.types else ANY if self.types else ""
        return self.ids(spell(replace(score, type=known), self.polyphonic, self.parts))

    def decode(self, ids: Sequence[int]) -> Score:
        """The score of ids, with or without <start>, <end> and padding. An unfinished last note is left out.

        The score has as many voices as the vocabulary. ValueError where the order of the tokens makes no sense.
        """
        notes: list[Note] = []
        metre: Metre | None = None
        tonic, mode, type_ = 0, "", ""
        start = cursor = voice = 0
        pitch: int | None = None
        for kind, value in self._values(ids):
            if kind == "metre":
                metre = Metre.parse(value)
                start, cursor = -metre.bar_ticks, metre.bar_ticks
            elif kind == "tonic":
                tonic = PITCH_CLASSES.index(value)
            elif kind == "mode":
                mode = value
            elif kind == "type":
                type_ = "" if value == ANY else value.replace("-", " ")
            elif metre is None or not mode:
                raise ValueError(f"{kind} stands before metre and mode")
            elif kind == "bar":
                start, cursor = start + metre.bar_ticks, max(cursor - metre.bar_ticks, 0)
            elif kind == "pos":
                cursor = int(value)
            elif kind in ("voice", "part"):
                voice = int(value)
            elif kind == "pitch":
                pitch = int(value)
            elif pitch is None or start < 0:
                raise ValueError(f"dur={value} stands where no note can be")
            else:
                notes.append(Note(start + cursor, int(value), pitch, voice))
                cursor += 0 if self.polyphonic else int(value)
                pitch = None
        if metre is None or not mode:
            raise ValueError("no metre and mode")
        return Score(tuple(notes), ((0, metre),), Key(tonic, mode), voices=(Voice(),) * self.voices, type=type_)

    def part_of_tokens(self, ids: Iterable[int]) -> list[int]:
        """The number of the part to which each token belongs, by its name, pitch or duration; -1 for other tokens."""
        parts, part = [], -1
        for index in ids:
            kind, _, value = self.tokens[index].partition("=")
            part = int(value) if kind == "part" else part if kind in ("pitch", "dur") else -1
            parts.append(part)
        return parts

    def _values(self, ids: Sequence[int]) -> Iterator[tuple[str, str]]:
        for index in ids:
            if not 0 <= index < len(self):
                raise ValueError(f"there is no token {index}: the vocabulary has {len(self)}")
            if index not in (PAD, START, END):
                kind, _, value = self.tokens[index].partition("=")
                yield kind, value

    def save(self, path: str | Path) -> None:
        """Writes the tokens to a text file, one a line. The id of a token is the number of its line, from 0."""
        Path(path).write_text("".join(f"{token}\n" for token in self.tokens), encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, path: str | Path) -> "TokenVocabulary":
        """Reads what `save` wrote. UserError for a file that is no vocabulary."""
        try:
            lines = Path(path).read_text(encoding="utf-8").splitlines()
            values: dict[str, list[str]] = {kind: [] for kind in ("metre", "type", "pos", "voice", "part", "pitch", "dur")}
            for kind, _, value in (line.partition("=") for line in lines):
                values.setdefault(kind, []).append(value)
            vocabulary = cls(
                metres=tuple(map(Metre.parse, values["metre"])),
                pitches=(int(values["pitch"][0]), int(values["pitch"][-1])),
                durations=tuple(map(int, values["dur"])),
                positions=tuple(map(int, values["pos"])),
                voices=max(1, len(values["voice"]), len(values["part"])),
                polyphonic=bool(values["voice"]),
                parts=bool(values["part"]),
                types=tuple(values["type"]),
            )
        except OSError as error:
            raise UserError(f"cannot read the vocabulary {str(path)!r}: {error.strerror}") from error
        except (ValueError, IndexError, UserError) as error:
            raise UserError(f"{str(path)!r} is no vocabulary of music tokens: {error}") from error
        if vocabulary.tokens != tuple(lines):
            raise UserError(f"{str(path)!r} is no vocabulary of music tokens: its lines are out of order or incomplete")
        return vocabulary
