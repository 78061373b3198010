"""How pieces end, by hand."""

from dataclasses import replace

import pytest

from zoo.music.analysis.endings import endings, last_note
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Note, Voice

D, E_MINOR = Key.parse("D"), Key.parse("Em")


def tune(*notes: tuple[int, int], key: Key | None = D) -> Score:
    """A melody of (pitch, ticks)."""
    starts = [sum(ticks for _, ticks in notes[:i]) for i in range(len(notes))]
    return Score(tuple(Note(start, ticks, pitch) for start, (pitch, ticks) in zip(starts, notes, strict=True)), key=key)


def test_shares_of_melodies():
    tunes = [
        tune((66, 24), (62, 24)),  # on the tonic, a quarter
        tune((66, 24), (74, 12)),  # on the tonic, an octave higher, an eighth
        tune((62, 24), (66, 36)),
        tune((67, 24), (64, 24), key=E_MINOR),
    ]
    assert endings(tunes) == {"tonic_endings": 0.75, "minor_tonic_endings": 1.0, "long_endings": 0.75}
    assert endings(tunes[:3]) == {"tonic_endings": pytest.approx(2 / 3), "long_endings": pytest.approx(2 / 3)}


def test_dorian_is_not_minor():
    assert "minor_tonic_endings" not in endings([tune((64, 24), key=Key.parse("E dorian"))])


def test_a_missing_key_is_estimated():
    scale = [(60 + step, 24) for step in (0, 4, 7, 12, 11, 9, 7, 5, 4, 2, 0, 0)]
    assert endings([tune(*scale, key=None)])["tonic_endings"] == 1
    assert endings([tune(*scale[:-2], key=None)])["tonic_endings"] == 0


def test_of_several_voices_the_highest_and_the_lowest_end():
    voices = (Voice("low"), Voice("high"), Voice("drums", drums=True))
    notes = (Note(0, 48, 50, 0), Note(48, 24, 55, 0), Note(0, 24, 66, 1), Note(24, 12, 74, 1), Note(90, 6, 38, 2))
    score = Score(notes, key=D, voices=voices)
    assert (last_note(score), last_note(score, bass=True)) == (notes[3], notes[1])
    assert endings([score]) == {"tonic_endings": 1, "long_endings": 0, "bass_tonic_endings": 0}
    assert endings([replace(score, key=Key.parse("G"))])["bass_tonic_endings"] == 1


def test_of_a_last_chord_in_one_voice_the_top_and_the_bottom_count():
    score = Score((Note(0, 24, 60), Note(24, 48, 62), Note(24, 48, 69), Note(24, 48, 78)), key=D)
    assert (last_note(score).pitch, last_note(score, bass=True).pitch) == (78, 62)


def test_the_last_bar_makes_up_for_the_upbeat():
    upbeat, bar = Note(72, 24, 62), Note(96, 96, 66)
    ends = [replace(tune(), notes=(upbeat, bar, Note(192, ticks, 62))) for ticks in (72, 48, 96)]
    assert endings(ends)["upbeat_endings"] == pytest.approx(1 / 3)
    assert "upbeat_endings" not in endings([replace(tune(), notes=(Note(0, 96, 62),))])


def test_scores_without_notes_end_in_no_way():
    assert endings([Score(()), tune((62, 24))]) == {"tonic_endings": 0.5, "long_endings": 0.5}
    with pytest.raises(ValueError, match="no scores"):
        endings([])
