"""The perceptron: one sigmoid unit (Rosenblatt 1958), with the logistic function as in logistic regression.

    probability = sigmoid(w . x + b)

With more than two classes each class has a unit, and a softmax follows. A number is predicted by a linear unit (the Adaline of
Widrow and Hoff 1960). The row x is encoded by `zoo.tables.encoder`; `zoo.tables.output` has the sigmoid or softmax, and the loss.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True)
class Config:
    """The sizes of the network.

    Args:
        features: the inputs of a row.
        units: of the output: one, or one for each of more than two classes.
    """

    features: int
    units: int = 1

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Config":
        """The sizes that a card's `architecture` states."""
        return cls(architecture["features"], architecture["units"])


def build(config: Config) -> keras.Model:
    """The network with random weights: float32 [n, features] -> float32 [n, units], before the sigmoid or softmax."""
    row = keras.Input((config.features,), name="row")
    return keras.Model(row, keras.layers.Dense(config.units, name="unit")(row), name="perceptron")


def from_architecture(architecture: Mapping[str, Any]) -> keras.Model:
    """The network that a card's `architecture` describes, with random weights. See `build`."""
    return build(Config.of(architecture))
