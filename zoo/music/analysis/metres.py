"""Music in bars of one metre: pickups in whatever way they are written, and stretches of a metre that changes.

A pickup (an upbeat) is written in several ways. Notation programs write a short first bar, such as 1/4 before 3/4, and where a
repeat goes back to it, two short bars that fill one together. Others leave out the rest before it. The tokens of a network know
one way: a rest that begins the first bar. `one_metre` and `stretches` bring all of them to this one.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from zoo.core.errors import UserError
from zoo.music.analysis.keys import heard_key
from zoo.music.analysis.pickups import hidden_pickup
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, value_text

# Bars of the metre beside it: a stretch that lasts less is no change of metre to a listener, but a bar that is longer or shorter.
_SHORT = 2
_SHORTEST_BAR = 36  # ticks: 3/8


@dataclass(frozen=True)
class Piece:
    """Music in one metre, and where it lies in the music that it was taken from.

    Attributes:
        score: its only metre begins at tick 0. A pickup is a rest that begins the first bar.
        first_tick: the tick of the whole music that is tick 0 of `score`. It is negative where the rest before a pickup is not
            written.
        notices: a sentence for each thing that is heard otherwise than it is written. What stands before a colon names no place
            and no number, so that it can be counted.
    """

    score: Score
    first_tick: int
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Stretch:
    """Ticks of a score that are heard in one metre, one of whose bars begins at tick `line`."""

    metre: Metre
    line: int
    start: int
    end: int
    notices: tuple[str, ...] = ()

    @property
    def ticks(self) -> int:
        return self.end - self.start


def one_metre(
    score: Score,
    stretch: Literal["last", "longest"],
    *,
    key: Key | None = None,
    metre: Metre | None = None,
    pickup: int | Literal["written"] | None = None,
    whole: Score | None = None,
) -> Piece:
    """The last or the longest stretch of a score in one metre, with the key in which it is heard.

    Args:
        score: music of any kind.
        stretch: which to take where the metre changes.
        key: of the music. None: the written one, unless the notes contradict it (zoo.music.analysis.keys).
        metre: hear all of the music in this metre, whatever it says itself.
        pickup: the ticks from the first note of the stretch to the first full bar; 0: it begins with a full bar. "written": as it
            is written. None: as it is written, or as the notes tell (zoo.music.analysis.pickups).
        whole: the music that the score was taken from; all of its voices tell where bars begin, and the key. None: the score.

    Raises:
        ValueError: the score has no notes, or only drums.
        UserError: a pickup that is as long as a bar or longer, or below 0.
    """
    found = _stretches(score, metre)
    chosen = found[-1] if stretch == "last" else max(found, key=lambda each: each.ticks)
    if isinstance(pickup, int):
        chosen = _with_pickup(score, chosen, pickup)
    elif pickup is None and chosen is found[0]:
        chosen = _shifted(whole or score, chosen)
    key, told = (key, ()) if key else heard_key(_piece(whole or score, chosen).score)
    piece = _piece(score, chosen)
    notices = (*piece.notices, *told)
    if len(found) > 1:
        notices = (f"the metre changes: {_bars(score, chosen)}, in {chosen.metre}, are heard", *notices)
    return replace(piece, score=replace(piece.score, key=key), notices=notices)


def stretches(
    score: Score,
    *,
    key: Key | None = None,
    metre: Metre | None = None,
    pickup: int | None = None,
    whole: Score | None = None,
) -> list[Piece]:
    """All stretches of one metre in order, which together have every note once, in the key of the whole music.

    A note that sounds on into the next stretch ends where that begins.

    Args:
        score: music of any kind.
        key, metre, pickup, whole: see `one_metre`; the first stretch may have a pickup that is not written as such.

    Raises:
        ValueError: the score has no notes, or only drums.
        UserError: a pickup that is as long as a bar or longer, or below 0.
    """
    found = _stretches(score, metre)
    first = _shifted(whole or score, found[0]) if pickup is None else _with_pickup(score, found[0], pickup)
    key, told = (key, ()) if key else heard_key(whole or score)
    pieces = [_piece(score, each) for each in (replace(first, notices=(*first.notices, *told)), *found[1:])]
    return [replace(piece, score=replace(piece.score, key=key)) for piece in pieces]


def rebarred(score: Score, metre: Metre, first_tick: int) -> tuple[Score, int]:
    """A score that is heard in one metre as it would be written then, and by how many ticks it begins later.

    Where its bars are others than the written ones, it is written in the metre alone, with a rest before a pickup.

    Args:
        score: music of any kind.
        metre: in which it is heard.
        first_tick: where a bar begins, as `Piece.first_tick`. Music that begins before it, in another metre, stays as it is.
    """
    later = -first_tick % metre.bar_ticks
    if score.notes[0].start < first_tick or (not later and score.metre == metre):
        return score, 0
    notes = tuple(replace(note, start=note.start + later) for note in score.notes)
    tempos = tuple((tick and tick + later, tempo) for tick, tempo in score.tempos)
    return replace(score, notes=notes, metres=((0, metre),), tempos=tempos), later


def excerpt(score: Score, start: int, end: int, first: int | None = None) -> Score:
    """The notes that begin from tick `start` to tick `end`, sounding to `end` at most, and their tempos, in the first metre.

    Args:
        score: the music.
        start, end: the ticks between which the notes begin.
        first: the tick that becomes tick 0; None: `start`.
    """
    first = start if first is None else first
    if first == 0 == start and end >= score.end:
        return replace(score, metres=score.metres[:1])
    starts = [note.start for note in score.notes]
    inside = score.notes[bisect_left(starts, start) : bisect_left(starts, end)]
    notes = tuple(replace(note, start=note.start - first, duration=min(note.duration, end - note.start)) for note in inside)
    before = max((tick for tick, _ in score.tempos if tick <= start), default=0)
    tempos = tuple((0 if tick == before else tick - first, tempo) for tick, tempo in score.tempos if before <= tick < end)
    return replace(score, notes=notes, metres=score.metres[:1], tempos=tempos)


def _piece(score: Score, stretch: _Stretch) -> Piece:
    """The notes of a stretch, with the beginning of their first bar as tick 0."""
    start = stretch.start
    first = start - (start - stretch.line) % stretch.metre.bar_ticks
    # The last note may sound on as long as it likes.
    end = stretch.end if any(note.start >= stretch.end for note in score.notes) else max(score.end, stretch.end)
    return Piece(replace(excerpt(score, start, end, first), metres=((0, stretch.metre),)), first, stretch.notices)


def _with_pickup(score: Score, stretch: _Stretch, pickup: int) -> _Stretch:
    """The stretch with a pickup that its first note begins. UserError for one that is no shorter than a bar."""
    if not 0 <= pickup < stretch.metre.bar_ticks:
        raise UserError(f"a pickup of {value_text(pickup)} does not fit before bars of {stretch.metre}: it is shorter than a bar")
    start = next(note.start for note in score.notes if note.start >= stretch.start)
    return replace(stretch, start=start, line=start + pickup, notices=())


def _shifted(score: Score, stretch: _Stretch) -> _Stretch:
    """The stretch with its bar lines behind a pickup, if its notes tell that it begins with one that is not written as such."""
    pickup = hidden_pickup(_piece(score, stretch).score)
    if not pickup:
        return stretch
    value = value_text(pickup)
    notice = f"the bar lines are too early: the long notes say that the music begins with a pickup of {value}, and it is heard so"
    return replace(stretch, line=stretch.line + pickup, notices=(*stretch.notices, notice))


def _stretches(score: Score, metre: Metre | None) -> list[_Stretch]:
    """The stretches of a score in which notes begin. ValueError without notes."""
    if not score.notes:
        raise ValueError("the score has no notes")
    found = _first_pickup(_written(score), score)
    if metre is not None:
        whole = _Stretch(metre, found[0].line, found[0].start, found[-1].end)
        return [whole]
    found = _folded(found)
    found = _inner_pickups(found)
    found = _without_short_ones(found)
    return [_felt(each) for each in found if _begins(score, each)]


def _felt(stretch: _Stretch) -> _Stretch:
    """A stretch whose bars are too short to be felt as such, of 1/4 or 2/8, in bars twice as long, or four times and so on."""
    metre = stretch.metre
    while metre.bar_ticks < _SHORTEST_BAR:
        metre = Metre(2 * metre.beats, metre.unit)
    if metre == stretch.metre:
        return stretch
    notice = f"bars of a beat or less: those of {stretch.metre} are heard in {metre}"
    return replace(stretch, metre=metre, notices=(*stretch.notices, notice))


def _written(score: Score) -> list[_Stretch]:
    """A stretch for each change of metre, from the first one in which a note begins to the last."""
    ends = [*(tick for tick, _ in score.metres[1:]), score.end]
    found = [_Stretch(metre, tick, tick, end) for (tick, metre), end in zip(score.metres, ends, strict=True) if tick < end]
    sounding = [number for number, each in enumerate(found) if _begins(score, each)]
    return found[sounding[0] : sounding[-1] + 1]


def _begins(score: Score, stretch: _Stretch) -> bool:
    """Whether a note begins in a stretch."""
    return any(stretch.start <= note.start < stretch.end for note in score.notes)


def _first_pickup(found: Sequence[_Stretch], score: Score) -> list[_Stretch]:
    """A first stretch that is shorter than a bar of the second one is its pickup."""
    if len(found) < 2 or found[0].ticks >= found[1].metre.bar_ticks:
        return list(found)
    first, second = found[:2]
    length = value_text(first.ticks)
    notice = f"a short first bar: its {length} is heard as a pickup to bars of {second.metre}"
    return [replace(second, start=first.start, notices=(notice,)), *found[2:]]


def _folded(found: Sequence[_Stretch]) -> list[_Stretch]:
    """Stretches of like bars as one, also where short bars stand between them that fill whole bars together."""
    result: list[_Stretch] = []
    rest = list(found)
    while rest:
        head = rest.pop(0)
        number = _goes_on(head, rest)
        if number is None:
            result.append(head)
            continue
        notices = head.notices
        if number:
            notices += (f"short bars fill a bar together: those between bars of {head.metre} are heard so",)
        longer = max(head, rest[number], key=lambda each: each.ticks)
        rest[: number + 1] = [replace(head, metre=longer.metre, end=rest[number].end, notices=tuple(dict.fromkeys(notices)))]
    return result


def _goes_on(head: _Stretch, rest: Sequence[_Stretch]) -> int | None:
    """The index of the stretch behind `head` where its bars go on, less than _SHORT bars later; None where there is none."""
    bar = head.metre.bar_ticks
    for number, each in enumerate(rest):
        if each.start - head.end > _SHORT * bar:
            return None
        if _alike(head.metre, each.metre) and (each.start - head.line) % bar == 0:
            return number
    return None


def _alike(one: Metre, other: Metre) -> bool:
    """Whether bars are as long and have like beats, such as 4/4 and 2/2, but not 3/4 and 6/8."""
    beats = sorted((one.beat_ticks, other.beat_ticks))
    return one.bar_ticks == other.bar_ticks and beats[1] % beats[0] == 0


def _inner_pickups(found: Sequence[_Stretch]) -> list[_Stretch]:
    """A short bar before another metre than that behind it is the pickup to what follows."""
    result: list[_Stretch] = []
    for each in found:
        if len(result) > 1:
            before, short = result[-2:]
            if short.ticks < min(before.metre.bar_ticks, each.metre.bar_ticks) and not _alike(before.metre, each.metre):
                result.pop()
                each = replace(each, start=short.start)
        result.append(each)
    return result


def _without_short_ones(found: Sequence[_Stretch]) -> list[_Stretch]:
    """Stretches of less than _SHORT bars are heard in the metre before them, and at the beginning in the metre after them."""
    result: list[_Stretch] = []
    for each in found:
        before = result[-1] if result else None
        if before and each.ticks < _SHORT * before.metre.bar_ticks:
            notices = before.notices
            if each.ticks > before.metre.bar_ticks:
                notices += (
                    f"a longer bar: {value_text(each.ticks)} in {each.metre} after bars of {before.metre} go on in these",
                )
            result[-1] = replace(before, end=each.end, notices=notices)
        elif before and len(result) == 1 and before.ticks < _SHORT * each.metre.bar_ticks:
            notice = f"a longer first bar: its {value_text(before.ticks)} in {before.metre} are heard in bars of {each.metre}"
            result[0] = replace(each, start=before.start, notices=(*before.notices, *each.notices, notice))
        else:
            result.append(each)
    return result


def _bars(score: Score, stretch: _Stretch) -> str:
    """Where a stretch lies, in bars as they are written: "bars 5 to 10". A short first bar is no full bar, so it is bar 0."""
    starts = [each for each in score.bar_starts if each < stretch.end]
    short = len(score.metres) > 1 and score.metres[1][0] < min(score.metres[1][1].bar_ticks, score.end)
    first = bisect_left(starts, stretch.start) + (not short)
    last = len(starts) - short
    return f"bar {first}" if first == last else f"bars {first} to {last}"
