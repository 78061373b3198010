"""ABC notation as it is written, and that our own reader and music21 find the same notes in it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from music21 import converter

from tests.music.music21_reading import timed, wanted
from tests.music.strategies import KEYS, melodies
from zoo.core.errors import UserError
from zoo.music.notation import abc, abc_writing
from zoo.music.notation.abc_writing import to_abc
from zoo.music.notation.score import Score
from zoo.music.notation.theory import MODES, Key, Metre, Note, Voice


def body(score):
    """What stands after K:, in one line."""
    return to_abc(score).partition("\nK:")[2].partition("\n")[2].replace("\n", " ").strip()


def line(*notes, key="C", metre="4/4"):
    """The body of a melody of (duration, pitch or None for a rest)."""
    found, now = [], 0
    for duration, pitch in notes:
        if pitch is not None:
            found.append(Note(now, duration, pitch))
        now += duration
    score = Score(tuple(found), ((0, Metre.parse(metre)),), Key.parse(key))
    assert abc.read(to_abc(score)).notes == score.notes
    return body(score)


def by_music21(score):
    return timed(converter.parseData(to_abc(score), format="abc"))


@st.composite
def chorales(draw):
    """Voices of chords between which no tie is needed: music21 reads no tied chords."""
    metre, step = draw(st.sampled_from([("3/4", 24), ("4/4", 48), ("6/8", 12), ("4/4", 8), ("2/2", 96)]))
    voices = draw(st.integers(1, 4))
    notes = [Note(0, step, 60)]
    for voice in range(voices):
        for start in range(step, draw(st.integers(2, 12)) * step, step):
            notes += [Note(start, step, pitch, voice) for pitch in draw(st.sets(st.integers(40, 85), max_size=4))]
    voices = (Voice("A"), Voice("B", 40), Voice(), Voice())[:voices]
    return Score(tuple(notes), ((0, Metre.parse(metre)),), draw(KEYS), voices=voices)


@given(melodies())
@settings(max_examples=50)
def test_our_reader_finds_the_same_melody(score):
    again = abc.read(to_abc(score))
    assert again.notes == score.notes
    assert again.metres == score.metres
    assert again.key == (score.key if score.key.mode != "locrian" else Key((score.key.tonic + 1) % 12))


@given(chorales())
@settings(max_examples=50)
def test_our_reader_finds_the_same_voices_and_chords(score):
    again, notices, moved = abc.read_freely(to_abc(score))
    voices = sorted({note.voice for note in score.notes})
    assert [replace(note, voice=voices[note.voice]) for note in again.notes] == list(score.notes)
    assert again.voices == tuple(
        Voice(score.voices[voice].name if len(voices) > 1 else "", score.voices[voice].program) for voice in voices
    )
    assert (notices, moved) == ((), 0)


def test_our_reader_finds_the_metres_tempos_and_drums():
    voices = (Voice("A \\ 5%", 40), Voice("Kit", drums=True))
    notes = [Note(24 * i, 24, 60 + i) for i in range(11)] + [Note(0, 12, 38, 1), Note(240, 12, 36, 1)]
    metres = ((0, Metre(4, 4)), (120, Metre(6, 8)), (192, Metre(2, 2)))
    score = Score(tuple(notes), metres, Key(2, "dorian"), ((0, 90.0), (36, 66.0), (192, 120.0)), voices, "Odd & 5%", "reel")
    again, notices, _ = abc.read_freely(to_abc(score))
    assert not notices
    assert again.notes == score.notes
    assert (again.metres, again.key, again.title, again.type) == (score.metres, score.key, score.title, score.type)
    assert again.tempos == ((0, 90.0), (48, 66.0), (192, 120.0))  # a change stands before the next note
    assert [(voice.name, voice.drums) for voice in again.voices] == [("A \\ 5%", False), ("Kit", True)]


@given(melodies())
@settings(max_examples=15)
def test_music21_finds_the_same_melody(score):
    assert by_music21(score) == wanted(score)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("tonic", range(12))
def test_every_key_spells_every_pitch(tonic, mode):
    score = Score(tuple(Note(12 * i, 12, 48 + (7 * i) % 36) for i in range(40)), key=Key(tonic, mode))
    assert abc.read(to_abc(score)).notes == score.notes


def test_the_header():
    score = Score(
        (Note(0, 24, 74),), ((0, Metre(6, 8)),), Key(2, "dorian"), ((0, 99.6),), title=" Rakes \n of 50% \\ Mallow\t", type="jig"
    )
    assert to_abc(score) == ("%abc-2.1\nX:1\nT:Rakes of 50\\% \\\\ Mallow\nR:jig\nM:6/8\nL:1/8\nQ:1/4=100\nK:Ddor\nd2z4 |]\n")
    assert abc.read(to_abc(score)).type == "jig"
    assert to_abc(Score((Note(0, 96, 60),))) == "%abc-2.1\nX:1\nT:Untitled\nM:4/4\nL:1/8\nQ:1/4=120\nK:C\nC8 |]\n"


def test_lengths_ties_and_the_pickup():
    assert line((72, None), (24, 67), (96, 60), (48, 62)) == "z6 G2 | C8 | D4 z4 |]"
    assert line((72, 60), (48, 62), (3, 64), (9, 65), (60, 67)) == "C6 D2- | D2 E/4F3/4G4-G |]"
    assert line((84, 60), (12, 60)) == "C7C |]"


def test_four_bars_a_line():
    text = to_abc(Score(tuple(Note(96 * i, 96, 60) for i in range(9))))
    assert text.splitlines()[-3:] == ["C8 | C8 | C8 | C8 |", "C8 | C8 | C8 | C8 |", "C8 |]"]


def test_triplets():
    assert line((8, 69), (8, 71), (8, 72), (24, 74), (16, 69), (8, 71), (24, None)) == "(3ABc d2 (3:2:2A2B z2 |]"
    assert line((16, 60), (16, 62), (16, 64), (4, 60), (4, 62), (4, 64), (36, None)) == "(3C2D2E2 (3C/2D/2E/2z3 |]"
    # Over the beat a tie leads out of the bracket.
    assert line((8, 60), (40, 62), (48, 64)) == "(3:2:2CD2- D2 E4 |]"


def test_accidentals_hold_to_the_bar_line_and_no_further():
    assert line((24, 66), (24, 66), (24, 65), (24, 65), (24, 66), (24, 78), (24, 78), (24, 66)) == (
        "^F2 F2 =F2 F2 | ^F2 ^f2 f2 F2 |]"
    )
    assert line((96, 65), (24, 66), (72, 70), key="G") == "=F8 | F2 _B6 |]"
    assert line((72, 61), (48, 61), (24, 61), (48, 60)) == "^C6 C2- | ^C2 C2 =C4 |]"  # a tied note says its name again


def test_spelling_follows_the_key():
    names = {"C": "_E ^F ^G _B", "Eb": "E _G A B", "E": "D F G ^A"}  # the signature says the others
    for key, expected in names.items():
        score = Score(tuple(Note(96 * i, 96, pitch) for i, pitch in enumerate((63, 66, 68, 70))), key=Key.parse(key))
        assert body(score).replace("8 |]", "").replace("8 |", "") == expected


def test_chords_and_voices():
    notes = (Note(0, 48, 60), Note(0, 48, 64), Note(0, 48, 67), Note(48, 48, 59), Note(0, 96, 36, 2), Note(0, 96, 48, 2))
    score = Score(notes, key=Key(0), voices=(Voice('The "first"', 40), Voice("silent"), Voice("", 0), Voice("Kit", drums=True)))
    assert body(score) == (
        "%%MIDI chordattack 0 V:1 name=\"The 'first'\" %%MIDI program 40 [CEG]4 B,4 |] V:2 clef=bass [C,,C,]8 |]"
    )
    assert by_music21(score) == wanted(score)
    assert body(Score((Note(0, 96, 38),), voices=(Voice(drums=True),))) == "%%MIDI channel 10 D,,8 |]"


@given(chorales())
@settings(max_examples=15)
def test_music21_finds_the_same_chords_in_each_voice(score):
    assert by_music21(score) == wanted(score)


def test_a_tied_chord():
    notes = tuple(Note(48, 96, pitch) for pitch in (60, 64))
    assert body(Score(notes, key=Key(0))) == "%%MIDI chordattack 0 z4 [CE]4- | [CE]4 z4 |]"


def test_changes_of_tempo_and_metre():
    notes = tuple(Note(24 * i, 24, 60) for i in range(9))
    score = Score(notes, ((0, Metre(4, 4)), (120, Metre(3, 4))), tempos=((0, 90.0), (24, 91.4), (40, 60.0)))
    assert body(score) == "C2 [Q:1/4=91]C2 [Q:1/4=60]C2 C2 | C2 | [M:3/4] C2 C2 C2 | C2 z4 |]"
    assert by_music21(score) == wanted(score)


def test_hornpipes_are_not_swung():
    """abc2midi swings what R: calls a hornpipe, unless told otherwise."""
    assert body(Score((Note(0, 96, 60),), type="hornpipe")) == "%%MIDI ratio 1 1 C8 |]"


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        ((), "the score holds no notes"),
        ((Note(0, 24, 60), Note(100, 24, 60), Note(110, 24, 64)), "voice 1 has notes that overlap in bar 2: ABC cannot"),
        ((Note(0, 24, 60), Note(0, 12, 64)), "voice 1 has notes that overlap in bar 1"),
        ((Note(0, 24, 60), Note(0, 24, 60)), "voice 1 has notes that overlap in bar 1"),
    ],
)
def test_what_abc_cannot_say_is_a_users_mistake(tmp_path, notes, message):
    with pytest.raises(UserError, match=message) as error:
        abc_writing.write(Score(notes), tmp_path / "a.abc")
    assert "\n" not in str(error.value)
    assert not list(tmp_path.iterdir())


def test_a_file_in_utf8(tmp_path):
    score = Score((Note(0, 96, 60),), title="Ó Néill")
    abc_writing.write(score, tmp_path / "a.abc")
    assert (tmp_path / "a.abc").read_text(encoding="utf-8") == to_abc(score)
