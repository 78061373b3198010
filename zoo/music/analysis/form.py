"""The form of tunes: which of their sections are the same music.

Jigs, reels and hornpipes have parts of eight bars, A and B. In most each part is played twice: AABB, in 32 bars. Nearly half of
the reels are written without repeats: AB. Sections are named in the order in which they appear, as musicians do.
"""

from collections.abc import Sequence

from zoo.music.notation.score import Score

SECTION = 8  # bars of a section
ALIKE = 6  # of the bars of a section that two sections must have in common to be the same


def aabb_share(scores: Sequence[Score]) -> float:
    """The share of scores of the form AABB: two sections of eight bars, each played twice. ValueError without scores."""
    if not scores:
        raise ValueError("no scores")
    return sum(form(score) == "AABB" for score in scores) / len(scores)


def form(score: Score) -> str:
    """A letter for each section of eight bars, such as "AABB"; "" where the full bars do not make up whole sections.

    A section is the same as an earlier one where at least ALIKE of its eight bars have the same notes: pitches and places in the
    bar. So the end of a repeat may differ, as with a first and a second ending, and the upbeat of the next section may stand in
    its last bar. A section that is like two earlier ones gets the letter of the first.
    """
    bars = full_bars(score)
    if not bars or len(bars) % SECTION:
        return ""
    sections = [bars[first : first + SECTION] for first in range(0, len(bars), SECTION)]
    different: list[Sequence[frozenset[tuple[int, int]]]] = []
    letters = ""
    for section in sections:
        same = (i for i, other in enumerate(different) if _in_common(section, other) >= ALIKE)
        number = next(same, len(different))
        if number == len(different):
            different.append(section)
        letters += chr(ord("A") + number)
    return letters


def full_bars(score: Score) -> list[frozenset[tuple[int, int]]]:
    """The notes of each bar after the upbeat, as (ticks from the bar line, pitch). Empty without notes.

    There is an upbeat where the first note begins after the first bar line; the bar that it stands in is left out. The last bar
    counts, even where the notes do not fill it.
    """
    starts = score.bar_starts
    bars: list[set[tuple[int, int]]] = [set() for _ in starts]
    bar = 0
    for note in score.notes:
        while bar + 1 < len(starts) and starts[bar + 1] <= note.start:
            bar += 1
        bars[bar].add((note.start - starts[bar], note.pitch))
    upbeat = bool(score.notes) and score.notes[0].start > 0
    return [frozenset(each) for each in bars[upbeat:]]


def _in_common(section: Sequence[frozenset[tuple[int, int]]], other: Sequence[frozenset[tuple[int, int]]]) -> int:
    """How many bars of two sections are equal, place by place."""
    return sum(a == b for a, b in zip(section, other, strict=True))
