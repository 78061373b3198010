"""Silences and held sounds that are longer than any in music, left out of a score. A damaged byte in a file can make one."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate, pairwise

from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER

_LONGEST = 1000 * TICKS_PER_QUARTER  # eight minutes at 120 quarter notes a minute


def without_long_silences(score: Score, repairs: list[str]) -> Score:
    """The score without whole bars of each time of more than 1,000 quarter notes in which no note begins or ends.

    What sounds through such a time keeps a bar of it. The metres and tempos after it come earlier, too. What is left out is told
    in `repairs`.
    """
    bars = 0
    cuts: list[tuple[int, int]] = []  # (first tick, ticks) that are left out
    sounding = place = 0  # until when the notes sound that have begun
    for tick, following in pairwise(sorted({0, *(note.start for note in score.notes), *(note.end for note in score.notes)})):
        while place < len(score.notes) and score.notes[place].start <= tick:
            sounding = max(sounding, score.notes[place].end)
            place += 1
        if following - tick > _LONGEST:
            bar = score.metre_at(tick).bar_ticks
            without = (following - tick) // bar - (sounding > tick)
            cuts.append((tick, without * bar))
            bars += without
    if not cuts:
        return score
    repairs.append(f"{bars:,} bars in which nothing happens are left out: the times in the file must be damaged")
    moved = _mover(cuts)
    notes = tuple(replace(note, start=moved(note.start), duration=moved(note.end) - moved(note.start)) for note in score.notes)
    metres = {moved(tick): metre for tick, metre in score.metres}
    tempos = {moved(tick): tempo for tick, tempo in score.tempos}
    return replace(score, notes=notes, metres=tuple(metres.items()), tempos=tuple(tempos.items()))


def _mover(cuts: list[tuple[int, int]]) -> Callable[[int], int]:
    """Where a tick comes to without stretches of (first tick, ticks), which are in order."""
    starts = [start for start, _ in cuts]
    before = [0, *accumulate(length for _, length in cuts)]

    def moved(tick: int) -> int:
        cut = bisect_left(starts, tick) - 1  # the last one that begins before the tick
        return tick if cut < 0 else tick - before[cut] - min(tick - starts[cut], cuts[cut][1])

    return moved
