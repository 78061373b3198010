"""A score in a notebook: HTML with the piano roll as a picture and a player for the sound."""

import base64
import html
from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import resample_poly

from zoo.music.notation import pianoroll, sound, synthesis

if TYPE_CHECKING:
    from zoo.music.notation.score import Score

MOST_SECONDS = 60  # of a score that become sound
RATE = synthesis.RATE // 2  # samples a second: half of a file's, since the page holds the sound as text


def to_html(score: "Score") -> str:
    """The score as HTML that needs no other file.

    The sound is made by the project's own synthesis, mono. Each second of it adds 59 KB to the page, so only the first
    MOST_SECONDS become sound: 3.5 MB at most. Picture and sound of a melody take about half a second, those of a minute in four
    voices a few seconds. A score without notes has no player.
    """
    facts = html.escape(repr(score)[1:-1])
    return (
        '<div style="max-width: 60em">'
        f'<img style="max-width: 100%" alt="Piano roll of {facts}" src="{_data("image/png", pianoroll.picture(score))}">'
        f"{_player(score) if score.notes else ''}"
        "</div>"
    )


def preview(score: "Score", most: float = MOST_SECONDS) -> bytes:
    """The first `most` seconds of a score as the bytes of a WAV file, mono, RATE samples a second.

    It is empty where there is no note in these seconds. The project's own synthesis makes the sound.
    """
    seconds = synthesis.clock(score)
    if seconds(score.end) > most:
        end = bisect_left(range(score.end), float(most), key=seconds)
        notes = [each for each in score.notes if each.start < end]
        score = replace(score, notes=tuple(replace(each, duration=min(each.duration, end - each.start)) for each in notes))
    if not score.notes:
        return b""
    samples = np.clip(resample_poly(synthesis.render(score), 1, synthesis.RATE // RATE), -1, 1).astype(np.float32)
    return sound.wav(samples, RATE)


def _player(score: "Score") -> str:
    """An audio element, and a line that says so where it plays a part of the score only."""
    whole = synthesis.clock(score)(score.end)
    content = preview(score)
    if not content:
        return f"<br><small>The first {MOST_SECONDS} of {whole:.0f} seconds are silent.</small>"
    note = f"<br><small>The first {MOST_SECONDS} of {whole:.0f} seconds.</small>" if whole > MOST_SECONDS else ""
    return f'<br><audio controls src="{_data("audio/wav", content)}"></audio>{note}'


def _data(kind: str, content: bytes) -> str:
    """Content as the address of itself."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
