"""Rules of part writing, kept in sampling: each part in its range, no parallel fifths or octaves between two parts.

The network follows them most of the time; here they choose among the pitches that the grammar allows. Bach breaks them now and
then. So a rule holds only where some pitch keeps it, a given melody may break it, and the reported log-probabilities remain those
of the network. As in zoo.music.language.grammar every function takes `xp`, numpy or keras.ops.
"""

from typing import Any

import numpy as np

from zoo.music.analysis.voice_leading import RANGES
from zoo.music.language import grammar

_PITCH = grammar.KINDS.index("pitch")
PARALLELS = (7, 0)  # intervals in which parts should not move, in semitones modulo 12: fifths, unisons and octaves


def preferred(tables: grammar.Tables, state: grammar.State, mask: Any, xp: Any = np) -> Any:
    """The tokens of `mask`, bool [n, V], that keep the rules, at least one in each row; all of them unless there are four parts.

    Where every pitch breaks a rule, the rule against parallels goes before that of ranges.
    """
    if not tables.parts or tables.voices != len(RANGES):
        return mask
    value, is_pitch = xp.reshape(tables.value, (1, -1)), xp.reshape(tables.kind == _PITCH, (1, -1))
    low, high = (xp.take(np.array(limit, np.int32), _speaking(state, xp), axis=0)[:, None] for limit in zip(*RANGES, strict=True))
    outside = is_pitch & ((value < low) | (value > high))
    parallel = is_pitch & _parallel(state, tables.value, xp)
    kept = mask
    for broken in (parallel, outside):
        fewer = kept & ~broken
        kept = xp.where(xp.any(fewer, axis=1, keepdims=True), fewer, kept)
    return kept


def _speaking(state: grammar.State, xp: Any) -> Any:
    return xp.where(state.voice < 0, 0, state.voice)


def _parallel(state: grammar.State, pitch: np.ndarray, xp: Any) -> Any:
    """Whether the part whose note comes would reach each pitch [V] in parallel with a part that has just moved: bool [n, V]."""
    own = xp.take_along_axis(state.held, _speaking(state, xp)[:, None], axis=1)  # the pitch that it would leave, 0 for none
    moved = grammar.moved(state, xp)
    reached = xp.abs(state.held[..., None] - pitch[None, None, :]) % 12  # [n, voices, V]
    left = (xp.abs(moved - own) % 12)[..., None]
    parallel = (left == reached) & ((left == PARALLELS[0]) | (left == PARALLELS[1]))
    both = ((moved > 0) & (own > 0))[..., None]
    return xp.any(parallel & both, axis=1) & (pitch[None, :] != own)
