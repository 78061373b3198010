import pytest

from zoo.music.analysis.melody import melody, snapped
from zoo.music.analysis.voices import melody_voice
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

C_MAJOR = (60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60)


def line(pitches, voice=0, duration=12, start=0):
    return tuple(Note(start + i * duration, duration, pitch, voice) for i, pitch in enumerate(pitches))


def test_the_melody_is_the_highest_voice_that_has_enough_notes_and_is_no_drum():
    voices = (Voice("bass", 32), Voice("tune", 40), Voice("bell", 9), Voice("drums", 0, drums=True))
    notes = line([40] * 16, 0) + line([72, 74] * 8, 1) + line([100], 2) + line([110] * 16, 3)
    score = Score(notes, voices=voices, title="Song")
    assert melody_voice(score) == 1
    found = melody(score)
    assert [note.pitch for note in found.notes] == [72, 74] * 8
    assert found.voices == (Voice("tune", 40),)
    assert found.title == "Song"


def test_only_drums_are_no_melody():
    with pytest.raises(ValueError, match="only drums"):
        melody(Score((Note(0, 6, 40),), voices=(Voice(drums=True),)))


def test_of_a_chord_the_highest_note_stays_and_overlaps_are_cut():
    score = Score((Note(0, 24, 60), Note(0, 24, 67), Note(12, 24, 64), Note(48, 24, 65)))
    assert [(note.start, note.duration, note.pitch) for note in melody(score).notes] == [(0, 12, 67), (12, 24, 64), (48, 24, 65)]


@pytest.mark.parametrize(
    ("accompaniment", "kept"),
    [
        ([Note(24, 24, 60), Note(48, 24, 64), Note(72, 24, 60)], []),  # under a held note
        ([Note(12, 84, 60)], []),  # it ends with the held note
        ([Note(48, 96, 60)], []),  # it outlasts the held note, and the melody goes on above it
        ([Note(84, 36, 71)], [(84, 12, 71)]),  # a step of the melody, bound to the held note
        ([Note(90, 60, 60)], [(90, 6, 60)]),  # a leap, bound to it
        ([Note(24, 72, 71), Note(48, 48, 69), Note(72, 24, 67)], [(24, 24, 71), (48, 24, 69), (72, 24, 67)]),  # as on a harp
        ([Note(24, 24, 74)], [(24, 24, 74)]),  # it is above
    ],
)
def test_what_accompanies_a_held_note_does_not_cut_it(accompaniment, kept):
    held, after = Note(0, 96, 72), Note(96, 24, 74)
    found = melody(Score((held, *accompaniment, after), key=Key(0))).notes
    assert [(note.start, note.duration, note.pitch) for note in found] == [
        (0, kept[0][0] if kept else 96, 72),
        *kept,
        (96, 24, 74),
    ]


def test_played_times_come_to_the_grid_and_short_gaps_close():
    played = Score((Note(1, 10, 60), Note(13, 9, 62), Note(24, 7, 64), Note(32, 7, 65), Note(41, 6, 67), Note(60, 23, 69)))
    assert [(note.start, note.duration) for note in melody(played).notes] == [
        (0, 12),
        (12, 12),
        (24, 8),
        (32, 8),
        (40, 8),
        (60, 24),
    ]


def test_a_score_on_the_grid_keeps_its_voices_and_notes_of_no_length_get_one():
    played = Score((Note(1, 10, 60, 1), Note(14, 1, 62)), voices=(Voice(), Voice()))
    on_grid = snapped(played)
    assert [(note.start, note.duration, note.pitch, note.voice) for note in on_grid.notes] == [(0, 12, 60, 1), (15, 3, 62, 0)]
    assert snapped(on_grid) == on_grid


def test_the_key_of_the_file_is_kept():
    metres = ((0, Metre(3, 4)),)
    found = melody(Score(line(C_MAJOR), metres, Key(2, "dorian")))
    assert (found.key, found.metres) == (Key(2, "dorian"), metres)
    assert melody(Score(line(C_MAJOR))).key == Key(0, "major")
