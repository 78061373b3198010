"""The rules of a choir: by hand, and in whatever is drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.music.strategies import part_scores
from zoo.music.analysis import voice_leading
from zoo.music.data.chorale_books import VOCABULARY
from zoo.music.language import grammar, part_writing
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

TABLES = grammar.Tables(VOCABULARY)
CHORD = tuple(Note(0, 24, pitch, voice) for voice, pitch in enumerate((72, 67, 64, 48)))


def pitches_left(*notes, mask=None):
    """The pitches that the rules leave to the next part after these notes, before which it is named."""
    score = Score(
        (*notes, Note(notes[-1].start, 24, 60, notes[-1].voice + 1)),
        ((0, Metre(4, 4)),),
        Key(0),
        voices=voice_leading.VOICES,
        type="chorale",
    )
    ids = VOCABULARY.encode(score)
    last = max(i for i, token in enumerate(ids) if VOCABULARY.tokens[token] == f"part={notes[-1].voice + 1}")
    state = grammar.start(1, TABLES.voices)
    for token in ids[: last + 1]:
        state = grammar.advance(TABLES, state, np.array([token], np.int32))
    if mask is None:
        mask = grammar.allowed(TABLES, state, np.zeros(1, np.int32), np.zeros(1, bool))
    return {int(pitch) for pitch in TABLES.value[part_writing.preferred(TABLES, state, mask)[0]]}


def test_a_part_stays_in_its_range():
    assert pitches_left(Note(0, 24, 72)) == set(range(55, 75))  # the alto's, at the first chord


def test_no_part_moves_in_parallel_with_one_that_has_moved():
    # The soprano goes from the C two octaves above the bass to D, the alto stays on its G, the tenor goes from E to F.
    bass = pitches_left(*CHORD, Note(24, 24, 74, 0), Note(24, 24, 67, 1), Note(24, 24, 65, 2))
    assert bass == set(range(40, 61)) - {50}  # D below it would be parallel octaves
    assert 48 in bass  # it may stay where it is


def test_fifths_are_heard_through_octaves():
    # From G two octaves above C to A: not to the D's below it.
    chord = tuple(Note(0, 24, pitch, voice) for voice, pitch in enumerate((79, 67, 64, 48)))
    bass = pitches_left(*chord, Note(24, 24, 69, 0), Note(24, 24, 67, 1), Note(24, 24, 64, 2))
    assert bass == set(range(40, 61)) - {50}


def test_a_rule_that_nothing_keeps_is_left():
    mask = np.zeros((1, len(VOCABULARY)), bool)
    mask[0, VOCABULARY.index["pitch=76"]] = True  # above the alto's range, all that is allowed
    assert pitches_left(Note(0, 24, 72), mask=mask) == {76}


@pytest.mark.slow
@given(part_scores(voices=4), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=25)
def test_whatever_is_drawn_has_no_parallels(score, seed):
    vocabulary, rng, n = TokenVocabulary.of([score], voices=4, parts=True), np.random.default_rng(seed), 8
    tables = grammar.Tables(vocabulary)
    state, rows, control = grammar.start(n, 4), [], iter(vocabulary.encode(score)[: 1 + vocabulary.controls])
    free = np.ones(n, bool)  # whether a pitch was there that keeps the rule
    for _ in range(600):
        allowed = grammar.allowed(tables, state, np.full(n, 2, np.int32), np.full(n, len(rows) > 500))
        mask = part_writing.preferred(tables, state, allowed)
        assert mask.any(axis=1).all()
        assert not (mask & ~allowed).any()
        parallel = part_writing._parallel(state, tables.value, np) & (tables.kind == grammar.KINDS.index("pitch"))
        free &= ~(allowed & parallel).any(axis=1) | (allowed & ~parallel).any(axis=1)
        first = next(control, None)
        token = np.argmax(rng.random(mask.shape) * mask, axis=1) if first is None else np.full(n, first)
        state = grammar.advance(tables, state, token.astype(np.int32))
        rows.append(token)
        if (state.phase == grammar.DONE).all():
            break
    for row, kept in zip(np.stack(rows, axis=1), free, strict=True):
        piece = vocabulary.decode([token for token in row.tolist() if token])
        if kept and piece.notes:
            counts = voice_leading.count(piece)
            assert (counts["parallel_fifths"], counts["parallel_octaves"]) == (0, 0)


@pytest.mark.parametrize("voices", [1, 3])
def test_other_music_has_no_such_rules(voices):
    notes = tuple(Note(0, 24, 60 - voice, voice) for voice in range(voices))
    score = Score(notes, ((0, Metre(4, 4)),), Key(0), voices=(Voice(),) * voices)
    vocabulary = TokenVocabulary.of([score], voices=voices, parts=voices > 1)
    state, mask = grammar.start(2, voices), np.random.default_rng(0).random((2, len(vocabulary))) < 0.5
    assert part_writing.preferred(grammar.Tables(vocabulary), state, mask) is mask
