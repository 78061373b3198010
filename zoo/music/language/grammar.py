"""The grammar of the token language: an automaton that tells which tokens may come next.

A piece that is sampled with the mask of `allowed` has complete bars, notes inside the metre and a proper end; no allowed token
leads into a dead end. NumPy and TensorFlow share one implementation: every function takes `xp`, numpy or keras.ops, works on
batches of int32 arrays, and branches on no value, so that it can run inside a compiled loop.

    state = start(n, xp)
    mask = allowed(tables, state, bars, closing, xp)     # bool [n, V]
    state = advance(tables, state, token, xp)            # token int32 [n], one that the mask allows
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from zoo.music.language.tokens import PAD, TokenVocabulary
from zoo.music.notation.theory import MODES_WITH_MINOR_THIRD, Metre

# Kinds of tokens. The first four are single tokens, whose ids PAD to BAR are also their kinds.
KINDS = ("<pad>", "<start>", "<end>", "bar", "metre", "tonic", "mode", "type", "pos", "voice", "pitch", "dur")
_PAD, _START, _END, _BAR, _METRE, _TONIC, _MODE, _TYPE, _POS, _VOICE, _PITCH, _DUR = range(len(KINDS))

# Phases: what the automaton waits for. BODY: in or before a bar, no note begun. NOTE: after a `pos`, where a note must begin.
BEGIN, METRE, TONIC, MODE, TYPE, BODY, NOTE, PITCH, DURATION, DONE = range(10)
# The phase that each kind of token leads to (`pos` to the bar's end leads to BODY, `mode` to BODY where there are no types).
_NEXT_PHASE = np.array([DONE, METRE, DONE, BODY, TONIC, MODE, TYPE, BODY, NOTE, PITCH, DURATION, BODY], np.int32)

# With `closing`, <end> comes after at most this many tokens. The longest way is that of a piece that has not begun:
# <start> metre tonic mode type bar pos=<bar> <end>. Inside a piece it is voice pitch dur pos=<bar> bar pos=<bar> <end>, where no
# allowed duration ends in its own bar.
CLOSING_STEPS = 8


class Tables:
    """The vocabulary as arrays over token ids.

    Attributes:
        kind: int32 [V], an index into KINDS.
        value: int32 [V], the ticks of `pos` and `dur`, the ticks of a metre's bar, the MIDI pitch, the voice; 0 for others.
        tonic: the id of the tonic C, which those of the other tonics follow.
        minor: bool [V], whether a token is a mode with a minor third.
    """

    def __init__(self, vocabulary: TokenVocabulary):
        def value(kind: str, text: str) -> int:
            return (
                Metre.parse(text).bar_ticks if kind == "metre" else int(text) if kind in ("pos", "voice", "pitch", "dur") else 0
            )

        split = [token.replace("part=", "voice=").partition("=") for token in vocabulary.tokens]
        self.kind = np.array([KINDS.index(kind) for kind, _, _ in split], np.int32)
        self.value = np.array([value(kind, text) for kind, _, text in split], np.int32)
        self.minor = np.isin(vocabulary.tokens, [f"mode={mode}" for mode in MODES_WITH_MINOR_THIRD])
        self.shortest, self.tonic = min(vocabulary.durations), vocabulary.index["tonic=C"]
        self.highest = vocabulary.pitches[1]
        self.polyphonic, self.parts, self.voices = vocabulary.polyphonic, vocabulary.parts, vocabulary.voices
        self.next_phase = np.where(_NEXT_PHASE == TYPE, TYPE if vocabulary.types else BODY, _NEXT_PHASE).astype(np.int32)


class State(NamedTuple):
    """The state of n sequences: int32 [n] each, except the last seven. Ticks count from the start of the latest bar."""

    phase: Any  # BEGIN ... DONE
    length: Any  # ticks of a bar, 0 before the metre is read
    cursor: Any  # where the next note would begin; beyond `length` while a melody's note sounds over the bar line
    bars: Any  # bars begun
    notes: Any  # notes read
    lead: Any  # notes of voice 0 read
    voice: Any  # the latest voice at this onset, -1 for none
    pitch: Any  # the highest pitch of that voice at this onset, -1 for none
    controls: Any  # [n, 4]: the ids of metre, tonic, mode and type, 0 before they are read
    until: Any  # [n, voices]: where the last of each voice's notes so far ends, 0 for none
    held: Any  # [n, voices]: the pitch of each voice's latest note, 0 for none
    since: Any  # [n, voices]: where that note begins; negative in an earlier bar
    before: Any  # [n, voices]: the pitch of the note before that one, 0 for none
    lowest: Any  # [n, voices]: the lowest pitch of each voice so far, 0 for none
    highest: Any  # [n, voices]: the highest one


def start(n: int, voices: int = 1, xp: Any = np) -> State:
    """The state of n sequences before their first token, for a vocabulary of so many voices."""
    zero, none = xp.zeros((n,), dtype="int32"), xp.zeros((n, voices), dtype="int32")
    return State(zero + BEGIN, zero, zero, zero, zero, zero, zero - 1, zero - 1, xp.zeros((n, 4), dtype="int32"), *(none,) * 6)


def advance(tables: Tables, state: State, token: Any, xp: Any = np) -> State:
    """The state after one more token of each sequence, int32 [n]. After a token that is not allowed the state makes no sense."""
    kind = xp.take(tables.kind, token, axis=0)
    value = xp.take(tables.value, token, axis=0)
    is_bar, is_pos, is_dur = kind == _BAR, kind == _POS, kind == _DUR
    length = xp.where(kind == _METRE, value, state.length)

    phase = xp.take(tables.next_phase, kind, axis=0)
    phase = xp.where(is_pos & (value >= length), BODY, phase)

    end = state.cursor + value  # of the note, when a duration was read
    cursor = xp.where(is_pos, value, state.cursor)
    if not tables.polyphonic:
        cursor = xp.where(is_dur, end, cursor)
    # Before the first bar the cursor is set as if a bar had just ended.
    cursor = xp.where(kind == _METRE, length, cursor)
    cursor = xp.where(is_bar, cursor - length, cursor)

    speaking = xp.where(state.voice < 0, 0, state.voice)  # a melody's only voice is never named
    of_voice = xp.arange(tables.voices, dtype="int32")[None, :] == speaking[:, None]
    lasts = of_voice & is_dur[:, None] & (end[:, None] > state.until)
    until = xp.where(lasts, end[:, None], state.until)
    until = xp.where(is_bar[:, None], xp.where(until > length[:, None], until - length[:, None], 0), until)
    begun = of_voice & is_dur[:, None]
    held = xp.where(begun, state.pitch[:, None], state.held)
    before = xp.where(begun, state.held, state.before)
    lower = begun & ((state.lowest == 0) | (held < state.lowest))
    since = xp.where(begun, state.cursor[:, None], xp.where(is_bar[:, None], state.since - length[:, None], state.since))
    is_control = kind[:, None] == np.array([[_METRE, _TONIC, _MODE, _TYPE]], np.int32)

    onset = is_bar | is_pos  # a new place: voices and pitches rise from the bottom again
    is_voice = kind == _VOICE
    pitch = xp.where(onset | (is_voice & (value != state.voice)), -1, state.pitch)
    return State(
        phase=xp.where(kind == _PAD, state.phase, phase),
        length=length,
        cursor=cursor,
        bars=xp.where(is_bar, state.bars + 1, state.bars),
        notes=xp.where(is_dur, state.notes + 1, state.notes),
        lead=xp.where(is_dur & (speaking == 0), state.lead + 1, state.lead),
        voice=xp.where(onset, -1, xp.where(is_voice, value, state.voice)),
        pitch=xp.where(kind == _PITCH, value, pitch),
        controls=xp.where(is_control, token[:, None], state.controls),
        until=until,
        held=held,
        since=since,
        before=before,
        lowest=xp.where(lower, held, state.lowest),
        highest=xp.where(begun & (held > state.highest), held, state.highest),
    )


def moved(state: State, xp: Any = np) -> Any:
    """The pitch from which each voice has moved to another one at this place, [n, voices]; 0 where it has not."""
    return xp.where((state.since == state.cursor[:, None]) & (state.before != state.held), state.before, 0)


def allowed(tables: Tables, state: State, bars: Any, closing: Any, xp: Any = np) -> Any:
    """The tokens that may come next: bool [n, V], at least one in each row. After <end> it is <pad> alone.

    Args:
        tables: those of the vocabulary.
        state: of the sequences.
        bars: int32 [n], the exact number of bars, with a note in the last one; 0: any number, with at least one note.
        closing: bool [n], whether few steps are left. Then only those tokens are allowed that lead to <end> in the fewest steps,
            at most CLOSING_STEPS, even if `bars` are not full and no note was read.
        xp: numpy or keras.ops.
    """
    phase, length, cursor, voice, pitch = (
        each[:, None] for each in (state.phase, state.length, state.cursor, state.voice, state.pitch)
    )
    bars, closing = bars[:, None], closing[:, None]
    count, notes, sounding = state.bars[:, None], state.notes[:, None], xp.max(state.until, axis=1)[:, None]
    kind, value = xp.reshape(tables.kind, (1, -1)), xp.reshape(tables.value, (1, -1))

    # A note ends in this bar or the next: in this one if it is the last, or if the piece is closing and some note is so short.
    last = (bars > 0) & (count >= bars)
    limit = xp.where(last, length, 2 * length)
    fits_here = cursor + tables.shortest <= length
    limit = xp.where(closing & fits_here, length, limit)

    in_body = phase == BODY
    full = in_body & (cursor >= length)
    rings = sounding > length  # into the next bar, so that there must be one
    complete = full & ~rings & (count > 0)
    end = complete & (closing | last | ((bars == 0) & (notes > 0)))
    bar = full & (rings | (count == 0) | (~last & ~closing))
    note_fits = (cursor < length) & (cursor + tables.shortest <= limit)
    begins_note = ((in_body & ~closing) | (phase == NOTE)) & note_fits
    pos = in_body & (value > cursor) & (value <= length)
    pos = pos & ((value == length) | ((value + tables.shortest <= limit) & ~closing))
    # Something sounds in the last of the bars, else the piece would be shorter than asked for.
    silent = last & ~closing & (sounding == 0) & (tables.shortest <= length)
    pos = pos & ~(silent & (value == length))

    if tables.parts:
        # A part begins a note only after its last one has ended; `pos` leads to a place where that is true of some part.
        free = xp.take(state.until, np.where(tables.kind == _VOICE, tables.value, 0), axis=1) <= cursor
        takes_voice = begins_note & (value > voice) & free
        takes_pitch = phase == PITCH
        pos = pos & ((value == length) | (value >= xp.min(state.until, axis=1)[:, None]))
    elif tables.polyphonic:
        # Notes of one onset rise by (voice, pitch).
        takes_voice = begins_note & ((value > voice) | ((value == voice) & (pitch < tables.highest)))
        takes_pitch = (phase == PITCH) & (value > pitch)
    else:
        takes_voice = begins_note & False
        takes_pitch = begins_note

    return (
        ((kind == _PAD) & (phase == DONE))
        | ((kind == _START) & (phase == BEGIN))
        | ((kind == _METRE) & (phase == METRE))
        | ((kind == _TONIC) & (phase == TONIC))
        | ((kind == _MODE) & (phase == MODE))
        | ((kind == _TYPE) & (phase == TYPE))
        | ((kind == _BAR) & bar)
        | ((kind == _POS) & pos)
        | ((kind == _VOICE) & takes_voice)
        | ((kind == _PITCH) & takes_pitch)
        | ((kind == _DUR) & (phase == DURATION) & (cursor + value <= limit))
        | ((kind == _END) & end)
    )


def narrowed(mask: Any, wanted: Any, xp: Any = np) -> Any:
    """The tokens of `mask` that are wanted, both bool [n, V]; in rows without such a token all of `mask`."""
    fewer = mask & wanted
    return xp.where(xp.any(fewer, axis=1, keepdims=True), fewer, mask)


def padded(sequences: Sequence[Sequence[int]]) -> np.ndarray:
    """Sequences of ids as one array int32 [n, t], padded to the longest with <pad>."""
    ids = np.full((len(sequences), max(map(len, sequences), default=0)), PAD, np.int32)
    for row, sequence in zip(ids, sequences, strict=True):
        row[: len(sequence)] = sequence
    return ids


def first_error(tables: Tables, ids: np.ndarray) -> np.ndarray:
    """The place of the first token that the grammar refuses in each sequence of ids [n, t], or -1: int32 [n].

    A sequence that has not ended after t tokens is refused at place t.
    """
    n, steps = ids.shape
    error = np.full(n, -1, np.int32)
    state = start(n, tables.voices)
    for step, token in enumerate(ids.T):
        # Any number of bars is right here, and rests alone make a piece: with an exact number of bars nothing else may fit.
        mask = allowed(tables, state._replace(notes=np.ones(n, np.int32)), np.zeros(n, np.int32), np.zeros(n, bool))
        known = (token >= 0) & (token < len(tables.kind))
        token = np.where(known, token, PAD)
        refused = ~known | ~mask[np.arange(n), token]
        error = np.where((error < 0) & refused, step, error)
        state = advance(tables, state, token)
    return np.where((error < 0) & (state.phase != DONE), steps, error).astype(np.int32)


def valid(tables: Tables, ids: np.ndarray) -> np.ndarray:
    """Whether each sequence of ids [n, t] is a complete piece, from <start> to <end> and padded after that: bool [n]."""
    return first_error(tables, ids) < 0
