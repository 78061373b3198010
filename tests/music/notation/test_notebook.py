"""A score in a notebook: what the picture, the player and the words of its HTML hold."""

import base64
import io
import wave
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from zoo.music.notation import notebook
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note

SCALE = tuple(Note(12 * i, 12, 60 + step) for i, step in enumerate((0, 2, 4, 5, 7, 9, 11, 12)))


class Page(HTMLParser):
    """The attributes of each element of a text of HTML, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: dict[str, dict[str, str | None]] = {}
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] = dict(attrs)

    def handle_data(self, data: str) -> None:
        self.words += data

    def content(self, tag: str, kind: str) -> bytes:
        """What the source of an element holds, which is of the given type."""
        start, data = str(self.elements[tag]["src"]).split(",")
        assert start == f"data:{kind};base64"
        return base64.b64decode(data)


def sound(page: Page) -> np.ndarray:
    with wave.open(io.BytesIO(page.content("audio", "audio/wav"))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, notebook.RATE)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def test_a_notebook_shows_a_piano_roll_and_a_player():
    page = Page(Score(SCALE, ((0, Metre(6, 8)),), Key(0))._repr_html_())
    with Image.open(io.BytesIO(page.content("img", "image/png"))) as picture:
        assert picture.width > 500
    assert "controls" in page.elements["audio"]
    samples = sound(page)
    assert len(samples) == pytest.approx(2.4 * notebook.RATE, abs=2)
    assert np.abs(samples).max() > 9_000
    first = samples[: notebook.RATE // 4]
    spectrum = np.abs(np.fft.rfft(first * np.hanning(len(first)), 16 * len(first)))
    assert spectrum.argmax() * notebook.RATE / (16 * len(first)) == pytest.approx(261.6, rel=0.01)
    assert page.words == ""


def test_a_title_is_text_and_no_html():
    page = Page(Score(SCALE, title='<script src="x"> & "quotes"')._repr_html_())
    assert page.elements.keys() == {"div", "img", "br", "audio"}
    assert """<script src="x"> & "quotes\"'""" in str(page.elements["img"]["alt"])


def test_of_a_long_score_the_first_minute_sounds():
    page = Page(Score((Note(0, 24 * 240, 60), Note(24 * 130, 24, 72)))._repr_html_())
    assert len(sound(page)) == pytest.approx(60.4 * notebook.RATE, abs=2)
    assert page.words == "The first 60 of 120 seconds."
    late = Page(Score((Note(24 * 200, 24, 60),))._repr_html_())
    assert late.words == "The first 60 of 100 seconds are silent."
    assert "audio" not in late.elements


def test_a_score_without_notes_has_a_picture_alone():
    page = Page(Score(())._repr_html_())
    assert page.elements.keys() == {"div", "img"}
