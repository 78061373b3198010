import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.music.strategies import polyphonic_scores
from zoo.core.errors import UserError
from zoo.music.analysis.voices import chosen, instruments, lead, melody_voice, parts
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


@pytest.mark.slow
@given(polyphonic_scores(), st.integers(1, 4))
def test_the_chosen_voice_keeps_each_of_its_notes(score, track):
    found = [(note.start, note.duration, note.pitch, note.velocity) for note in chosen(score, track).notes]
    assert found == [(note.start, note.duration, note.pitch, note.velocity) for note in score.notes if note.voice == track - 1]


TUNE = (67, 69, 71, 72, 74, 72, 71, 69, 67, 71, 69, 66, 67, 62, 64, 66)
LENGTHS = (24, 12, 12, 24, 24, 36, 12, 48, 24, 24, 12, 12, 24, 36, 12, 48)  # four bars of 4/4


def tune(voice: int = 0, higher: int = 0) -> list[Note]:
    """Four bars in steps, with rhythms that differ."""
    starts = [sum(LENGTHS[:i]) for i in range(len(LENGTHS))]
    return [Note(*each, voice) for each in zip(starts, LENGTHS, (pitch + higher for pitch in TUNE), strict=True)]


def arpeggio(voice: int, root: int) -> list[Note]:
    """The same four bars in broken chords of eighths."""
    return [Note(12 * i, 12, root + (0, 4, 7, 12, 7, 4, 7, 4)[i % 8], voice) for i in range(32)]


def strummed(voice: int, root: int) -> list[Note]:
    return [Note(24 * i, 24, root + step, voice) for i in range(16) for step in (0, 4, 7)]


def score_of(*groups: list[Note], names: str = "", programs: tuple[int, ...] = (), same_track: bool = False) -> Score:
    """A score as from a MIDI file. Each group is a voice: a track of its own from track 2, or a channel of track 1."""
    words = names.split(",") if names else [""] * len(groups)
    programs = programs or (0,) * len(groups)
    return Score(
        tuple(note for group in groups for note in group),
        voices=tuple(
            Voice(name, program, track=1 if same_track else i + 2, channel=i + 1)
            for i, (name, program) in enumerate(zip(words, programs, strict=True))
        ),
    )


@pytest.mark.parametrize(
    "names", ["Harp,Melody", "Harp,Lead Vocal", "Left Hand,Right Hand", "Chords,Solo", "Backing Vocals,Vocals"]
)
def test_a_name_decides_which_voice_has_the_melody_also_against_what_is_played(names):
    assert melody_voice(score_of(tune(0), arpeggio(1, 48), names=names)) == 1


def test_a_name_of_a_voice_that_hardly_plays_does_not_decide():
    fill = [Note(0, 24, 80, 1), Note(24, 24, 81, 1)]
    assert melody_voice(score_of(tune(0) + tune(0, 12), fill, names="Piano,Solo")) == 1  # few notes, but the other has few, too
    long = [Note(6 * i, 6, 60, 0) for i in range(200)]
    assert melody_voice(score_of(long, fill, names="Piano,Solo")) == 0


@pytest.mark.parametrize(
    ("others", "programs"),
    [
        ([arpeggio(1, 79)], ()),  # higher than the tune
        ([strummed(1, 74)], ()),
        ([tune(1, -5)], ()),  # a second voice below it
        ([arpeggio(1, 36), strummed(2, 55)], (0, 32, 24)),
        ([tune(1, -24)], (0, 33)),  # a walking bass
        ([[Note(0, 384, 91, 1)]], (0, 89)),  # one long note of a pad
        ([[Note(96 * i, 96, 84 + step, 1) for i in range(4) for step in (0, 4, 7)]], (73, 50)),
    ],
)
def test_without_names_the_voice_that_is_most_like_a_melody(others, programs):
    assert melody_voice(score_of(tune(0), *others, programs=programs)) == 0


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0)])
def test_the_highest_of_voices_that_move_together_leads(order):
    """The alto moves in steps more than the soprano does."""
    lines = [[79, 76, 77, 72, 76, 72], [67, 69, 71, 69, 67, 65], [60, 60, 62, 62, 60, 60], [48, 53, 43, 50, 48, 41]]
    groups = [[Note(24 * i, 24, pitch, number) for i, pitch in enumerate(lines[part])] for number, part in enumerate(order)]
    assert order[melody_voice(score_of(*groups))] == 0


