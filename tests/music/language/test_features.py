"""The features of a piece: by hand for a small one, and the same in training as step by step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.music.strategies import melodies, part_scores, polyphonic_scores, vocabulary_of
from zoo.music.language import features, grammar, lookahead, lookback
from zoo.music.language.tokens import PAD, START, TokenVocabulary, spell
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice


def test_a_melody_by_hand():
    score = Score((Note(24, 12, 60), Note(36, 30, 62)), ((0, Metre(2, 4)),), Key(2))
    vocabulary = TokenVocabulary.of([score])
    text = "<start> metre=2/4 tonic=D mode=major bar pos=24 pitch=60 dur=12 pitch=62 dur=30 bar pos=48 <end>"
    assert " ".join(spell(score)) == text
    inputs = features.trace(grammar.Tables(vocabulary), grammar.padded([vocabulary.encode(score), [START]]))
    assert inputs.keys() == features.shapes(1, parts=False).keys()
    assert inputs["place"][0].tolist() == [0, 48, 48, 48, 0, 24, 24, 36, 36, 66, 18, 48, 48]
    assert inputs["bar"][0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2]
    assert inputs["left"][0].tolist() == [3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1]
    assert inputs["held"][0, :, 0].tolist() == [0, 0, 0, 0, 0, 0, 0, 60, 60, 62, 62, 62, 62]
    # The lowest pitch so far is 60, the highest 62 from the second note on.
    assert inputs["above"][0, :, 0].tolist() == [0] * 9 + [2] * 4
    assert not inputs["below"].any()
    # In a melody the cursor stands where the note ends, so that nothing rests.
    assert not inputs["rest"].any()
    ids = [vocabulary.index[name] for name in ("metre=2/4", "tonic=D", "mode=major")]
    assert inputs["controls"][0, 4].tolist() == [*ids, 0]
    assert inputs["token"][0].tolist() == vocabulary.encode(score)
    assert all(values.dtype == np.int32 for values in inputs.values())


def test_voices_hold_their_pitches_for_as_long_as_they_sound():
    notes = (Note(0, 48, 72, 0), Note(0, 24, 60, 1), Note(24, 24, 62, 1))
    score = Score(notes, ((0, Metre(2, 4)),), Key(0), voices=(Voice(), Voice()))
    vocabulary = TokenVocabulary.of([score], parts=True)
    words = spell(score, polyphonic=True, parts=True)
    inputs = features.trace(grammar.Tables(vocabulary), np.array([vocabulary.encode(score)], np.int32))
    at = words.index("pos=24")
    assert inputs["held"][0, at].tolist() == [72, 60]
    assert inputs["rest"][0, at].tolist() == [24, 0]


def test_each_voice_knows_how_far_it_went():
    pitches = [60, 67, 55, 62]
    notes = tuple(Note(12 * i, 12, pitch) for i, pitch in enumerate(pitches))
    score = Score(notes, ((0, Metre(2, 4)),), Key(0))
    vocabulary = TokenVocabulary.of([score])
    inputs = features.trace(grammar.Tables(vocabulary), np.array([vocabulary.encode(score)], np.int32))
    after = np.flatnonzero(np.isin(inputs["token"][0], [vocabulary.index["dur=12"]]))
    assert inputs["above"][0, after, 0].tolist() == [0, 7, 0, 7]
    assert inputs["below"][0, after, 0].tolist() == [0, 0, 12, 5]


def test_looking_back_finds_the_token_of_the_same_place():
    pitches = [60, 62, 64, 65] * 2 + [60, 62, 67, 65]
    notes = tuple(Note(12 * i, 12, pitch) for i, pitch in enumerate(pitches))
    score = Score(notes, ((0, Metre(2, 4)),), Key(0))
    vocabulary = TokenVocabulary.of([score])
    ids = vocabulary.encode(score)
    inputs = features.trace(grammar.Tables(vocabulary), np.array([ids], np.int32))
    name = lambda token: vocabulary.tokens[token]  # noqa: E731
    one, two = lookback.BARS.index(1), lookback.BARS.index(2)
    third = len(ids) - 1 - 8  # the first pitch of the third bar
    assert [name(token) for token in ids[third : third + 6]] == ["pitch=60", "dur=12", "pitch=62", "dur=12", "pitch=67", "dur=12"]
    for back in (one, two):
        recalled = inputs["recalled"][0, third - 1 : third + 5, back]
        assert [name(token) for token in recalled] == ["pitch=60", "dur=12", "pitch=62", "dur=12", "pitch=64", "dur=12"]
        assert inputs["recalled"][0, : 1 + vocabulary.controls, back].tolist() == [PAD] * 4
    # Nine tokens agreed in the second bar, four in the third before the note that is new.
    matched = inputs["matched"][0, :, one].tolist()
    assert matched[third + 3] == 9 + 4
    assert matched[third + 4] == 0
    assert matched[third + 5] == 1


@pytest.mark.slow
@given(st.one_of(melodies(), polyphonic_scores(), part_scores()))
@settings(max_examples=40)
def test_training_hears_what_sampling_hears(score):
    vocabulary = vocabulary_of(score)
    tables, ids = grammar.Tables(vocabulary), np.array([vocabulary.encode(score)], np.int32)
    melody = lookahead.melody([[note for note in score.notes if not note.voice]])
    expected = features.trace(tables, ids, melody)
    bars = np.array([score.bars], np.int32)
    state = grammar.advance(tables, grammar.start(1, tables.voices), ids[:, 0])
    memory = lookback.empty(1, ids.shape[1])
    for step in range(1, ids.shape[1]):
        recalled = lookback.recall(memory, state, tables.voices)
        ahead = lookahead.ahead(melody, state) if tables.parts else None
        inputs = features.features(ids[:, step - 1], state, features.left(bars, state), recalled, memory.matched, ahead)
        for name, values in inputs.items():
            np.testing.assert_array_equal(values, expected[name][:, step - 1], err_msg=name)
        memory = lookback.remember(memory, step - 1, state, recalled, ids[:, step])
        state = grammar.advance(tables, state, ids[:, step])
