"""A multilayer perceptron for tables: dense layers with dropout (Srivastava et al. 2014), then a linear output.

    row -> 64 -> 64 -> units            for few rows
    row -> 256 -> 256 -> units          for more

The row is encoded by `zoo.tables.encoder`; `zoo.tables.output` has the sigmoid or softmax that follows, and the loss.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from zoo.tables.activations import RELU, initializer


@dataclass(frozen=True)
class Config:
    """The sizes of the network.

    Args:
        features: the inputs of a row.
        units: of the output: one, or one for each of more than two classes.
        hidden: units of each hidden layer.
        dropout: the share of the units of each hidden layer that are set to 0 in a training step.
        activations: one of `zoo.tables.activations.ACTIVATIONS` for each hidden layer; empty: ReLU in all.
        l2: the factor of the sum of the squared weights of each hidden layer, which training adds to the loss.
    """

    features: int
    units: int = 1
    hidden: tuple[int, ...] = (64, 64)
    dropout: float = 0.3
    activations: tuple[str, ...] = ()
    l2: float = 0.0

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Config":
        """The sizes that a card's `architecture` states."""
        own = {name: architecture[name] for name in ("features", "units", "dropout")}
        # Cards from before there was a choice of activations and L2 do not name them.
        activations, l2 = tuple(architecture.get("activations", ())), architecture.get("l2", 0.0)
        return cls(**own, hidden=tuple(architecture["hidden"]), activations=activations, l2=l2)


def build(config: Config) -> keras.Model:
    """The network with random weights: float32 [n, features] -> float32 [n, units], before the sigmoid or softmax."""
    row = keras.Input((config.features,), name="row")
    hidden = row
    activations = config.activations or (RELU,) * len(config.hidden)
    for number, (units, activation) in enumerate(zip(config.hidden, activations, strict=True), start=1):
        dense = keras.layers.Dense(
            units,
            activation=activation,
            kernel_initializer=initializer(activation),
            kernel_regularizer=keras.regularizers.L2(config.l2) if config.l2 else None,
            name=f"hidden_{number}",
        )
        hidden = keras.layers.Dropout(config.dropout, name=f"dropout_{number}")(dense(hidden))
    return keras.Model(row, keras.layers.Dense(config.units, name="output")(hidden), name="mlp")


def from_architecture(architecture: Mapping[str, Any]) -> keras.Model:
    """The network that a card's `architecture` describes, with random weights. See `build`."""
    return build(Config.of(architecture))
