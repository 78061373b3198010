"""The grammar: whatever it lets through is a complete piece, and it lets every score through."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.music.strategies import melodies, polyphonic_scores, vocabularies
from zoo.music.language import grammar
from zoo.music.language.tokens import END, PAD, START, TokenVocabulary
from zoo.music.notation.theory import Metre

SETTINGS = settings(max_examples=60)
BAR = 3


def walk(tables, rng, bars, close_at, steps):
    """Random sequences under the mask: ids [n, t], and how many tokens came after closing began until the last <end>."""
    n = len(bars)
    state, ids, late = grammar.start(n, tables.voices), [], 0
    for step in range(steps + grammar.CLOSING_STEPS):
        closing = (step >= close_at) | (step >= steps)
        mask = grammar.allowed(tables, state, bars, closing)
        assert mask.any(axis=1).all()
        token = np.argmax(rng.random(mask.shape) * mask, axis=1)
        late = max(late, int(np.max((step - np.minimum(close_at, steps) + 1) * (closing & (state.phase != grammar.DONE)))))
        state = grammar.advance(tables, state, token)
        ids.append(token)
    return np.stack(ids, axis=1), late


@pytest.mark.slow
@given(st.booleans().flatmap(vocabularies), st.integers(0, 2**32 - 1))
@SETTINGS
def test_every_masked_walk_is_a_complete_piece(vocabulary, seed):
    tables, rng, n, steps = grammar.Tables(vocabulary), np.random.default_rng(seed), 24, 60
    bars = rng.integers(0, 5, n).astype(np.int32)
    close_at = np.where(rng.random(n) < 0.5, rng.integers(0, steps, n), steps)
    ids, late = walk(tables, rng, bars, close_at, steps)
    assert late <= grammar.CLOSING_STEPS
    assert grammar.valid(tables, ids).all()
    for row, wanted, closing in zip(ids, bars, close_at, strict=True):
        length = int(np.argmax(row == END)) + 1
        assert row[length - 1] == END
        assert (row[length:] == PAD).all()
        begun = int(np.sum(row == BAR))
        score = vocabulary.decode(row)
        assert score.end <= begun * score.metre.bar_ticks
        if length - 1 < min(closing, steps):  # ended of itself
            assert begun == wanted if wanted else score.notes
        if vocabulary.polyphonic:
            assert len(set(score.notes)) == len(score.notes)
        else:
            assert score.is_melody
        if score.notes and score.bars == begun:  # no empty bars at the end
            assert vocabulary.encode(score) == row[:length].tolist()


def accepted(score, vocabulary):
    ids = grammar.padded([vocabulary.encode(score)])
    return grammar.first_error(grammar.Tables(vocabulary), np.pad(ids, ((0, 0), (0, 3)))).tolist() == [-1]


@pytest.mark.slow
@given(melodies(), melodies())
def test_every_melody_is_accepted(score, other):
    assert accepted(score, TokenVocabulary.of([score]))
    assert accepted(score, TokenVocabulary.of([score, other]))


@pytest.mark.slow
@given(polyphonic_scores(), polyphonic_scores())
def test_every_polyphonic_score_is_accepted(score, other):
    assert accepted(score, TokenVocabulary.of([score, other], voices=4))


@pytest.mark.slow
@given(polyphonic_scores())
@SETTINGS
def test_every_score_of_parts_is_accepted(score):
    """Of the notes of a voice that begin together one is kept, and it ends where the next one begins."""
    notes = []
    for voice in range(4):
        line = list({note.start: note for note in score.notes if note.voice == voice}.values())
        ends = [*(note.start for note in line[1:]), 10**6][: len(line)]
        notes += [replace(note, duration=min(note.duration, end - note.start)) for note, end in zip(line, ends, strict=True)]
    parts = replace(score, notes=tuple(notes))
    assert accepted(parts, TokenVocabulary.of([parts], voices=4, parts=True))


@pytest.mark.slow
@given(melodies(), st.integers(0, 2**32 - 1))
@SETTINGS
def test_a_damaged_piece_is_refused_where_the_damage_shows(score, seed):
    """Leaving out, repeating or cutting a token never goes unseen unless it gives another complete piece."""
    vocabulary, rng = TokenVocabulary.of([score]), np.random.default_rng(seed)
    tables, ids = grammar.Tables(vocabulary), vocabulary.encode(score)
    place = int(rng.integers(0, len(ids)))
    assert grammar.first_error(tables, grammar.padded([ids[:place]])).tolist() == [place]
    for changed in (ids[:place] + ids[place + 1 :], ids[: place + 1] + ids[place:]):
        found = int(grammar.first_error(tables, grammar.padded([changed]))[0])
        if found < 0:
            again = vocabulary.decode(changed)
            if again.bars == changed.count(BAR):
                assert vocabulary.encode(again) == changed
        else:
            assert found >= place


VOCABULARY = TokenVocabulary((Metre(2, 4),), (60, 62), (12, 24, 30), (24,))


def names_allowed(text, bars=0, closing=False, vocabulary=VOCABULARY):
    tables, state = grammar.Tables(vocabulary), grammar.start(1, vocabulary.voices)
    for token in vocabulary.ids(text.split()):
        state = grammar.advance(tables, state, np.array([token]))
    mask = grammar.allowed(tables, state, np.array([bars]), np.array([closing]))[0]
    return [token for token, good in zip(vocabulary.tokens, mask, strict=True) if good]


HEAD = "<start> metre=2/4 tonic=D mode=dorian"
PITCHES = ["pitch=60", "pitch=61", "pitch=62"]


@pytest.mark.parametrize(
    ("text", "bars", "closing", "expected"),
    [
        ("", 0, False, ["<start>"]),
        ("<start>", 0, True, ["metre=2/4"]),
        (HEAD, 0, False, ["bar"]),
        (HEAD, 0, True, ["bar"]),
        (f"{HEAD} bar", 0, False, ["pos=24", "pos=48", *PITCHES]),
        (f"{HEAD} bar", 0, True, ["pos=48"]),
        (f"{HEAD} bar pos=48", 0, False, ["bar"]),  # no end before the first note
        (f"{HEAD} bar pos=48", 1, False, ["<end>"]),
        (f"{HEAD} bar pos=24", 0, False, PITCHES),
        (f"{HEAD} bar pos=24 pitch=60", 0, False, ["dur=12", "dur=24", "dur=30"]),
        (f"{HEAD} bar pos=24 pitch=60", 1, False, ["dur=12", "dur=24"]),
        (f"{HEAD} bar pos=24 pitch=60", 0, True, ["dur=12", "dur=24"]),
        (f"{HEAD} bar pos=24 pitch=60 dur=24", 0, False, ["<end>", "bar"]),
        (f"{HEAD} bar pos=24 pitch=60 dur=24", 2, False, ["bar"]),
        (f"{HEAD} bar pos=24 pitch=60 dur=24", 2, True, ["<end>"]),
        (f"{HEAD} bar pos=24 pitch=60 dur=30", 0, True, ["bar"]),  # the note needs a bar to end in
        (f"{HEAD} bar pitch=60 dur=12", 0, False, ["pos=24", "pos=48", *PITCHES]),
        (f"{HEAD} bar pitch=60 dur=12 pos=48 <end>", 0, False, ["<pad>"]),
        (f"{HEAD} bar pitch=60 dur=12 pos=48 <end> <pad>", 3, True, ["<pad>"]),
    ],
)
def test_what_may_follow(text, bars, closing, expected):
    assert names_allowed(text, bars, closing) == expected


def test_polyphonic_notes_rise_by_voice_and_pitch():
    vocabulary = TokenVocabulary((Metre(2, 4),), (60, 62), (12, 30), (24,), voices=2)
    head = f"{HEAD} bar pos=24 voice=0 pitch=61"

    def follow(text):
        return names_allowed(f"{head} {text}", vocabulary=vocabulary)

    assert follow("") == ["dur=12", "dur=30"]
    assert follow("dur=12") == ["pos=48", "voice=0", "voice=1"]
    assert follow("dur=12 voice=0") == ["pitch=62"]
    assert follow("dur=12 voice=1") == PITCHES
    assert follow("dur=12 voice=0 pitch=62 dur=12") == ["pos=48", "voice=1"]
    assert follow("dur=30 pos=48") == ["bar"]
    assert follow("dur=12 pos=48") == ["<end>", "bar"]


def test_ids_outside_the_vocabulary_are_refused():
    tables = grammar.Tables(VOCABULARY)
    assert grammar.first_error(tables, np.array([[START, -1], [START, len(VOCABULARY)], [PAD, PAD]])).tolist() == [1, 1, 0]


@pytest.mark.slow
@pytest.mark.parametrize("voices", [1, 3])
def test_the_compiled_graph_agrees_with_numpy(voices):
    """The same states, masks and walks from keras.ops inside a function that XLA compiles."""
    import tensorflow as tf
    from keras import ops

    vocabulary = TokenVocabulary((Metre(2, 4), Metre(3, 8)), (60, 64), (8, 12, 30), (12, 20, 24), voices)
    tables, n, rng = grammar.Tables(vocabulary), 64, np.random.default_rng(5)

    @tf.function(jit_compile=True)
    def step(state, token, bars, closing):
        state = grammar.advance(tables, grammar.State(*state), token, ops)
        return state, grammar.allowed(tables, state, bars, closing, ops)

    @tf.function(jit_compile=True)
    def begin(bars, closing):
        state = grammar.start(n, voices, ops)
        return state, grammar.allowed(tables, state, bars, closing, ops)

    bars = rng.integers(0, 4, n).astype(np.int32)
    closing = np.zeros(n, bool)
    state, (graph_state, graph_mask) = grammar.start(n, voices), begin(tf.constant(bars), tf.constant(closing))
    for index in range(50):
        mask = grammar.allowed(tables, state, bars, closing)
        assert graph_mask.dtype == tf.bool
        np.testing.assert_array_equal(graph_mask.numpy(), mask)
        for field, graph_field in zip(state, graph_state, strict=True):
            assert graph_field.dtype == tf.int32
            assert field.dtype == np.int32
            np.testing.assert_array_equal(graph_field.numpy(), field)
        token = np.argmax(rng.random(mask.shape) * mask, axis=1).astype(np.int32)
        closing = rng.random(n) < index / 50
        state = grammar.advance(tables, state, token)
        graph_state, graph_mask = step(tuple(graph_state), tf.constant(token), tf.constant(bars), tf.constant(closing))
    assert np.mean(state.phase == grammar.DONE) > 0.5
