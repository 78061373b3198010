"""Phrasing: which notes get louder, and that nothing else changes."""

import pytest
from hypothesis import given, settings

from tests.music.strategies import melodies, polyphonic_scores
from zoo.music.notation.phrasing import phrased
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Metre, Note, Voice


def velocities(score, loudness=80):
    return [note.velocity for note in phrased(score, loudness).notes]


def test_downbeats_are_louder_than_beats_and_these_than_what_is_between():
    score = Score(tuple(Note(12 * i, 12, 60) for i in range(8)))
    first, *rest = velocities(score)
    assert first > max(rest)
    assert min(rest[1::2]) > max(rest[0::2])
    assert velocities(score)[0] == round(80 * 1.1 * 0.94)


def test_the_beats_of_compound_metres_are_three_units():
    eighths = velocities(Score(tuple(Note(12 * i, 12, 60) for i in range(6)), ((0, Metre(6, 8)),)))
    assert eighths[0] > eighths[3] > max(eighths[1], eighths[2], eighths[4], eighths[5])


def test_an_arc_over_four_bars():
    downbeats = velocities(Score(tuple(Note(96 * i, 96, 60) for i in range(8))))
    assert downbeats == [83, 90, 93, 90] * 2


def test_a_pickup_belongs_to_the_first_phrase():
    with_pickup = velocities(Score((Note(72, 24, 60), *(Note(96 * i, 96, 60) for i in range(1, 9)))))
    assert with_pickup == [75, *[83, 90, 93, 90] * 2]


def test_higher_notes_are_a_little_louder():
    score = Score((Note(0, 96, 54), Note(384, 96, 66), Note(768, 96, 60)))
    low, high, middle = velocities(score)
    assert low < middle < high
    assert high / low == pytest.approx(1.03 / 0.97, abs=0.02)


def test_the_outer_voices_lead():
    voices = (Voice("Alto"), Voice("Soprano"), Voice("Bass"), Voice("Tenor"), Voice("Kit", drums=True))
    score = Score(tuple(Note(0, 24, pitch, voice) for voice, pitch in enumerate((65, 72, 48, 57, 99))), voices=voices)
    alto, soprano, bass, tenor, kit = velocities(score)
    assert soprano == bass > kit > alto == tenor


def test_loudness_and_its_bounds():
    score = Score(tuple(Note(12 * i, 12, 60 + i) for i in range(16)))
    assert velocities(score, 40)[0] == pytest.approx(velocities(score, 80)[0] / 2, abs=1)
    assert set(velocities(score, 1)) == {1}
    assert max(velocities(score, 127)) == 127
    assert phrased(Score(())) == Score(())
    for loudness in (0, 128):
        with pytest.raises(ValueError, match="loudness is 1-127"):
            phrased(score, loudness)


@pytest.mark.slow
@settings(max_examples=50)
@given(melodies() | polyphonic_scores())
def test_only_velocities_change(score):
    after = phrased(score)
    assert after == score
    assert [note.velocity for note in phrased(after).notes] == [note.velocity for note in after.notes]
    assert all(57 <= note.velocity <= 107 for note in after.notes)
