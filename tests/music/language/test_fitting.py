"""A user's music brought to what a vocabulary can spell."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.music.strategies import melodies, polyphonic_scores
from zoo.music.language import fitting, grammar
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

MELODIES = TokenVocabulary(metres=(Metre(4, 4), Metre(6, 8)), pitches=(60, 72), durations=(6, 12, 24), positions=(12, 24, 48))
CHORDS = TokenVocabulary(metres=(Metre(4, 4),), pitches=(48, 72), durations=(12, 24, 60), positions=(12, 24, 48), voices=2)
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


def test_a_melody_comes_to_places_and_lengths_that_the_model_can_say() -> None:
    """After a rest, a third of a beat has no place: the note begins at the nearest, and those behind it follow."""
    thirds = TokenVocabulary(metres=(Metre(4, 4),), pitches=(60, 72), durations=(6, 8, 16, 24), positions=(6, 12, 30))
    score = Score((Note(0, 8, 60), Note(8, 16, 62), Note(32, 8, 64), Note(40, 8, 65), Note(48, 24, 67)))
    assert [(note.start, note.duration) for note in fitting.followed(score, thirds).notes] == [
        (0, 8), (8, 16), (30, 8), (38, 8), (46, 24),
    ]  # fmt: skip


def adapted(notes: tuple[Note, ...], vocabulary: TokenVocabulary = MELODIES, metre: str = "4/4") -> fitting.Adapted:
    """What a model hears of some notes."""
    return fitting.adapt_primer(Score(notes, ((0, Metre.parse(metre)),), Key(0)), vocabulary, "mine")


def test_no_music_is_refused_for_its_range() -> None:
    heard = adapted(tuple(Note(24 * i, 24, pitch) for i, pitch in enumerate((40, 60, 64, 67, 95, 127))))
    assert [note.pitch for note in heard.score.notes] == [64, 60, 64, 67, 71, 67]
    assert heard.notices == ("beyond the model's range: 3 of 6 notes, which it hears in the nearest octave",)
    narrow = replace(MELODIES, pitches=(60, 64))
    assert [note.pitch for note in adapted((Note(0, 24, 62), Note(24, 24, 69)), narrow).score.notes] == [62, 60]
    low = adapted((Note(0, 24, 2), Note(24, 24, 4)))
    assert [note.pitch for note in low.score.notes] == [62, 64]
    assert low.written([Note(48, 24, 60), Note(72, 24, 59)]) == [Note(48, 24, 0), Note(72, 24, 11)]


def test_long_notes_are_heard_as_repeated_ones() -> None:
    heard = adapted((Note(0, 24, 60), Note(24, 60, 62)))
    assert [(note.start, note.duration, note.pitch) for note in heard.score.notes] == [
        (0, 24, 60), (24, 24, 62), (48, 24, 62), (72, 12, 62),
    ]  # fmt: skip
    assert heard.notices == ("notes that are longer than the model's longest are heard as repeated ones",)


@pytest.mark.parametrize(
    ("metre", "heard", "how"),
    [
        ("3/4", "6/8", "bars as long, with other beats"),
        ("4/2", "4/4", "one bar as two, with other beats"),
        ("12/8", "6/8", "one bar as two"),
        ("2/4", "4/4", "two bars as one"),
    ],
)
def test_a_metre_that_is_heard_as_another_is_told(metre: str, heard: str, how: str) -> None:
    result = adapted((Note(0, 24, 60), Note(24, 24, 62)), metre=metre)
    assert (str(result.score.metre), str(result.metre)) == (heard, metre)
    assert result.notices == (f"the model does not know {metre}: it hears {heard} ({how}), and the result keeps {metre}",)


@given(st.one_of(melodies(), polyphonic_scores(4), polyphonic_scores(2)), st.sampled_from((MELODIES, PARTS, CHORDS)))
def test_a_model_can_spell_all_that_it_hears(score: Score, vocabulary: TokenVocabulary) -> None:
    score = replace(score, metres=((0, Metre(4, 4)),), key=None)
    if all(score.voices[note.voice].drums for note in score.notes):
        return
    heard = fitting.adapt_primer(score, vocabulary, "mine")
    ids = grammar.padded([vocabulary.encode(heard.score)])
    assert grammar.valid(grammar.Tables(vocabulary), ids)[0]
    if vocabulary.parts:
        for each in fitting.adapt_melody(score, vocabulary, "mine")[1]:
            assert each.score.is_melody
            assert {note.duration for note in each.score.notes} <= {*vocabulary.durations}
            assert {note.start % 96 for note in each.score.notes} <= {0, *vocabulary.positions}


def test_of_notes_that_are_all_too_short_the_longest_is_heard() -> None:
    heard = fitting.adapt_primer(Score((Note(8, 1, 60), Note(9, 2, 62), Note(44, 1, 64))), MELODIES, "mine").score
    assert [(note.start, note.duration, note.pitch) for note in heard.notes] == [(12, MELODIES.durations[0], 62)]


def test_of_a_primer_a_model_of_melodies_gets_the_highest_line() -> None:
    notes = (Note(0, 24, 50), Note(0, 24, 40, 1), Note(24, 24, 52))
    heard = fitting.adapt_primer(Score(notes, key=Key(0), voices=(Voice(), Voice())), MELODIES, "mine")
    assert heard.octaves == 1
    assert [note.pitch for note in heard.score.notes] == [62, 64]
    assert heard.sources == (0,)
    assert heard.notices == (
        "several voices: the melody is taken from voice 1 (2 of 3 notes)",
        "the music is moved +12 semitones into the model's range; the result is moved back",
    )


def test_a_model_of_parts_hears_a_melody_and_a_bass_as_soprano_and_bass() -> None:
    low = tuple(Note(48 * i, 48, 43 + i % 2) for i in range(4))
    high = tuple(Note(24 * i, 24, 72 + i % 3, 1) for i in range(8))
    heard = fitting.adapt_primer(
        Score((*low, *high), key=Key(8), voices=(Voice("Left hand"), Voice("Right hand"))), PARTS, "mine"
    )
    assert [sum(note.voice == part for note in heard.score.notes) for part in range(4)] == [8, 0, 0, 4]
    assert (heard.sources[0], heard.sources[3]) == (1, 0)
    assert heard.notices == ()


def test_a_melody_with_chords_that_was_played_by_hand_is_harmonised_on_the_beat() -> None:
    beside = (0, 2, -1, 1, -2, 2, 1, -1)
    notes = [Note(24 + 24 * i + late, 20, 60 + i) for i, late in enumerate(beside)]
    chord = [replace(note, pitch=note.pitch - 7) for note in notes[::2]]
    played = Score(tuple(sorted([*notes, *chord], key=lambda note: (note.start, note.pitch))), ((0, Metre(4, 4)),), Key(0))
    melody, (heard,) = fitting.adapt_melody(played, PARTS, "m")
    assert [note.start % 24 for note in melody.notes] != [0] * 8
    assert [note.start % 24 for note in heard.score.notes] == [0] * 8
    assert any(notice.startswith("played beside the beat") for notice in heard.notices)
