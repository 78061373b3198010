"""A score as notation needs it: layers without overlap, bars of written values with ties and triplets, spelled pitches.

Sound knows when a note begins and ends; paper has notes of 1/4, 3/8, 1/16 ..., bars that cut them, and names such as F#.
Written values are counted in 64ths: the grid's 3 ticks are two of them, and inside a triplet one tick is one.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.music.notation.theory import TICKS_PER_QUARTER, Metre, Note

if TYPE_CHECKING:
    from zoo.music.notation.score import Score

LETTERS = "FCGDAEB"  # in the order of the sharps
_NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_TRIPLET = 3  # notes in the time of two; also the ticks that two 64ths take


@dataclass(frozen=True)
class Chord:
    """Notes of a voice that begin and end together, in ticks; one pitch for a single note, none for a rest."""

    start: int
    end: int
    pitches: tuple[int, ...] = ()
    velocity: int = 80


@dataclass(frozen=True)
class Piece:
    """What one written note, chord or rest stands for.

    Attributes:
        start: the tick where it begins.
        ticks: how long it sounds.
        value: what is written, in 64ths: one note value, with two dots at most.
        chord: what it is a piece of.
        begins, ends: whether it is the first and the last piece of its chord; ties join the pieces.
    """

    start: int
    ticks: int
    value: int
    chord: Chord
    begins: bool
    ends: bool


@dataclass(frozen=True)
class Group:
    """Pieces under one bracket where they are triplets (each sounds for 2/3 of what is written), else what one event needs."""

    pieces: tuple[Piece, ...]
    triplet: bool


@dataclass(frozen=True)
class Bar:
    """A bar of one layer, full of notes and rests, in ticks.

    It is as long as its metre says, except where a change of metre cuts it off. `changed`: in the bar before, the metre was
    another one.
    """

    start: int
    ticks: int
    metre: Metre
    changed: bool
    groups: tuple[Group, ...]


def layers(notes: Iterable[Note]) -> list[list[Chord]]:
    """The notes of a voice in as few lines of chords as can be, so that in each line one chord ends before the next begins.

    One line is what the first to come takes whenever it is free; two notes alike in all stand in two lines.
    """
    chords: dict[tuple[int, int, int], list[Note]] = {}
    for note in sorted(notes, key=lambda note: (note.start, -note.pitch)):
        copy = 0
        while any(note.pitch == other.pitch for other in chords.get((note.start, note.end, copy), ())):
            copy += 1
        chords.setdefault((note.start, note.end, copy), []).append(note)
    lines: list[list[Chord]] = []
    for (start, end, _), together in sorted(chords.items(), key=lambda item: (item[0][0], -max(n.pitch for n in item[1]))):
        chord = Chord(start, end, tuple(sorted(note.pitch for note in together)), max(note.velocity for note in together))
        free = next((line for line in lines if line[-1].end <= start), None)
        if free is None:
            lines.append([chord])
        else:
            free.append(chord)
    return lines


def bars(score: "Score", line: Iterable[Chord]) -> list[Bar]:
    """All bars of the score with what a line has in them, gaps and the end of the last bar filled with rests."""
    starts = score.bar_starts
    if not starts:
        return []
    metres = [score.metre_at(start) for start in starts]
    stops = (*starts[1:], starts[-1] + metres[-1].bar_ticks)
    events = deque(_with_rests(line, stops[-1]))
    found: list[Bar] = []
    for start, stop, metre in zip(starts, stops, metres, strict=True):
        inside = []
        while events and events[0].end <= stop:
            inside.append(events.popleft())
        if events and events[0].start < stop:  # goes on in the next bar, which cuts off what is before it
            inside.append(events[0])
        changed = bool(found) and metre != found[-1].metre
        found.append(Bar(start, stop - start, metre, changed, tuple(_groups(inside, start, stop))))
    return found


def _with_rests(line: Iterable[Chord], end: int) -> Iterable[Chord]:
    now = 0
    for chord in line:
        if chord.start > now:
            yield Chord(now, chord.start)
        yield chord
        now = chord.end
    if now < end:
        yield Chord(now, end)


def _groups(events: list[Chord], start: int, stop: int) -> Iterable[Group]:
    """What is between two bar lines. Off the grid of 64ths, what stands up to the next tick of that grid is one triplet."""
    queue = deque((max(event.start, start), min(event.end, stop), event) for event in events)
    while queue:
        run = [queue.popleft()]
        first = run[0][0]
        while (run[-1][1] - first) % _TRIPLET and queue:
            run.append(queue.popleft())
        triplet = len(run) > 1 or (run[0][1] - first) % _TRIPLET > 0
        if triplet and not all(_is_value(right - left) for left, right, _ in run):
            # Rather than an odd value under the bracket: the triplet ends at the next quarter note, a tie leads on from there.
            beat = first + TICKS_PER_QUARTER - (first - start) % TICKS_PER_QUARTER
            while run[-1][0] >= beat:
                queue.appendleft(run.pop())
            left, right, event = run[-1]
            if right > beat:
                run[-1] = (left, beat, event)
                queue.appendleft((beat, right, event))
            triplet = len(run) > 1 or (run[0][1] - first) % _TRIPLET > 0
        pieces = [piece for left, right, event in run for piece in _pieces(left, right, event, triplet)]
        yield Group(tuple(pieces), triplet)


def _pieces(left: int, right: int, event: Chord, triplet: bool) -> Iterable[Piece]:
    """A part of an event as values, the largest first."""
    while left < right:
        value = (right - left) if triplet else (right - left) * 2 // _TRIPLET
        while not _is_value(value):
            value -= 1
        ticks = value if triplet else value * _TRIPLET // 2
        yield Piece(left, ticks, value, event, left == event.start, left + ticks == event.end)
        left += ticks


def _is_value(value: int) -> bool:
    """Whether one note can say so many 64ths: up to a whole note, with two dots at most."""
    return value <= 112 and value // (value & -value) in (1, 3, 7)


def spelled(pitch: int, fifths: int) -> tuple[str, int, int]:
    """(letter, sharps or flats where negative, octave: 4 from middle C upwards) of a MIDI pitch in a key signature.

    Of all names with one sharp or flat at most, the one nearest to the key on the line of fifths: in C these are
    Eb Bb F C G D A E B F# C# G#.
    """
    place = pitch * 7 % 12  # on the line of fifths from C = 0, up to whole turns of 12
    lowest = fifths - 3
    place = lowest + (place - lowest) % 12
    if place > 12:  # B sharp is the last with one sharp
        place -= 12
    step, letter = divmod(place + 1, 7)
    name = LETTERS[letter]
    return name, step, (pitch - step - _NATURALS[name]) // 12 - 1


def one_line(text: str) -> str:
    """Printable text without line breaks, as headers need it."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
