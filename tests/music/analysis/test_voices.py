import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.music.strategies import polyphonic_scores
from zoo.core.errors import UserError
from zoo.music.analysis.voices import chosen
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note, Voice

BAND = Score(
    (Note(0, 24, 40, 0), Note(0, 24, 72, 1), Note(24, 24, 74, 1), Note(0, 24, 60, 2), Note(0, 24, 38, 3)),
    voices=(
        Voice("Bass", 32, track=2, channel=2),
        Voice("Lead Vocal", 53, track=3, channel=1),
        Voice("Lead Guitar", 27, track=4, channel=3),
        Voice("Drums", 0, drums=True, track=5, channel=10),
    ),
)


@pytest.mark.parametrize(
    ("track", "channel", "names"),
    [
        (3, None, ["Lead Vocal"]),
        ("lead vocal", None, ["Lead Vocal"]),
        (" LEAD G", None, ["Lead Guitar"]),
        (None, 2, ["Bass"]),
        (4, 3, ["Lead Guitar"]),
        (None, None, ["Bass", "Lead Vocal", "Lead Guitar", "Drums"]),
    ],
)
def test_voices_are_chosen_by_track_name_and_channel(track, channel, names):
    assert [voice.name for voice in chosen(BAND, track, channel).voices] == names


@pytest.mark.parametrize(
    ("track", "channel", "words"),
    [
        (
            1,
            None,
            "no voice is in track 1; there are track 2 'Bass' (channel 2, 1 note), track 3 'Lead Vocal' (channel 1, 2 notes)",
        ),
        (3, 2, "no voice is in track 3 and channel 2; there are"),
        ("flute", None, "no voice is in track 'flute'; there are"),
        ("lead", None, "2 tracks have names that begin with 'lead'; there are"),
    ],
)
def test_a_voice_that_is_not_there_is_refused_with_those_that_are(track, channel, words):
    with pytest.raises(UserError) as error:
        chosen(BAND, track, channel)
    assert words in str(error.value)


def test_music_from_no_midi_file_counts_its_voices():
    score = Score((Note(0, 24, 72), Note(0, 24, 60, 1)), voices=(Voice("Violin"), Voice("Cello")))
    assert [voice.name for voice in chosen(score, 2).voices] == ["Cello"]


@given(polyphonic_scores(), st.integers(1, 4))
def test_the_chosen_voice_keeps_each_of_its_notes(score, track):
    found = [(note.start, note.duration, note.pitch, note.velocity) for note in chosen(score, track).notes]
    assert found == [(note.start, note.duration, note.pitch, note.velocity) for note in score.notes if note.voice == track - 1]
