"""The score: metres, keys, bars, transposition, saving by suffix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.core.errors import UserError
from zoo.music.notation.score import Score
from zoo.music.notation.theory import MODES, Key, Metre, Note, Voice, parse_value, value_text


@pytest.mark.parametrize(
    ("text", "bar", "beat"),
    [("4/4", 96, 24), ("3/4", 72, 24), ("6/8", 72, 36), ("9/8", 108, 36), ("3/8", 36, 12), ("2/2", 96, 48), ("6/4", 144, 24)],
)
def test_metre_gives_bar_and_beat_in_ticks(text, bar, beat):
    metre = Metre.parse(text)
    assert (metre.bar_ticks, metre.beat_ticks, str(metre)) == (bar, beat, text)


@pytest.mark.parametrize("text", ["", "6", "6/", "0/4", "3/5", "3/64", "four/4", "999/4", "-3/4"])
def test_no_metre_is_a_users_mistake(text):
    with pytest.raises(UserError, match="write beats/unit"):
        Metre.parse(text)


@pytest.mark.parametrize(
    ("text", "tonic", "mode", "fifths"),
    [
        ("D", 2, "major", 2),
        ("g", 7, "minor", -2),
        ("Gm", 7, "minor", -2),
        ("D dorian", 2, "dorian", 0),
        ("Amix", 9, "mixolydian", 2),
        ("Bb", 10, "major", -2),
        ("bb", 10, "minor", -5),
        ("F# minor", 6, "minor", 3),
        ("Cb", 11, "major", 5),
        ("E aeolian", 4, "minor", 1),
        ("f lydian", 5, "lydian", 0),
    ],
)
def test_key_from_text(text, tonic, mode, fifths):
    key = Key.parse(text)
    assert (key.tonic, key.mode, key.fifths) == (tonic, mode, fifths)


@pytest.mark.parametrize("text", ["", "H", "D foo", "7", "D##", "Dd"])
def test_no_key_is_a_users_mistake(text):
    with pytest.raises(UserError, match="write a tonic"):
        Key.parse(text)


@pytest.mark.parametrize(
    ("text", "meant"), [("Dmint", "D minor"), ("f# dorain", "f# dorian"), ("Bb Mixolidian", "Bb mixolydian")]
)
def test_a_misspelt_mode_is_told_what_is_near(text, meant):
    with pytest.raises(UserError, match=f"did you mean '{meant}'"):
        Key.parse(text)
    Key.parse(meant)


@given(st.builds(Key, st.integers(0, 11), st.sampled_from(MODES)))
def test_key_reads_back_from_its_text(key):
    assert Key.parse(str(key)) == key
    assert -5 <= key.fifths <= 6


def test_score_sorts_its_notes_and_counts_bars():
    score = Score((Note(72, 1, 60), Note(0, 72, 62)), ((0, Metre(3, 4)),))
    assert [note.start for note in score.notes] == [0, 72]
    assert (score.end, score.bars, score.bar_starts) == (73, 2, (0, 72))
    assert Score(()).bars == 0


def test_a_change_of_metre_begins_a_bar():
    score = Score((Note(0, 200, 60),), ((0, Metre(4, 4)), (120, Metre(6, 8)), (500, Metre(2, 4))))
    assert score.bar_starts == (0, 96, 120, 192)
    assert str(score.metre_at(119)) == "4/4"
    assert str(score.metre_at(120)) == "6/8"


def test_melody_means_one_voice_and_no_overlap():
    two = (Voice(), Voice())
    assert Score((Note(0, 6, 60), Note(6, 6, 60))).is_melody
    assert not Score((Note(0, 7, 60), Note(6, 6, 62))).is_melody
    assert not Score((Note(0, 6, 60), Note(6, 6, 62, voice=1)), voices=two).is_melody


def test_an_upbeat_is_a_first_bar_that_begins_with_a_rest_or_is_short():
    upbeat = Score((Note(72, 24, 60), Note(96, 24, 62)))
    assert upbeat.has_upbeat
    assert (upbeat.bars, upbeat.full_bars) == (2, 1)
    assert "1 bar of 4/4" in repr(upbeat)
    assert Score((Note(0, 24, 60),), ((0, Metre(1, 4)), (24, Metre(3, 4)))).has_upbeat
    for notes in ((), (Note(0, 24, 60),), (Note(96, 24, 60),)):
        assert not Score(notes).has_upbeat


def test_transpose_takes_the_key_along_and_leaves_drums():
    score = Score((Note(0, 6, 60), Note(0, 6, 38, 1)), key=Key(11, "dorian"), voices=(Voice(), Voice(drums=True)))
    up = score.transpose(3)
    assert [note.pitch for note in up.notes] == [63, 38]
    assert up.key == Key(2, "dorian")
    assert up.transpose(-3) == score
    with pytest.raises(ValueError, match="no note"):
        score.transpose(80)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Note(-1, 6, 60),
        lambda: Note(0, 0, 60),
        lambda: Note(0, 6, 128),
        lambda: Note(0, 6, 60, velocity=0),
        lambda: Score((Note(0, 6, 60, voice=1),)),
        lambda: Score((), metres=((6, Metre(4, 4)),)),
        lambda: Score((), tempos=((0, 120.0), (0, 90.0))),
        lambda: Score((), tempos=((0, 0.0),)),
        lambda: Key(12),
        lambda: Key(0, "blues"),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"."):
        wrong()


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.mid", b"MThd"),
        ("a.PNG", b"\x89PNG"),
        ("a.abc", b"%abc-2.1\nX:1\n"),
        ("a.musicxml", b"<?xml"),
        ("a.xml", b"<?xml"),
        ("a.wav", b"RIFF"),
    ],
)
def test_save_goes_by_suffix(tmp_path, name, start):
    path = Score((Note(0, 24, 60),)).save(str(tmp_path / name))
    assert path == tmp_path / name
    assert path.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [path]


def test_save_names_the_suffixes_it_knows(tmp_path):
    score = Score((Note(0, 24, 60),))
    with pytest.raises(UserError, match=r"a\.txt.*\.mid, \.midi, \.png, \.abc, \.musicxml, \.xml, \.pdf, \.svg or \.wav$"):
        score.save(tmp_path / "a.txt")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".mid", ".png", ".abc", ".musicxml", ".wav"])
def test_saving_into_a_missing_folder_is_a_users_mistake(tmp_path, suffix):
    with pytest.raises(UserError, match=r"cannot write .*choose another place$"):
        Score((Note(0, 24, 60),)).save(tmp_path / "none" / f"a{suffix}")


def test_a_score_is_shown_in_a_line():
    jig = Score(tuple(Note(36 * i, 36, 60) for i in range(40)), ((0, Metre(6, 8)),), Key(2), title="Tune 1")
    assert repr(jig) == "<Score 'Tune 1': 20 bars of 6/8 in D, 40 notes, 1 voice>"
    assert repr(Score(())) == "<Score: 0 bars of 4/4, 0 notes, 1 voice>"
    changing = Score((Note(0, 96, 60), Note(96, 72, 62, 1)), ((0, Metre(4, 4)), (96, Metre(3, 4))), voices=(Voice(), Voice()))
    assert repr(changing) == "<Score: 2 bars of 4/4 and other metres, 2 notes, 2 voices>"
    assert len(repr(Score((), title="x" * 1000))) < 120


@given(st.fractions(0, 8, max_denominator=96).filter(lambda value: (value * 96).denominator == 1))
def test_a_note_value_is_read_as_it_is_written(value):
    ticks = int(value * 96)
    assert parse_value(value_text(ticks)) == ticks


def test_note_values():
    assert (value_text(12), value_text(36), value_text(96)) == ("1/8", "3/8", "1/1")
    assert (parse_value("2/4"), parse_value(" 1 / 8 "), parse_value("0")) == (48, 12, 0)


@pytest.mark.parametrize("text", ["", "1/0", "1/7", "quarter", "-1/4", "1/4/4", "1.5"])
def test_no_note_value(text):
    with pytest.raises(UserError, match="write a note value, for example 1/4 or 3/8, or 0"):
        parse_value(text)
