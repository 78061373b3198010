"""Live playing on the beat: each note moved to the place in its beat that the player meant.

A player is some hundredths of a second early or late. Each beat gets the coarsest grid - beats, eighths, triplets, sixteenths and
so on - that explains where its notes begin. Such a grid and the distances of the notes from it describe the beat; the most
probable description is taken, where grids that a piece uses often are more probable (after the Bayesian quantiser of Cemgil,
Desain and Kappen 2000, "Rhythm quantization for transcription").
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from zoo.music.analysis.melody import SHORTEST, snap
from zoo.music.analysis.ornaments import without_graces
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER, Metre, Note

LIVE = 0.2  # of the notes: where so many begin or end beside thirty-seconds and triplets, the music was played by hand
_SPREADS = 0.35, 3.0  # ticks: the least and the most that a player is assumed to be beside the beat
_ROUNDS = 4  # after so many the grids and the spread change no more
_LEGATO = 0.25  # of the time to the next note: a shorter silence is a way of playing, and no rest


def quantised(score: Score) -> tuple[Score, tuple[str, ...]]:
    """The score with starts and ends of its notes on the grid of their beats, and what to tell the user about it.

    Grace notes are left out. Music that stands on thirty-seconds and triplets already, as notation programs write it, stays as it
    is.

    Args:
        score: in one metre.
    """
    plain = replace(score, notes=tuple(without_graces(score.notes)[0]))
    if not is_live(plain):
        return score, ()
    score, unit = plain, beat(score.metre)
    starts = sorted({note.start for note in score.notes})
    exact = all(_on_grid(start) for start in starts)
    grids = _grids(starts, unit)

    def place(tick: int) -> int:
        """The nearest place of the grid in the beat of a tick."""
        grid = grids.get(tick // unit, unit)
        return tick - tick % unit + (2 * (tick % unit) + grid) // (2 * grid) * grid

    moved = {start: start if exact else place(start) for start in starts}
    following = _following(score.notes, moved)
    notes = []
    for note in score.notes:
        start, grid = moved[note.start], grids.get(note.start // unit, unit)
        # The grid of the beat where a note begins, or of that where it ends: the one that is nearer to its end.
        ends = place(note.end), start + max(1, round((note.end - start) / grid)) * grid
        end = max(min(ends, key=lambda end: abs(end - note.end)), start + SHORTEST)
        after = following[note.voice].get(start)
        if after is not None and after - note.end <= _LEGATO * (after - start) and note.end - after < SHORTEST:
            end = after
        notes.append(replace(note, start=start, duration=end - start))
    return replace(score, notes=tuple(notes)), _told(score, moved)


def is_live(score: Score) -> bool:
    """Whether notes begin or end beside thirty-seconds and triplet sixteenths as often as in live playing."""
    beside = sum(not (_on_grid(note.start) and _on_grid(note.end)) for note in score.notes)
    return beside > 0 and beside >= LIVE * len(score.notes)


def beat(metre: Metre) -> int:
    """The ticks of a beat that is divided evenly: three eighths in 3/8, 6/8 and 9/8, a quarter in most other metres."""
    if metre.unit >= 8 and metre.beats % 3 == 0:
        return 3 * (4 * TICKS_PER_QUARTER // metre.unit)
    return TICKS_PER_QUARTER if metre.bar_ticks % TICKS_PER_QUARTER == 0 else 4 * TICKS_PER_QUARTER // metre.unit


def _on_grid(tick: int) -> bool:
    return snap(tick) == tick


def _grids(starts: Sequence[int], unit: int) -> dict[int, int]:
    """The grid of each beat in which notes begin: number of the beat -> ticks from one place to the next."""
    beats: dict[int, list[int]] = {}
    for start in starts:
        beats.setdefault(start // unit, []).append(start % unit)
    known = [grid for grid in range(unit, SHORTEST - 1, -1) if unit % grid == 0]
    spread, weights = 1.0, dict.fromkeys(known, 1.0)
    found: dict[int, int] = {}
    for _ in range(_ROUNDS):
        for number, places in beats.items():
            costs = [
                sum(_distance(place, grid) ** 2 for place in places) / (2 * spread**2)
                + len(places) * math.log(unit / grid)
                - math.log(weights[grid])
                for grid in known
            ]
            found[number] = known[costs.index(min(costs))]
        used = Counter(found.values())
        weights = {grid: used[grid] + 0.5 for grid in known}
        squares = [_distance(place, found[number]) ** 2 for number, places in beats.items() for place in places]
        spread = min(max(math.sqrt(sum(squares) / len(squares)), _SPREADS[0]), _SPREADS[1])
    return found


def _distance(place: int, grid: int) -> int:
    """From a tick to the nearest place of a grid."""
    return min(place % grid, -place % grid)


def _following(notes: Sequence[Note], moved: dict[int, int]) -> dict[int, dict[int, int]]:
    """For each voice, where its next note begins after each place where one does."""
    places: dict[int, set[int]] = {}
    for note in notes:
        places.setdefault(note.voice, set()).add(moved[note.start])
    ordered = {voice: sorted(each) for voice, each in places.items()}
    return {voice: dict(pairwise(each)) for voice, each in ordered.items()}


def _told(score: Score, moved: dict[int, int]) -> tuple[str, ...]:
    """A notice with the number of notes that begin elsewhere, and how far the farthest was moved."""
    ticks = [tick for tick, _ in score.tempos]
    seconds = []
    for note in score.notes:
        distance = abs(moved[note.start] - note.start)
        tempo = score.tempos[bisect_right(ticks, note.start) - 1][1]
        seconds.append(distance / TICKS_PER_QUARTER * 60 / tempo)
    changed = sum(each > 0 for each in seconds)
    if not changed:
        return ()
    farthest = f"at most {1000 * max(seconds):.0f} milliseconds away"
    return (f"played beside the beat: {changed} of {len(seconds)} notes, heard at the nearest place, {farthest}",)
