"""Dissonant beats and cadences, by hand."""

import pytest

from zoo.music.analysis.harmony import beats, ends_with_cadence, harmony, is_dissonant
from zoo.music.analysis.voice_leading import VOICES
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice


def chords(*pitches: tuple[int | None, ...], key: str = "C", ticks: int = 24) -> Score:
    """Chords of soprano, alto, tenor and bass in a row; None is a rest."""
    notes = [
        Note(ticks * i, ticks, each, voice)
        for i, chord in enumerate(pitches)
        for voice, each in enumerate(chord)
        if each is not None
    ]
    return Score(tuple(notes), key=Key.parse(key), voices=VOICES)


TONIC, DOMINANT, SEVENTH, SUBDOMINANT = (72, 67, 64, 48), (71, 67, 62, 43), (74, 65, 59, 43), (72, 69, 65, 53)
SUSPENDED = (72, 67, 62, 43)


@pytest.mark.parametrize(
    ("chord", "expected"),
    [
        ({0, 4, 7}, False),
        ({9, 0, 4}, False),
        ({11, 2, 5, 7}, False),  # the dominant seventh chord, in any inversion
        ({11, 2, 5, 8}, False),  # diminished
        ({2, 5, 9, 0}, False),
        ({0, 4, 7, 11}, False),
        ({0, 10}, False),  # a part of a seventh chord
        ({5}, False),
        ({0, 5, 7}, True),  # a fourth over the root: a suspension
        ({0, 2, 4, 7}, True),
        ({0, 1, 7}, True),
        ({0, 2, 4, 5, 7}, True),
    ],
)
@pytest.mark.parametrize("root", range(12))
def test_what_is_dissonant(chord: set[int], expected: bool, root: int):
    assert is_dissonant([48 + each + root for each in chord]) is expected


def test_dissonances_count_on_the_beat_alone():
    passing = chords(TONIC, TONIC, SUSPENDED, DOMINANT, ticks=12)
    assert harmony([passing])["dissonant_beats"] == 0.5
    assert harmony([passing, chords(TONIC, DOMINANT)])["dissonant_beats"] == 0.25
    alone = chords((72, None, None, None), SUSPENDED)
    assert harmony([alone])["dissonant_beats"] == 1


def test_beats_begin_at_the_bar_line():
    assert len(list(beats(chords(TONIC, TONIC, TONIC)))) == 3
    notes = (Note(0, 144, 60), Note(0, 144, 64))
    for metre, count in ((Metre(2, 2), 6), (Metre(3, 4), 6), (Metre(6, 8), 4), (Metre(3, 8), 12)):
        assert list(beats(Score(notes, ((0, metre),)))) == [[60, 64]] * count
    drums = Score((*notes, Note(0, 24, 37, 1)), voices=(Voice(), Voice(drums=True)))
    assert next(beats(drums)) == [60, 64]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ((DOMINANT, TONIC), True),
        ((SEVENTH, TONIC, TONIC), True),
        ((SUBDOMINANT, TONIC), True),
        ((SUSPENDED, DOMINANT, TONIC), True),
        ((DOMINANT, (72, 67, 63, 48)), True),  # minor
        (((67, None, 62, 43), (72, 67, None, 48)), True),
        ((SUSPENDED, TONIC), False),
        (((74, 71, 62, 47), TONIC), False),  # the leading note in the bass
        ((TONIC, DOMINANT), False),
        ((DOMINANT, (72, 67, 60, 52)), False),  # the third in the bass
        ((DOMINANT, (69, 64, 60, 45)), False),  # VI
        ((DOMINANT, (*SUSPENDED[:3], 48)), False),
        ((TONIC, TONIC), False),
        ((TONIC,), False),
        (((None, None, None, 43), (None, None, None, 48)), False),
        ((), False),
    ],
)
def test_cadences(last: tuple[tuple[int | None, ...], ...], expected: bool):
    assert ends_with_cadence(chords(*last)) is expected


def test_the_key_decides_what_a_cadence_is():
    assert not ends_with_cadence(chords(DOMINANT, TONIC, key="G"))
    assert harmony([chords(DOMINANT, TONIC), chords(TONIC, DOMINANT)])["cadences"] == 0.5


def test_music_of_one_voice_has_no_harmony():
    with pytest.raises(ValueError, match="sound together"):
        harmony([Score((Note(0, 24, 60),))])
