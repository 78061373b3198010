from collections.abc import Mapping

import numpy as np
import pytest

from zoo.lessons import activations
from zoo.scratch.network import dense_network


@pytest.fixture(scope="module")
def numbers() -> Mapping:
    return activations.run().numbers


def test_a_linear_network_does_little_better_than_chance_and_a_bent_one_divides_the_rings(numbers: Mapping) -> None:
    assert numbers["accuracy, identity (linear)"] <= 0.6
    assert numbers["accuracy, tanh"] >= 0.95
    assert numbers["accuracy, relu"] >= 0.95


def test_three_linear_layers_are_one_linear_map() -> None:
    network = dense_network(activations.SIZES, "identity", seed=0)
    w1, b1, w2, b2, w3, b3 = network.parameters
    b1 += 0.5
    x = np.random.default_rng(0).normal(size=(9, 2))
    np.testing.assert_allclose(network.forward(x), x @ (w1 @ w2 @ w3) + ((b1 @ w2 + b2) @ w3 + b3))
