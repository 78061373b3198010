"""Scores as sound files.

The program fluidsynth plays them where it is installed with a SoundFont, a file of recorded instruments. Otherwise the project's
own synthesis does (zoo.music.notation.synthesis). Both are brought to the same loudness (zoo.music.notation.loudness). So
velocities say how loud the notes of a piece are to each other, and not how loud the file is.
"""

import io
import logging
import os
import shutil
import subprocess
import tempfile
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoo.core.errors import UserError
from zoo.core.files import write_whole
from zoo.music.notation import midi_writing
from zoo.music.notation.loudness import gain
from zoo.music.notation.synthesis import RATE, length, render

if TYPE_CHECKING:
    from zoo.music.notation.score import Score

_SOUNDFONTS = ("/usr/share/sounds/sf2", "/usr/share/soundfonts", "/usr/local/share/soundfonts", "/opt/homebrew/share/soundfonts")
_TIMEOUT = 600  # seconds for fluidsynth, which needs about 20 for half an hour of music
_BLOCK = 2**20  # samples

_log = logging.getLogger(__name__)


def write(score: "Score", path: str | Path) -> None:
    """Writes `encoded` to a file, and logs what made the sound. UserError as `encoded`, and where the file cannot be written."""
    content, maker = encoded(score)
    write_whole(path, content)
    _log.info("%s: sound by %s", path, maker)


def encoded(score: "Score") -> tuple[bytes, str]:
    """The bytes of a .wav file with 16 bits and 44.1 kHz, and what made the sound, in words.

    fluidsynth, in stereo, where that program is on PATH and there is a SoundFont (`soundfont`). Otherwise the project's own
    synthesis, mono; also where fluidsynth fails, and the words then say why.

    Raises:
        UserError: a score without notes or longer than half an hour, or a SOUNDFONT that is no file.
    """
    length(score)  # what cannot be played is refused, whoever plays it
    program, font = shutil.which("fluidsynth"), soundfont()
    content, maker = None, "the zoo's own synthesis"
    if program is None or font is None:
        maker += f" (no {'fluidsynth on PATH' if program is None else 'SoundFont found: set SOUNDFONT to an .sf2 file'})"
    else:
        try:
            content, maker = _by_fluidsynth(score, program, font), f"fluidsynth with {font}"
        except (OSError, subprocess.SubprocessError, wave.Error, EOFError) as error:
            maker += f" (fluidsynth failed: {' '.join(str(error).split())})"
    return content or wav(render(score), RATE), maker


def soundfont() -> Path | None:
    """The SoundFont to play with: the file that the environment variable SOUNDFONT names, else the first *.sf2 in the usual
    places; None where there is none. UserError where SOUNDFONT names no file.
    """
    named = os.environ.get("SOUNDFONT")
    if named:
        if not Path(named).is_file():
            raise UserError(f"SOUNDFONT names {named!r}, which is no file; name an .sf2 file or unset it")
        return Path(named)
    return next((font for folder in _SOUNDFONTS for font in sorted(Path(folder).glob("*.sf2"))), None)


def _by_fluidsynth(score: "Score", program: str, font: Path) -> bytes:
    """The .wav file that fluidsynth makes of the score, with its loudness changed.

    fluidsynth leaves room for many loud notes at once, so its file is quiet. It writes 24 bits, of which 16 are left.

    Raises:
        OSError, SubprocessError, wave.Error, EOFError: it makes no file of this kind.
    """
    with tempfile.TemporaryDirectory() as folder:
        tune, sound = Path(folder, "tune.mid"), Path(folder, "tune.wav")
        midi_writing.write(score, tune)
        options = ["-n", "-i", "-q", "-r", str(RATE), "-O", "s24", "-T", "wav", "-F", str(sound)]
        subprocess.run([program, *options, str(font), str(tune)], check=True, capture_output=True, timeout=_TIMEOUT)
        with wave.open(str(sound)) as file:
            if file.getnframes() == 0:
                raise wave.Error("no sound in its file")
            samples = _samples(file)
    samples *= np.float32(gain(samples, RATE))
    return wav(samples, RATE)


def _samples(file: wave.Wave_read) -> NDArray[np.float32]:
    """The sound of a .wav file of integers, [samples, channels] from -1 to 1."""
    width, channels = file.getsampwidth(), file.getnchannels()
    if width < 2:
        raise wave.Error(f"its file has {8 * width} bits")
    parts = []
    while content := file.readframes(_BLOCK):
        # The highest two or four bytes of each sample, as a number.
        kept = min(width, 4)
        padded = np.zeros((len(content) // width, 4 if kept > 2 else 2), np.uint8)
        padded[:, -kept:] = np.frombuffer(content, np.uint8).reshape(-1, width)[:, -kept:]
        numbers = padded.view("<i4" if kept > 2 else "<i2").ravel()
        parts.append((numbers / np.float64(-np.iinfo(numbers.dtype).min)).astype(np.float32))
    return np.concatenate(parts).reshape(-1, channels)


def wav(samples: NDArray[np.float32], rate: int) -> bytes:
    """Sound [samples], or [samples, channels], from -1 to 1 as the bytes of a .wav file: 16 bits, `rate` samples a second."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        for first in range(0, len(samples), _BLOCK):  # so that little more memory is used than for the samples themselves
            file.writeframesraw(np.rint(samples[first : first + _BLOCK] * np.float32(32767)).astype("<i2").data)
    return content.getvalue()
