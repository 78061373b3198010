from collections.abc import Mapping

import numpy as np
import pytest
from sklearn.datasets import make_circles

from zoo.lessons import activations
from zoo.scratch.activations import sigmoid
from zoo.scratch.network import dense_network


@pytest.fixture(scope="module")
def numbers() -> Mapping:
    return activations.run().numbers


@pytest.mark.slow
def test_a_linear_network_does_little_better_than_chance_and_a_bent_one_divides_the_rings(numbers: Mapping) -> None:
    assert numbers["accuracy, identity (linear)"] <= 0.6
    assert numbers["accuracy, tanh"] >= 0.95
    assert numbers["accuracy, relu"] >= 0.95


def test_the_best_line_would_tell_two_thirds_right_and_the_cross_entropy_says_one_half() -> None:
    x, labels = make_circles(400, factor=0.5, noise=0.1, random_state=0)
    right = 0.0
    for angle in np.linspace(0, 2 * np.pi, 720, endpoint=False):
        inside = labels[np.argsort(x @ [np.cos(angle), np.sin(angle)])]
        right = max(right, (np.cumsum(inside == 0) + inside.sum() - np.cumsum(inside)).max() / len(inside))
    assert 0.64 < right < 0.68
    network, _ = activations.train("identity", x, labels[:, np.newaxis].astype(float))
    np.testing.assert_allclose(sigmoid(network.forward(x)), 0.5, atol=0.02)


def test_three_linear_layers_are_one_linear_map() -> None:
    network = dense_network(activations.SIZES, "identity", seed=0)
    w1, b1, w2, b2, w3, b3 = network.parameters
    b1 += 0.5
    x = np.random.default_rng(0).normal(size=(9, 2))
    np.testing.assert_allclose(network.forward(x), x @ (w1 @ w2 @ w3) + ((b1 @ w2 + b2) @ w3 + b3))


@pytest.mark.slow
def test_with_two_units_in_a_layer_relu_dies_for_some_first_weights_and_tanh_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the question says: 50 % is what a network has whose units are at 0 for every point."""
    monkeypatch.setattr(activations, "SIZES", (2, 2, 2, 1))
    x, labels = make_circles(400, factor=0.5, noise=0.1, random_state=0)
    accuracies = {}
    for activation in ("relu", "tanh"):
        for seed in (0, 1, 2, 3):
            monkeypatch.setattr(activations, "SEED", seed)
            _, accuracies[activation, seed] = activations.train(activation, x, labels[:, np.newaxis].astype(float))
    assert [accuracies["relu", seed] for seed in (1, 3)] == [0.5, 0.5]
    assert min(accuracies["relu", seed] for seed in (0, 2)) > 0.75
    assert min(accuracies["tanh", seed] for seed in (0, 1, 2, 3)) > 0.75
