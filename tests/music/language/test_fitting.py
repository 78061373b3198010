"""A user's music brought to what a vocabulary can spell."""

import pytest

from zoo.music.language import fitting
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

MELODIES = TokenVocabulary(metres=(Metre(4, 4), Metre(6, 8)), pitches=(60, 72), durations=(6, 12, 24), positions=(12, 24, 48))
PARTS = TokenVocabulary((Metre(4, 4),), (36, 81), (6, 12, 24, 48), (12, 24, 48, 72), voices=4, parts=True)


@pytest.mark.parametrize(
    ("pitches", "octaves"),
    [([60, 72], 0), ([48, 60], 1), ([84, 90], -2), ([59, 60, 61, 62], 0), ([48, 72], 0), ([12], 4)],
)
def test_music_moves_by_the_fewest_octaves_that_bring_most_of_it_into_range(pitches: list[int], octaves: int) -> None:
    assert fitting.octaves_into(pitches, 60, 72) == octaves


@pytest.mark.parametrize(("metre", "like"), [("4/4", "4/4"), ("2/2", "4/4"), ("2/4", "4/4"), ("3/4", "6/8"), ("3/8", "6/8")])
def test_a_metre_becomes_one_with_the_same_bars_or_bars_twice_as_long(metre: str, like: str) -> None:
    assert fitting.metre_like(Metre.parse(metre), MELODIES) == Metre.parse(like)


def test_a_metre_like_none_is_refused() -> None:
    with pytest.raises(ValueError, match="the metre 5/8 is like none of 4/4, 6/8"):
        fitting.metre_like(Metre(5, 8), MELODIES)


def test_lengths_are_shortened_to_those_that_are_known() -> None:
    score = Score((Note(0, 30, 60), Note(36, 12, 62), Note(48, 11, 64)))
    assert [note.duration for note in fitting.fitted(score, MELODIES).notes] == [24, 12, 6]


def test_notes_of_parts_come_to_the_nearest_places_and_end_before_the_next() -> None:
    score = Score((Note(1, 40, 60), Note(22, 30, 62), Note(26, 3, 64)))
    assert [(note.start, note.duration, note.pitch) for note in fitting.placed(score, PARTS).notes] == [(0, 24, 60), (24, 24, 62)]


def test_of_notes_that_come_to_one_place_the_longest_stays() -> None:
    score = Score((Note(0, 3, 65), Note(3, 21, 64), Note(24, 24, 62)))
    assert [(note.start, note.duration, note.pitch) for note in fitting.placed(score, PARTS).notes] == [(0, 24, 64), (24, 24, 62)]


def test_of_a_primer_a_model_of_melodies_gets_the_highest_line() -> None:
    notes = (Note(0, 24, 50), Note(0, 24, 40, 1), Note(24, 24, 52))
    heard = fitting.adapt_primer(Score(notes, key=Key(0), voices=(Voice(), Voice())), MELODIES, "mine")
    assert heard.octaves == 1
    assert [note.pitch for note in heard.score.notes] == [62, 64]
    assert heard.sources == (0,)
    assert heard.notices == (
        "the music has several voices: its highest one is heard (2 of 3 notes)",
        "the music is moved +12 semitones into the model's range; the result is moved back",
    )
