import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.music.midi_collection import SPECIAL
from zoo.core.dataset import SPLITS
from zoo.core.errors import UserError
from zoo.music.data import midi_folder, midi_reading
from zoo.music.data.tune_books import VOCABULARY
from zoo.music.data.tune_versions import content
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation import abc_writing, midi_writing
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice


def tune(seed: int, key: Key | None = Key(7)) -> Score:  # noqa: B008
    pitches = np.random.default_rng(seed).integers(60, 80, 32)
    return Score(tuple(Note(12 * i, 12, int(pitch)) for i, pitch in enumerate(pitches)), key=key)


def song(seed: int, bars: int = 4, drums: bool = True) -> Score:
    """A tune over chords, with two drum beats a bar."""
    notes = [*tune(seed).notes] if bars == 4 else [Note(12 * i, 12, 60 + (seed + i * i) % 17) for i in range(8 * bars)]
    notes += [Note(96 * bar, 96, pitch, 1) for bar in range(bars) for pitch in (48, 52, 55)]
    notes += [Note(48 * beat, 12, 38, 2) for beat in range(2 * bars) if drums]
    return Score(tuple(notes), key=Key(0), voices=(Voice("tune", 73), Voice("chords", 24), Voice("kit", 0, True)))


def all_scores(found: midi_folder.MidiFolder) -> list[Score]:
    return [score for name in SPLITS for score in found.scores[name]]


def test_reads_every_midi_file_and_says_what_it_skipped(tmp_path, capsys):
    (tmp_path / "more").mkdir()
    midi_writing.write(tune(1), tmp_path / "one.mid")
    midi_writing.write(tune(2, key=None), tmp_path / "more" / "two.MIDI")
    midi_writing.write(
        Score((Note(0, 96, 60), Note(288, 216, 62)), ((0, Metre(4, 4)), (288, Metre(3, 4))), Key(0)), tmp_path / "changes.mid"
    )
    midi_writing.write(Score((Note(0, 12, 40),), voices=(Voice(drums=True),)), tmp_path / "drums.mid")
    (tmp_path / "broken.mid").write_text("no music")
    (tmp_path / "notes.txt").write_text("not read at all")

    found = midi_folder.load(tmp_path)

    scores = [score for name in SPLITS for score in found.scores[name]]
    assert sorted(content(score) for score in scores if score.key == Key(7)) == [content(tune(1))]
    assert len(scores) == 3
    assert (found.keys_estimated, found.changes["the metre changes"], found.changes["notes in other metres left out"]) == (
        1,
        1,
        1,
    )
    reasons = {path.name: reason for path, reason in found.skipped}
    assert reasons["drums.mid"] == "only drums"
    assert reasons.keys() == {"drums.mid", "broken.mid"}
    assert str(found).startswith("3 melodies (")
    assert "1 keys estimated; " in str(found)
    assert "1 skipped: only drums" in str(found)
    assert "reading music" in capsys.readouterr().err


def test_abc_books_and_musicxml_are_read_beside_midi(tmp_path):
    midi_writing.write(tune(1), tmp_path / "one.kar")
    bars = " | ".join("CDEF GABc"[i % 4 :] + "C" * (i % 4) for i in range(4))
    book = [f"X:{i}\nT:Tune {i}\nM:4/4\nL:1/8\nK:C\n{bars} | {'C4 | ' * (i == 0)}{'cdef'[i]}8 |]\n" for i in range(3)]
    (tmp_path / "book.abc").write_text("\n".join([*book, "X:9\nT:Silence\nM:4/4\nK:C\nz8 |]\n"]))
    abc_writing.write(tune(2), tmp_path / "two.abc")
    (tmp_path / "page.xml").write_text("<?xml version='1.0'?><html/>")
    found = midi_folder.load(tmp_path)
    assert {score.title for score in all_scores(found)} == {"Tune 0", "Tune 1", "Tune 2", "one", "two"}
    assert found.files == 5
    assert found.changes["pieces of which something was mended or read otherwise than written"] == 1  # a bar is too short
    reasons = {path.name: reason for path, reason in found.skipped}
    assert reasons["book.abc"] == "the file has a tune, X:9, that cannot be read: no notes"
    assert "begins with <html>" in reasons["page.xml"]
    assert str(found).startswith("5 melodies (")


