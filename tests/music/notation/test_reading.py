"""A user's files: what is in them decides how they are read."""

import pytest

from zoo.core.errors import UserError
from zoo.music.notation import midi, midi_writing, reading
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note

SCORE = Score((Note(0, 24, 62), Note(24, 24, 64)))
TUNE = "X:1\nT:One\nM:2/4\nL:1/4\nK:D\nF A |\n"


def test_the_content_decides_not_the_suffix(tmp_path):
    midi_writing.write(SCORE, tmp_path / "tune.abc")
    assert reading.read(tmp_path / "tune.abc").score == midi.read(tmp_path / "tune.abc")
    (tmp_path / "tune.mid").write_text(TUNE)
    found = reading.read(tmp_path / "tune.mid")
    assert [note.pitch for note in found.score.notes] == [66, 69]
    assert found.report.notes == 2
    assert not found.notices


def test_of_several_tunes_the_first_is_taken_and_said(tmp_path):
    path = tmp_path / "book.abc"
    path.write_bytes(b"\xef\xbb\xbf" + (TUNE + "\nX:2\nT:Two\nM:2/4\nK:C\nC4|\n").replace("\n", "\r\n").encode())
    found = reading.read(path)
    assert found.score.title == "One"
    assert found.notices == ("it holds 2 tunes: the first one, 'One', is taken",)


def test_another_tune_of_a_book_is_taken_by_its_number(tmp_path):
    path = tmp_path / "book.abc"
    path.write_text("\n".join(TUNE.replace("X:1", f"X:{i}").replace("One", f"Tune {i}") for i in (3, 5, 8)))
    assert reading.read(path, 5).score.title == "Tune 5"
    assert not reading.read(path, 5).notices
    assert [read.score.title for read in reading.read_all(path)] == ["Tune 3", "Tune 5", "Tune 8"]
    with pytest.raises(UserError, match=r"book.abc' has no tune X:1: it has X:3, X:5, X:8$"):
        reading.read(path, 1)


def test_midi_with_damaged_first_bytes_is_read_and_told(tmp_path):
    path = tmp_path / "damaged.mid"
    midi_writing.write(Score((Note(0, 24, 60), Note(24, 24, 62))), path)
    path.write_bytes(b"????" + path.read_bytes()[4:])
    found = reading.read(path)
    assert [note.pitch for note in found.score.notes] == [60, 62]
    assert found.notices[0] == "the first bytes of the file are damaged: it is read all the same"


def test_what_is_no_music_is_told_in_a_line(tmp_path):
    (tmp_path / "a.abc").write_text("no tune\n")
    (tmp_path / "b.mid").write_bytes(b"ID3\x03 and so on")
    (tmp_path / "c.mid").write_text("Dear aunt, here is my tune")
    cases = [("a.abc", "holds no tune"), ("none.mid", "there is no file"), (".", "is a folder"), ("b.mid", "is a recording")]
    for name, why in [*cases, ("c.mid", "is neither MIDI nor ABC notation nor MusicXML")]:
        with pytest.raises(UserError, match=why) as caught:
            reading.read(tmp_path / name)
        assert "\n" not in str(caught.value)
