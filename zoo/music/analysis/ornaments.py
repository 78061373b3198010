"""Grace notes, as programs write them to files: a few ticks of sound before or on the beat of the note that they decorate."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from math import gcd

from zoo.music.notation.theory import TICKS_PER_QUARTER, Note

LONGEST = 2  # ticks of a grace note: less than a thirty-second
_MOST = 4  # grace notes before one main note; more are a run
_WIDEST = 12  # semitones from a grace note to its main note
_WIDEST_TOGETHER = 5  # semitones, where rounding has made the two begin at once; a chord is wider
_NEAR = 32  # notes at most that are looked at from a grace note
_COMMON = 0.5  # share of notes that are as short as grace notes, from which on shortness is a way of playing


def without_graces(notes: Sequence[Note]) -> tuple[list[Note], int]:
    """The notes without grace notes, and how many were left out.

    A grace note is shorter than a thirty-second, and a longer note of its voice follows at once, after at most three other grace
    notes. It takes its time from one of its neighbours, who gets it back: played on the beat, from its main note, which then
    begins where the first grace note did; played before the beat, from the note before. The beat is where the stronger place in
    the bar is. Of a voice whose notes are mostly as short, all stay.
    """
    voices: defaultdict[int, list[Note]] = defaultdict(list)
    for note in notes:
        voices[note.voice].append(note)
    found = [kept for voice in voices.values() for kept in _of_voice(sorted(voice))]
    return found, len(notes) - len(found)


def _of_voice(notes: list[Note]) -> list[Note]:
    """The notes of one voice, which are sorted, without grace notes."""
    mains = _mains(notes)
    if not mains:
        return notes
    begins: dict[int, int] = {}  # the start of a main note -> the first of its grace notes
    for place, main in mains.items():
        begins[main] = min(notes[place].start, begins.get(main, main))
    moved = {main: first for main, first in begins.items() if _strength(first) > _strength(main)}
    # Where the note before a grace note ends -> where it ended without it.
    ends = {tick: main for main, first in begins.items() if main not in moved for tick in range(first - 1, main)}
    found = []
    for place, note in enumerate(notes):
        if place in mains:
            continue
        start, end = moved.get(note.start, note.start), ends.get(note.end, note.end)
        found.append(note if (start, end) == (note.start, note.end) else replace(note, start=start, duration=end - start))
    return found


def _mains(notes: list[Note]) -> dict[int, int]:
    """The places of the grace notes in sorted notes of a voice -> the tick where their main notes begin."""
    short = [place for place, note in enumerate(notes) if note.duration <= LONGEST]
    if not short or len(short) > _COMMON * len(notes):
        return {}
    starts = [note.start for note in notes]
    runs: dict[int, tuple[int, list[int]]] = {}  # the place of a grace note -> its main note, and the places of its run
    for place in reversed(short):
        grace = notes[place]
        following = range(bisect_left(starts, grace.start), bisect_right(starts, grace.end + 1))[:_NEAR]
        near = [other for other in following if other != place and _is_led_to(notes[other], grace)]
        direct = [notes[other].start for other in near if notes[other].duration > LONGEST]
        if direct:
            runs[place] = (min(direct, key=lambda start: abs(start - grace.end)), [place])
        elif chained := [runs[other] for other in near if other > place and other in runs]:
            runs[place] = chained[0]
            runs[place][1].append(place)
    return {place: main for place, (main, run) in runs.items() if len(run) <= _MOST}


def _is_led_to(note: Note, grace: Note) -> bool:
    """Whether a note that begins about where a short one ends is near enough in pitch to be its main note."""
    return abs(note.pitch - grace.pitch) <= (_WIDEST_TOGETHER if note.start == grace.start else _WIDEST)


def _strength(tick: int) -> int:
    """How strong a place is: the ticks of the coarsest division of a quarter note that has it."""
    return gcd(tick, TICKS_PER_QUARTER)
