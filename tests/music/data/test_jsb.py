import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from zoo.core.errors import UserError
from zoo.music.data import jsb
from zoo.music.language.joined import joined
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note

METRES = st.sampled_from([Metre(4, 4), Metre(3, 4), Metre(3, 2), Metre(12, 8)])
GRIDS = hnp.arrays(np.int32, st.tuples(st.integers(1, 80), st.just(4)), elements=st.sampled_from([-1, 57, 60, 62]))


def trimmed(frames):
    """Without the silent frames at both ends."""
    sounds = np.flatnonzero((frames >= 0).any(axis=1))
    return frames[sounds[0] : sounds[-1] + 1] if len(sounds) else frames[:0]


@pytest.mark.slow
@given(GRIDS, METRES, st.integers(0, 40))
def test_a_grid_comes_back_from_its_score(frames, metre, offset):
    score = jsb.to_score(frames, metre, offset, Key(0))
    assert np.array_equal(jsb.grid(score), trimmed(frames))
    assert joined(score) == score
    assert (score.metre, score.key, score.type) == (metre, Key(0), "chorale")


@given(GRIDS.filter(lambda frames: frames.max() >= 0), METRES)
def test_every_grid_has_a_spelling(frames, metre):
    score = jsb.to_score(frames, metre, 2, Key(0))
    vocabulary = TokenVocabulary.of([score], voices=4)
    assert vocabulary.decode(vocabulary.encode(score)).notes == score.notes


def test_held_and_repeated_pitches_are_one_note_from_the_offset_on():
    frames = np.array([[72, 67, 60, -1], [72, 67, 62, 48], [72, -1, 62, 48], [74, 67, 62, 48]])
    score = jsb.to_score(frames, Metre(3, 4), 8, None)
    assert score.notes == (
        Note(48, 18, 72, 0),
        Note(48, 12, 67, 1),
        Note(48, 6, 60, 2),
        Note(54, 18, 62, 2),
        Note(54, 18, 48, 3),
        Note(66, 6, 74, 0),
        Note(66, 6, 67, 1),
    )
    assert [voice.name for voice in score.voices] == ["Soprano", "Alto", "Tenor", "Bass"]


def test_a_grid_of_a_score_off_the_sixteenths_tells_what_sounds_when_each_begins():
    voices = jsb.VOICES
    score = Score((Note(15, 9, 60, 0), Note(24, 3, 62, 0), Note(27, 3, 64, 0)), voices=voices)
    assert jsb.grid(score)[:, 0].tolist() == [-1, 60, 62]
    assert jsb.grid(Score((), voices=voices)).shape == (0, 4)


@pytest.mark.parametrize(
    ("frames", "offset"),
    [
        (np.zeros((3, 3), int), 0),
        (np.zeros(4, int), 0),
        (np.zeros((2, 4)), 0),
        (np.full((2, 4), -2), 0),
        (np.full((2, 4), 128), 0),
        (np.full((2, 4), 60), -1),
    ],
)
def test_what_is_no_grid_is_refused(frames, offset):
    with pytest.raises(ValueError, match=r"frames must|offset must"):
        jsb.to_score(frames, Metre(4, 4), offset, None)


def test_a_file_is_read(tmp_path):
    path = tmp_path / "jsb.json"
    path.write_text(json.dumps({"train": [[[60, 55, 52, 48], [60.0, 55, -1, 48]]], "valid": [], "test": [[[1, 2, 3, 4]]]}))
    pieces = jsb.read(path)
    assert {split: len(each) for split, each in pieces.items()} == {"train": 1, "valid": 0, "test": 1}
    assert pieces["train"][0].tolist() == [[60, 55, 52, 48], [60, 55, -1, 48]]
    assert pieces["train"][0].dtype == np.int32


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no JSON file"),
        ("[" * 100_000, "is no JSON file"),
        ("[]", "holds no JSB chorales: it needs lists named train, valid, test"),
        ('{"train": [], "test": []}', "holds no JSB chorales"),
        ('{"train": [], "valid": [], "test": [[[60, 55, 52]]]}', "piece test 0 of .* is no list of frames"),
        ('{"train": [[[60, 55, 52, 48], [60]]], "valid": [], "test": []}', "piece train 0 of .* is no list of frames"),
        ('{"train": [], "valid": [[[60, 55, "a", 48]]], "test": []}', "piece valid 0 of .* is no list of frames"),
        ('{"train": [], "valid": [[[60, 55, 52.5, 48]]], "test": []}', "piece valid 0 of .* is no list of frames"),
        ('{"train": [], "valid": [[[60, 55, NaN, 48]]], "test": []}', "piece valid 0 of .* is no list of frames"),
        ('{"train": [], "valid": [[]], "test": []}', "piece valid 0 of .* is no list of frames"),
        ('{"train": [], "valid": [7], "test": []}', "piece valid 0 of .* is no list of frames"),
        ('{"train": [], "valid": [[[60, 55, 52, 128]]], "test": []}', "piece valid 0 of .* has pitches outside"),
    ],
)
def test_other_files_are_one_line(tmp_path, text, message):
    path = tmp_path / "jsb.json"
    path.write_text(text)
    with pytest.raises(UserError, match=message) as error:
        jsb.read(path)
    assert "\n" not in str(error.value)


def test_files_that_cannot_be_read_are_one_line(tmp_path):
    with pytest.raises(UserError, match=r"cannot read .*: No such file"):
        jsb.read(tmp_path / "none.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="is no JSON file"):
        jsb.read(tmp_path / "binary.json")


def test_pieces_without_a_twin():
    assert (len(jsb.WITHOUT_TWIN), len(jsb.WITHOUT_TUNE)) == (51, 27)
    assert set(jsb.WITHOUT_TUNE) < set(jsb.WITHOUT_TWIN) < set(range(77))
    assert jsb.WITH_TUNE.isdisjoint(jsb.WITHOUT_TUNE)