def test_only_drums_have_no_melody_and_no_parts():
    drums = Score((Note(0, 24, 38),), voices=(Voice(drums=True),))
    for take in (melody_voice, lead, parts):
        with pytest.raises(ValueError, match="only drums"):
            take(drums)


def test_the_choice_of_the_melody_is_told():
    found, notices = lead(score_of(arpeggio(0, 48), tune(1), strummed(2, 55), names="Harp,Lead,"))
    assert [note.pitch for note in found.notes] == list(TUNE)
    assert [voice.name for voice in found.voices] == ["Lead"]
    assert notices == ("several tracks: the melody is taken from track 3, 'Lead' (16 of 96 notes)",)


def test_channels_of_one_track_are_told_by_their_numbers_and_music_from_no_midi_file_by_its_voices():
    _, notices = lead(score_of(arpeggio(0, 48), tune(1), same_track=True))
    assert notices == ("several channels: the melody is taken from channel 2 (16 of 48 notes)",)
    _, notices = lead(Score((*tune(0), *arpeggio(1, 48)), voices=(Voice("Violin"), Voice("Harp"))))
    assert notices == ("several voices: the melody is taken from voice 1, 'Violin' (16 of 48 notes)",)


def test_nothing_is_told_of_a_single_line_and_chords_are_told():
    assert lead(score_of(tune(0)))[1] == ()
    assert lead(score_of(strummed(0, 60)))[1] == ("chords in the melody: the highest note of each is heard",)


def test_grace_notes_that_begin_with_their_main_notes_are_told_as_such_and_not_as_chords():
    graces = [Note(note.start, 1, note.pitch + 2) for note in tune(0)[::4]]
    assert lead(Score((*tune(0), *graces)))[1] == ("grace notes in the melody: 4, which are not heard",)


def test_a_line_that_another_track_doubles_is_taken_once():
    score = score_of(tune(0, -12), arpeggio(1, 48), tune(2), names="Words,Piano,")
    found, notices = lead(score)
    assert [note.pitch for note in found.notes] == list(TUNE)
    assert notices == ("several tracks: the melody is taken from track 4 (16 of 64 notes); track 2 plays the same",)
    assert [len(group) for group in by_part(parts(score)[0])] == [16, 0, 0, 32]


def by_part(score: Score) -> list[list[int]]:
    return [[note.pitch for note in score.notes if note.voice == voice] for voice in range(len(score.voices))]


CHOIR = [[72, 74, 71, 72], [67, 65, 67, 67], [64, 62, 62, 64], [48, 50, 43, 48]]


def choir(order: tuple[int, ...], names: str = "", same_track: bool = False) -> Score:
    groups = [[Note(24 * i, 24, pitch, number) for i, pitch in enumerate(CHOIR[part])] for number, part in enumerate(order)]
    return score_of(*groups, names=names, same_track=same_track)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
@pytest.mark.parametrize("same_track", [False, True])
def test_a_choir_in_any_order_of_tracks_or_channels(order, same_track):
    found, notices = parts(choir(order, same_track=same_track))
    assert by_part(found) == CHOIR
    assert notices == ()


def test_voices_that_are_named_stay_with_their_tracks_where_they_cross_and_other_tracks_are_left_out():
    crossed = [[Note(24 * i, 24, pitch, voice) for i in range(4)] for voice, pitch in enumerate((36, 50, 55, 64, 60))]
    found, notices = parts(score_of(*crossed, names="Organ,Bass,Tenor,Alto,Soprano"))
    assert by_part(found) == [[60] * 4, [64] * 4, [55] * 4, [50] * 4]
    assert notices == ("the tracks named soprano, alto, tenor and bass are heard: 1 other left out",)


