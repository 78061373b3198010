"""The key that is heard from the notes."""

import pytest

from zoo.music.analysis.keys import estimate_key, heard_key
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Note, Voice

C_MAJOR = (60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60)
A_MINOR = (57, 60, 64, 69, 68, 71, 69, 65, 64, 62, 60, 59, 57)
D_DORIAN = (62, 65, 69, 71, 72, 71, 69, 67, 65, 64, 62, 60, 62, 69, 71, 62)


def music(pitches, key=None, shift=0):
    return Score(tuple(Note(12 * i, 12, pitch + shift) for i, pitch in enumerate(pitches)), key=key)


@pytest.mark.parametrize("shift", [0, 2, 7, 11])
def test_the_key_of_a_scale_moves_with_it(shift):
    assert estimate_key(music(C_MAJOR, shift=shift)) == Key(shift)
    assert estimate_key(music(A_MINOR, shift=shift)) == Key((9 + shift) % 12, "minor")
    assert estimate_key(music(D_DORIAN, shift=shift)) == Key((2 + shift) % 12, "dorian")


def test_no_notes_have_no_key():
    with pytest.raises(ValueError, match="no notes"):
        estimate_key(Score(()))
    with pytest.raises(ValueError, match="only drums"):
        estimate_key(Score((Note(0, 12, 40),), voices=(Voice(drums=True),)))


def test_drums_have_no_key():
    drums = tuple(Note(6 * i, 6, 37 + i % 3, 1) for i in range(40))
    score = Score((*music(C_MAJOR).notes, *drums), voices=(Voice(), Voice(drums=True)))
    assert estimate_key(score) == Key(0)


def test_where_no_key_is_written_the_notes_tell():
    assert heard_key(music(A_MINOR)) == (
        Key(9, "minor"),
        ("no key is written: the notes are in A minor, and are heard so",),
    )


@pytest.mark.parametrize(
    ("pitches", "shift", "heard"),
    [(C_MAJOR * 2, 4, "E major"), (C_MAJOR * 2, 10, "Bb major"), (A_MINOR, 0, "A minor"), (A_MINOR, 4, "C# minor")],
)
def test_c_major_that_the_notes_contradict_is_overruled(pitches, shift, heard):
    key, notices = heard_key(music(pitches, Key(0), shift))
    assert notices == (f"the key signature contradicts the notes: it says C major, they are in {heard}, and are heard so",)
    assert f"{key}".startswith(heard.split()[0])


@pytest.mark.parametrize("key", [Key(0), Key(5), Key(9, "minor"), Key(7, "mixolydian"), Key(5, "lydian"), Key(4, "phrygian")])
def test_a_plausible_key_holds(key):
    without_fourth_or_seventh = [pitch for pitch in C_MAJOR * 2 if pitch % 12 not in (5, 11)]
    assert heard_key(music(without_fourth_or_seventh, key)) == (key, ())


def test_a_key_far_from_the_notes_is_overruled():
    assert heard_key(music(C_MAJOR * 2, Key(6)))[0] == Key(0)


def test_a_few_notes_overrule_no_key():
    assert heard_key(music((66, 68, 70), Key(0))) == (Key(0), ())


@pytest.mark.parametrize("key", [Key(0), Key(6)])
def test_music_in_no_key_overrules_none(key):
    all_twelve = [60 + 5 * i % 12 for i in range(50)]
    assert heard_key(music(all_twelve, key)) == (key, ())
