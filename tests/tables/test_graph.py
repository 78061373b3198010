import keyword
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from zoo.core import export
from zoo.tables import graph, mlp, perceptron
from zoo.tables.encoder import Encoder
from zoo.tables.encodings import ColumnEncoding
from zoo.tables.output import Output, predictions
from zoo.tables.schema import input_names

ENCODINGS = [
    ColumnEncoding("mean radius", "number", mean=3.0, deviation=2.0, missing=True, knots=(0.0, 2.0, 5.0)),
    ColumnEncoding("Mean_radius", "category", vocabulary=("x", "Köln"), missing=True),
    ColumnEncoding("ja/nein?", "boolean"),
    ColumnEncoding("日付", "date", mean=19_000.0, deviation=100.0, times=True),
]


@pytest.mark.slow
@pytest.mark.parametrize("output", [Output(2), Output(3), Output(0, 5.0, 2.0)])
def test_the_exported_model_says_what_the_trained_one_does(output: Output, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("model") / "exported"
    encoder = Encoder(ENCODINGS)
    model = mlp.build(mlp.Config(encoder.width, output.units, hidden=(8,)))
    model.lookup_tables = encoder.tables
    export.write_saved_model(model, graph.endpoints(model, encoder, output), folder)
    cells = {
        "mean radius": tf.constant([1.0, np.nan, 7.0]),
        "Mean_radius": tf.constant(["Köln", "", "elsewhere"]),
        "ja/nein?": tf.constant(["yes", "NO", ""]),
        "日付": tf.constant(["2024-05-31", "2020-01-01T06:30", "no date"]),
    }
    expected = predictions(output, model(encoder(cells), training=False))
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
    encoder = Encoder([ColumnEncoding(name, "number") for name in names])
    model = perceptron.build(perceptron.Config(encoder.width))
    weights = np.linspace(-1, 1, len(names), dtype=np.float32)
    model.set_weights([weights[:, None], np.zeros(1, np.float32)])
    export.write_saved_model(model, graph.endpoints(model, encoder, Output(0)), tmp_path / "exported")
    loaded = tf.saved_model.load(str(tmp_path / "exported"))
    for i, given in enumerate(input_names(names)):
        cells = dict.fromkeys(input_names(names), tf.zeros(1)) | {given: tf.ones(1)}
        np.testing.assert_allclose(loaded.signatures["columns"](**cells)["value"], weights[[i]], atol=1e-6)
