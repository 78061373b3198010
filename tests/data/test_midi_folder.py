import numpy as np
import pytest

from zoo.data import midi_folder
from zoo.data.folk import SPLITS, content
from zoo.data.tune_books import VOCABULARY
from zoo.errors import UserError
from zoo.music import midi
from zoo.music.score import Key, Metre, Note, Score, Voice


def tune(seed: int, key: Key | None = Key(7)) -> Score:  # noqa: B008
    pitches = np.random.default_rng(seed).integers(60, 80, 32)
    return Score(tuple(Note(12 * i, 12, int(pitch)) for i, pitch in enumerate(pitches)), key=key)


def test_reads_every_midi_file_and_says_what_it_skipped(tmp_path, capsys):
    (tmp_path / "more").mkdir()
    midi.write(tune(1), tmp_path / "one.mid")
    midi.write(tune(2, key=None), tmp_path / "more" / "two.MIDI")
    midi.write(
        Score((Note(0, 96, 60), Note(96, 72, 62)), ((0, Metre(4, 4)), (96, Metre(3, 4))), Key(0)), tmp_path / "changes.mid"
    )
    midi.write(Score((Note(0, 12, 40),), voices=(Voice(drums=True),)), tmp_path / "drums.mid")
    (tmp_path / "broken.mid").write_text("no music")
    (tmp_path / "notes.txt").write_text("not read at all")

    found = midi_folder.load(tmp_path)

    scores = [score for name in SPLITS for score in found.scores[name]]
    assert sorted(content(score) for score in scores if score.key == Key(7)) == [content(tune(1))]
    assert len(scores) == 2
    assert found.keys_estimated == 1
    reasons = {path.name: reason for path, reason in found.skipped}
    assert reasons["changes.mid"] == "the metre changes"
    assert reasons["drums.mid"] == "only drums"
    assert reasons.keys() == {"changes.mid", "drums.mid", "broken.mid"}
    assert str(found).startswith("2 melodies (")
    assert "1 keys estimated; " in str(found)
    assert "1 files skipped: only drums" in str(found)
    assert "reading MIDI files" in capsys.readouterr().err


def test_the_split_depends_on_the_content_not_on_names(tmp_path):
    for order, name in ((range(12), "a"), (reversed(range(12)), "b")):
        (tmp_path / name).mkdir()
        for i, seed in enumerate(order):
            midi.write(tune(seed), tmp_path / name / f"{i}.mid")
    first, second = (midi_folder.load(tmp_path / name) for name in "ab")
    assert first.scores == second.scores


def test_lengths_that_the_vocabulary_lacks_are_shortened(tmp_path):
    midi.write(Score((Note(0, 78, 60), Note(96, 96, 62)), key=Key(0)), tmp_path / "tune.mid")
    found = midi_folder.load(tmp_path, VOCABULARY)
    assert [note.duration for scores in found.scores.values() for score in scores for note in score.notes] == [72, 96]


def test_pitches_that_the_vocabulary_lacks_are_skipped(tmp_path):
    midi.write(Score((Note(0, 96, 20),), key=Key(0)), tmp_path / "low.mid")
    with pytest.raises(UserError, match=r"no melody in 1 MIDI files under .*: low\.mid: pitch outside the vocabulary"):
        midi_folder.load(tmp_path, VOCABULARY)


def test_no_folder_or_an_empty_one(tmp_path):
    with pytest.raises(UserError, match=r"missing' is no folder: give a folder of MIDI files"):
        midi_folder.load(tmp_path / "missing")
    with pytest.raises(UserError, match=r"no melody in 0 MIDI files under"):
        midi_folder.load(tmp_path)
