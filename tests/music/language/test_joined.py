import pytest
from hypothesis import given

from tests.music.strategies import polyphonic_scores
from zoo.music.language.joined import cut, joined
from zoo.music.language.tokens import spell
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Metre, Note, Voice


def sounding(score):
    """Which voice sounds which pitch at which tick."""
    return {(tick, note.voice, note.pitch) for note in score.notes for tick in range(note.start, note.end)}


@pytest.mark.slow
@given(polyphonic_scores())
def test_what_sounds_is_unchanged_and_joining_twice_is_joining_once(score):
    once = joined(score)
    assert sounding(once) == sounding(score)
    assert joined(once) == once
    assert (once.metres, once.key, once.voices) == (score.metres, score.key, score.voices)


@pytest.mark.slow
@given(polyphonic_scores())
def test_the_result_has_a_spelling_and_no_more_notes(score):
    once = joined(score)
    length = score.metre.bar_ticks
    assert all(note.end <= (note.start // length + 2) * length for note in once.notes)
    places = [(note.voice, note.pitch, tick) for note in once.notes for tick in range(note.start, note.end)]
    assert len(places) == len(set(places))
    assert spell(once, polyphonic=True)


def test_repeated_notes_become_one_and_others_stay():
    voices = (Voice("a"), Voice("b"))
    notes = (Note(0, 24, 60), Note(24, 12, 60, velocity=100), Note(36, 12, 62), Note(48, 24, 60), Note(72, 24, 60, 1))
    assert joined(Score(notes, voices=voices)).notes == (
        Note(0, 36, 60),
        Note(36, 12, 62),
        Note(48, 24, 60),
        Note(72, 24, 60, 1),
    )


def test_a_silence_parts_notes():
    score = Score((Note(0, 24, 60), Note(25, 24, 60)))
    assert joined(score) == score


def test_a_joined_note_is_cut_at_the_end_of_the_bar_after_its_own():
    # Three bars and a half of 3/4, from the second beat: two bars' end, then to the end.
    notes = tuple(Note(24 + 12 * i, 12, 60) for i in range(21))
    assert joined(Score(notes, ((0, Metre(3, 4)),))).notes == (Note(24, 120, 60), Note(144, 132, 60))


def test_a_note_is_cut_as_often_as_it_takes():
    assert cut([Note(90, 400, 60, 2)], 96) == [Note(90, 102, 60, 2), Note(192, 192, 60, 2), Note(384, 106, 60, 2)]
    assert cut([Note(90, 102, 60)], 96) == [Note(90, 102, 60)]


def test_a_change_of_metre_is_refused():
    with pytest.raises(ValueError, match="the metre changes at tick 96"):
        joined(Score((Note(0, 12, 60),), ((0, Metre(4, 4)), (96, Metre(3, 4)))))
