import itertools

import numpy as np
import pytest

from zoo.lessons import drawing, lesson, words_to_numbers
from zoo.lessons.lesson import Outcome

pytestmark = pytest.mark.pretrained


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return lesson.load("words_to_numbers").run()


@pytest.mark.slow
def test_words_of_a_group_are_near_one_another(outcome: Outcome) -> None:
    numbers = outcome.numbers
    assert numbers["difference of looking up and multiplying"] == 0
    assert numbers["cosine of two one-hot vectors"] == 0
    assert numbers["mean cosine within a group"] > numbers["mean cosine between groups"]
    assert numbers["share of words whose nearest is of the same group"] > 0.5  # by chance 0.14
    assert len(numbers["neighbours of wonderful"].split(", ")) == words_to_numbers.NEIGHBOURS
    assert outcome.figure.get_size_inches()[0] * outcome.figure.dpi == 1000


@pytest.mark.slow
def test_no_word_of_the_map_covers_another(outcome: Outcome) -> None:
    axes = outcome.figure.axes[2]
    outcome.figure.draw_without_rendering()
    boxes = {label.get_text(): label.get_window_extent() for label in axes.texts}
    assert len(boxes) == 30
    assert [pair for pair in itertools.combinations(boxes, 2) if boxes[pair[0]].overlaps(boxes[pair[1]])] == []
    for box in boxes.values():
        assert axes.bbox.contains(box.x0, box.y0)
        assert axes.bbox.contains(box.x1, box.y1)


def test_labels_find_places_among_points_that_are_near() -> None:
    _, [[axes]] = drawing.canvas("near", 4)
    points = np.array([[0, 0], [0.2, 0.05], [0.4, -0.05], [0.1, 0.4], [3, 3]])
    axes.scatter(*points.T)
    boxes = [
        label.get_window_extent() for label in drawing.label_points(axes, points, ["one", "two", "three", "four", "at the edge"])
    ]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    assert axes.bbox.contains(boxes[-1].x1, boxes[-1].y1)
