"""A score as it is written on paper, for the writers of ABC notation and MusicXML.

A score knows when each note begins and ends, and its pitch as a number. On paper there are note values (a quarter, a dotted
eighth), bar lines that cut long notes into tied ones, triplets, rests, and names such as F#. From a score to paper:

1. `layers` sorts the notes of a voice into lines in which no notes overlap;
2. `bars` cuts a line into bars, and the bars into note values;
3. `spelled` names a pitch.

Note values are counted in 64ths of a whole note. 3 ticks of the grid are two 64ths; inside a triplet 1 tick is one.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.music.notation.theory import TICKS_PER_QUARTER, Metre, Note

if TYPE_CHECKING:
    from zoo.music.notation.score import Score

LETTERS = "FCGDAEB"  # in the order in which sharps appear in key signatures: by fifths
_NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_LOWEST_TREBLE = 57  # A3, the A below middle C
_TRIPLET = 3  # notes in the time of two; also the number of ticks in two 64ths


@dataclass(frozen=True)
class Chord:
    """Notes of a voice that begin and end together, at the ticks `start` and `end`. A single note has one pitch, a rest none."""

    start: int
    end: int
    pitches: tuple[int, ...] = ()
    velocity: int = 80


@dataclass(frozen=True)
class Piece:
    """One written note, chord or rest. A chord that no single note value can write is several pieces, joined by ties.

    Attributes:
        start: the tick where it begins.
        ticks: how long it sounds.
        value: the written note value in 64ths, with two dots at most.
        chord: the chord that it is a piece of.
        begins: whether it is the first piece of its chord.
        ends: whether it is the last piece of its chord.
    """

    start: int
    ticks: int
    value: int
    chord: Chord
    begins: bool
    ends: bool


@dataclass(frozen=True)
class Group:
    """Pieces that belong together: a triplet, each sounding for 2/3 of its written value, or the pieces of one chord or rest."""

    pieces: tuple[Piece, ...]
    triplet: bool


@dataclass(frozen=True)
class Bar:
    """A bar of one line, filled with notes and rests.

    Attributes:
        start: the tick where it begins.
        ticks: its length: that of its metre, except where a change of metre cuts it off.
        metre: its metre.
        changed: whether the bar before has another metre.
        groups: its notes and rests.
    """

    start: int
    ticks: int
    metre: Metre
    changed: bool
    groups: tuple[Group, ...]


def layers(notes: Iterable[Note]) -> list[list[Chord]]:
    """The notes of a voice as lines of chords. In each line, a chord ends before the next one begins.

    Each chord goes to the first line that is free, so there are as few lines as possible. Of two equal notes, each goes to a line
    of its own.
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
    """All bars of the score with the chords of a line; rests fill gaps and the end of the last bar."""
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
        if events and events[0].start < stop:  # it goes on in the next bar, which takes its part of it
            inside.append(events[0])
        changed = bool(found) and metre != found[-1].metre
        found.append(Bar(start, stop - start, metre, changed, tuple(_groups(inside, start, stop))))
    return found


def _with_rests(line: Iterable[Chord], end: int) -> Iterable[Chord]:
    """The chords of a line with rests between them and after them, up to tick `end`."""
    now = 0
    for chord in line:
        if chord.start > now:
            yield Chord(now, chord.start)
        yield chord
        now = chord.end
    if now < end:
        yield Chord(now, end)


def _groups(events: list[Chord], start: int, stop: int) -> Iterable[Group]:
    """The notes and rests between two bar lines as groups. Events off the grid of 64ths form a triplet up to its next tick."""
    queue = deque((max(event.start, start), min(event.end, stop), event) for event in events)
    while queue:
        run = [queue.popleft()]
        first = run[0][0]
        while (run[-1][1] - first) % _TRIPLET and queue:
            run.append(queue.popleft())
        triplet = len(run) > 1 or (run[0][1] - first) % _TRIPLET > 0
        if triplet and not all(_is_value(right - left) for left, right, _ in run):
            # An event is too long for one note value, so the triplet ends at the next quarter note, and a tie leads on.
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
    """The part of an event from tick `left` to tick `right` as note values, the largest first."""
    while left < right:
        value = (right - left) if triplet else (right - left) * 2 // _TRIPLET
        while not _is_value(value):
            value -= 1
        ticks = value if triplet else value * _TRIPLET // 2
        yield Piece(left, ticks, value, event, left == event.start, left + ticks == event.end)
        left += ticks


def _is_value(value: int) -> bool:
    """Whether a single note value has so many 64ths: up to a whole note, with two dots at most."""
    return value <= 112 and value // (value & -value) in (1, 3, 7)


def spelled(pitch: int, fifths: int) -> tuple[str, int, int]:
    """The name of a MIDI pitch in a key signature: (letter, sharps, octave).

    Sharps are -1 for a flat. Octave 4 begins at middle C. Of the names with one sharp or flat at most, it is the one nearest to
    the key on the line of fifths: in C major Eb Bb F C G D A E B F# C# G#.

    Args:
        pitch: the MIDI pitch.
        fifths: the sharps of the key signature; flats are negative.
    """
    place = pitch * 7 % 12  # on the line of fifths, C = 0, but for a multiple of 12
    lowest = fifths - 3
    place = lowest + (place - lowest) % 12
    if place > 12:  # beyond B sharp, the last name with one sharp
        place -= 12
    step, letter = divmod(place + 1, 7)
    name = LETTERS[letter]
    return name, step, (pitch - step - _NATURALS[name]) // 12 - 1


def in_bass_clef(pitches: Sequence[int]) -> bool:
    """Whether a voice with these MIDI pitches is written in the bass clef: where their mean is below A3."""
    return sum(pitches) < _LOWEST_TREBLE * len(pitches)


def one_line(text: str) -> str:
    """A text without line breaks and other characters that cannot be printed, for titles and names."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
