"""Grace notes as programs write them: before the beat, on the beat, and on the very tick of their main note."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.music.analysis.melody import melody, snapped
from zoo.music.analysis.ornaments import without_graces
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note, Voice

TUNE = (Note(0, 12, 74), Note(12, 12, 76), Note(24, 24, 78), Note(48, 36, 81), Note(84, 12, 79))


def shapes(notes):
    return [(note.start, note.duration, note.pitch) for note in notes]


@pytest.mark.parametrize(
    "third",
    [
        (Note(24, 1, 80), Note(24, 24, 78)),  # rounding has made them begin at once
        (Note(23, 1, 80), Note(24, 24, 78)),
        (Note(22, 2, 69), Note(24, 24, 78)),
        (Note(24, 2, 80), Note(26, 22, 78)),  # on the beat
        (Note(20, 2, 79), Note(22, 2, 81), Note(24, 24, 78)),
        (Note(24, 2, 79), Note(26, 1, 81), Note(27, 2, 79), Note(29, 19, 78)),
    ],
)
@pytest.mark.parametrize("overlap", [False, True])
def test_the_main_note_keeps_its_place_and_the_tune_its_line(third, overlap):
    # The note before is cut where the grace note begins, or sounds until the main note.
    cut = TUNE[1] if overlap else Note(12, min(12, third[0].start - 12), 76)
    found, left_out = without_graces([TUNE[0], cut, *third, *TUNE[3:]])
    assert shapes(sorted(found)) == shapes(TUNE)
    assert left_out == len(third) - 1
    assert shapes(melody(Score((TUNE[0], cut, *third, *TUNE[3:]))).notes) == shapes(TUNE)


def test_short_notes_that_lead_to_none_stay():
    alone = (Note(0, 2, 72), Note(12, 2, 71), Note(24, 24, 69), Note(48, 24, 69), Note(72, 24, 69))
    far = (Note(0, 24, 60), Note(22, 2, 80), Note(24, 24, 62))
    other_voice = (Note(0, 24, 60), Note(23, 1, 64, 1), Note(24, 24, 62))
    run = (*(Note(2 * i, 2, 60 + i) for i in range(6)), *(Note(12 + 12 * i, 12, 72) for i in range(9)))
    staccato = tuple(Note(12 * i, 2, 60 + i) for i in range(8))
    chord = (Note(0, 2, 72), Note(0, 24, 60), Note(24, 24, 62))
    for notes in (alone, far, other_voice, run, staccato, chord):
        found, left_out = without_graces(notes)
        assert (sorted(found), left_out) == (sorted(notes), 0)


@given(st.lists(st.tuples(st.sampled_from([12, 24, 36, 48]), st.integers(60, 80), st.booleans()), min_size=3, max_size=20))
def test_any_tune_is_the_same_with_and_without_grace_notes(drawn):
    tick, plain, played = 0, [], []
    for duration, pitch, grace in drawn:
        plain.append(Note(tick, duration, pitch))
        played.append(Note(tick + 2 * grace, duration - 2 * grace, pitch))
        if grace:
            played.append(Note(tick, 2, pitch + 2))
        tick += duration
    score = Score(tuple(played))
    assert shapes(melody(score).notes) == shapes(plain)
    assert shapes(snapped(score).notes) == shapes(plain)


def test_voices_are_apart():
    voices = (Voice(), Voice())
    score = Score((*TUNE, Note(22, 2, 60, 1), Note(24, 48, 59, 1), Note(0, 22, 62, 1)), voices=voices)
    found, left_out = without_graces(score.notes)
    assert left_out == 1
    assert shapes(note for note in found if note.voice == 0) == shapes(TUNE)
    assert shapes(sorted(note for note in found if note.voice == 1)) == [(0, 24, 62), (24, 48, 59)]
