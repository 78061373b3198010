"""What a network hears at each step besides the token just written: all that a musician at the desk would see.

It is computed from the grammar's state, the memory of earlier bars and the melody that is to be harmonised, by numpy for training
and inside the sampling graph.
"""

from typing import Any

import numpy as np

from zoo.music.language import grammar, lookahead, lookback
from zoo.music.language.lookahead import Melody
from zoo.music.language.tokens import BAR


def shapes(voices: int, parts: bool) -> dict[str, list[int]]:
    """The features of so many voices, `parts` or not, and the axes of each after those of sequence and step."""
    of_voices, of_bars = [voices], [len(lookback.BARS)]
    several = {"controls": [4], "recalled": of_bars, "matched": of_bars}
    several |= dict.fromkeys(("held", "rest", "above", "below"), of_voices)
    coming = {"moved": of_voices, "ahead": [lookahead.NOTES, 3]} if parts else {}
    return {"token": [], "place": [], "bar": [], "left": []} | several | coming


def features(
    token: Any, state: grammar.State, left: Any, recalled: Any, matched: Any, ahead: Any = None, xp: Any = np
) -> dict[str, Any]:
    """The inputs of one step, each int32.

    token [n]: the token just written. place [n]: ticks from the bar's beginning; bar [n]: bars begun.
    left [n]: bars still to begin, plus one; 0 where the length of the piece is open.
    controls [n, 4]: ids of metre, tonic, mode and type. held, rest [n, voices]: each voice's pitch, and for how many ticks more.
    above, below [n, voices]: by how many semitones that pitch is above the voice's lowest one so far, and below its highest.
    recalled, matched [n, len(lookback.BARS)]: see zoo.music.language.lookback. Only in a vocabulary of parts: moved [n, voices]:
    the pitch that each voice has left for another one right here, 0 where it has not; ahead [n, lookahead.NOTES, 3]: see
    zoo.music.language.lookahead.
    """
    remaining = state.until - state.cursor[:, None]
    inputs = {
        "token": token,
        "place": state.cursor,
        "bar": state.bars,
        "left": left,
        "controls": state.controls,
        "held": state.held,
        "rest": xp.where(remaining > 0, remaining, 0),
        "above": state.held - state.lowest,
        "below": state.highest - state.held,
        "recalled": recalled,
        "matched": matched,
    }
    if ahead is None:
        return inputs
    return inputs | {"moved": grammar.moved(state, xp), "ahead": ahead}


def left(bars: Any, state: grammar.State, xp: Any = np) -> Any:
    """Bars still to begin, plus one, of pieces of `bars` bars int32 [n]; 0 where that is open (0)."""
    return xp.where(bars > 0, xp.where(bars > state.bars, bars - state.bars, 0) + 1, 0)


def trace(tables: grammar.Tables, ids: np.ndarray, melody: Melody | None = None) -> dict[str, np.ndarray]:
    """The features after each token of ids int32 [n, t] (right sequences, padded): int32 [n, t, ...]; `left` counts to the last
    bar of each sequence. melody: of the n sequences in parts, where it is known.
    """
    n, ids = len(ids), ids.astype(np.int32)
    bars = np.sum(ids == BAR, axis=1).astype(np.int32)
    state, nothing = grammar.start(n, tables.voices), np.zeros((n, len(lookback.BARS)), np.int32)
    melody = melody or lookahead.melody([[]] * n)
    rows, places = [], []
    for token in ids.T:
        state = grammar.advance(tables, state, token)
        places.append(lookback.place(state))
        ahead = lookahead.ahead(melody, state) if tables.parts else None
        rows.append(features(token, state, left(bars, state), nothing, nothing, ahead))
    inputs = {name: np.stack([row[name] for row in rows], axis=1) for name in rows[0]}
    following = np.pad(ids[:, 1:], ((0, 0), (0, 1)))
    inputs["recalled"], inputs["matched"] = lookback.trace(np.stack(places, axis=1), inputs["bar"], following, tables.voices)
    return inputs
