"""Rules of part writing, kept in sampling: each part in its range, no parallel fifths or octaves, no dissonance by accident.

The network follows them most of the time; here they choose among the pitches that the grammar allows. Bach breaks them now and
then. So a rule holds only where some pitch keeps it, a given melody may break it, and the reported log-probabilities remain those
of the network. A dissonance on a beat, which Bach prepares and resolves, stands where it is the network's first choice. As in
zoo.music.language.grammar every function takes `xp`, numpy or keras.ops.
"""

from typing import Any

import numpy as np

from zoo.music.analysis.harmony import IN_THIRDS
from zoo.music.analysis.voice_leading import RANGES
from zoo.music.language import grammar
from zoo.music.notation.theory import TICKS_PER_QUARTER

_PITCH = grammar.KINDS.index("pitch")
PARALLELS = (7, 0)  # intervals in which parts should not move, in semitones modulo 12: fifths, unisons and octaves
OCTAVE = 12
# Whether pitch classes are part of a triad or a seventh chord, by the number whose binary digits say which of them sound.
_CONSONANT = np.array([frozenset(k for k in range(OCTAVE) if chord >> k & 1) in IN_THIRDS for chord in range(2**OCTAVE)])


def preferred(tables: grammar.Tables, state: grammar.State, mask: Any, logits: Any, xp: Any = np) -> Any:
    """The tokens of `mask`, bool [n, V], that keep the rules, at least one in each row; all of them unless there are four parts.

    Where every pitch breaks a rule, that of ranges goes first, the rule against parallels second.

    Args:
        tables: those of the grammar.
        state: of the sequences.
        mask: the tokens that may come next.
        logits: float32 [n, V], those of the network.
        xp: numpy or keras.ops.
    """
    if not tables.parts or tables.voices != len(RANGES):
        return mask
    value, is_pitch = xp.reshape(tables.value, (1, -1)), xp.reshape(tables.kind == _PITCH, (1, -1))
    low, high = (xp.take(np.array(limit, np.int32), _speaking(state, xp), axis=0)[:, None] for limit in zip(*RANGES, strict=True))
    outside = is_pitch & ((value < low) | (value > high))
    parallel = is_pitch & _parallel(state, tables.value, xp)
    first = logits >= xp.max(xp.where(mask, logits, -np.inf), axis=1, keepdims=True)
    kept = mask
    for broken in (outside, parallel, is_pitch & _dissonant(tables, state, xp) & ~first):
        kept = grammar.narrowed(kept, ~broken, xp)
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


def _dissonant(tables: grammar.Tables, state: grammar.State, xp: Any) -> Any:
    """Whether each pitch [V] would make a dissonance, on a beat, with the other parts that sound then: bool [n, V].

    Parts that are still to move at this place do not count. A dissonance is what zoo.music.analysis.harmony calls one.
    """
    parts = xp.arange(tables.voices, dtype="int32")[None, :]
    sounds = (state.until > state.cursor[:, None]) & (parts != _speaking(state, xp)[:, None])
    powers = np.array([2**k for k in range(OCTAVE)], np.int32)
    bits = xp.where(sounds, xp.take(powers, state.held % OCTAVE, axis=0), 0)
    chord = bits[:, 0]
    for part in range(1, tables.voices):
        chord = xp.bitwise_or(chord, bits[:, part])
    wrong = ~xp.take(_CONSONANT, xp.bitwise_or(chord[:, None], powers[None, :]), axis=0)  # by the pitch class that is added
    on_beat = state.cursor % TICKS_PER_QUARTER == 0
    return xp.take(wrong, tables.value % OCTAVE, axis=1) & on_beat[:, None]
