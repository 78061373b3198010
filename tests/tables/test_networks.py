import json
from dataclasses import asdict

import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.core import cards, export
from zoo.tables import data, mlp, perceptron


def test_the_networks_have_the_parameters_of_their_layers() -> None:
    assert perceptron.build(perceptron.Config(30)).count_params() == 31
    assert perceptron.build(perceptron.Config(4, units=3)).count_params() == 15
    assert mlp.build(mlp.Config(4, units=3, hidden=(7, 5))).count_params() == 5 * 7 + 8 * 5 + 6 * 3


@pytest.mark.parametrize(
    ("network", "config"), [(perceptron, perceptron.Config(4, units=3)), (mlp, mlp.Config(4, units=3, hidden=(7,), dropout=0.2))]
)
def test_a_card_tells_all_of_a_network(network: object, config: object) -> None:
    architecture = {"network": "any", "names": ["a"], **json.loads(json.dumps(asdict(config)))}
    assert network.Config.of(architecture) == config
    assert network.from_architecture(architecture).count_params() == network.build(config).count_params()


@pytest.mark.pretrained
@pytest.mark.pretrained
def test_the_network_of_a_published_model_gets_its_weights_back() -> None:
    """The Keras network computes what the SavedModel does."""
    folder = cards.find("perceptron")
    model = zoo.load(folder)
    network = perceptron.from_architecture(model.card.architecture)
    export.restore(network, folder)
    columns, _ = data.load("breast_cancer").split("test")
    z = network(model.encode(columns)).numpy()[:, 0]
    np.testing.assert_allclose(1 / (1 + np.exp(-z)), model.predict(columns), rtol=1e-4)


def test_dropout_acts_in_training_alone() -> None:
    model = mlp.build(mlp.Config(3, hidden=(50,), dropout=0.5))
    row = tf.ones((1, 3))
    np.testing.assert_array_equal(model(row, training=False), model(row, training=False))
    assert (model(row, training=True).numpy() != model(row, training=True).numpy()).any()
