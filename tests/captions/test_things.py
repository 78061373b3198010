"""The things of scenes on a grid, and the loss of telling them, by hand."""

import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from zoo.captions import things
from zoo.captions.scenes import MOST, Scene

SCENE = Scene.parse("1 x 0.75; 7 red small - 0.5 0.375 0.2; circle blue large filled 0.1 0.1 0.4")


def test_things_are_listed_with_their_centres_in_the_square_picture_and_their_properties() -> None:
    centres, properties = things.listed([SCENE])
    np.testing.assert_allclose(centres[0], [[0.5, 0.5], [0.1, 0.225], [0, 0], [0, 0]], atol=1e-6)
    assert properties[0].tolist() == [[8, 1, 1, 3], [11, 3, 3, 1], [0] * 4, [0] * 4]


@given(
    st.lists(
        st.tuples(
            st.floats(-0.25, 1.25, width=32, allow_subnormal=False), st.floats(-0.25, 1.25, width=32, allow_subnormal=False)
        ),
        max_size=MOST,
    ),
    st.integers(1, 12),
)
def test_each_cell_has_the_thing_whose_centre_is_in_it(points: list[tuple[float, float]], grid: int) -> None:
    centres, properties = np.zeros((1, MOST, 2), np.float32), np.zeros((1, MOST, 4), np.int32)
    wanted: dict[int, set[tuple[int, ...]]] = {}
    for i, (x, y) in enumerate(points):
        centres[0, i], properties[0, i] = (x, y), i + 1
        quarters = [min(max(math.floor(np.float32(place) * np.float32(grid) * 4), 0), 4 * grid - 1) for place in (x, y)]
        column, row = (each // 4 for each in quarters)
        wanted.setdefault(row * grid + column, set()).add((*[i + 1] * 4, *(each % 4 + 1 for each in quarters)))
    cells = things.on_grid(tf.constant(centres), tf.constant(properties), grid).numpy()[0]
    assert {cell for cell in range(grid**2) if cells[cell].any()} == wanted.keys()
    for cell, possible in wanted.items():
        assert tuple(cells[cell]) in possible


def test_an_empty_cell_tells_that_there_is_nothing_and_one_with_a_thing_all_its_properties() -> None:
    cells = things.on_grid(*map(tf.constant, things.listed([SCENE])), 12)
    even = things.loss(cells, tf.zeros([1, 144, sum(things.LOGITS)])).numpy()
    np.testing.assert_allclose(even, [144 * math.log(17) + 2 * math.log(8 * 3 * 3 * 4 * 4)], rtol=1e-5)
    certain = np.zeros((1, 144, sum(things.LOGITS)), np.float32)
    begins = np.cumsum([0, *things.LOGITS[:-1]])
    for cell, values in enumerate(cells.numpy()[0]):
        certain[0, cell, values[0]] = 50
        for begin, value in zip(begins[1:], values[1:], strict=True):
            certain[0, cell, begin + max(value - 1, 0)] = 50
    np.testing.assert_allclose(things.loss(cells, tf.constant(certain)), [0], atol=1e-4)


def test_of_an_unknown_scene_nothing_is_asked() -> None:
    unknown = tf.fill([2, 9, things.TOLD], things.UNKNOWN)
    assert things.loss(unknown, tf.ones([2, 9, sum(things.LOGITS)])).numpy().tolist() == [0, 0]


def test_what_is_told_of_a_cell_are_the_probabilities_of_its_thing_and_of_each_property() -> None:
    logits = tf.constant(np.random.default_rng(0).normal(size=(2, 9, sum(things.LOGITS))), tf.float32)
    kinds, *others = np.split(things.probabilities(logits).numpy(), np.cumsum(things.LOGITS)[:-1] - 1, -1)
    of_kinds = np.exp(logits[..., 1 : things.LOGITS[0]])
    np.testing.assert_allclose(kinds, of_kinds / of_kinds.sum(-1, keepdims=True), rtol=1e-5)
    for each in others:
        np.testing.assert_allclose(each.sum(-1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        ({(1, 1): 0.9}, {(1, 1): 0.9}),
        ({(2, 2): 0.6, (2, 3): 0.3}, {(2, 2): 0.9}),  # on the edge of two cells
        ({(0, 0): 0.4, (0, 1): 0.3, (1, 0): 0.2, (1, 1): 0.1}, {(0, 0): 1.0}),  # on the corner of four, and of the picture
        ({(1, 1): 0.9, (1, 3): 0.8}, {(1, 1): 0.9, (1, 3): 0.8}),  # two things
        ({(4, 4): 0.9, (4, 3): 0.8}, {(4, 4): 1.0}),  # never more than one
    ],
)
def test_a_thing_that_is_seen_in_several_cells_counts_once(
    seen: dict[tuple[int, int], float], wanted: dict[tuple[int, int], float]
) -> None:
    kinds = things.LOGITS[0] - 1
    logits = np.zeros((1, 5, 5, sum(things.LOGITS)), np.float32)
    logits[..., 0] = math.log(kinds) + 30
    for cell, probability in seen.items():
        logits[0, *cell, 0] = math.log(kinds) - math.log(probability / (1 - probability))
    there = things.peaks(tf.constant(logits.reshape(1, 25, -1))).numpy().reshape(5, 5)
    expected = np.zeros((5, 5))
    for cell, probability in wanted.items():
        expected[cell] = probability
    np.testing.assert_allclose(there, expected, atol=1e-5)
