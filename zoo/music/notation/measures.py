"""Measures as a tune book writes them, and the notes and rests in the order in which they are played."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from zoo.music.notation.theory import TICKS_PER_QUARTER, Metre

_LONGEST_PIECE = 100_000 * TICKS_PER_QUARTER  # ticks, as of MIDI files
_LONGEST_ORDER = 100_000  # measures
_MOST_NAMED = 4  # bars in a notice

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


def with_jumps(measures: Sequence[Measure], marks: Sequence[Set[str]]) -> list[int]:
    """The order of playing, as `play_order` gives it, and what comes after a da capo or dal segno.

    After the jump no section is repeated, and of several endings the last one is played. The piece then ends at a `fine`, or goes
    from a `tocoda` to the `coda`.

    Args:
        measures: as they are written.
        marks: of each measure, those of "dacapo", "dalsegno", "segno", "fine", "tocoda" and "coda" that it has.
    """

    def first(mark: str, otherwise: int) -> int:
        return next((i for i, each in enumerate(marks) if mark in each), otherwise)

    jump = next((i for i, each in enumerate(marks) if "dacapo" in each or "dalsegno" in each), None)
    if jump is None:
        return play_order(measures)
    order = play_order(measures[: jump + 1])
    end, leap, coda = first("fine", len(measures)), first("tocoda", len(measures)), first("coda", len(measures))
    i = 0 if "dacapo" in marks[jump] else first("segno", 0)
    while i < len(measures) and len(order) < _LONGEST_ORDER:
        measure = measures[i]
        last = max((n for other in _section(measures, i, i) for n in other.ending), default=0)
        if not measure.ending or last in measure.ending:
            order.append(i)
        if i == end or (i == jump and leap >= jump and coda == len(measures)):
            break
        i = coda if i == leap and coda > i else i + 1
    return order


@dataclass(frozen=True)
class Layout:
    """Measures in the order of playing, with rests where they do not fill their bars.

    Attributes:
        events: what is played.
        played: (index of the measure, tick where it begins) of each measure that is played.
        metres: (tick, metre) of each change of metre, the first at tick 0.
        notices: a sentence where rests have filled bars.
    """

    events: tuple[Event, ...]
    played: tuple[tuple[int, int], ...]
    metres: tuple[tuple[int, Metre], ...]
    notices: tuple[str, ...]


def laid_out(measures: Sequence[Measure], order: Sequence[int], metres: Sequence[Metre]) -> Layout:
    """Lays measures out as `aligned` does, where bars may have any length and the metre may change.

    A measure that is too short or too long for its metre is filled with a rest, up to the next bar line, unless the metre changes
    there or the next measure fills it. Where a section ends with a full bar and the next one begins with a pickup, a rest comes
    before the pickup.

    Args:
        measures: as they are written, at least one.
        order: their indices in the order of playing.
        metres: the metre of each measure.

    Raises:
        Refused: music longer than any piece.
    """
    events: list[Event] = []
    played: list[tuple[int, int]] = []
    changes = {0: metres[order[0]] if order else metres[0]}
    odd: set[int] = set()
    now = begun = 0  # begun: ticks of the bar that the measures so far have begun

    def add(*more: Event) -> None:
        nonlocal now
        events.extend(more)
        now += sum(duration for duration, _, _ in more)

    for n, i in enumerate(order):
        measure, bar = measures[i], metres[i].bar_ticks
        ticks = measure.ticks
        before = order[n - 1] if n else None
        after = order[n + 1] if n + 1 < len(order) else None
        if before is not None and metres[before] != metres[i]:
            changes[now] = metres[i]
            begun = 0
        if before is not None and begun and begun + ticks > bar:
            odd.add(before)
            add((bar - begun, (), False))
            begun = 0
        if ticks < bar and not begun:  # perhaps a pickup
            if before is not None and i <= before and measures[before].section:
                continue  # a repeat goes from a full bar back to it: it is played the first time only
            fits = after is not None and ticks + measures[after].ticks == bar
            if before is None or (measures[before].section and not fits and after is not None):
                add((bar - ticks, (), False))
                begun = bar - ticks
        played.append((i, now))
        add(*measure.events)
        if now > _LONGEST_PIECE:
            raise Refused("too long", "it lasts longer than any piece")
        begun = (begun + ticks) % bar
        whole = after is None or metres[after] != metres[i] or begun + measures[after].ticks == bar
        if begun and not whole and (ticks > bar or not measure.section):
            odd.add(i)
            add((bar - begun, (), False))
            begun = 0
    return Layout(tuple(events), tuple(played), tuple(sorted(changes.items())), _told(measures, metres, odd))


def _told(measures: Sequence[Measure], metres: Sequence[Metre], odd: Set[int]) -> tuple[str, ...]:
    """A sentence on the bars that rests have filled; a pickup has no number."""
    if not odd:
        return ()
    first = 0 if measures[0].ticks < metres[0].bar_ticks else 1
    named = ", ".join(str(i + first) for i in sorted(odd)[:_MOST_NAMED])
    more = f" and {len(odd) - _MOST_NAMED} more" if len(odd) > _MOST_NAMED else ""
    what, verb = ("bar", "does") if len(odd) == 1 else ("bars", "do")
    return (f"{what} {named}{more} {verb} not fill the metre: rests fill what is missing",)


def _shorten(events: list[Event], ticks: int, measure: int) -> None:
    """Shortens the last event by some ticks. A rest may be removed as a whole; a note may not, which is refused."""
    duration, pitches, tied = events.pop()
    if duration < ticks or (duration == ticks and pitches):
        raise Refused("no room for a pickup", f"at measure {measure + 1}")
    if duration > ticks:
        events.append((duration - ticks, pitches, tied))
