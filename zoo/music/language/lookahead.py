"""A given melody, to which a network composes the other parts: its coming notes as features, and its place in the grammar.

The melody is voice 0 of a vocabulary of parts. Where it is given, the features of each step hold its next NOTES notes: pitch,
duration, and how long until each begins. The grammar then lets voice 0 sing the melody and nothing else. As in
zoo.music.language.grammar every function takes `xp`, numpy or keras.ops, so that training and the compiled loop share it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from zoo.music.language import grammar
from zoo.music.notation.theory import Note

NOTES = 12  # coming notes among the features: some three bars of a chorale
NEVER = 1 << 20  # ticks until a note that does not come

_POS, _VOICE, _PITCH = (grammar.KINDS.index(kind) for kind in ("pos", "voice", "pitch"))


class Melody(NamedTuple):
    """The melodies of n pieces, int32 [n, m + NOTES] each, where the longest has m notes. One that is not given has no notes.

    Attributes:
        start: ticks from the beginning of the first bar, rising; NEVER after the last note.
        duration: in ticks; 0 after the last note.
        pitch: MIDI; 0 after the last note.
    """

    start: Any
    duration: Any
    pitch: Any


def melody(voices: Sequence[Sequence[Note]]) -> Melody:
    """The melodies with these notes of voice 0 of each piece, in the order of time; no notes where the melody is not given."""
    shape = len(voices), max(map(len, voices), default=0) + NOTES
    result = Melody(np.full(shape, NEVER, np.int32), np.zeros(shape, np.int32), np.zeros(shape, np.int32))
    for row, notes in enumerate(voices):
        for i, note in enumerate(notes):
            result.start[row, i], result.duration[row, i], result.pitch[row, i] = note.start, note.duration, note.pitch
    return result


def ahead(melody: Melody, state: grammar.State, xp: Any = np) -> Any:
    """The feature `ahead`, int32 [n, NOTES, 3]: pitch, duration and ticks until the beginning of each coming note.

    It is 0 everywhere where the melody is not given, and (0, 0, NEVER) after the last note.
    """
    index = state.lead[:, None] + xp.arange(NOTES, dtype="int32")[None, :]
    index = xp.minimum(index, xp.shape(melody.start)[1] - 1)  # where no melody is given
    start, duration, pitch = (xp.take_along_axis(each, index, axis=1) for each in melody)
    wait = xp.where(pitch > 0, start - _now(state)[:, None], NEVER)
    return xp.where(_given(melody)[:, None, None], xp.stack([pitch, duration, wait], axis=-1), np.int32(0))


def allowed(tables: grammar.Tables, state: grammar.State, melody: Melody, mask: Any, closing: Any, xp: Any = np) -> Any:
    """The mask bool [n, V] of `grammar.allowed` without the tokens that would change the melody; all of it while `closing`.

    At least one token of each row stays, if the vocabulary has the melody's places, durations and pitches, and the number of bars
    that is asked for is the melody's own.
    """
    kind, value = xp.reshape(tables.kind, (1, -1)), xp.reshape(tables.value, (1, -1))
    following = xp.minimum(state.lead[:, None], xp.shape(melody.start)[1] - 1)
    start, duration, pitch = (xp.take_along_axis(each, following, axis=1) for each in melody)  # of the note that comes next
    wait = start - _now(state)[:, None]
    phase, cursor, length = state.phase[:, None], state.cursor[:, None], state.length[:, None]
    waits = (phase == grammar.BODY) | (phase == grammar.NOTE)
    due = waits & (wait == 0) & (cursor < length)
    sings = (state.voice[:, None] == 0) & ((phase == grammar.PITCH) | (phase == grammar.DURATION))
    # Where a note of the melody is due, voice 0 begins it. Elsewhere voice 0 is silent, and `pos` leads to that note at the
    # farthest, or to a place before it where another part is free.
    others = xp.min(state.until[:, 1:], axis=1)[:, None]
    leads = (value == cursor + wait) | ((value < cursor + wait) & ((value >= others) | (value == length)))
    waiting = xp.where(kind == _VOICE, (value == 0) == due, ~due & ((kind != _POS) | leads))
    singing = xp.where(kind == _PITCH, value == pitch, value == duration)
    kept = mask & xp.where(sings, singing, xp.where(waits, waiting, True))
    return xp.where(_given(melody)[:, None] & ~closing[:, None], kept, mask)


def sung(melody: Melody, before: grammar.State, after: grammar.State) -> Any:
    """Whether the token that led from one state to the other belongs to the given melody: bool [n]."""
    notes = (after.phase == grammar.PITCH) | (before.phase == grammar.PITCH) | (before.phase == grammar.DURATION)
    return _given(melody) & notes & (after.voice == 0)


def _given(melody: Melody) -> Any:
    return melody.pitch[:, 0] > 0


def _now(state: grammar.State) -> Any:
    """Ticks from the beginning of the first bar, [n]; 0 before it."""
    return (state.bars - 1) * state.length + state.cursor
