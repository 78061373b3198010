from collections.abc import Mapping

import numpy as np
import pytest

from zoo.lessons import loss_landscape


@pytest.fixture(scope="module")
def numbers() -> Mapping:
    return loss_landscape.run().numbers


@pytest.mark.slow
def test_two_weights_make_two_valleys_of_the_same_depth_with_a_saddle_between(numbers: Mapping) -> None:
    for side in ("left", "right"):
        assert numbers[f"two weights: loss at the end in the {side} valley"] < 0.01
    x = np.random.default_rng(0).normal(size=(50, 1))
    y = loss_landscape.two_weights(1.5, 1.0).forward(x)
    weights = np.array([-1.5, -1.0, 0.0, 1.0, 1.5])
    surface = loss_landscape.exact(x, y, weights, weights)
    np.testing.assert_allclose(surface, surface[::-1, ::-1])
    assert surface[3, 4] == surface[1, 0] == 0  # rows are w2, columns w1
    assert surface[3, 3] < surface[2, 2] < surface[1, 3]  # down one diagonal, up the other


def test_training_goes_from_one_side_of_the_saddle_to_a_valley() -> None:
    x = np.random.default_rng(0).normal(size=(50, 1))
    path = loss_landscape.walk(x, loss_landscape.two_weights(1.5, 1.0).forward(x), -1.0, 2.0)
    assert path.shape == (301, 2)
    np.testing.assert_array_equal(path[0], [-1, 2])
    np.testing.assert_allclose(path[-1], [1.5, 1.0], atol=0.15)


@pytest.mark.slow
def test_the_path_is_seen_in_its_own_plane_and_not_in_a_random_one(numbers: Mapping) -> None:
    assert numbers["digits: share of the path in the plane, random directions"] < 0.02
    assert numbers["digits: share of the path in the plane, principal directions of the path"] > 0.95


@pytest.mark.slow
def test_training_goes_down(numbers: Mapping) -> None:
    assert numbers["digits: loss at the end"] < 0.3 < 2 < numbers["digits: loss at the start"]
    assert numbers["digits: distance from start to end, in the space of all parameters"] > 1
