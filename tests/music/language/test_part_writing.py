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
CHORD = tuple(Note(0, 12, pitch, voice) for voice, pitch in enumerate((72, 67, 64, 48)))


def pitches_left(*notes, mask=None, first=None):
    """The pitches that the rules leave to the next part after these notes, before which it is named.

    `first`: the pitch that the network finds most probable.
    """
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
    logits = np.zeros(mask.shape, np.float32)
    if first is None:
        logits[:] = np.arange(len(VOCABULARY))  # so that none is the first choice but the last token
    else:
        logits[0, VOCABULARY.index[f"pitch={first}"]] = 1.0
    return {int(pitch) for pitch in TABLES.value[part_writing.preferred(TABLES, state, mask, logits)[0]]}


def test_a_part_stays_in_its_range():
    assert pitches_left(Note(0, 24, 72)) == set(range(55, 75))  # the alto's, at the first chord


def test_no_part_moves_in_parallel_with_one_that_has_moved():
    # The soprano goes from the C two octaves above the bass to D, the alto stays on its G, the tenor goes from E to F.
    bass = pitches_left(*CHORD, Note(12, 24, 74, 0), Note(12, 24, 67, 1), Note(12, 24, 65, 2))
    assert bass == set(range(40, 61)) - {50}  # D below it would be parallel octaves
    assert 48 in bass  # it may stay where it is


def test_fifths_are_heard_through_octaves():
    # From G two octaves above C to A: not to the D's below it.
    chord = tuple(Note(0, 12, pitch, voice) for voice, pitch in enumerate((79, 67, 64, 48)))
    bass = pitches_left(*chord, Note(12, 24, 69, 0), Note(12, 24, 67, 1), Note(12, 24, 64, 2))
    assert bass == set(range(40, 61)) - {50}


def test_a_dissonance_on_a_beat_stands_only_where_it_is_the_first_choice():
    # The soprano sings C, the alto A, the tenor F. With D, E flat, E, F, A or C in the bass it is a triad or a seventh chord.
    upper = Note(0, 24, 72), Note(0, 24, 69, 1), Note(0, 24, 65, 2)
    in_range = set(range(40, 61))
    consonant = {pitch for pitch in in_range if pitch % 12 in (0, 2, 3, 4, 5, 9)}
    assert pitches_left(*upper) == consonant
    assert pitches_left(*upper, first=53) == consonant
    assert pitches_left(*upper, first=55) == consonant | {55}


def test_between_beats_and_before_parts_that_are_still_to_move_nothing_is_dissonant():
    chord = tuple(Note(0, 12, pitch, voice) for voice, pitch in enumerate((72, 69, 65, 53)))
    bass = pitches_left(*chord, Note(12, 24, 72, 0), Note(12, 24, 69, 1), Note(12, 24, 65, 2))
    assert 55 in bass
    moving = tuple(Note(0, 24, pitch, voice) for voice, pitch in enumerate((72, 69, 65, 53)))
    assert 71 in pitches_left(*moving, Note(24, 24, 74, 0))  # B in the alto: tenor and bass go on from F


def test_a_rule_that_nothing_keeps_is_left():
    mask = np.zeros((1, len(VOCABULARY)), bool)
    mask[0, VOCABULARY.index["pitch=76"]] = True  # above the alto's range, all that is allowed
    assert pitches_left(Note(0, 24, 72), mask=mask) == {76}


@pytest.mark.slow
@given(part_scores(voices=4), st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_whatever_is_drawn_has_no_parallels(score, seed):
    vocabulary, rng, n = TokenVocabulary.of([score], voices=4, parts=True), np.random.default_rng(seed), 8
    tables = grammar.Tables(vocabulary)
    state, rows, control = grammar.start(n, 4), [], iter(vocabulary.encode(score)[: 1 + vocabulary.controls])
    free = np.ones(n, bool)  # whether a pitch was there that keeps the rule
    for _ in range(600):
        allowed = grammar.allowed(tables, state, np.full(n, 2, np.int32), np.full(n, len(rows) > 500))
        logits = rng.random(allowed.shape).astype(np.float32)
        mask = part_writing.preferred(tables, state, allowed, logits)
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
    assert part_writing.preferred(grammar.Tables(vocabulary), state, mask, np.zeros(mask.shape, np.float32)) is mask
