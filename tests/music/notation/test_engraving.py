"""Notation: layers, written values, names of pitches."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.music.strategies import polyphonic_scores
from zoo.music.notation.engraving import bars, layers, spelled
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Metre, Note


def test_layers_hold_chords_and_no_overlap():
    notes = [Note(0, 24, 60), Note(0, 24, 64), Note(0, 48, 67), Note(24, 24, 62), Note(48, 24, 60), Note(48, 24, 60)]
    found = [[(chord.start, chord.end, chord.pitches) for chord in line] for line in layers(notes)]
    assert found == [
        [(0, 48, (67,)), (48, 72, (60,))],
        [(0, 24, (60, 64)), (24, 48, (62,)), (48, 72, (60,))],
    ]
    assert layers([]) == []


@given(polyphonic_scores(voices=1))
@settings(max_examples=50)
def test_bars_hold_what_the_layers_do(score):
    """Every bar is full, every value one that notes have, every chord whole again from its pieces."""
    for line in layers(score.notes):
        now, sounding = 0, {}
        for bar in bars(score, line):
            assert bar.start == now
            for group in bar.groups:
                for piece in group.pieces:
                    assert piece.start == now
                    assert piece.ticks * (3 if group.triplet else 2) == piece.value * 3
                    assert bin(piece.value).strip("0b") in ("1", "11", "111")
                    assert piece.begins == (now == piece.chord.start)
                    assert piece.ends == (now + piece.ticks == piece.chord.end)
                    now += piece.ticks
                    sounding[piece.chord] = sounding.get(piece.chord, 0) + piece.ticks
            assert now == bar.start + bar.ticks
        assert [chord for chord in sounding if chord.pitches] == line
        assert all(chord.end - chord.start == ticks for chord, ticks in sounding.items())


def test_a_change_of_metre_cuts_a_bar_off():
    score = Score((Note(0, 200, 60),), ((0, Metre(4, 4)), (100, Metre(3, 4))))
    found = bars(score, layers(score.notes)[0])
    assert [(bar.start, bar.ticks, str(bar.metre), bar.changed) for bar in found] == [
        (0, 96, "4/4", False),
        (96, 4, "4/4", False),
        (100, 72, "3/4", True),
        (172, 72, "3/4", False),
    ]
    assert bars(Score(()), []) == []


@given(st.integers(0, 127), st.integers(-5, 6))
def test_names_sound_as_they_should(pitch, fifths):
    letter, alteration, octave = spelled(pitch, fifths)
    assert {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[letter] + alteration + 12 * (octave + 1) == pitch
    assert alteration in (-1, 0, 1)


@pytest.mark.parametrize(
    ("fifths", "names"),
    [
        (0, "C C# D Eb E F F# G G# A Bb B"),
        (-3, "C Db D Eb E F Gb G Ab A Bb B"),
        (6, "B# C# D D# E E# F# G G# A A# B"),
    ],
)
def test_names_follow_the_key(fifths, names):
    found = [spelled(pitch, fifths) for pitch in range(60, 72)]
    assert " ".join(letter + "#" * step + "b" * -step for letter, step, _ in found) == names
