"""Faults of four-part writing: by hand, against music21 on random quartets, and in Bach's own chorales."""

import numpy as np
import pytest
from hypothesis import given, settings
from music21 import converter, corpus
from music21.interval import Interval
from music21.pitch import Pitch
from music21.voiceLeading import VoiceLeadingQuartet

from tests.music.strategies import polyphonic_scores
from zoo.music.analysis.voice_leading import FAULTS, RANGES, count, faults, parallel_fifths, parallel_octaves
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note, Voice

CHOIR = (Voice("Soprano"), Voice("Alto"), Voice("Tenor"), Voice("Bass"))


def chords(*pitches):
    """A quarter note each; None is a rest."""
    notes = [Note(24 * i, 24, each, voice) for i, chord in enumerate(pitches) for voice, each in enumerate(chord) if each]
    return Score(tuple(notes), voices=CHOIR)


def found(score):
    return {name: number for name, number in count(score).items() if number}


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (chords((72, 67, 64, 48), (71, 67, 62, 55)), {}),
        # soprano and bass an octave and a fifth up; alto and tenor keep apart
        (chords((67, 64, 60, 48), (69, 62, 59, 50)), {"parallel_fifths": 1}),
        (chords((72, 64, 55, 48), (74, 65, 57, 50)), {"parallel_fifths": 1, "parallel_octaves": 1}),
        (chords((72, 67, 55, 48), (72, 67, 55, 48)), {}),  # nothing moves
        (chords((72, 67, 55, 48), (72, 65, 53, 48)), {"parallel_octaves": 1}),  # alto and tenor
        (chords((72, None, None, 60), (60, None, None, 48)), {"parallel_octaves": 1}),
        (chords((72, None, None, 48), (67, None, None, 55)), {"parallel_octaves": 1}),  # contrary motion
        (chords((72, None, 48, None), (None, None, None, 60), (74, None, 50, None)), {}),  # rests between
        (chords((64, 67, 60, 48)), {"voice_crossings": 1}),
        (chords((64, 67, 60, 48), (62, 65, 60, 48), (65, 64, 60, 48), (64, 65, 60, 48)), {"voice_crossings": 2}),
        (chords((59, 55, 68, 40), (80, 75, 47, 39)), {"voice_crossings": 2, "out_of_range": 6}),
    ],
)
def test_faults_by_hand(score, expected):
    counts = found(score)
    counts.pop("chord_changes", None)
    assert counts == expected


def test_a_chord_change_is_where_a_voice_begins_and_two_sound():
    notes = (Note(0, 96, 72, 0), Note(24, 24, 64, 1), Note(48, 48, 65, 1), Note(96, 24, 60, 2), Note(144, 12, 48, 3))
    assert count(Score(notes, voices=CHOIR))["chord_changes"] == 2


def test_faults_are_per_hundred_chord_changes_of_all_scores():
    good, bad = chords((72, 67, 64, 48), (71, 67, 62, 55)), chords((67, 64, 60, 48), (69, 62, 59, 50))
    assert faults([good, bad, bad]) == pytest.approx(dict.fromkeys(FAULTS, 0) | {"parallel_fifths": 200 / 6, "chord_changes": 6})


def test_what_has_no_four_voices_is_refused():
    for voices in ((Voice(),), (*CHOIR[:3], Voice(drums=True))):
        with pytest.raises(ValueError, match="soprano, alto, tenor and bass"):
            count(Score((), voices=voices))
    for nothing in ([], [Score((), voices=CHOIR)]):
        with pytest.raises(ValueError, match="no chord changes"):
            faults(nothing)


@pytest.mark.slow
def test_parallels_are_those_of_music21():
    rng = np.random.default_rng(5)
    # Half of the quartets go between fifths and octaves, so that all cases are met often.
    wide = rng.choice([0, 7, 12, 19, 24, -7, -12], (1200, 2))
    wide[::2] = rng.integers(-14, 26, (600, 2))
    low = rng.integers(48, 56, (1200, 2))
    fifths = parallel_fifths(low[:, 0] + wide[:, 0], low[:, 1] + wide[:, 1], low[:, 0], low[:, 1])
    octaves = parallel_octaves(low[:, 0] + wide[:, 0], low[:, 1] + wide[:, 1], low[:, 0], low[:, 1])
    assert 30 < fifths.sum() < 1000
    assert 30 < octaves.sum() < 1000
    for i, ((first, second), (b1, b2)) in enumerate(zip(wide.tolist(), low.tolist(), strict=True)):
        lower = Pitch(b1), Pitch(b2)
        # seven semitones above a pitch are a fifth, however that is spelled
        names = Interval(first).directedName, Interval(second).directedName
        upper = lower[0].transpose(Interval(names[0])), lower[1].transpose(Interval(names[1]))
        quartet = VoiceLeadingQuartet(*upper, *lower)
        assert fifths[i] == quartet.parallelFifth(), quartet
        assert octaves[i] == (quartet.parallelUnison() or quartet.parallelOctave()), quartet


@pytest.mark.slow
@given(polyphonic_scores())
@settings(max_examples=50)
def test_transposition_changes_nothing_but_the_ranges(score):
    before, after = count(score), count(score.transpose(5))
    before.pop("out_of_range")
    after.pop("out_of_range")
    assert before == after


def bach(name):
    parts = converter.parse(corpus.getWork(name), forceSource=True, storePickle=False).parts
    notes = [
        Note(round(24 * each.offset), max(1, round(24 * each.quarterLength)), each.pitch.midi, voice)
        for voice, part in enumerate(parts)
        for each in part.flatten().stripTies().notes
    ]
    return Score(tuple(notes), voices=CHOIR)


@pytest.mark.slow
def test_bachs_chorales_have_few_faults():
    values = faults(bach(f"bach/{name}") for name in ("bwv269", "bwv66.6", "bwv253", "bwv267"))
    assert values["chord_changes"] > 250
    assert all(values[name] < 5 for name in FAULTS)
    assert sum(values[name] for name in FAULTS) > 0
    assert all(low < high for low, high in RANGES)
