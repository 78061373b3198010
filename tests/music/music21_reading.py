"""Notes that music21 reads from a file of its own or of ours, with ties joined, for tests of what is written."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER

Timed = list[tuple[int, int, int]]


def timed(stream: Any) -> list[Timed]:
    """(start, duration, pitch) of each part's notes, in ticks; what is no whole number of ticks fails."""
    return [_part(part) for part in list(stream.parts) or [stream]]


def _part(part: Any) -> Timed:
    notes: list[list[int]] = []
    sounding: dict[tuple[str, int], list[list[int]]] = defaultdict(list)
    for element in part.recurse().notes:
        layer = str(element.activeSite.id) if "Voice" in element.activeSite.classes else ""  # ties stay within one
        start, duration = _ticks(element.getOffsetInHierarchy(part)), _ticks(element.quarterLength)
        for note in element.notes if element.isChord else [element]:
            pitch = note.pitch.midi
            if note.tie and note.tie.type in ("stop", "continue"):
                tied = next(other for other in sounding[layer, pitch] if other[0] + other[1] == start)
                tied[1] += duration
            else:
                notes.append([start, duration, pitch])
                sounding[layer, pitch].append(notes[-1])
    return sorted((start, duration, pitch) for start, duration, pitch in notes)


def _ticks(quarters: Any) -> int:
    ticks = Fraction(quarters).limit_denominator(TICKS_PER_QUARTER * 4) * TICKS_PER_QUARTER
    assert ticks.denominator == 1, quarters
    return int(ticks)


def wanted(score: Score) -> list[Timed]:
    """What `timed` should find: the voices that have notes."""
    voices = sorted({note.voice for note in score.notes})
    return [sorted((note.start, note.duration, note.pitch) for note in score.notes if note.voice == voice) for voice in voices]
