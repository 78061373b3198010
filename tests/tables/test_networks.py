import json
from dataclasses import asdict

import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.core import cards, export
from zoo.tables import data, mlp, perceptron
from zoo.tables.output import Output


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


@pytest.mark.parametrize("network", [perceptron, mlp])
def test_the_recipe_makes_enough_steps_of_few_rows_and_few_epochs_of_many(network: object) -> None:
    few, some, many = (network.recipe(n, Output(2)) for n in (60, 600, 1_000_000))
    assert few.epochs > some.epochs > many.epochs
    assert many.batch_size > some.batch_size >= few.batch_size
    assert network.recipe(60, Output(2), quick=True).epochs <= few.epochs / 2


@pytest.mark.parametrize(("output", "few"), [(Output(2), 999), (Output(26), 999), (Output(0), 499)])
def test_a_multilayer_perceptron_grows_with_the_rows(output: Output, few: int) -> None:
    assert mlp.config(few, 30, output).hidden == (64, 64)
    assert mlp.intervals(few, 30, output) == 0
    assert mlp.config(few + 1, 30, output).hidden == (256, 256)
    assert mlp.intervals(few + 1, 30, output) == 16
    assert mlp.intervals(100_000, 2_000, output) == 2  # so that the first layer stays small
    decays = [mlp.recipe(n, output).weight_decay for n in (few, few + 1, 100_000)]
    assert decays == sorted(decays, reverse=True)
    assert len(set(decays)) == 3


def test_a_value_suffers_from_dropout_more_than_a_class() -> None:
    assert mlp.config(5_000, 30, Output(2)).dropout > mlp.config(5_000, 30, Output(0)).dropout
    assert mlp.config(50_000, 30, Output(0)).dropout == 0
