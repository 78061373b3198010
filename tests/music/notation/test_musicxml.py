"""MusicXML: music21 reads from the file what the score says."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from music21 import chord, converter, instrument, key, meter, note, stream, tempo

from tests.music.music21_reading import timed, wanted
from tests.music.strategies import melodies, polyphonic_scores
from zoo.core.errors import UserError
from zoo.music.notation import musicxml
from zoo.music.notation.score import Score
from zoo.music.notation.theory import MODES, Key, Metre, Note, Voice


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("musicxml") / "a.musicxml"


def read_back(score, path):
    musicxml.write(score, path)
    return converter.parseData(path.read_text(encoding="utf-8"), format="musicxml")


@pytest.mark.slow
@given(melodies())
@settings(max_examples=8)
def test_a_melody_comes_back(path, score):
    assert timed(read_back(score, path)) == wanted(score)


@given(polyphonic_scores())
@settings(max_examples=8)
def test_voices_chords_and_overlaps_come_back(path, score):
    assert timed(read_back(score, path)) == wanted(score)


def test_names_programs_and_drums(path):
    voices = (Voice("Fiddle & <bow>", 40), Voice(), Voice("silent"), Voice("Bass", 32), Voice("Kit", drums=True))
    score = Score(tuple(Note(0, 96, pitch, voice) for voice, pitch in ((0, 76), (1, 60), (3, 40), (4, 38))), voices=voices)
    parts = read_back(score, path).parts
    assert [part.partName for part in parts] == ["Fiddle & <bow>", "Voice 2", "Bass", "Kit"]
    sounds = [part[instrument.Instrument].first() for part in parts]
    assert [sound.midiProgram for sound in sounds[:3]] == [40, 0, 32]
    assert [sound.midiChannel for sound in sounds] == [0, 1, 3, 9]
    assert [part.recurse().getElementsByClass("Clef").first().name for part in parts] == [
        "treble",
        "treble",
        "bass",
        "percussion",
    ]


@pytest.mark.parametrize("mode", MODES)
def test_keys_with_their_modes(path, mode):
    for tonic in (1, 6, 9):
        score = Score((Note(0, 96, 60 + tonic),), key=Key(tonic, mode))
        found = read_back(score, path)[key.Key].first()
        assert (found.sharps, found.mode, found.tonic.pitchClass) == (score.key.fifths, mode, tonic)


def test_metres_tempos_and_bars(path):
    notes = tuple(Note(24 * i, 24, 60) for i in range(11))
    score = Score(notes, ((0, Metre(4, 4)), (120, Metre(6, 8)), (192, Metre(2, 2))), tempos=((0, 90.0), (30, 66.5), (192, 120.0)))
    again = read_back(score, path)
    measures = again.parts[0][stream.Measure]
    assert [(measure.number, measure.offset * 24) for measure in measures] == [(1, 0), (2, 96), (3, 120), (4, 192)]
    # The bar that the change cuts off says how long it is.
    assert [sign.ratioString for sign in again[meter.TimeSignature]] == ["4/4", "1/4", "6/8", "2/2"]
    marks = again[tempo.MetronomeMark]
    assert [(mark.getOffsetInHierarchy(again) * 24, mark.number) for mark in marks] == [(0, 90), (30, 66.5), (192, 120)]
    assert timed(again) == wanted(score)


def test_pickup_ties_triplets_and_spelling():
    score = Score((Note(72, 48, 66), Note(120, 8, 68), Note(128, 8, 63), Note(136, 8, 60)), key=Key(4, "minor"))
    elements = musicxml.to_music21(score).parts[0].flatten().notesAndRests
    assert [element.nameWithOctave if element.isNote else "rest" for element in elements] == [
        *("rest", "F#4", "F#4", "G#4", "D#4", "C4", "rest")
    ]
    assert [element.tie.type if element.tie else None for element in elements[1:4]] == ["start", "stop", None]
    assert [element.duration.type for element in elements[3:6]] == ["eighth"] * 3
    assert [element.duration.tuplets[0].type for element in elements[3:6]] == ["start", None, "stop"]


def test_chords_velocities_and_titles(path):
    score = Score(
        (Note(0, 96, 60, velocity=101), Note(0, 96, 64, velocity=90), Note(96, 96, 62, velocity=40)), title="One\ntwo & <3>"
    )
    music = musicxml.to_music21(score)
    assert [part.volume.velocity for part in music.recurse().notes] == [101, 40]
    assert len(music[chord.Chord].first().pitches) == 2
    assert len(music[note.Note]) == 1
    again = read_back(score, path)
    assert again.metadata.movementName == "One two & <3>"
    assert again.metadata.composer == "Anonymous"


def test_the_same_score_gives_the_same_bytes(tmp_path):
    score = Score((Note(0, 96, 60), Note(0, 48, 64), Note(96, 96, 50, 1)), voices=(Voice("A"), Voice("B", 40)))
    for name in ("a.xml", "b.xml"):
        musicxml.write(score, tmp_path / name)
    assert (tmp_path / "a.xml").read_bytes() == (tmp_path / "b.xml").read_bytes()
    assert ElementTree.parse(tmp_path / "a.xml").getroot().tag == "score-partwise"


def test_bad_input_is_a_users_mistake(tmp_path):
    with pytest.raises(UserError, match=r"^the score holds no notes: [^\n]*$"):
        musicxml.write(Score(()), tmp_path / "a.xml")
    with pytest.raises(UserError, match="cannot write"):
        musicxml.write(Score((Note(0, 24, 60),)), tmp_path / "none" / "a.xml")
    assert not list(tmp_path.iterdir())


def test_nothing_else_is_written_and_music21_is_imported_late(tmp_path):
    """No settings, no temporary files: only the file asked for."""
    program = """\
import sys
from zoo.music.notation import musicxml
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note
assert not {"music21", "tensorflow"} & set(sys.modules)
Score((Note(0, 24, 60),)).save(sys.argv[1])
assert "tensorflow" not in sys.modules
"""
    places = dict.fromkeys(("HOME", "TMPDIR", "XDG_CONFIG_HOME"), str(tmp_path))
    subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(tmp_path / "a.musicxml")],
        check=True,
        cwd=Path(__file__).parents[3],
        env=os.environ | places,
    )
    assert os.listdir(tmp_path) == ["a.musicxml"]
