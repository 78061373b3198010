"""What a score shares with training pieces: by hand, in every key, and the suffix array against plain search."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.music.strategies import melodies, polyphonic_scores
from zoo.music.analysis.copying import Index, Match, copied_share
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Metre, Note, Voice


def tune(*events, start=0, metre="4/4", voice=0, title=""):
    """(duration, pitch), pitch None for a rest."""
    notes = []
    for duration, pitch in events:
        if pitch is not None:
            notes.append(Note(start, duration, pitch, voice))
        start += duration
    return Score(tuple(notes), ((0, Metre.parse(metre)),), voices=(Voice(),) * (voice + 1), title=title)


SCALE = tune(*[(24, 60 + step) for step in (0, 2, 4, 5, 7, 9, 11, 12)], title="Scale")
LEAPS = tune(*[(12, 60 + step) for step in (0, 7, -5, 12, 3, 8, 1)], (48, 60), title="Leaps")
INDEX = Index([SCALE, Score((), title="Silence"), LEAPS])


def test_a_run_in_another_key_and_place_is_found():
    score = tune((36, 80), (24, 65), (24, 66), (24, 68), (12, 70), (48, 50), metre="3/4")
    # three lengths and two intervals, from the third note of the scale on; the length of its sixth differs
    assert INDEX.longest(score) == Match(3, 72, 1.0, 0, 0, 48, 0, 36)


def test_the_longest_run_is_the_one_that_takes_the_longest_time():
    score = tune((12, 72), (12, 79), (12, 67), (12, 84), (24, 60), (24, 62), (24, 64))
    match = INDEX.longest(score)
    assert (match.notes, match.ticks, match.piece, match.start) == (3, 72, 0, 48)


def test_the_whole_piece_counts_to_the_end_of_its_last_note():
    match = INDEX.longest(LEAPS.transpose(5))
    assert (match.notes, match.ticks, match.bars, match.piece) == (8, 132, 132 / 96, 2)
    assert INDEX.longest_bars([SCALE, LEAPS, Score(())]) == [2.0, 132 / 96, 0.0]


def test_runs_end_with_the_piece_they_are_in():
    # the end of the one and the beginning of the other in a row
    score = tune((24, 60), (24, 62), (24, 63), (12, 48), (12, 55), (12, 43))
    assert INDEX.longest(score).ticks == 72
    both = tune(*[(24, 48 + step) for step in (9, 11, 12)], *[(12, 60 + step) for step in (0, 7, -5)])
    assert INDEX.longest(both).ticks == 72


def test_a_rest_counts_with_the_note_before_it_and_a_long_one_ends_the_run():
    held, short = tune((24, 60), (48, 64), (24, 67)), tune((24, 70), (24, 74), (24, None), (24, 77))
    assert Index([held]).longest(short).notes == 3
    apart = tune((24, 60), (24, 64), (96, None), (24, 67), (24, 65))
    assert Index([apart]).longest(apart).notes == 2
    assert Index([tune((24, 60), (120, 64), (24, 67), (24, 65))]).longest(apart).notes == 2


def test_any_voice_may_copy_from_any_voice_but_drums_do_not():
    bass = tune(*[(24, 40 + step) for step in (0, 2, 4, 5, 7, 9, 11, 12)], start=96, voice=3)
    match = INDEX.longest(bass)
    assert (match.notes, match.voice, match.start, match.piece_voice) == (8, 3, 96, 0)
    assert Index([bass]).longest(SCALE).piece_voice == 3
    assert INDEX.longest(replace(bass, voices=(*bass.voices[:3], Voice(drums=True)))) is None
    assert INDEX.longest(tune((7, 60), (11, 64))) is None


def test_the_time_that_copied_runs_cover():
    score = tune(*[(24, 50 + step) for step in (0, 2, 4, 5, 7, 9, 11, 12)], (96, 41), (96, 40))
    assert INDEX.covered(score) == pytest.approx(192 / 384)
    assert INDEX.covered(SCALE) == 1
    assert INDEX.covered(LEAPS) == 0  # too short a run
    assert INDEX.covered(Score(())) == 0


def test_the_share_of_scores_that_copy():
    assert copied_share([0.5, 2.0, 1.99, 7]) == 0.5
    with pytest.raises(ValueError, match="no scores"):
        copied_share([])


def test_the_nearest_pieces_by_run_and_by_containment():
    rng = np.random.default_rng(3)
    walks = [tune(*[(12, int(p)) for p in 70 + rng.integers(-9, 10, 40)], title=f"walk {i}") for i in range(5)]
    index = Index([*walks, SCALE])
    # the start of walk 3 as it is, then all of walk 1 with other lengths
    opening = [(note.duration, note.pitch + 2) for note in walks[3].notes[:6]]
    score = tune(*opening, *[(13 + i % 2, note.pitch - 1) for i, note in enumerate(walks[1].notes)])
    by_run, by_containment = index.nearest(score, n=2), index.nearest(score, n=9, by="containment")
    assert (by_run[0].title, by_run[0].piece, by_run[0].notes, by_run[0].bars) == ("walk 3", 3, 6, 0.75)
    assert by_run[0].containment == 0
    assert len(by_run) == 2
    assert (by_containment[0].title, by_containment[0].containment) == ("walk 1", 1)
    assert len(by_containment) == 6
    with pytest.raises(ValueError, match="bars or containment"):
        index.nearest(score, by="title")


def test_what_very_many_pieces_have_is_no_containment():
    assert Index([LEAPS] * 60).nearest(LEAPS)[0].containment == 1
    assert Index([LEAPS] * 61).nearest(LEAPS)[0].containment == 0


def test_an_index_needs_notes():
    for nothing in ([], [Score(())]):
        with pytest.raises(ValueError, match="no notes"):
            Index(nothing)


@st.composite
def simple_melodies(draw):
    """Few lengths and intervals, so that much is shared."""
    events = draw(st.lists(st.tuples(st.sampled_from([12, 24]), st.integers(60, 62)), min_size=1, max_size=30))
    return tune(*events, *draw(st.sampled_from([[], [(100, None), *events[:5]]])))


PIECES = st.one_of(simple_melodies(), melodies(), polyphonic_scores())


def _repeated(*durations: int) -> Score:
    starts = [sum(durations[:i]) for i in range(len(durations))]
    return Score(tuple(Note(start, duration, 60) for start, duration in zip(starts, durations, strict=True)))


@pytest.mark.slow
@given(st.lists(PIECES, min_size=1, max_size=6), PIECES)
@example([_repeated(24), _repeated(12, 12)], _repeated(12, 12, 24))
@settings(max_examples=60)
def test_the_suffix_array_finds_what_plain_search_finds(pieces, score):
    index = Index(pieces)
    match = index.longest(score)
    similar = index.nearest(score, n=len(pieces))
    assert [each.bars for each in similar] == sorted((each.bars for each in similar), reverse=True)
    assert sorted(each.piece for each in similar) == list(range(len(pieces)))
    if match is None:
        assert similar[0].notes == 0
    else:
        assert similar[0].bars == pytest.approx(match.bars)
        # Of runs of equal length `longest` prefers the one of more notes, `nearest` the piece of more in common.
        equal = {each.piece: each.notes for each in similar if each.bars == similar[0].bars}
        assert equal[match.piece] >= match.notes


@pytest.mark.slow
@given(st.lists(PIECES, min_size=1, max_size=4), PIECES, st.integers(-30, 30))
@settings(max_examples=40)
def test_transposing_the_score_or_the_pieces_changes_nothing(pieces, score, semitones):
    index, up = Index(pieces), Index([piece.transpose(semitones) for piece in pieces])
    for other, copy in ((index, score.transpose(semitones)), (up, score)):
        assert other.longest(copy) == index.longest(score)
        assert other.nearest(copy) == index.nearest(score)
        assert other.covered(copy) == index.covered(score)


@pytest.mark.slow
@given(PIECES)
def test_a_piece_copies_itself_whole(score):
    rests = [after.start - before.end for before, after in zip(score.notes, score.notes[1:], strict=False)]
    if score.is_melody and all(rest < score.metre.bar_ticks for rest in rests):
        index = Index([score])
        match = index.longest(score)
        assert match.notes == index.nearest(score)[0].notes == len(score.notes)
        assert match.ticks == score.end - score.notes[0].start
