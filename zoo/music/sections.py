"""Long music in sections, since a network hears and writes only so many bars and tokens at once.

`tail` takes the last bars of music, from which a network goes on. `lengthened` goes on from pieces that ran out of tokens.
`harmonised` writes the parts to a melody of any length: each section hears the bars before it, already harmonised, and the melody
goes on for some bars behind it. What was written to these bars is thrown away, so that no section ends with a false cadence.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import NamedTuple

from zoo.core import progress
from zoo.core.errors import UserError
from zoo.music.analysis.arranging import LONGEST_SILENCE
from zoo.music.analysis.metres import excerpt
from zoo.music.language import fitting
from zoo.music.language.tokens import BAR, TokenVocabulary
from zoo.music.notation.score import Score

PERIOD = (
    8  # bars: where bars are left out at the beginning, whole periods are, so that phrases begin where a network expects them
)
CONTEXT, SECTION, AHEAD = 8, 16, 4  # bars that are heard before a section, of a section, and of the melody behind it
_MANY = 8  # harmonies, of which more take long even to a short melody
_HASTY = 2  # bars: so many at the end of a piece that runs out of tokens are written in haste
_HEARD = 3  # at most one of so many tokens that a network can hold tells it what stands before a section


class Written(NamedTuple):
    """What a network wrote.

    Attributes:
        ids: the tokens after <start>.
        log_probability: of those that it chose, in nats.
    """

    ids: list[int]
    log_probability: float


def bars_in(ids: Sequence[int]) -> int:
    """How many bars tokens begin."""
    return sum(token == BAR for token in ids)


def begins_with_rest(ids: Sequence[int], vocabulary: TokenVocabulary) -> bool:
    """Whether the first bar of the ids after <start> begins with a rest: that before an upbeat."""
    first = ids[vocabulary.controls + 1 : vocabulary.controls + 2]
    return any(vocabulary.tokens[token].startswith("pos=") for token in first)


def tail(score: Score, most: int, vocabulary: TokenVocabulary, fits: Callable[[Score], bool]) -> tuple[Score, int] | None:
    """The last bars of a score, and how many bars before them are left out; None where even the last bar does not fit.

    Whole periods are left out, if as much as one stays. A score that begins with an upbeat begins with one afterwards, too.

    Args:
        score: in one metre.
        most: how many bars may stay.
        vocabulary: which can spell the score, and will the result.
        fits: whether a score is short enough.
    """
    length, bars = score.metre.bar_ticks, score.bars
    opening = score.notes[0].start if score.notes[0].start < length else 0
    periods = [first for first in range(0, bars, PERIOD) if first == 0 or bars - first >= PERIOD]
    for first in (*periods, *range(bars)):
        if bars - first <= most:
            rest = score
            if first:
                rest = fitting.respelled(excerpt(score, first * length + opening, score.end, first * length), vocabulary)
            if rest.notes and fits(rest):
                return rest, first
    return None


def begun(score: Score, bars: int, vocabulary: TokenVocabulary) -> list[int]:
    """The ids after <start> of a score's first bars, up to the beginning of the bar after them.

    Args:
        score: without notes that begin after these bars.
        bars: how many.
        vocabulary: which can spell the score.
    """
    ids = vocabulary.encode(score)[1:-1]
    end = vocabulary.index[f"pos={score.metre.bar_ticks}"]
    while bars_in(ids) <= bars:
        ids += [BAR, end] if bars_in(ids) < bars else [BAR]
    # A note that rings into the bar behind them has begun it.
    return ids[:-1] if ids[-1] == end else ids


def until(ids: Sequence[int], bars: int) -> list[int]:
    """The tokens of the first bars, up to the beginning of the bar after them."""
    starts = [place for place, token in enumerate(ids) if token == BAR]
    return [*ids[: starts[bars] + 1]]


def context(scores: Sequence[Score], end: int, vocabulary: TokenVocabulary, most_tokens: int) -> tuple[list[list[int]], int]:
    """The last bars of scores that a network should hear, as `begun` gives them, and how many bars these are; 0 for none.

    Args:
        scores: in one metre.
        end: the bar before which these bars lie, counted from 0. No note begins in it or later.
        vocabulary: which can spell the scores.
        most_tokens: how many tokens a network can hold.
    """
    length = scores[0].metre.bar_ticks
    for count in range(min(end, CONTEXT), 0, -1):
        heard = [fitting.respelled(excerpt(score, (end - count) * length, (end + 1) * length), vocabulary) for score in scores]
        if all(score.notes for score in heard):
            prompts = [begun(score, count, vocabulary) for score in heard]
            if _HEARD * max(map(len, prompts)) <= most_tokens:
                return prompts, count
    return [], 0


def lengthened(
    pieces: Sequence[Sequence[int]],
    bars: int,
    vocabulary: TokenVocabulary,
    most_tokens: int,
    compose: Callable[[list[list[int]], int, int], list[list[int]]],
) -> list[list[int]]:
    """Pieces of so many full bars: those that ran out of tokens before go on from their last bars, as often as needed.

    Args:
        pieces: the ids after <start> of what a network wrote when it was asked for so many bars.
        bars: how many, that of an upbeat not counted.
        vocabulary: its tokens.
        most_tokens: how many it can hold.
        compose: pieces from the ids with which they begin, the number of all their bars, and the number of the section.

    Raises:
        UserError: bars that are too full for the network.
    """
    result, section = [[*piece] for piece in pieces], 0
    upbeats = [begins_with_rest(piece, vocabulary) for piece in result]
    while short := [number for number, piece in enumerate(result) if bars_in(piece) < bars + upbeats[number]]:
        section += 1
        upbeat = upbeats[short[0]]
        short = [number for number in short if upbeats[number] == upbeat]
        have = min(bars_in(result[number]) for number in short)
        kept = have - _HASTY
        heads = [until(result[number], kept) for number in short] if kept > 0 else []
        prompts, count = context([vocabulary.decode(head) for head in heads], kept, vocabulary, most_tokens) if heads else ([], 0)
        further = compose(prompts, count + bars + upbeat - kept, section) if count else []
        if not further or min(map(bars_in, further)) - count + kept <= have:
            raise UserError(f"{bars} bars have more notes than this model can hold: ask for {max(1, have)} bars")
        for number, head, prompt, piece in zip(short, heads, prompts, further, strict=True):
            result[number] = [*head, *piece[len(prompt) :]]
    return result


class Harmony(NamedTuple):
    """A melody with its other parts.

    Attributes:
        score: all parts.
        log_probability: of the other parts, in nats; None for a single harmony in sections, since it takes as long as composing.
    """

    score: Score
    log_probability: float | None


class Harmonizer(NamedTuple):
    """A network that writes the other parts to a melody.

    Attributes:
        vocabulary: its tokens.
        most_bars: how many bars it writes at once to a melody that has no more; the sections of others are shorter.
        most_tokens: how many tokens it can hold.
        write: harmonies from the ids with which each begins (none: a new piece), the melody, and the number of the section.
        weigh: the log-probability of the other parts in ids, behind those with which each begins, given the melody.
    """

    vocabulary: TokenVocabulary
    most_bars: int
    most_tokens: int
    write: Callable[[list[list[int]], Score, int], list[Written]]
    weigh: Callable[[list[list[int]], list[list[int]], Score], list[float]]

    def harmonies(self, melody: Score, n: int) -> list[Harmony]:
        """The other parts to a melody of any length, `n` times. Where the melody is silent for long, they are, too.

        Args:
            melody: which the vocabulary can spell, with its key.
            n: how many harmonies.

        Raises:
            UserError: bars that are too full for the network.
        """
        found = [Harmony(replace(melody, notes=()), 0.0) for _ in range(n)]
        section = 0
        with progress.bar(total=melody.bars, what="harmonising", unit="bar", delay=0 if n > _MANY else 2) as shown:
            for first, last in _sounding(melody):
                start = first
                while start < last:
                    found, end = self._further(melody, found, (first, start, last), section)
                    shown.update(end - start)
                    start, section = end, section + 1
        return found

    def _further(
        self, melody: Score, found: list[Harmony], place: tuple[int, int, int], section: int
    ) -> tuple[list[Harmony], int]:
        """The harmonies with one more section, and the bar behind it.

        `place`: the first bar of a stretch without long silences, the bar up to which it is harmonised, and the bar behind it.
        """
        first, start, last = place
        length = melody.metre.bar_ticks
        prompts, count = self._before(melody, found, first, start)
        at_once = last - start <= SECTION + AHEAD or (start == first and last - first <= self.most_bars)
        stop = last if at_once else start + SECTION + AHEAD
        window = _window(melody, start - count, stop, last, self.vocabulary)
        pieces = self.write(prompts, window, section)
        bars = stop - start + count
        complete = min(_complete(piece.ids, window, self.vocabulary) for piece in pieces)
        kept = bars if stop == last and complete == bars else complete - AHEAD
        if kept <= count:
            kept = complete
        if kept <= count:
            raise UserError(f"bar {start + 1} has more notes than this model can hold in four parts: leave some of them out")
        ids = [piece.ids if kept == bars else until(piece.ids, kept) for piece in pieces]
        if start == 0 and kept == melody.bars:  # all at once
            chances: list[float] | list[None] = [piece.log_probability for piece in pieces]
        elif len(pieces) > 1:
            chances = self.weigh(prompts, ids, window)
        else:
            chances = [None]
        result = []
        for harmony, own, chance in zip(found, ids, chances, strict=True):
            score = self.vocabulary.decode(own)
            new = (note for note in score.notes if note.start >= count * length)
            shifted = (replace(note, start=note.start + (start - count) * length) for note in new)
            whole = replace(score, notes=(*harmony.score.notes, *shifted))
            result.append(Harmony(whole, None if chance is None else (harmony.log_probability or 0.0) + chance))
        return result, start - count + kept

    def _before(self, melody: Score, found: list[Harmony], first: int, start: int) -> tuple[list[list[int]], int]:
        """The ids with which a section begins that is to hear what stands before bar `start`, and how many bars they have."""
        count = 0
        if start > first:
            begins = first * melody.metre.bar_ticks
            before = [
                replace(each.score, notes=tuple(note for note in each.score.notes if note.start >= begins)) for each in found
            ]
            prompts, count = context(before, start, self.vocabulary, self.most_tokens)
        return (prompts, count) if count else ([[] for _ in found], 0)


def _window(melody: Score, start: int, stop: int, last: int, vocabulary: TokenVocabulary) -> Score:
    """The bars of a melody from `start` to `stop`; a note that sounds on behind them is shortened, or left out."""
    length = melody.metre.bar_ticks
    if stop == last:
        # The last note may sound on behind the last bar of a stretch, since there is silence.
        return excerpt(melody, start * length, max(stop * length, start * length + 1))
    window = fitting.fitted(excerpt(melody, start * length, stop * length), vocabulary)
    return replace(window, notes=tuple(note for note in window.notes if note.duration in vocabulary.durations))


def _complete(ids: Sequence[int], melody: Score, vocabulary: TokenVocabulary) -> int:
    """How many bars of a piece have all of their notes: those of its melody, before the tokens ran out."""
    sung = [note for note in vocabulary.decode(ids).notes if not note.voice]
    if sung == [*melody.notes]:
        return bars_in(ids)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(sung, melody.notes, strict=False)))
    missing = melody.notes[same].start // melody.metre.bar_ticks if same < len(melody.notes) else melody.bars
    return min(missing, bars_in(ids) - 1)


def _sounding(melody: Score) -> list[tuple[int, int]]:
    """The stretches of a melody without long silences: the first bar of each, and the bar behind its last."""
    length = melody.metre.bar_ticks
    found: list[tuple[int, int]] = []
    for note in melody.notes:
        first, last = note.start // length, -(-note.end // length)
        if not found:
            found.append((0 if first <= LONGEST_SILENCE else first, last))
        elif first - found[-1][1] <= LONGEST_SILENCE:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found
