"""How far a training is, as the page shows it."""

from zoo.core.training import Losses
from zoo.web.your_data.following import MOST_POINTS, Following, curves


def test_the_page_tells_the_epoch_the_time_left_and_both_losses() -> None:
    now = [0.0]
    following = Following(lambda: now[0])
    following.lines.append("3 rows <left> out")
    assert "Preparing: 3 rows &lt;left&gt; out" in following.html()
    now[0] = 10.0
    following.step(25, 100, Losses(2, 4, 0.75, 0.5, 0.5, 1))
    shown = following.html()
    assert "Epoch 2 of 4, about 30 seconds left" in shown
    assert 'value="0.2500"' in shown
    assert "training 0.75, validation 0.5" in shown


def test_another_stage_begins_new_curves() -> None:
    following = Following()
    following.step(9, 10, Losses(1, 1, 0.7, None, None, 0))
    following.step(10, 10, Losses(1, 1, 0.7, 0.6, 0.6, 1))
    assert following.validation == [(1.0, 0.6)]
    following.step(1, 20, Losses(1, 2, 3.0, None, None, 0))
    assert "Stage 2, epoch 1 of 2" in following.html()
    assert following.validation == []
    assert following.train == [(0.1, 3.0)]


def test_a_long_training_is_drawn_with_few_points() -> None:
    following = Following()
    for i in range(10 * MOST_POINTS):
        following.step(i, 10 * MOST_POINTS, Losses(1, 1, 1.0, None, None, 0))
    assert len(following.train) <= MOST_POINTS


def test_losses_lie_within_the_picture_even_if_they_are_all_the_same() -> None:
    assert curves([], [], 3) == ""
    drawn = curves([(0.0, 0.0), (3.0, 0.0)], [], 3)
    assert 'points="56.0,12.0 588.0,12.0"' in drawn
