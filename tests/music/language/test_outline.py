"""The outline of a piece: what it says of scores, what the network is told of it, and that random pieces keep to it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.music.language import grammar, outline
from zoo.music.language.tokens import END, START, TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

TUNES = TokenVocabulary((Metre(4, 4), Metre(6, 8)), (60, 76), (6, 12, 24, 36, 48), tuple(range(6, 96, 6)), types=("jig",))
CHOIR = TokenVocabulary((Metre(4, 4),), (36, 81), (6, 12, 24, 48), tuple(range(6, 96, 6)), voices=4, parts=True)
CHORDS = TokenVocabulary((Metre(4, 4),), (36, 81), (24, 96), (24, 48, 72), voices=2, polyphonic=True)
UPBEAT = Score(
    (Note(72, 24, 67), *(Note(96 + 24 * i, 24, 60 + i) for i in range(6)), Note(240, 48, 67)),
    ((0, Metre(4, 4)),),
    Key(0),
    type="jig",
)


def bars_of(*bars):
    """A score of bars of four quarter notes each."""
    notes = [Note(96 * i + 24 * j, 24, pitch) for i, bar in enumerate(bars) for j, pitch in enumerate(bar)]
    return Score(tuple(notes), ((0, Metre(4, 4)),), Key(0))


def test_the_outline_of_a_tune_with_an_upbeat():
    of = outline.of([UPBEAT])
    assert (of.opening[0], of.start[0], of.duration[0], of.degree[0], of.approach[0]) == (72, 240, 48, 8, 6)
    (row,) = outline.table([UPBEAT], of, TUNES)
    index, named = TUNES.index, dict(zip(outline.COLUMNS, row.tolist(), strict=True))
    assert [named[name] for name in ("metre", "tonic", "mode", "type")] == [
        index[token] for token in ("metre=4/4", "tonic=C", "mode=major", "type=jig")
    ]
    # Three written bars, two full ones; the last note begins a whole bar less 48 ticks before the end of the last.
    assert (named["bars"], named["before_end"], named["duration"], named["degree"], named["lead"]) == (2, 48, 48, 8, 8)


def test_in_parts_the_last_note_is_the_basss_and_the_lead_is_the_sopranos():
    notes = [Note(24 * i, 24, pitch - i, voice) for i in range(2) for voice, pitch in enumerate((76, 69, 64, 44))]
    score = Score(tuple(notes), ((0, Metre(4, 4)),), Key(7), voices=(Voice(),) * 4)
    (row,) = outline.table([score], outline.of([score]), CHOIR)
    named = dict(zip(outline.COLUMNS, row.tolist(), strict=True))
    assert (named["degree"], named["approach"], named["lead"]) == ((43 - 7) % 12 + 1, (44 - 7) % 12 + 1, (75 - 7) % 12 + 1)


@pytest.mark.parametrize(
    ("vocabulary", "last"), [(CHORDS, Note(72, 24, 60)), (TUNES, Note(72, 18, 60)), (TUNES, Note(75, 12, 60))]
)
def test_an_ending_that_the_grammar_could_not_keep_is_open(vocabulary, last):
    score = Score((Note(0, 24, 60), last), ((0, Metre(4, 4)),), Key(0), voices=(Voice(),) * vocabulary.voices)
    degree = outline.COLUMNS.index("degree")
    try:
        (row,) = outline.table([score], outline.of([score]), vocabulary)
    except ValueError:
        return  # the vocabulary cannot say the score at all
    assert row[degree] == 0


def test_the_form_tells_new_bars_and_which_earlier_bar_the_others_repeat():
    a, b = [(60 + i, 62, 64, 65) for i in range(8)], [(72 - i, 71, 67, 65) for i in range(8)]
    assert outline.form(bars_of(*a, *a, *b, *b)) == [1] * 8 + [2] * 8 + [1] * 8 + [2] * 8
    assert outline.form(bars_of(*a, *b, *a)) == [1] * 16 + [3] * 8
    assert outline.form(bars_of(*a[:4], *a[:3], (60, 60, 60, 60))) == [1] * 4 + [4] * 3 + [1]


def test_the_character_of_a_tune():
    pitches = (60, 60, 62, 64, 69, 81, 80, 79, 79)  # 2 unisons, 4 steps and 2 leaps of 8 intervals; 21 semitones
    tune = Score(tuple(Note(24 * i, 24, pitch) for i, pitch in enumerate(pitches)), ((0, Metre(4, 4)),), Key(0))
    assert outline.character(tune) == [1 + 4, 1 + 8, 1 + 4, 1 + 21]
    assert outline.character(replace(tune, notes=tune.notes[:1])) == [1, 1, 1, 1]


def test_the_network_is_told_how_far_the_last_note_is_and_the_form_of_this_bar_and_the_next():
    tables, plan = grammar.Tables(TUNES), outline.of([UPBEAT])
    plan.form[0, :4] = 1, 2, 3, 4
    state, told = grammar.start(1), []
    for token in TUNES.encode(UPBEAT):
        state = grammar.advance(tables, state, np.array([token], np.int32))
        told.append({name: values[0].tolist() for name, values in outline.coming(plan, state).items()})
        assert told[-1].pop("character") == outline.character(UPBEAT)
    assert told[5] == {"ending": [241, 48, 8, 6], "form": [1, 2]}  # after the first bar line
    assert told[6]["ending"] == [240 - 72 + 1, 48, 8, 6]
    assert told[-2] == {"ending": [0, 48, 8, 6], "form": [3, 4]}
    assert not any(np.any(values) for values in outline.coming(outline.nothing(1), state).values())


def random_pieces(vocabulary, plan, bars, controls, seed, most=700):
    """The ids of random pieces: every token that grammar and outline allow is as probable as the others."""
    tables, rng, n = grammar.Tables(vocabulary), np.random.default_rng(seed), len(plan.start)
    state, no = grammar.start(n, vocabulary.voices), np.zeros(n, bool)
    rows: list[list[int]] = [[] for _ in range(n)]
    forced = [START, *(vocabulary.index[control] for control in controls)]
    for step in range(most):
        mask = outline.preferred(tables, state, plan, grammar.allowed(tables, state, np.full(n, bars, np.int32), no), no)
        assert (mask <= grammar.allowed(tables, state, np.full(n, bars, np.int32), no)).all()
        token = np.array([forced[step] if step < len(forced) else rng.choice(np.flatnonzero(row)) for row in mask], np.int32)
        for row, each in zip(rows, token, strict=True):
            row.append(int(each))
        state = grammar.advance(tables, state, token)
        if (state.phase == grammar.DONE).all():
            break
    assert all(END in row for row in rows)
    return rows


def repeated(values, n):
    return outline.nothing(n)._replace(
        **{name: np.full(n, value, np.int32) for name, value in zip(outline.Outline._fields, values, strict=False)}
    )


@settings(max_examples=25)
@given(
    opening=st.sampled_from([0, 6, 48, 60]),
    before_end=st.sampled_from([72, 66, 36, 12, 78, 6]),
    duration=st.sampled_from([6, 12, 36]),
    degree=st.integers(1, 12),
    seed=st.integers(0, 99),
)
def test_a_random_tune_begins_and_ends_as_its_outline_says(opening, before_end, duration, degree, seed):
    duration = max(length for length in TUNES.durations if length <= min(duration, before_end))
    duration = 12 if before_end > 72 else duration  # it sounds in the last bar
    plan = repeated((opening, 72 * 3 - before_end, duration, degree, 0), 4)
    for row in random_pieces(TUNES, plan, 3, ("metre=6/8", "tonic=D", "mode=major", "type=any"), seed):
        tune = TUNES.decode(row)
        last = tune.notes[-1]
        assert tune.notes[0].start == opening
        assert (last.start, last.duration, (last.pitch - 2) % 12 + 1) == (72 * 3 - before_end, duration, degree)


@settings(max_examples=10)
@given(
    opening=st.sampled_from([0, 72]), before_end=st.sampled_from([96, 48, 72]), degree=st.integers(1, 12), seed=st.integers(0, 99)
)
def test_a_random_piece_in_parts_ends_on_the_bass_note_of_its_outline(opening, before_end, degree, seed):
    plan = repeated((opening, 96 * 2 - before_end, 48, degree, 0), 3)
    for row in random_pieces(CHOIR, plan, 2, ("metre=4/4", "tonic=G", "mode=major"), seed):
        piece = CHOIR.decode(row)
        last = [note for note in piece.notes if note.voice == 3][-1]
        assert piece.notes[0].start == opening
        assert (last.start, last.duration, (last.pitch - 7) % 12 + 1) == (96 * 2 - before_end, 48, degree)


@settings(max_examples=10)
@given(
    approach=st.sampled_from([outline.DOMINANT, outline.SUBDOMINANT]),
    lead=st.sampled_from([0, 1, 8]),
    minor=st.booleans(),
    seed=st.integers(0, 99),
)
def test_parts_end_together_with_a_cadence(approach, lead, minor, seed):
    plan = repeated((0, 96 + 48, 48, 1, approach, lead), 3)
    for row in random_pieces(CHOIR, plan, 2, ("metre=4/4", "tonic=G", f"mode={'minor' if minor else 'major'}"), seed):
        piece = CHOIR.decode(row)
        last = [note for note in piece.notes if note.start == 144]
        assert [(note.voice, note.end) for note in last] == [(voice, 192) for voice in range(4)]
        degrees = {(note.pitch - 7) % 12 + 1 for note in last}
        assert degrees <= ({1, 4, 5, 8} if minor else {1, 5, 8})
        assert lead in (0, (last[0].pitch - 7) % 12 + 1)
        assert not [note for note in piece.notes if note.start < 144 < note.end or note.start > 144]
        bass = [note for note in piece.notes if note.voice == 3 and note.end > 120]
        assert {(note.pitch - 7) % 12 + 1 for note in bass[:-1]} == {approach}
        assert bass[0].start <= 120
        sung = {(note.pitch - 7) % 12 + 1 for note in piece.notes if note.start <= 120 < note.end}
        assert sung <= set(outline.CHORDS[approach])


def test_an_outline_that_cannot_be_kept_does_not_stop_the_piece():
    plan = repeated((0, 97, 5, 1, 0), 2)  # a place and a length that the tokens do not have
    rows = random_pieces(TUNES, plan, 2, ("metre=4/4", "tonic=C", "mode=major", "type=any"), 1)
    assert grammar.valid(grammar.Tables(TUNES), grammar.padded(rows)).all()
