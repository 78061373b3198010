"""What a network hears at each step besides the token just written: all that a musician at the desk would see.

It is computed from the grammar's state and the memory of earlier bars, by numpy for training and inside the sampling graph.
"""

from typing import Any

import numpy as np

from zoo.music import grammar, lookback
from zoo.music.tokens import BAR

NAMES = ("token", "place", "bar", "left", "controls", "held", "rest", "recalled", "matched")


def shapes(voices: int) -> dict[str, list[int]]:
    """The axes of each feature after those of sequence and step."""
    several = {"controls": [4], "held": [voices], "rest": [voices]}
    return {name: several.get(name, []) for name in NAMES} | {name: [len(lookback.BARS)] for name in ("recalled", "matched")}


def features(token: Any, state: grammar.State, left: Any, recalled: Any, matched: Any, xp: Any = np) -> dict[str, Any]:
    """The inputs of one step, each int32.

    token [n]: the token just written. place [n]: ticks from the bar's beginning; bar [n]: bars begun.
    left [n]: bars still to begin, plus one; 0 where the length of the piece is open.
    controls [n, 4]: ids of metre, tonic, mode and type. held, rest [n, voices]: each voice's pitch, and for how many ticks more.
    recalled, matched [n, len(lookback.BARS)]: see zoo.music.lookback.
    """
    remaining = state.until - state.cursor[:, None]
    return {
        "token": token,
        "place": state.cursor,
        "bar": state.bars,
        "left": left,
        "controls": state.controls,
        "held": state.held,
        "rest": xp.where(remaining > 0, remaining, 0),
        "recalled": recalled,
        "matched": matched,
    }


def left(bars: Any, state: grammar.State, xp: Any = np) -> Any:
    """Bars still to begin, plus one, of pieces of `bars` bars int32 [n]; 0 where that is open (0)."""
    return xp.where(bars > 0, xp.where(bars > state.bars, bars - state.bars, 0) + 1, 0)


def trace(tables: grammar.Tables, ids: np.ndarray) -> dict[str, np.ndarray]:
    """The features after each token of ids int32 [n, t] (right sequences, padded): int32 [n, t, ...]; `left` counts to the last
    bar of each sequence.
    """
    n, ids = len(ids), ids.astype(np.int32)
    bars = np.sum(ids == BAR, axis=1).astype(np.int32)
    state, nothing = grammar.start(n, tables.voices), np.zeros((n, len(lookback.BARS)), np.int32)
    rows, places = [], []
    for token in ids.T:
        state = grammar.advance(tables, state, token)
        places.append(lookback.place(state))
        rows.append(features(token, state, left(bars, state), nothing, nothing))
    heard = {name: np.stack([row[name] for row in rows], axis=1) for name in NAMES}
    following = np.pad(ids[:, 1:], ((0, 0), (0, 1)))
    heard["recalled"], heard["matched"] = lookback.trace(np.stack(places, axis=1), heard["bar"], following)
    return heard
