import pytest

from zoo.captions.reward import reward
from zoo.captions.scenes import Scene

SCENE = Scene.parse("1 x 1; circle red large filled 0.3 0.2 0.4; 7 blue medium - 0.7 0.8 0.25")


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("a red seven", 0.0),  # not true
        ("a red circle and a", 0.0),  # no sentence
        ("", 0.0),
        ("a circle", 0.4 + 0.3 / 2),
        ("a red circle and a blue seven", 0.4 + 0.3),
        ("a red circle above a blue seven", 0.4 + 0.3 + 0.15),
        ("a red circle at the top", 0.4 + 0.3 / 2 + 0.15),
        ("a large red circle above a blue seven", 0.4 + 0.3 + 0.15 + 0.15 / 2),
        ("a filled red circle", 0.4 + 0.3 / 2 + 0.15),
        ("a small red circle above a blue seven", 0.0),
    ],
)
def test_a_true_caption_is_worth_more_the_more_it_tells(text: str, worth: float) -> None:
    assert reward(text, SCENE) == pytest.approx(worth)
