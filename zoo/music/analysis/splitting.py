"""Chords split into lines: the voices of a choir that a file holds in one track, or two voices in each of two tracks."""

from collections.abc import Sequence
from itertools import combinations, groupby

import numpy as np

from zoo.music.notation.theory import Note

_OVERLAP = 3  # ticks: a note that sounds into the next one of its line for no longer than a thirty-second has ended
_OFTEN = 0.1  # of the moments at which notes begin
_CROSSING = 100.0  # semitones: what it costs to cross a line that holds a note


def width(notes: Sequence[Note]) -> int:
    """How many notes sound at once, at a tenth or more of the moments at which one begins. 0 without notes."""
    counts = [len(held) + len(struck) for held, struck in _moments(notes)]
    return max((many for many in set(counts) if sum(count >= many for count in counts) >= _OFTEN * len(counts)), default=0)


def split(notes: Sequence[Note], lines: int) -> list[list[Note]]:
    """The notes as that many lines, the highest first, each with one note at a time as far as it can be.

    Notes that begin while all lines sound come in the order of their pitches. Where fewer sound, each goes to the line whose last
    note and whose usual pitch are nearest, without crossing a line that holds a note. What is too much for the lines joins the
    nearest inner one. Every note is in one line.
    """
    usual = _usual_pitches(notes, lines)
    found: list[list[Note]] = [[] for _ in range(lines)]
    ends = [0] * lines
    for _, struck in _moments(notes):
        start = struck[0].start
        free = [line for line in range(lines) if ends[line] <= start + _OVERLAP]
        chord = sorted(struck, key=lambda note: -note.pitch)
        if len(chord) > len(free):
            _add_surplus(chord, len(free), found, usual)
        held = {line: found[line][-1].pitch for line in range(lines) if line not in free}
        aims = [(found[line][-1].pitch + usual[line]) / 2 if found[line] else usual[line] for line in range(lines)]
        places = min(combinations(free, len(chord)), key=lambda places: _cost(places, chord, held, aims))
        for line, note in zip(places, chord, strict=True):
            found[line].append(note)
            ends[line] = note.end
    return found


def _moments(notes: Sequence[Note]) -> list[tuple[list[Note], list[Note]]]:
    """For each tick at which notes begin: those that sound on, and those that begin."""
    moments: list[tuple[list[Note], list[Note]]] = []
    held: list[Note] = []
    for start, group in groupby(sorted(notes), key=lambda note: note.start):
        held = [note for note in held if note.end > start + _OVERLAP]
        struck = list(group)
        moments.append((list(held), struck))
        held += struck
    return moments


def _usual_pitches(notes: Sequence[Note], lines: int) -> list[float]:
    """The mean pitch of each line in the moments at which all of them sound; where there are none, pitches that spread evenly."""
    full = [
        sorted((note.pitch for note in (*held, *struck)), reverse=True)
        for held, struck in _moments(notes)
        if len(held) + len(struck) == lines
    ]
    if full:
        return [float(mean) for mean in np.mean(full, axis=0)]
    pitches = [note.pitch for note in notes] or [0]
    return [float(pitch) for pitch in np.linspace(max(pitches), min(pitches), lines)]


def _cost(places: Sequence[int], chord: Sequence[Note], held: dict[int, int], aims: Sequence[float]) -> float:
    """How badly the notes of a chord fit lines: semitones from what each line aims at, and crossings of held notes."""
    cost = 0.0
    for line, note in zip(places, chord, strict=True):
        cost += abs(note.pitch - aims[line])
        crossed = sum((note.pitch > pitch) != (line < other) for other, pitch in held.items() if pitch != note.pitch)
        cost += _CROSSING * crossed
    return cost


def _add_surplus(chord: list[Note], room: int, found: Sequence[list[Note]], usual: Sequence[float]) -> None:
    """Moves the notes of a chord, sorted from the highest, that find no free line to the lines nearest to them.

    Its highest note and its lowest one stay, as far as there is room.
    """
    while len(chord) > room:
        note = chord.pop(len(chord) // 2)
        nearest = min(range(len(usual)), key=lambda line: abs(usual[line] - note.pitch))
        found[nearest].append(note)
