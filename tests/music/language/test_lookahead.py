"""A given melody: its coming notes are among the features, and voice 0 sings it and nothing else, whatever is drawn."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.music.strategies import part_scores
from zoo.music.language import features, grammar, lookahead
from zoo.music.language.tokens import TokenVocabulary, spell
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

TUNE = (Note(24, 24, 60), Note(48, 48, 62), Note(96, 24, 64))
SCORE = Score((*TUNE, Note(0, 48, 48, 1), Note(48, 72, 50, 1)), ((0, Metre(4, 4)),), Key(0), voices=(Voice(), Voice()))


def trace(melody):
    vocabulary = TokenVocabulary.of([SCORE], parts=True)
    words = spell(SCORE, polyphonic=True, parts=True)
    inputs = features.trace(grammar.Tables(vocabulary), np.array([vocabulary.encode(SCORE)]), melody)
    return words, inputs["ahead"][0]


def test_the_notes_to_come_are_heard_until_they_have_been_sung():
    words, ahead = trace(lookahead.melody([TUNE]))
    assert ahead.shape == (len(words), lookahead.NOTES, 3)
    assert ahead[words.index("bar"), :4].tolist() == [
        [60, 24, 24],
        [62, 48, 48],
        [64, 24, 96],
        [0, 0, lookahead.NEVER],
    ]
    at = words.index("pos=24")
    assert ahead[at, 0].tolist() == [60, 24, 0]  # it begins here
    assert words[at + 1 : at + 4] == ["part=0", "pitch=60", "dur=24"]
    assert ahead[at + 2, 0].tolist() == [60, 24, 0]  # not yet sung
    assert ahead[at + 3, :2].tolist() == [[62, 48, 24], [64, 24, 72]]
    assert ahead[-1, 0].tolist() == [0, 0, lookahead.NEVER]


def test_nothing_is_heard_of_a_melody_that_is_not_known():
    assert not trace(None)[1].any()
    assert not trace(lookahead.melody([[]]))[1].any()


@pytest.mark.slow
@given(part_scores(), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_whatever_is_drawn_voice_0_sings_the_melody(score, seed):
    vocabulary, rng, n = TokenVocabulary.of([score], voices=3, parts=True), np.random.default_rng(seed), 8
    tables = grammar.Tables(vocabulary)
    tune = tuple(note for note in score.notes if not note.voice)
    known = np.arange(n) % 4 > 0  # every fourth piece has no melody given
    melody = lookahead.melody([tune if each else [] for each in known])
    bars = np.full(n, replace(score, notes=tune).bars, np.int32)
    control = iter(vocabulary.encode(score)[: 1 + vocabulary.controls])  # in the metre of the melody
    state, rows = grammar.start(n, tables.voices), []
    no = np.zeros(n, bool)
    for _ in range(4000):
        mask = lookahead.allowed(tables, state, melody, grammar.allowed(tables, state, bars, no), no)
        assert mask.any(axis=1).all()
        given_token = next(control, None)
        token = np.argmax(rng.random(mask.shape) * mask, axis=1) if given_token is None else np.full(n, given_token)
        assert mask[np.arange(n), token].all()
        state = grammar.advance(tables, state, token)
        rows.append(token)
        if (state.phase == grammar.DONE).all():
            break
    ids = np.stack(rows, axis=1)
    assert grammar.valid(tables, ids).all()
    for row, sings in zip(ids, known, strict=True):
        if sings:
            assert tuple(note for note in vocabulary.decode(row).notes if not note.voice) == tune


def test_closing_comes_before_the_melody():
    vocabulary = TokenVocabulary.of([SCORE], parts=True)
    tables, melody = grammar.Tables(vocabulary), lookahead.melody([TUNE])
    state = grammar.start(1, 2)
    for token in vocabulary.encode(SCORE)[:5]:  # to the first bar
        state = grammar.advance(tables, state, np.array([token]))
    for closing in (np.array([False]), np.array([True])):
        mask = grammar.allowed(tables, state, np.array([2]), closing)
        kept = lookahead.allowed(tables, state, melody, mask, closing)
        assert np.array_equal(kept, mask) == closing[0]
