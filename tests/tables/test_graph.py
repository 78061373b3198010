import keyword
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from zoo.core import export
from zoo.tables import graph as rows
from zoo.tables import mlp, perceptron
from zoo.tables.columns import Column, Encoder
from zoo.tables.graph import Output
from zoo.tables.kinds import input_names

Z = np.array([[0.5], [-2.0], [0.0]], np.float32)


def test_the_networks_have_the_parameters_of_their_layers() -> None:
    assert perceptron.build(perceptron.Config(30)).count_params() == 31
    assert perceptron.build(perceptron.Config(4, units=3)).count_params() == 15
    assert mlp.build(mlp.Config(4, units=3, hidden=(7, 5))).count_params() == 5 * 7 + 8 * 5 + 6 * 3


def test_dropout_acts_in_training_alone() -> None:
    model = mlp.build(mlp.Config(3, hidden=(50,), dropout=0.5))
    row = tf.ones((1, 3))
    np.testing.assert_array_equal(model(row, training=False), model(row, training=False))
    assert (model(row, training=True).numpy() != model(row, training=True).numpy()).any()


def test_two_classes_are_a_sigmoid_unit() -> None:
    output = Output(2)
    np.testing.assert_allclose(rows.answer(output, Z)["probability"], 1 / (1 + np.exp(-Z[:, 0])), rtol=1e-6)
    expected = [-np.log(1 / (1 + np.exp(-0.5))), -np.log(1 - 1 / (1 + np.exp(2))), np.log(2)]
    np.testing.assert_allclose(rows.loss(output)(tf.constant([1, 0, 1], tf.int64), Z), expected, rtol=1e-5)


def test_more_classes_are_a_softmax() -> None:
    output = Output(3)
    z = np.array([[1, 2, 3], [0, 0, 0]], np.float32)
    probabilities = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    np.testing.assert_allclose(rows.answer(output, z)["probabilities"], probabilities, rtol=1e-6)
    loss = rows.loss(output)(tf.constant([2, 0], tf.int64), z)
    np.testing.assert_allclose(loss, -np.log(probabilities[[0, 1], [2, 0]]), rtol=1e-5)
    assert output.units == 3


def test_a_number_is_in_the_target_s_own_unit() -> None:
    output = Output(0, mean=100.0, deviation=20.0)
    np.testing.assert_allclose(rows.answer(output, Z)["value"], [110, 60, 100])
    np.testing.assert_allclose(rows.loss(output)(tf.constant([110.0, 100.0, 80.0]), Z), [0, 2, 0.5], atol=1e-6)


COLUMNS = [
    Column("mean radius", "number", mean=3.0, deviation=2.0, missing=True, knots=(0.0, 2.0, 5.0)),
    Column("Mean_radius", "category", vocabulary=("x", "Köln"), missing=True),
    Column("ja/nein?", "boolean"),
    Column("日付", "date", mean=19_000.0, deviation=100.0, times=True),
]


@pytest.mark.parametrize("output", [Output(2), Output(3), Output(0, 5.0, 2.0)])
def test_the_exported_model_says_what_the_trained_one_does(output: Output, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("model") / "exported"
    encoder = Encoder(COLUMNS)
    model = mlp.build(mlp.Config(encoder.width, output.units, hidden=(8,)))
    model.lookup_tables = encoder.tables
    export.write_saved_model(model, rows.endpoints(model, encoder, output), folder)
    cells = {
        "mean radius": tf.constant([1.0, np.nan, 7.0]),
        "Mean_radius": tf.constant(["Köln", "", "elsewhere"]),
        "ja/nein?": tf.constant(["yes", "NO", ""]),
        "日付": tf.constant(["2024-05-31", "2020-01-01T06:30", "no date"]),
    }
    expected = rows.answer(output, model(encoder(cells), training=False))
    loaded = tf.saved_model.load(str(folder))
    assert set(loaded.signatures) == {"columns", "serving_default"}
    names = ["mean_radius", "Mean_radius_2", "ja_nein_", "column__"]
    for signature in loaded.signatures.values():
        given = signature(**dict(zip(names, cells.values(), strict=True)))
        assert given.keys() == expected.keys()
        for name, values in given.items():
            np.testing.assert_allclose(values, expected[name], rtol=1e-5)
            assert len(np.unique(values)) >= 3
        empty = signature(**dict(zip(names, (values[:0] for values in cells.values()), strict=True)))
        assert all(len(values) == 0 for values in empty.values())


def test_every_name_of_a_column_reaches_the_network(tmp_path: Path) -> None:
    names = [*keyword.kwlist, "self", "Class", "column_class", "name", "inputs", "training", "args", "kwargs", "cls", "features"]
    names += ["日付", "__init__", "_", "", "2020", "x" * 300, "a b", "a-b", "A B"]
    encoder = Encoder([Column(name, "number") for name in names])
    model = perceptron.build(perceptron.Config(encoder.width))
    weights = np.linspace(-1, 1, len(names), dtype=np.float32)
    model.set_weights([weights[:, None], np.zeros(1, np.float32)])
    export.write_saved_model(model, rows.endpoints(model, encoder, Output(0)), tmp_path / "exported")
    loaded = tf.saved_model.load(str(tmp_path / "exported"))
    for i, given in enumerate(input_names(names)):
        cells = dict.fromkeys(input_names(names), tf.zeros(1)) | {given: tf.ones(1)}
        np.testing.assert_allclose(loaded.signatures["columns"](**cells)["value"], weights[[i]], atol=1e-6)


def test_what_was_learned_is_read_back() -> None:
    output = Output(0, 5.0, 2.0)
    encoder, again = rows.from_json(rows.to_json(Encoder(COLUMNS), output))
    assert encoder.columns == tuple(COLUMNS)
    assert again == output


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
