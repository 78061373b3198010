"""The features of each step: the token just written, and what a composer would see on the page around it.

They come from the state of the grammar, the memory of earlier bars and a given melody. Training computes them with NumPy,
sampling with keras.ops inside its graph.
"""

from typing import Any

import numpy as np

from zoo.music.language import grammar, lookahead, lookback, outline
from zoo.music.language.lookahead import Melody
from zoo.music.language.outline import Outline
from zoo.music.language.tokens import BAR

WIDEST_MOTION = 12  # semitones


def shapes(voices: int, parts: bool) -> dict[str, list[int]]:
    """The name of each feature, and its axes after those of sequence and step."""
    of_voices, of_bars = [voices], [len(lookback.BARS)]
    several = {"controls": [4], "recalled": of_bars, "matched": of_bars}
    several |= dict.fromkeys(("held", "rest", "above", "below", "motion"), of_voices)
    of_outline = {"ending": [outline.ENDING], "form": [outline.FORM], "character": [outline.CHARACTER]}
    of_parts = {"moved": of_voices, "ahead": [lookahead.NOTES, 3]} if parts else {}
    return {"token": [], "place": [], "bar": [], "left": []} | several | of_outline | of_parts


def features(
    token: Any,
    state: grammar.State,
    left: Any,
    recalled: Any,
    matched: Any,
    ahead: Any = None,
    plan: Outline | None = None,
    xp: Any = np,
) -> dict[str, Any]:
    """The features of one step, the inputs of the network, int32 each.

    token [n]: the token just written.
    place [n]: ticks from the beginning of the bar. bar [n]: bars begun.
    left [n]: bars still to begin, plus one; 0 where the length of the piece is open.
    controls [n, 4]: the ids of metre, tonic, mode and type.
    held, rest [n, voices]: the pitch of each voice, and for how many more ticks it sounds.
    motion [n, voices]: by how many semitones, WIDEST_MOTION at most, the voice moved to that pitch, plus WIDEST_MOTION + 1; 0
        where it is the first of its voice.
    above, below [n, voices]: semitones from that pitch to the lowest and to the highest pitch of the voice so far.
    recalled, matched [n, len(lookback.BARS)]: the tokens found by looking back, see zoo.music.language.lookback.
    ending [n, outline.ENDING], form [n, outline.FORM], character [n, outline.CHARACTER]: see zoo.music.language.outline.
    In a vocabulary of parts also:
    moved [n, voices]: the pitch from which each voice has moved to another one at this place, 0 where it has not.
    ahead [n, lookahead.NOTES, 3]: the coming notes of a given melody, see zoo.music.language.lookahead.

    Args:
        token: int32 [n].
        state: of the grammar after that token.
        left, recalled, matched, ahead: these features; `ahead` is None in a vocabulary without parts.
        plan: the outline of the pieces; None: it is open.
        xp: numpy or keras.ops.
    """
    remaining = state.until - state.cursor[:, None]
    plan = plan or outline.nothing(xp.shape(state.bars)[0], xp)
    inputs = {
        "token": token,
        "place": state.cursor,
        "bar": state.bars,
        "left": left,
        "controls": state.controls,
        "held": state.held,
        "rest": xp.where(remaining > 0, remaining, 0),
        "motion": xp.where(
            state.before > 0, xp.clip(state.held - state.before, -WIDEST_MOTION, WIDEST_MOTION) + WIDEST_MOTION + 1, 0
        ),
        "above": state.held - state.lowest,
        "below": state.highest - state.held,
        "recalled": recalled,
        "matched": matched,
        **outline.coming(plan, state, xp),
    }
    if ahead is None:
        return inputs
    return inputs | {"moved": grammar.moved(state, xp), "ahead": ahead}


def left(bars: Any, state: grammar.State, xp: Any = np) -> Any:
    """The feature `left` of pieces of so many bars, int32 [n]; of a piece whose length is open, 0 bars, it is 0."""
    return xp.where(bars > 0, xp.where(bars > state.bars, bars - state.bars, 0) + 1, 0)


def trace(
    tables: grammar.Tables, ids: np.ndarray, melody: Melody | None = None, plan: Outline | None = None
) -> dict[str, np.ndarray]:
    """The features after each token of whole sequences, int32 [n, t, ...] each; `left` counts to the last bar of each sequence.

    Args:
        tables: those of the grammar.
        ids: int32 [n, t], sequences that the grammar allows, padded.
        melody: of each sequence, in a vocabulary of parts; None: it is not given.
        plan: the outline of each sequence; None: it is open.
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
        rows.append(features(token, state, left(bars, state), nothing, nothing, ahead, plan))
    inputs = {name: np.stack([row[name] for row in rows], axis=1) for name in rows[0]}
    following = np.pad(ids[:, 1:], ((0, 0), (0, 1)))
    inputs["recalled"], inputs["matched"] = lookback.trace(np.stack(places, axis=1), inputs["bar"], following, tables.voices)
    return inputs
