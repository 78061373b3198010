"""Sound: frequencies, lengths and loudness of what is rendered, and who renders it."""

import os
import stat
import wave
from dataclasses import replace

import numpy as np
import pytest

from zoo.core.errors import UserError
from zoo.music.notation import loudness, sound, synthesis
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note, Voice

A4 = Score((Note(0, 48, 69),))  # one second
PROGRAMS = [0, 9, 16, 24, 40, 46, 52, 60, 73, 81, 105, 110, 115]


@pytest.fixture(autouse=True)
def no_fluidsynth(monkeypatch, tmp_path_factory, caplog):
    """Whatever this machine has: no program on PATH, no SoundFont."""
    caplog.set_level("INFO", "zoo")
    folder = tmp_path_factory.mktemp("bin")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("SOUNDFONT", raising=False)
    monkeypatch.setattr(sound, "_SOUNDFONTS", ())
    return folder


def samples(path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 44100)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def played(score, path):
    sound.write(score, path)
    return samples(path)


def level(part):
    return float(np.sqrt(np.mean(np.square(part))))


def frequency(part):
    """The strongest one, in Hz."""
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 8 * len(part)))
    return float(spectrum.argmax() * 44100 / (8 * len(part)))


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("pitch", [45, 69, 88])
def test_each_family_plays_in_tune(program, pitch):
    heard = synthesis.render(replace(A4, notes=(Note(0, 48, pitch),), voices=(Voice("", program),)))
    right = 440 * 2 ** ((pitch - 69) / 12)
    assert frequency(heard[:44100]) == pytest.approx(right, rel=0.002)


def test_a_file_has_the_length_of_the_score_and_a_short_tail(tmp_path, caplog):
    heard = played(A4, tmp_path / "a.wav")
    assert len(heard) == pytest.approx(1.4 * 44100, abs=2)
    assert caplog.messages == [f"{tmp_path}/a.wav: sound by the zoo's own synthesis (no fluidsynth on PATH)"]
    assert loudness.loudness((heard / 32768).astype(np.float32), 44100) == pytest.approx(loudness.TARGET, abs=0.05)
    assert np.abs(heard[-100:]).max() == 0


def test_all_tempos_count():
    slow_then_fast = Score((Note(0, 24, 60), Note(24, 24, 72), Note(72, 24, 76)), tempos=((0, 60.0), (24, 120.0), (48, 30.0)))
    seconds = synthesis.clock(slow_then_fast)
    assert [seconds(tick) for tick in (0, 12, 24, 36, 48, 72, 96)] == [0, 0.5, 1, 1.25, 1.5, 3.5, 5.5]
    heard = synthesis.render(slow_then_fast)
    assert len(heard) == pytest.approx(5.9 * 44100, abs=2)
    second = 44100
    assert frequency(heard[: second // 2]) == pytest.approx(261.63, rel=0.005)
    assert frequency(heard[int(1.05 * second) : int(1.45 * second)]) == pytest.approx(523.25, rel=0.005)
    assert level(heard[int(1.8 * second) : int(3.4 * second)]) < 1e-4  # a rest
    assert frequency(heard[int(3.6 * second) : int(5.4 * second)]) == pytest.approx(659.26, rel=0.005)


@pytest.mark.parametrize("program", PROGRAMS)
def test_loudness_follows_velocity(program):
    score = Score((Note(0, 48, 69, velocity=100), Note(96, 48, 69, velocity=50)), voices=(Voice("", program),))
    heard = synthesis.render(score)
    assert level(heard[:44100]) / level(heard[88200:132300]) == pytest.approx(4, rel=0.01)


@pytest.mark.parametrize("program", PROGRAMS)
def test_notes_begin_and_end_without_clicks(program):
    """A click is a jump: nowhere more than what the tone itself does in its middle."""
    heard = synthesis.render(Score((Note(0, 47, 57),), voices=(Voice("", program),)))
    steps = np.abs(np.diff(heard))
    assert np.abs(heard[0]) < 1e-3
    assert steps[44100 - 4000 :].max() <= 1.2 * steps[1000:30000].max()
    assert steps[:100].max() <= 1.2 * steps.max(initial=0, where=np.arange(len(steps)) > 100)


def test_a_long_tone_has_no_seams():
    """It is made of blocks: the same waves everywhere, the phase never jumps."""
    heard = synthesis.render(Score((Note(0, 480, 69),), voices=(Voice("", 16),)))
    at = np.arange(44100, 9 * 44100)
    tone = np.exp(-2j * np.pi * 440 * at / 44100)
    phases = [
        np.angle(np.sum((heard[44100:])[first : first + 4410] * tone[first : first + 4410])) for first in range(0, 300000, 4410)
    ]
    assert np.ptp(phases) < 1e-3


def test_plucked_tones_fade_and_bowed_ones_do_not():
    def late(program):
        heard = synthesis.render(Score((Note(0, 144, 69),), voices=(Voice("", program),)))
        return level(heard[110250:120000]) / level(heard[8820:22050])

    assert late(24) < 0.05
    assert late(0) < 0.2
    assert late(40) == pytest.approx(1, abs=0.05)
    assert late(19) == pytest.approx(1, abs=0.05)


def test_drums_are_short_strokes_however_long_their_notes_are():
    drums = (Voice("", 0, drums=True),)
    strokes = {pitch: synthesis.render(Score((Note(0, 96, pitch),), voices=drums)) for pitch in (36, 38, 42, 45, 49, 76)}
    assert all(level(heard[66150:]) < 1e-3 for heard in strokes.values())
    assert frequency(strokes[36][2000:12000]) < 100
    assert frequency(strokes[42][:4000]) > 5000
    assert level(strokes[49][22050:33000]) > level(strokes[42][22050:33000])
    assert all((synthesis.render(Score((Note(0, 96, pitch),), voices=drums)) == strokes[pitch]).all() for pitch in strokes)


def test_any_pitch_program_and_length():
    notes = tuple(Note(tick, 1, pitch, velocity=127) for tick, pitch in enumerate(range(0, 128, 3)))
    for program in range(0, 128, 7):
        heard = synthesis.render(Score(notes, tempos=((0, 6000.0),), voices=(Voice("", program),)))
        assert np.isfinite(heard).all()
        assert np.abs(heard).max() <= loudness.PEAK + 1e-4
    drums = synthesis.render(Score(tuple(Note(0, 1, pitch) for pitch in range(128)), voices=(Voice(drums=True),)))
    assert np.isfinite(drums).all()


def test_what_cannot_be_played_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"^the score holds no notes"):
        sound.write(Score(()), tmp_path / "a.wav")
    with pytest.raises(UserError, match=r"^the score lasts 31 minutes: at most 30"):
        sound.write(Score((Note(31 * 60 * 48 - 1, 1, 60),)), tmp_path / "a.wav")
    with pytest.raises(UserError, match="cannot write"):
        sound.write(A4, tmp_path / "none" / "a.wav")
    assert not list(tmp_path.iterdir())


def fake(folder, script):
    program = folder / "fluidsynth"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def font(tmp_path, monkeypatch):
    path = tmp_path / "some.sf2"
    path.write_bytes(b"RIFF")
    monkeypatch.setenv("SOUNDFONT", str(path))
    return path


# Finds the file after -F, as fluidsynth's options have it, and the last argument; keeps them for the test.
_COPIES = """\
echo "$@" > {log}
while [ $# -gt 1 ]; do if [ "$1" = -F ]; then out=$2; fi; shift; done
[ -f "$1" ] && /bin/cp {made} "$out"
"""


def quiet(path, width):
    """The file of a fluidsynth that plays A softly on the left and twice as softly on the right, in so many bytes a sample."""
    wave_form = 0.02 * np.sin(2 * np.pi * 440 * np.arange(44100) / 44100)
    values = np.stack([wave_form, wave_form / 2], 1).ravel() * 2.0 ** (8 * width - 1)
    with wave.open(str(path), "wb") as file:
        file.setparams((2, width, 44100, 0, "NONE", ""))
        file.writeframes(b"".join(int(value).to_bytes(width, "little", signed=True) for value in values))


@pytest.mark.parametrize("width", [2, 3, 4])
def test_fluidsynth_is_as_loud_as_our_own_synthesis(tmp_path, no_fluidsynth, font, width):
    own = synthesis.render(A4)
    made = tmp_path / "made.wav"
    quiet(made, width)
    fake(no_fluidsynth, _COPIES.format(log=tmp_path / "log", made=made))
    sound.write(A4, tmp_path / "a.wav")
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 44100)
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / np.float32(32768)
    assert loudness.loudness(heard, 44100) == pytest.approx(loudness.loudness(own, 44100), abs=0.1)
    assert level(heard[:, 0]) / level(heard[:, 1]) == pytest.approx(2, abs=0.01)
    assert np.abs(heard).max() > 0.1
    assert frequency(heard[:, 0]) == pytest.approx(440, abs=1)