def test_the_split_depends_on_the_content_not_on_names(tmp_path):
    for order, name in ((range(12), "a"), (reversed(range(12)), "b")):
        (tmp_path / name).mkdir()
        for i, seed in enumerate(order):
            midi_writing.write(tune(seed), tmp_path / name / f"{i}.mid")
    first, second = (midi_folder.load(tmp_path / name) for name in "ab")
    assert [list(map(content, first.scores[split])) for split in SPLITS] == [
        list(map(content, second.scores[split])) for split in SPLITS
    ]


def test_a_piece_has_its_own_title_or_the_name_of_its_file(tmp_path):
    midi_writing.write(replace(tune(1), title="The Lark"), tmp_path / "one.mid")
    midi_writing.write(tune(2), tmp_path / "two.by me.mid")
    midi_writing.write(song(3), tmp_path / "three.mid")
    for melodies in (True, False):
        titles = {score.title for score in all_scores(midi_folder.load(tmp_path, melodies=melodies))}
        assert titles == {"The Lark", "two.by me", "three"}


def test_lengths_that_the_vocabulary_lacks_are_shortened(tmp_path):
    midi_writing.write(Score((Note(0, 78, 60), Note(96, 96, 62)), key=Key(0)), tmp_path / "tune.mid")
    found = midi_folder.load(tmp_path, VOCABULARY)
    assert [note.duration for scores in found.scores.values() for score in scores for note in score.notes] == [72, 96]


def test_pitches_that_the_vocabulary_lacks_are_skipped(tmp_path):
    midi_writing.write(Score((Note(0, 96, 20),), key=Key(0)), tmp_path / "low.mid")
    with pytest.raises(UserError, match=r"no melody in 1 file under .*: low\.mid: pitch outside the vocabulary"):
        midi_folder.load(tmp_path, VOCABULARY)


def test_no_folder_or_an_empty_one(tmp_path):
    with pytest.raises(UserError, match=r"missing' is no folder: give a folder of MIDI, ABC or MusicXML files"):
        midi_folder.load(tmp_path / "missing")
    with pytest.raises(UserError, match=r"no music under .*: give a folder with files that end in \.mid, "):
        midi_folder.load(tmp_path)


def test_pieces_of_several_voices_are_polyphonic_scores(tmp_path):
    midi_writing.write(song(1), tmp_path / "song.mid")
    midi_writing.write(song(2), tmp_path / "other.mid")
    midi_writing.write(tune(3), tmp_path / "tune.mid")
    found = midi_folder.load(tmp_path)
    assert (found.polyphonic, found.files, found.notes, found.kept) == (True, 3, 3 * 32 + 2 * 12, 1.0)
    assert sorted(len(score.voices) for score in all_scores(found)) == [1, 2, 2]
    assert {voice.name for score in all_scores(found) for voice in score.voices} == {"tune", "chords", ""}
    assert found.changes["notes of drums left out"] == 16
    assert str(found).startswith("3 excerpts of 3 polyphonic pieces (")


def test_melodies_with_drums_are_melodies_and_one_may_ask_for_either(tmp_path):
    midi_writing.write(song(1), tmp_path / "song.mid")
    for seed in (2, 3):
        notes = (*tune(seed).notes, Note(0, 12, 38, 1))
        midi_writing.write(Score(notes, key=Key(0), voices=(Voice(), Voice("", 0, True))), tmp_path / f"{seed}.mid")
    found = midi_folder.load(tmp_path)
    assert not found.polyphonic
    assert all(score.is_melody for score in all_scores(found))
    assert found.kept == 96 / 108
    assert midi_folder.load(tmp_path, melodies=False).polyphonic
    assert midi_folder.load(tmp_path, melodies=False).kept == 1


