import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.music.strategies import polyphonic_scores
from zoo.music.analysis.splitting import split, width
from zoo.music.notation.theory import Note


def chords(*pitches: tuple[int, ...], duration: int = 24) -> list[Note]:
    return [Note(24 * i, duration, pitch) for i, chord in enumerate(pitches) for pitch in chord]


def pitches(lines: list[list[Note]]) -> list[list[int]]:
    return [[note.pitch for note in line] for line in lines]


def test_full_chords_are_lines_in_the_order_of_their_pitches():
    notes = chords((72, 67, 64, 48), (74, 65, 62, 50), (71, 67, 62, 43))
    assert pitches(split(notes, 4)) == [[72, 74, 71], [67, 65, 67], [64, 62, 62], [48, 50, 43]]
    assert width(notes) == 4


def test_a_line_that_rests_leaves_its_place_to_no_other():
    notes = chords((72, 67, 64, 48), (74, 62, 50), (72, 67, 64, 48))
    assert pitches(split(notes, 4)) == [[72, 74, 72], [67, 67], [64, 62, 64], [48, 50, 48]]


def test_a_held_note_keeps_its_line_while_others_move():
    notes = [
        Note(0, 96, 67),
        Note(0, 24, 72),
        Note(0, 24, 48),
        Note(24, 24, 74),
        Note(48, 24, 69),
        Note(72, 24, 71),
        Note(72, 24, 47),
    ]
    assert pitches(split(notes, 3)) == [[72, 74, 69, 71], [67], [48, 47]]


def test_notes_played_into_the_next_ones_are_lines_all_the_same():
    notes = chords((72, 60), (74, 59), (76, 57), duration=26)
    assert width(notes) == 2
    assert pitches(split(notes, 2)) == [[72, 74, 76], [60, 59, 57]]


def test_a_rare_fuller_chord_does_not_count_and_its_inner_note_joins_a_line():
    notes = chords(*[(72, 60)] * 19, (72, 64, 60))
    assert width(notes) == 2
    assert pitches(split(notes, 2)) == [[72] * 20, [60] * 19 + [64, 60]]


def test_no_notes():
    assert width([]) == 0
    assert split([], 3) == [[], [], []]


@pytest.mark.slow
@given(polyphonic_scores(), st.integers(1, 5))
def test_all_lines_together_are_the_notes(score, lines):
    found = split(score.notes, lines)
    assert len(found) == lines
    assert sorted(note for line in found for note in line) == sorted(score.notes)


@pytest.mark.slow
@given(st.lists(st.sets(st.integers(40, 80), min_size=1, max_size=4), min_size=1, max_size=12))
def test_chords_of_four_notes_at_most_are_four_lines_of_one_note_at_a_time(given_chords):
    lines = split(chords(*map(tuple, given_chords)), 4)
    for line in lines:
        assert len({note.start for note in line}) == len(line)
    for i in range(len(given_chords)):
        sounding = [note.pitch for line in lines for note in line if note.start == 24 * i]
        assert sounding == sorted(sounding, reverse=True)