def test_fluidsynth_plays_where_it_is_with_a_soundfont(tmp_path, no_fluidsynth, font, caplog):
    made, log = tmp_path / "made.wav", tmp_path / "log"
    quiet(made, 3)
    fake(no_fluidsynth, _COPIES.format(log=log, made=made))
    sound.write(A4, tmp_path / "a.wav")
    assert caplog.messages == [f"{tmp_path}/a.wav: sound by fluidsynth with {font}"]
    arguments = log.read_text().split()
    assert arguments[-2] == str(font)
    assert arguments[-1].endswith(".mid")
    assert arguments[arguments.index("-r") + 1] == "44100"
    assert not os.path.exists(arguments[-1])  # nothing is left behind


def test_a_soundfont_is_looked_for_in_the_usual_places(tmp_path, no_fluidsynth, font, monkeypatch, caplog):
    fake(no_fluidsynth, "exit 3")
    monkeypatch.delenv("SOUNDFONT")
    sound.write(A4, tmp_path / "a.wav")
    assert "own synthesis (no SoundFont found: set SOUNDFONT" in caplog.text
    monkeypatch.setattr(sound, "_SOUNDFONTS", (str(tmp_path / "none"), str(tmp_path)))
    sound.write(A4, tmp_path / "a.wav")
    assert "fluidsynth failed" in caplog.text  # so it was found


@pytest.mark.parametrize("script", ["exit 3", "exit 0", 'while [ "$1" != -F ]; do shift; done; echo no sound > "$2"'])
def test_where_fluidsynth_fails_the_zoo_plays_and_says_so(tmp_path, no_fluidsynth, font, caplog, script):
    fake(no_fluidsynth, script)
    heard = played(A4, tmp_path / "a.wav")
    assert frequency(heard[:44100]) == pytest.approx(440, abs=1)
    assert caplog.messages[0].startswith(f"{tmp_path}/a.wav: sound by the zoo's own synthesis (fluidsynth failed: ")


def test_a_soundfont_that_is_no_file_is_a_users_mistake(tmp_path, monkeypatch):
    monkeypatch.setenv("SOUNDFONT", str(tmp_path / "none.sf2"))
    with pytest.raises(UserError, match=r"^SOUNDFONT names .*none.sf2"):
        sound.write(A4, tmp_path / "a.wav")