def test_the_vocabulary_decides_and_is_kept_to(tmp_path):
    for seed in range(3):
        midi_writing.write(song(seed), tmp_path / f"{seed}.mid")
    assert not midi_folder.load(tmp_path, VOCABULARY, melodies=False).polyphonic
    small = TokenVocabulary((Metre(4, 4),), (40, 90), (12, 48), (12, 24, 36, 48, 60, 72, 84), voices=2)
    found = midi_folder.load(tmp_path, small, melodies=True)
    assert found.polyphonic
    assert {note.duration for score in all_scores(found) for note in score.notes} == {12, 48}
    one = TokenVocabulary((Metre(4, 4),), (40, 90), (12, 96), (12, 24, 36, 48, 60, 72, 84), polyphonic=True)
    assert midi_folder.load(tmp_path, one).changes["voices merged into others"] == 3


@pytest.mark.slow
def test_excerpts_and_versions_of_a_piece_share_a_split(tmp_path):
    for seed in range(8):
        midi_writing.write(song(seed, bars=70), tmp_path / f"{seed}.mid")
        midi_writing.write(song(seed, bars=70).transpose(1), tmp_path / f"{seed}_higher.mid")
    found = midi_folder.load(tmp_path)
    assert found.changes["pieces cut into excerpts"] == 16
    assert len(all_scores(found)) == 16 * 4
    assert all(len(score.notes) <= 250 for score in all_scores(found))
    assert all(len(scores) % 8 == 0 for scores in found.scores.values())


def test_the_table_counts_files_reasons_and_notes(tmp_path):
    midi_writing.write(song(1), tmp_path / "song.mid")
    midi_writing.write(Score((Note(0, 12, 40),), voices=(Voice(drums=True),)), tmp_path / "drums 1.mid")
    midi_writing.write(Score((Note(0, 12, 40),), voices=(Voice(drums=True),)), tmp_path / "drums 2.mid")
    (tmp_path / "void.mid").write_bytes(b"")
    lines = midi_folder.load(tmp_path).table().splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "pieces read 1",
        "pieces skipped 3",
        "only drums 2 for example 'drums 1.mid'",
        "the file is empty; choose a MIDI file 1 for example 'void.mid'",
        "excerpts of polyphonic pieces 1",
        "notes in the pieces read, without drums 44",
        "notes in the scores 44 100.0%",
        "notes of drums left out 8",
    ]


@pytest.mark.slow
def test_every_bad_file_has_a_reason_and_the_good_ones_are_used(tmp_path):
    names = [name for name in SPECIAL if "million" not in name]
    for name in names:
        (tmp_path / f"{name}.mid").write_bytes(SPECIAL[name][0])
    found = midi_folder.load(tmp_path, melodies=False)
    reasons = {path.stem: reason for path, reason in found.skipped}
    bad = {name for name in names if isinstance(SPECIAL[name][1], str)}
    assert reasons.keys() == (bad | {"drums_only"}) - {"text"}  # which is no MIDI, but ABC notation
    assert all(reason and "\n" not in reason and "/" not in reason for reason in reasons.values())
    assert found.files == len(names) - len(reasons)
    assert found.changes["voices merged into others"] >= 112
    for name in names:
        if name not in reasons:
            (tmp_path / f"{name}.mid").unlink()
    with pytest.raises(UserError, match=r"no melody in \d+ files under .*\.mid: ") as caught:
        midi_folder.load(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_processes_read_as_one_does(tmp_path, monkeypatch):
    for seed in range(6):
        midi_writing.write(song(seed), tmp_path / f"{seed}.mid")
    (tmp_path / "broken.mid").write_text("no music")
    alone = midi_folder.load(tmp_path)
    monkeypatch.setattr(midi_reading, "_MANY", 2)
    assert midi_folder.load(tmp_path) == alone


@pytest.mark.slow
def test_reading_where_processes_cannot_start(tmp_path):
    """A program from standard input has no file that a spawned process could begin with. Nor is TensorFlow needed."""
    for seed in range(3):
        midi_writing.write(song(seed), tmp_path / f"{seed}.mid")
    code = f"""
import sys
from pathlib import Path
from zoo.music.data import midi_reading
midi_reading._MANY = 2
paths = sorted(Path({str(tmp_path)!r}).iterdir())
assert [file.notes for file in midi_reading.read_files(paths, None, None)] == [44, 44, 44]
assert "tensorflow" not in sys.modules
"""
    subprocess.run([sys.executable, "-"], input=code, text=True, check=True, stderr=subprocess.PIPE)
