import dataclasses
import sys
import types
from pathlib import Path

import keras
import numpy as np
import pytest

import zoo
from zoo import registry
from zoo.tables import perceptron


@pytest.mark.slow
def test_a_network_of_one_s_own_needs_a_module_and_an_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It trains with the general plan, is loaded, and gives its Keras network back."""
    module = types.ModuleType("zoo.tables.doubled")
    module.Config = perceptron.Config

    def build(config: perceptron.Config) -> keras.Model:
        row = keras.Input((config.features,))
        return keras.Model(row, keras.layers.Dense(config.units)(keras.layers.Dense(2 * config.features, "relu")(row)))

    module.build = build
    module.from_architecture = lambda architecture: build(module.Config.of(architecture))
    monkeypatch.setitem(sys.modules, "zoo.tables.doubled", module)
    entry = dataclasses.replace(registry.NETWORKS["mlp"], name="doubled", builder="zoo.tables.doubled:from_architecture")
    monkeypatch.setitem(registry.NETWORKS, "doubled", entry)
    model = zoo.train("doubled", "iris", out=tmp_path / "mine", epochs=30)
    rows = {name: [1.0, 5.0] for name in model.names}
    network = zoo.network(tmp_path / "mine")
    probabilities = keras.ops.softmax(network(model.encode(rows)))
    np.testing.assert_allclose(model.predict(rows), probabilities, rtol=1e-4)


def test_hidden_layers_are_refused_by_a_network_without_any(tmp_path: Path) -> None:
    with pytest.raises(zoo.UserError, match="hidden 5,3: perceptron has no hidden layers; leave it out"):
        zoo.train("perceptron", "iris", out=tmp_path / "mine", hidden=(5, 3))
