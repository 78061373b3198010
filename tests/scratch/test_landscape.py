import numpy as np
import pytest

from zoo.scratch import landscape
from zoo.scratch.network import Network, dense_network

RANDOM = np.random.default_rng(2)


def test_a_random_direction_is_as_long_as_the_weights_of_each_unit_and_leaves_biases() -> None:
    parameters = dense_network((6, 4, 3), "relu", seed=0).parameters
    parameters[0][:, 1] *= 50
    first, biases, second, _ = landscape.random_direction(parameters, RANDOM)
    np.testing.assert_allclose(np.linalg.norm(first, axis=0), np.linalg.norm(parameters[0], axis=0))
    np.testing.assert_allclose(np.linalg.norm(second, axis=0), np.linalg.norm(parameters[2], axis=0))
    assert not biases.any()
    cosines = (first * parameters[0]).sum(axis=0) / np.linalg.norm(parameters[0], axis=0) ** 2
    assert (np.abs(cosines) < 0.99).all()  # another direction than the weights' own


def test_a_network_whose_weights_are_scaled_is_seen_the_same() -> None:
    """ReLU networks compute the same when a unit's incoming weights are ten times and its outgoing ones a tenth."""
    network, scaled = dense_network((6, 4, 3), "relu", seed=0), dense_network((6, 4, 3), "relu", seed=0)
    scaled.parameters[0][...] *= 10
    scaled.parameters[2][...] /= 10
    x = RANDOM.normal(size=(20, 6))

    def seen(which: Network) -> np.ndarray:
        own = which.parameters
        centre = [parameter.copy() for parameter in own]
        directions = [landscape.random_direction(centre, np.random.default_rng(seed)) for seed in (1, 2)]

        def loss(point: landscape.Point) -> float:
            for parameter, value in zip(own, point, strict=True):
                parameter[...] = value
            return float((which.forward(x) ** 2).mean())

        return landscape.surface(loss, centre, directions, np.linspace(-1, 1, 5), np.linspace(-1, 1, 5))

    np.testing.assert_allclose(seen(network), seen(scaled), rtol=1e-9)


def test_principal_directions_hold_a_path_that_lies_in_a_plane() -> None:
    first, second = np.linalg.qr(RANDOM.normal(size=(11, 2)))[0].T
    centre = RANDOM.normal(size=11)
    angles = np.linspace(0, 3, 20)
    flats = [centre + 5 * np.cos(t) * first + 2 * np.sin(t) * second for t in angles]
    path = [[each[:8].reshape(4, 2), each[8:]] for each in flats]
    directions = landscape.principal_directions(path)
    assert [part.shape for part in directions[0]] == [(4, 2), (3,)]
    u, v = (landscape.flat(direction) for direction in directions)
    np.testing.assert_allclose([u @ u, v @ v, u @ v], [1, 1, 0], atol=1e-9)
    places, share = landscape.project(path, directions)
    assert share == pytest.approx(1)
    np.testing.assert_allclose(places[-1], 0, atol=1e-9)
    np.testing.assert_allclose(places @ [u, v], np.array(flats) - flats[-1], atol=1e-9)


def test_a_projection_is_the_nearest_point_of_a_plane_whatever_its_directions() -> None:
    path = [[np.array([[3.0], [4.0], [2.0]])], [np.array([[1.0], [2.0], [0.0]])], [np.array([[0.0], [0.0], [0.0]])]]
    directions = [[np.array([[2.0], [0.0], [0.0]])], [np.array([[1.0], [1.0], [0.0]])]]  # of other lengths, not at right angles
    places, share = landscape.project(path, directions)
    np.testing.assert_allclose(places, [[-0.5, 4], [-0.5, 2], [0, 0]], atol=1e-12)
    assert share == pytest.approx((9 + 16 + 1 + 4) / (9 + 16 + 4 + 1 + 4))


def test_a_surface_has_a_row_for_each_value_up_and_a_column_for_each_across() -> None:
    def loss(point: landscape.Point) -> float:
        return float(point[0][0, 0] + 10 * point[1][0])

    directions = [[np.ones((1, 1)), np.zeros(1)], [np.zeros((1, 1)), np.ones(1)]]
    heights = landscape.surface(loss, [np.full((1, 1), 100.0), np.zeros(1)], directions, np.array([0, 1, 2]), np.array([0, 1]))
    np.testing.assert_array_equal(heights, [[100, 101, 102], [110, 111, 112]])
