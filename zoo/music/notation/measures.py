"""Measures as a tune book writes them -> the events in the order they are played, every bar full."""

from collections.abc import Sequence
from dataclasses import dataclass

# (duration in ticks, MIDI pitch or None for a rest, tied to the next note)
Event = tuple[int, int | None, bool]


class Refused(ValueError):
    """A tune that cannot be read as a melody with whole bars; `reason` is a fixed phrase, the message says more."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@dataclass(frozen=True)
class Measure:
    """What stands between two bar lines.

    Attributes:
        events: its notes and rests.
        opens: a repeat begins here (`|:`).
        closes: a repeat ends here (`:|`).
        ending: the passes in which it is played (`|1`), empty: in all.
        section: the bar line at its end is more than a plain `|`.
    """

    events: tuple[Event, ...]
    opens: bool = False
    closes: bool = False
    ending: frozenset[int] = frozenset()
    section: bool = False

    @property
    def ticks(self) -> int:
        """Its length."""
        return sum(duration for duration, _, _ in self.events)


def play_order(measures: Sequence[Measure]) -> list[int]:
    """The order in which measures sound with their repeats and endings written out.

    A repeat sign goes back to the last `|:` or `::`, else to the measure after the last `:|`, else to the start. Each
    ending is played in the passes it names; a numbered ending that is directly followed by another one
    repeats even when its `:|` was forgotten.
    """
    order: list[int] = []
    start, number, i = 0, 1, 0
    while i < len(measures):
        measure = measures[i]
        if measure.opens and i > start and number == 1:
            start = i
        if measure.ending and number not in measure.ending:
            i += 1
            if i < len(measures) and not measures[i].ending:  # the last ending is not marked as one
                start, number = i, 1
            continue
        order.append(i)
        following = measures[i + 1] if i + 1 < len(measures) else None
        ends = bool(measure.ending) and (following is None or following.ending != measure.ending)
        again = measure.closes or (ends and following is not None and bool(following.ending))
        passes = max([2, *(n for m in _section(measures, start, i) for n in m.ending)])
        if again and number < passes:
            number += 1
            i = start
            continue
        before_its_ending = following is not None and not ends and number in following.ending
        if (again or ends) and not before_its_ending:
            start, number = i + 1, 1
            if ends:  # endings of other passes may stand behind this one
                while start < len(measures) and measures[start].ending and not measures[start].opens:
                    start += 1
                i = start
                continue
        i += 1
    return order


def _section(measures: Sequence[Measure], start: int, last: int) -> Sequence[Measure]:
    """The measures from `start` to the end of the endings that `last` belongs to."""
    end = last + 1
    while end < len(measures) and measures[end].ending and (measures[last].ending or measures[last].closes):
        end += 1
    return measures[start:end]


def aligned(measures: Sequence[Measure], order: Sequence[int], bar: int) -> list[Event]:
    """The events in playing order, with rests put in so that every bar is filled.

    A short first measure is a pickup. A short measure and the next one are one bar when together they fill it (a bar
    cut by a repeat or a double bar). At the end of a section a short measure is filled with a rest. Where a repeat
    goes back from a full bar to a pickup, the pickup was for the first time only and is left out; where a section ends
    with a full bar although the next begins with a pickup, the last note or rest makes room for it, as players
    do. Two bars in one measure are a forgotten bar line. Anything else does not fill the metre.
    """
    events: list[Event] = []
    filled = 0  # ticks of the bar that is being filled
    for n, i in enumerate(order):
        measure, ticks = measures[i], measures[i].ticks
        before = measures[order[n - 1]] if n else None
        after = measures[order[n + 1]].ticks if n + 1 < len(order) else None
        if filled:  # looked ahead: this measure fills the bar
            filled = 0
        elif ticks in (bar, 2 * bar):
            pass
        elif ticks > bar:
            raise Refused("a bar is too long", f"measure {i + 1} has {ticks} ticks, a bar {bar}")
        elif before is None:
            events.append((bar - ticks, None, False))
        elif i <= order[n - 1]:
            continue
        elif after is None:
            pass
        elif ticks + after == bar:
            filled = ticks
        elif measure.section and after <= bar:
            events.extend(measure.events)
            if after == bar:
                events.append((bar - ticks, None, False))
                continue
            if ticks + after < bar:
                events.append((bar - ticks - after, None, False))
            else:
                _shorten(events, ticks + after - bar, i)
            filled = bar - after
            continue
        elif before.section:
            _shorten(events, ticks, i)
        else:
            raise Refused("a bar is too short", f"measure {i + 1} has {ticks} ticks, a bar {bar}")
        events.extend(measure.events)
    return events


def _shorten(events: list[Event], ticks: int, measure: int) -> None:
    """Takes `ticks` from the last event; a rest may go altogether, a note may not."""
    duration, midi, tied = events.pop()
    if duration < ticks or (duration == ticks and midi is not None):
        raise Refused("no room for a pickup", f"at measure {measure + 1}")
    if duration > ticks:
        events.append((duration - ticks, midi, tied))
