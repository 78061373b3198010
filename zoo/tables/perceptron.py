"""The perceptron: one sigmoid unit. Rosenblatt (1958), with the logistic function as in logistic regression.

    probability = sigmoid(w . x + b)

Of more than two classes each has a unit, and their outputs are a softmax; a number is predicted by a linear unit (the Adaline
of Widrow and Hoff 1960). x is a row as `zoo.tables.encoder` encodes it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import keras

from zoo.core.recipe import Recipe
from zoo.tables import recipes
from zoo.tables.output import Output


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


def intervals(n: int, numbers: int, output: Output) -> int:
    """Into how many intervals a number is cut: none, since a perceptron of intervals would no longer draw planes between rows."""
    return 0


def config(n: int, features: int, output: Output) -> Config:
    """The sizes for rows of so many inputs, whatever the number n of training rows."""
    return Config(features, output.units)


def build(config: Config) -> keras.Model:
    """The network: float32 [n, features] -> float32 [n, units], what goes into the sigmoid or softmax."""
    row = keras.Input((config.features,), name="row")
    return keras.Model(row, keras.layers.Dense(config.units, name="unit")(row), name="perceptron")


def from_architecture(architecture: Mapping[str, Any]) -> keras.Model:
    """The network that a card's `architecture` describes, with random weights. See `build`."""
    return build(Config.of(architecture))


# Breast cancer's 334 training rows make 11 steps an epoch. The decay plays the part of logistic regression's L2 penalty.
RECIPE = Recipe(epochs=60, batch_size=32, learning_rate=0.02, weight_decay=0.02, average=0.99)
STEPS = 660
MANY_BATCH = 256  # of more than recipes.MANY_ROWS


def recipe(n: int, output: Output, quick: bool = False) -> Recipe:
    """The hyperparameters for n training rows: STEPS steps, but at least recipes.LEAST_EPOCHS; `quick`: a third of the epochs."""
    batch_size = MANY_BATCH if n > recipes.MANY_ROWS else RECIPE.batch_size
    epochs = recipes.epochs(n, batch_size, STEPS)
    return replace(RECIPE, batch_size=batch_size, epochs=math.ceil(epochs / 3) if quick else epochs)