def test_a_choir_in_one_voice_is_split_and_one_on_two_staves_too():
    one = Score(tuple(Note(24 * i, 24, pitch) for line in CHOIR for i, pitch in enumerate(line)))
    assert by_part(parts(one)[0]) == CHOIR
    assert parts(one)[1] == ("chords are split into voices: 1 is heard as 4",)
    staves = [Note(24 * i, 24, pitch, part // 2) for part, line in enumerate(CHOIR) for i, pitch in enumerate(line)]
    for order in ((0, 1), (1, 0)):
        score = score_of(*([note for note in staves if note.voice == staff] for staff in order))
        found, notices = parts(Score(score.notes, voices=score.voices))
        assert by_part(found) == CHOIR
        assert notices == ("chords are split into voices: 2 are heard as 4",)


def test_a_melody_is_the_soprano_and_a_bass_the_bass():
    assert [len(part) for part in by_part(parts(score_of(tune(0)))[0])] == [16, 0, 0, 0]
    found, notices = parts(score_of(arpeggio(0, 43), tune(1)))
    assert [len(part) for part in by_part(found)] == [16, 0, 0, 32]
    assert notices == ()


def test_a_melody_that_is_named_is_the_soprano_below_an_arpeggio():
    found, _ = parts(score_of(arpeggio(0, 79), tune(1), strummed(2, 55), names="Harp,Melody,Guitar"))
    assert by_part(found)[0] == list(TUNE)


def test_more_voices_than_parts_are_the_melody_the_lowest_and_what_is_between():
    walk = [Note(24 * i, 24, 36 + i % 3, 0) for i in range(16)]
    score = score_of(walk, strummed(1, 55), strummed(2, 60), tune(3), arpeggio(4, 52), programs=(32, 0, 0, 73, 24))
    found, notices = parts(score)
    groups = by_part(found)
    assert groups[0] == list(TUNE)
    assert groups[3] == [note.pitch for note in walk]
    assert len(groups[1]) + len(groups[2]) == 48 + 48 + 32
    assert notices == ("more voices than parts: 5 are heard as 4",)
    for most in (1, 2, 3):
        assert len(parts(score, most)[0].voices) == most


def test_drums_are_no_part_which_is_told():
    drums = [Note(24 * i, 24, 38, 1) for i in range(16)]
    score = score_of(tune(0), drums)
    found, notices = parts(Score(score.notes, voices=(score.voices[0], Voice(drums=True, track=3, channel=10))))
    assert [len(part) for part in by_part(found)] == [16, 0, 0, 0]
    assert notices == ("drums are left out: 16 notes",)


def test_notes_on_channels_of_their_own_are_one_instrument():
    """As an MPE keyboard writes a melody, and chords."""
    turned = [[note for note in tune(0) if note in tune(0)[channel::5]] for channel in range(5)]
    melody = score_of(
        *([Note(n.start, n.duration, n.pitch, c) for n in group] for c, group in enumerate(turned)), same_track=True
    )
    found, notices = lead(melody)
    assert [note.pitch for note in found.notes] == list(TUNE)
    assert notices == ("channels of one track are heard as one instrument: 5",)
    chords = strummed(0, 60) + [Note(24 * i, 24, 72 + i % 5) for i in range(16)]
    spread = [Note(note.start, note.duration, note.pitch, i % 7) for i, note in enumerate(chords)]
    score = score_of(*([note for note in spread if note.voice == channel] for channel in range(7)), same_track=True)
    assert {note.voice for note in instruments(score).notes} == {0}
    assert parts(score)[1] == (
        "channels of one track are heard as one instrument: 7",
        "chords are split into voices: 1 is heard as 4",
    )


def test_the_voices_of_a_choir_on_channels_of_one_track_stay_apart_and_so_do_other_instruments():
    assert instruments(choir((0, 1, 2, 3), same_track=True)) == choir((0, 1, 2, 3), same_track=True)
    duet = score_of(tune(0), [Note(n.start + 384, n.duration, n.pitch, 1) for n in tune(1)], programs=(40, 73), same_track=True)
    assert instruments(duet) == duet


@pytest.mark.slow
@given(polyphonic_scores(), st.integers(1, 5))
def test_instruments_keep_all_notes_and_parts_of_few_voices_too(score, voices):
    music = instruments(score)
    pitches = sorted((note.start, note.duration, note.pitch) for note in score.notes)
    assert sorted((note.start, note.duration, note.pitch) for note in music.notes) == pitches
    found, notices = parts(score, voices)
    assert len(found.voices) <= voices
    if voices > 1 and not notices:
        assert sorted((note.start, note.duration, note.pitch) for note in found.notes) == pitches
