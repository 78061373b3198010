"""A piece as HTML: what can be heard and seen of it, and that nothing of a user's text becomes HTML."""

import base64
import io
import json
import re
import wave
from xml.etree import ElementTree

import pytest

from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice
from zoo.web import pieces

NOTES = (Note(24, 48, 62), Note(72, 24, 66), Note(96, 72, 50, 1))
SCORE = Score(NOTES, ((0, Metre(6, 8)),), Key(2), ((0, 60.0), (72, 120.0)), (Voice("<b>", 52), Voice()), "<i>A & B</i>")


def test_a_piece_is_heard_drawn_and_printed() -> None:
    shown = pieces.shown(SCORE)
    sound = re.search(r'src="data:audio/wav;base64,([^"]+)"', shown)
    assert sound
    with wave.open(io.BytesIO(base64.b64decode(sound[1]))) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(3 + 2 + 0.4, abs=0.02)
    assert shown.count('class="printed') == 2
    assert set(re.findall(r'class="note (n\d)"', shown)) == {"n0", "n1", "n2"}
    assert "<i>" not in shown
    assert "<b>" not in shown


def test_the_roll_places_notes_by_time_and_pitch_and_its_clock_keeps_the_tempos() -> None:
    picture = ElementTree.fromstring(pieces.roll(SCORE))
    boxes = [each for each in picture if each.get("class", "").startswith("note")]
    assert [box.get("class") for box in boxes] == ["note v0", "note v0", "note v1"]
    assert [float(box.get("x", "")) for box in boxes] == pytest.approx([24 * 1.6, 72 * 1.6, 96 * 1.6], abs=0.06)
    assert float(boxes[0].get("y", "")) - float(boxes[1].get("y", "")) == 4 * pieces.ROW
    assert [float(box.get("data-from", "")) for box in boxes] == [1, 3, 3.5]
    clock = json.loads(picture.get("data-clock", ""))
    assert clock == [[0, 0], [pytest.approx(72 * 1.6), 3], [pytest.approx(216 * 1.6), 6]]
    assert boxes[1][0].text == "F#4, length 1/4, bar 1"


def test_new_notes_have_a_background_and_no_notes_have_words() -> None:
    continued = Score(NOTES[:2], new_from=72)
    assert '<rect class="new" x="115.2"' in pieces.roll(continued)
    assert "no notes" in pieces.shown(Score(()))
