"""Scores as sound files: by the program fluidsynth with a SoundFont where both are there, else by the project's own synthesis."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from zoo.core.errors import UserError
from zoo.core.files import write_whole
from zoo.music.notation import midi_writing
from zoo.music.notation.synthesis import RATE, length, render

if TYPE_CHECKING:
    from zoo.music.notation.score import Score

_SOUNDFONTS = ("/usr/share/sounds/sf2", "/usr/share/soundfonts", "/usr/local/share/soundfonts", "/opt/homebrew/share/soundfonts")
_PATIENCE = 600  # seconds for fluidsynth, which takes some 20 for half an hour of music


def write(score: "Score", path: str | Path) -> None:
    """Write a score as a .wav file: 16 bits, 44.1 kHz, and say on standard error what made the sound.

    With `fluidsynth` on PATH and a SoundFont - the file that the environment variable SOUNDFONT names, else the first *.sf2 in
    the usual places - that program plays it, in stereo. Otherwise the project's own synthesis does (zoo.music.notation.synthesis:
    mono, no samples, Apache-2.0 as the code), also where the program fails; the line on standard error then tells why.

    UserError for a score without notes or longer than half an hour, a SOUNDFONT that is no file, and a place that cannot be
    written to.
    """
    content, maker = encoded(score)
    write_whole(path, content)
    print(f"{path}: sound by {maker}", file=sys.stderr)


def encoded(score: "Score") -> tuple[bytes, str]:
    """The bytes of a .wav file, and what made the sound. UserError as `write`."""
    length(score)  # whoever plays it: what cannot be played is refused
    program, font = shutil.which("fluidsynth"), soundfont()
    content, maker = None, "the zoo's own synthesis"
    if program is None or font is None:
        maker += f" (no {'fluidsynth on PATH' if program is None else 'SoundFont found: set SOUNDFONT to an .sf2 file'})"
    else:
        try:
            content, maker = _by_fluidsynth(score, program, font), f"fluidsynth with {font}"
        except (OSError, subprocess.SubprocessError, wave.Error, EOFError) as error:
            maker += f" (fluidsynth failed: {' '.join(str(error).split())})"
    return content or _wav(score), maker


def soundfont() -> Path | None:
    """The SoundFont to play with, if there is one. UserError where SOUNDFONT names no file."""
    named = os.environ.get("SOUNDFONT")
    if named:
        if not Path(named).is_file():
            raise UserError(f"SOUNDFONT names {named!r}, which is no file; name an .sf2 file or unset it")
        return Path(named)
    return next((font for folder in _SOUNDFONTS for font in sorted(Path(folder).glob("*.sf2"))), None)


def _by_fluidsynth(score: "Score", program: str, font: Path) -> bytes:
    """The .wav file that fluidsynth makes of the score. OSError, SubprocessError, wave.Error or EOFError where it makes none."""
    with tempfile.TemporaryDirectory() as folder:
        tune, sound = Path(folder, "tune.mid"), Path(folder, "tune.wav")
        midi_writing.write(score, tune)
        options = ["-n", "-i", "-q", "-r", str(RATE), "-O", "s16", "-T", "wav", "-F", str(sound)]
        subprocess.run([program, *options, str(font), str(tune)], check=True, capture_output=True, timeout=_PATIENCE)
        with wave.open(str(sound)) as file:
            if file.getnframes() == 0:
                raise wave.Error("no sound in its file")
        return sound.read_bytes()


def _wav(score: "Score") -> bytes:
    """The score by our own synthesis as a mono .wav file."""
    samples = render(score)
    samples *= 32767
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.rint(samples, out=samples).astype("<i2").data)
    return content.getvalue()
