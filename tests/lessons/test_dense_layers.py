from collections.abc import Mapping

import numpy as np
import pytest

from zoo.lessons import dense_layers


@pytest.fixture(scope="module")
def numbers() -> Mapping:
    return dense_layers.run().numbers


def test_the_forward_pass_by_hand_is_that_of_keras(numbers: Mapping) -> None:
    assert numbers["largest difference to Keras, 150 flowers"] < 1e-10


def test_the_comparison_sees_a_network_that_is_not_the_same() -> None:
    x, species = dense_layers.flowers()
    network = dense_layers.train(x, species)
    theirs = dense_layers.keras_outputs(network, x)
    network.parameters[1][0] += 0.1
    assert np.abs(network.forward(x) - theirs).max() > 0.01


def test_each_layer_has_a_weight_for_each_pair_and_a_bias_for_each_unit(numbers: Mapping) -> None:
    assert numbers["multiplications for one flower"] == 4 * 5 + 5 * 3
    assert numbers["parameters"] == 4 * 5 + 5 + 5 * 3 + 3


def test_the_network_knows_its_flowers(numbers: Mapping) -> None:
    assert numbers["accuracy on the 150 flowers it learned"] >= 0.95
    assert numbers["probability of versicolor, the flower's species"] > 0.9
    assert 0 < numbers["hidden units at 0 for the flower"] < 5  # the picture shows what ReLU does
