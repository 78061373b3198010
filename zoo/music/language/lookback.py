"""The tokens at the same place some bars ago, as features for a network that repeats and varies what it wrote.

Tunes return to what they played two, four or eight bars before. Without help an LSTM must carry a whole section in its state to
play it again. Here the token that followed at the same place so many bars ago is looked up and becomes a feature, together with
the number of tokens in a row that agreed with those bars so far. Source: the lookback features of Magenta's Lookback RNN, Waite
2016. Sampling looks them up step by step (`recall` and `remember`; `xp` is numpy or, inside the compiled loop, keras.ops),
training all at once (`trace`).
"""

from typing import Any, NamedTuple

import numpy as np

from zoo.music.language import grammar
from zoo.music.language.tokens import BAR as BAR_TOKEN

BARS = (1, 2, 4, 8, 16)  # how far to look back: phrases, sections, and the first section after the second
BAR = 1021 * 4 * 16  # from a place to the same one a bar later
# The largest number of agreeing tokens in a row that is counted: some five bars. A network must be able to tell the second time
# of a repeated bar from the fifth.
LONGEST_MATCH = 64
RING = 32  # bars whose beginnings are remembered: more than the largest of BARS


class Memory(NamedTuple):
    """The tokens of n sequences so far, by their places; see `empty`."""

    places: Any  # int32 [length, n + 1]: the place of each step; the last column is for no sequence
    tokens: Any  # int32 [length, n + 1]: the token written there
    starts: Any  # int32 [n, RING]: the step after that of the latest `bar` whose number has this remainder
    matched: Any  # int32 [n, len(BARS)]: how many tokens in a row agreed with those of so many bars ago


def empty(n: Any, length: int, xp: Any = np) -> Memory:
    """The memory of n sequences of at most `length` tokens before the first."""
    blank = xp.zeros((length, n + 1), dtype="int32")  # XLA scatters no empty rows, which they would be with n = 0
    return Memory(blank - 1, blank, xp.zeros((n, RING), dtype="int32"), xp.zeros((n, len(BARS)), dtype="int32"))


def place(state: grammar.State, xp: Any = np) -> Any:
    """A number for the place of the next token: int32 [n]. The number of the same place a bar ago is BAR less.

    A place is a bar, a tick in it, a voice, and whether a pitch, a duration or anything else comes next. The numbers leave room
    for 1021 ticks, more than in any usual bar, and 15 voices. Beyond these, places share numbers, which does no harm.
    """
    waiting = xp.where(state.phase == grammar.DURATION, 1, xp.where(state.phase == grammar.PITCH, 2, 0))
    return state.bars * BAR + (state.cursor * 4 + waiting) * 16 + state.voice + 1


def window(voices: int) -> int:
    """How many tokens of a bar are remembered: more than a bar of notes as short as thirty-seconds has in a melody."""
    return 80 * min(voices, 4)


def recall(memory: Memory, state: grammar.State, voices: int, xp: Any = np) -> Any:
    """The token at this place so many bars ago: int32 [n, len(BARS)], 0 where there was none."""
    (length, width), n = xp.shape(memory.places), xp.shape(state.bars)[0]
    ago = state.bars[:, None] - np.array([BARS], np.int32)  # [n, k]
    steps = xp.take_along_axis(memory.starts, ago % RING, axis=1)[..., None] + np.arange(window(voices), dtype=np.int32)
    at = xp.minimum(steps, length - 1) * width + xp.arange(n, dtype="int32")[:, None, None]  # [n, k, window]
    places, tokens = (xp.take(xp.reshape(each, (-1,)), at, axis=0) for each in (memory.places, memory.tokens))
    wanted = (place(state, xp)[:, None] - np.array([BARS], np.int32) * BAR)[..., None]
    found = (places == wanted) & (ago > 0)[..., None]
    return xp.max(xp.where(found, tokens, 0), axis=2)


def remember(memory: Memory, step: Any, state: grammar.State, recalled: Any, token: Any, xp: Any = np) -> Memory:
    """The memory after `token` int32 [n], the token number `step`, was written in `state`; `recalled`: by `recall` before it."""
    begins = (token == BAR_TOKEN)[:, None] & (np.arange(RING, dtype=np.int32)[None, :] == (state.bars[:, None] + 1) % RING)
    return Memory(
        _written(memory.places, step, place(state, xp), xp),
        _written(memory.tokens, step, token, xp),
        xp.where(begins, step + 1, memory.starts),
        _matched(memory.matched, recalled, token, xp),
    )


def _written(rows: Any, step: Any, row: Any, xp: Any) -> Any:
    """Rows [length, n + 1] with row number `step` replaced by another one, [n]."""
    row = xp.pad(row, ((0, 1),))[None, :]
    if xp is np:
        return np.concatenate([rows[:step], row, rows[step + 1 :]])
    return xp.scatter_update(rows, xp.reshape(step, (1, 1)), row)


def _matched(before: Any, recalled: Any, token: Any, xp: Any) -> Any:
    # Where nothing was recalled, at an ornament perhaps, the count neither grows nor ends.
    longer = xp.where(before < LONGEST_MATCH, before + 1, LONGEST_MATCH)
    return xp.where(recalled == 0, before, xp.where(recalled == token[:, None], longer, 0))


def trace(places: np.ndarray, bars: np.ndarray, tokens: np.ndarray, voices: int) -> tuple[np.ndarray, np.ndarray]:
    """The recalled tokens and the numbers of matched ones at each step of whole sequences, in a fraction of the time of `recall`.

    Args:
        places: int32 [n, t], the `place` of each token.
        bars: int32 [n, t], the number of bars begun before it.
        tokens: int32 [n, t].
        voices: of the vocabulary.

    Returns:
        Two arrays, int32 [n, t, len(BARS)].
    """
    n, steps = tokens.shape
    places_in_time = np.arange(steps)
    begun = np.maximum.accumulate(np.where(np.diff(bars, axis=1, prepend=0) > 0, places_in_time, 0), axis=1)
    remembered = np.where(places_in_time - begun < window(voices), tokens, 0)
    # Rows are kept apart by a distance larger than any place; of tokens at one place the highest comes last.
    row = np.arange(n)[:, None] * (1 << 40)
    known = ((row + places) * 4096 + remembered).ravel()
    known.sort()
    recalled = np.zeros((n, steps, len(BARS)), np.int32)
    for k, ago in enumerate(BARS):
        wanted = row + places - ago * BAR
        at = np.searchsorted(known, (wanted * 4096 + 4095).ravel(), side="right") - 1
        found = known[at].reshape(n, steps)
        same = (at.reshape(n, steps) >= 0) & (found >> 12 == wanted) & (bars > ago)
        recalled[..., k] = np.where(same, found & 4095, 0)
    matched = np.zeros_like(recalled)
    for step in range(1, steps):
        matched[:, step] = _matched(matched[:, step - 1], recalled[:, step - 1], tokens[:, step - 1], np)
    return recalled, matched
