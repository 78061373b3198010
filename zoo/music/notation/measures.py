"""Measures as a tune book writes them, and the notes and rests in the order in which they are played."""

from collections.abc import Sequence
from dataclasses import dataclass

# A note, a chord or a rest: (duration in ticks, its MIDI pitches, none of a rest, whether it is tied to the next).
Event = tuple[int, tuple[int, ...], bool]


class Refused(ValueError):
    """A piece that cannot be read. `reason` is a fixed phrase, so that refusals can be counted; the message says more."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@dataclass(frozen=True)
class Measure:
    """The notes and rests between two bar lines, and the signs that apply to them.

    Attributes:
        events: its notes and rests.
        opens: a repeat begins here (`|:`).
        closes: a repeat ends here (`:|`).
        ending: the passes in which it is played (`|1`); empty: all.
        section: a section of the tune ends with it: the bar line after it is more than a plain `|`.
    """

    events: tuple[Event, ...]
    opens: bool = False
    closes: bool = False
    ending: frozenset[int] = frozenset()
    section: bool = False

    @property
    def ticks(self) -> int:
        """Its length in ticks."""
        return sum(duration for duration, _, _ in self.events)


def play_order(measures: Sequence[Measure]) -> list[int]:
    """The indices of the measures in the order in which they are played, with repeats and endings written out.

    A repeat sign goes back to the last `|:` or `::`; without one, to the measure after the last `:|`; without that, to the start.
    An ending is played in the passes that it names. Where another ending follows an ending directly, there is a repeat between
    them even if its `:|` was forgotten.
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
    """The events in the order of playing, with rests so that every bar is full.

    Measures need not be whole bars:

    - A short first measure is a pickup; a rest is put before it.
    - A repeat sign or a double bar may cut a bar into two short measures, which fill it together.
    - A short measure at the end of a section is filled with a rest.
    - Where a repeat goes from a full bar back to a pickup, the pickup is played the first time only.
    - Where a section ends with a full bar and the next one begins with a pickup, the last note or rest is shortened by the length
      of the pickup, as players do.
    - A measure of two bars lacks a bar line.

    Args:
        measures: as they are written.
        order: their indices in the order of playing.
        bar: the length of a bar in ticks.

    Raises:
        Refused: measures that do not fill the metre in any of these ways.
    """
    events: list[Event] = []
    filled = 0  # ticks of the bar that is being filled
    for n, i in enumerate(order):
        measure, ticks = measures[i], measures[i].ticks
        before = measures[order[n - 1]] if n else None
        after = measures[order[n + 1]].ticks if n + 1 < len(order) else None
        if filled:  # the measure before has begun a bar, which this measure fills
            filled = 0
        elif ticks in (bar, 2 * bar):
            pass
        elif ticks > bar:
            raise Refused("a bar is too long", f"measure {i + 1} has {ticks} ticks, a bar {bar}")
        elif before is None:
            events.append((bar - ticks, (), False))
        elif i <= order[n - 1]:
            continue
        elif after is None:
            pass
        elif ticks + after == bar:
            filled = ticks
        elif measure.section and after <= bar:
            events.extend(measure.events)
            if after == bar:
                events.append((bar - ticks, (), False))
                continue
            if ticks + after < bar:
                events.append((bar - ticks - after, (), False))
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


def filled(measures: Sequence[Measure], order: Sequence[int], bars: Sequence[int]) -> tuple[list[Event], list[int], list[int]]:
    """The events in the order of playing, as `aligned` gives them, where bars may have any length and the metre may change.

    A measure that is too short or too long for its metre is filled with a rest, up to the next bar line, unless the metre changes
    there. Where a section ends with a full bar and the next one begins with a pickup, a rest comes before the pickup.

    Args:
        measures: as they are written.
        order: their indices in the order of playing.
        bars: the length of a bar in ticks, for each measure.

    Returns:
        The events; the tick where each measure of `order` begins; and the indices of the measures that rests have filled.
    """
    events: list[Event] = []
    starts: list[int] = []
    odd: list[int] = []
    now = begun = 0  # begun: ticks of the bar that the measures so far have begun

    def add(*more: Event) -> None:
        nonlocal now
        events.extend(more)
        now += sum(duration for duration, _, _ in more)

    for n, i in enumerate(order):
        measure, ticks, bar = measures[i], measures[i].ticks, bars[i]
        before = measures[order[n - 1]] if n else None
        if begun and n and bars[order[n - 1]] != bar:
            begun = 0
        if begun and begun + ticks > bar:
            odd.append(order[n - 1])
            add((bar - begun, (), False))
            begun = 0
        if before is None and ticks < bar:
            add((bar - ticks, (), False))
            begun = bar - ticks
        elif not begun and ticks < bar and before is not None and before.section:
            if i <= order[n - 1]:
                starts.append(now)
                continue
            if n + 1 < len(order) and ticks + measures[order[n + 1]].ticks != bar:
                add((bar - ticks, (), False))
                begun = bar - ticks
        starts.append(now)
        add(*measure.events)
        begun = (begun + ticks) % bar
        last = n + 1 == len(order)
        if (begun and ticks > bar) or (begun and not (last or measure.section or bars[order[n + 1]] != bar)):
            odd.append(i)
            add((bar - begun, (), False))
            begun = 0
    return events, starts, sorted(set(odd))


def _shorten(events: list[Event], ticks: int, measure: int) -> None:
    """Shortens the last event by some ticks. A rest may be removed as a whole; a note may not, which is refused."""
    duration, pitches, tied = events.pop()
    if duration < ticks or (duration == ticks and pitches):
        raise Refused("no room for a pickup", f"at measure {measure + 1}")
    if duration > ticks:
        events.append((duration - ticks, pitches, tied))
