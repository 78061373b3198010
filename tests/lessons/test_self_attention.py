import pytest

from zoo.lessons import lesson
from zoo.lessons.lesson import Outcome

pytestmark = pytest.mark.pretrained


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return lesson.load("self_attention").run()


@pytest.mark.slow
def test_attention_by_hand_is_that_of_the_pretrained_model_and_of_keras(outcome: Outcome) -> None:
    numbers = outcome.numbers
    assert numbers["largest difference of outputs from Keras"] < 1e-5
    assert numbers["largest difference of weights from the exported model's"] < 1e-5
    assert numbers["change of outputs by shuffling, without positions"] < 1e-9
    assert numbers["change of outputs by shuffling, with positions"] > 1e-3
    assert 0 < numbers["weight of the next word, the head of the first row"] <= 1


@pytest.mark.slow
def test_all_columns_of_the_picture_are_equally_wide_and_equally_far_apart(outcome: Outcome) -> None:
    outcome.figure.draw_without_rendering()
    places = [axes.get_position() for axes in outcome.figure.axes]
    assert len(places) == 12
    for row in range(0, 12, 4):
        assert [place.width for place in places[row : row + 4]] == pytest.approx([places[0].width] * 4, rel=1e-3)
        gaps = [right.x0 - left.x1 for left, right in zip(places[row : row + 3], places[row + 1 : row + 4], strict=True)]
        assert gaps == pytest.approx([gaps[0]] * 3, abs=0.005)
        assert gaps[0] < 0.04
