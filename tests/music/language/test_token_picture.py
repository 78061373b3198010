"""Pictures of tokens: which tokens stand under which onset, and that the picture shows them all."""

import numpy as np
import pytest
from PIL import Image

from zoo.core.errors import UserError
from zoo.music.language import token_picture
from zoo.music.language.tokens import spell
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

# A rest, then a note over the first bar line.
MELODY = Score((Note(12, 24, 62), Note(36, 60, 66), Note(96, 36, 69), Note(144, 72, 62)), ((0, Metre(3, 4)),), Key(2), type="jig")
CHORALE = Score(
    tuple(Note(48 * beat, 48, pitch - beat, voice) for voice, pitch in enumerate((72, 67, 64, 48)) for beat in range(4)),
    key=Key(0),
    voices=(Voice(),) * 4,
)


def test_the_tokens_of_a_melody_stand_under_their_onsets():
    assert token_picture.columns(MELODY) == [
        (-1, ["<start>", "metre=3/4", "tonic=D", "mode=major", "type=jig"]),
        (0, ["bar"]),
        (12, ["pos=12", "pitch=62", "dur=24"]),
        (36, ["pitch=66", "dur=60"]),
        (72, ["bar"]),
        (96, ["pitch=69", "dur=36"]),
        (144, ["pos=72"]),
    ]
    assert token_picture.columns(MELODY, 1) == token_picture.columns(MELODY)[:4]
    assert token_picture.columns(MELODY, 9)[6:] == [(144, ["pos=72", "bar", "pitch=62", "dur=72"]), (216, ["<end>"])]


def test_the_tokens_of_four_parts_stand_under_their_onsets():
    found = token_picture.columns(CHORALE)
    assert [tick for tick, _ in found] == [-1, 0, 48, 96, 144, 192]
    assert found[1][1][:4] == ["bar", "part=0", "pitch=72", "dur=48"]
    assert found[3][1][:5] == ["pos=96", "bar", "part=0", "pitch=70", "dur=48"]
    assert found[3][1][-3:] == ["part=3", "pitch=46", "dur=48"]
    assert [token for _, tokens in found for token in tokens] == spell(CHORALE, polyphonic=True, parts=True)


def test_chords_are_spelled_with_voices():
    assert token_picture.columns(Score((Note(0, 96, 60), Note(0, 96, 64)), key=Key(0)))[1][1][1] == "voice=0"


@pytest.mark.parametrize("score", [MELODY, CHORALE])
@pytest.mark.parametrize("bars", [1, 2, 3])
def test_every_token_is_in_the_picture_and_none_lies_on_another(score, bars):
    figure = token_picture._figure(score, bars)
    tokens = [token for _, names in token_picture.columns(score, bars) for token in names]
    texts = [text for text in figure.axes[1].texts if text.get_text() in tokens]
    assert [text.get_text() for text in texts] == tokens
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[1].texts]
    assert not any(box.overlaps(other) for i, box in enumerate(boxes) for other in boxes[:i])
    assert min(box.x0 for box in boxes) > 0
    assert max(box.x1 for box in boxes) < figure.bbox.x1


@pytest.mark.parametrize("title", ["", "$x_2", "曲"])
def test_the_same_bytes_each_time(tmp_path, title):
    score = Score(MELODY.notes, MELODY.metres, MELODY.key, title=title)
    for name in ("a.png", "b.png"):
        token_picture.draw(score, tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    image = np.asarray(Image.open(tmp_path / "a.png").convert("RGB"))
    assert (image < 250).any(axis=-1).mean() > 0.05
    assert 700 < image.shape[1] < 1200


@pytest.mark.parametrize(
    ("score", "bars", "reason"),
    [
        (Score((), key=Key(0)), 2, "no notes"),
        (Score((Note(0, 24, 60),)), 2, "no key"),
        (Score((Note(0, 999, 60),), key=Key(0)), 2, "too long"),
        (MELODY, 0, "0 bars"),
    ],
)
def test_mistakes_are_told_in_one_line(tmp_path, score, bars, reason):
    with pytest.raises(UserError, match=f"^.*{reason}.*$"):
        token_picture.draw(score, tmp_path / "a.png", bars)
    assert not list(tmp_path.iterdir())
