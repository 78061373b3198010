"""A multilayer perceptron for tables: dense layers with ReLU and dropout (Srivastava et al. 2014), then the perceptron's output.

    row -> 64 -> 64 -> units            of few rows
    row -> 256 -> 256 -> units          of more

A row is what `zoo.tables.encoder` makes of it; of more rows each number is cut into intervals, too.
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
        hidden: units of each hidden layer.
        dropout: the share of the units of each hidden layer that are set to 0 in a training step.
    """

    features: int
    units: int = 1
    hidden: tuple[int, ...] = (64, 64)
    dropout: float = 0.3

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Config":
        """The sizes that a card's `architecture` states."""
        hidden = tuple(architecture["hidden"])
        return cls(architecture["features"], architecture["units"], hidden, architecture["dropout"])


def build(config: Config) -> keras.Model:
    """The network: float32 [n, features] -> float32 [n, units], what goes into the sigmoid or softmax."""
    row = keras.Input((config.features,), name="row")
    hidden = row
    for number, units in enumerate(config.hidden, start=1):
        dense = keras.layers.Dense(units, activation="relu", kernel_initializer="he_normal", name=f"hidden_{number}")
        hidden = keras.layers.Dropout(config.dropout, name=f"dropout_{number}")(dense(hidden))
    return keras.Model(row, keras.layers.Dense(config.units, name="output")(hidden), name="mlp")


def from_architecture(architecture: Mapping[str, Any]) -> keras.Model:
    """The network that a card's `architecture` describes, with random weights. See `build`."""
    return build(Config.of(architecture))


# Few training rows: so many of classes, so many of a number to predict, each of which tells more than a class does.
FEW_OF_CLASSES, FEW_OF_NUMBERS = 1_000, 500
MANY = 10_000  # training rows
INTERVALS = 16  # of each number
MOST_INPUTS = 4_096  # intervals of all numbers together


def intervals(n: int, numbers: int, output: Output) -> int:
    """Into how many intervals each number is cut (see `zoo.tables.encoder`), for n training rows of so many numbers.

    None for few rows, which are learned by heart the sooner. Of all choices here they matter most: without them the network has
    no easy way to what a tree sees at once, a threshold. With 48 of them validation losses are hardly lower, and on diamonds
    higher.
    """
    return 0 if _few(n, output) else min(INTERVALS, MOST_INPUTS // max(1, numbers))


def config(n: int, features: int, output: Output) -> Config:
    """The sizes for n training rows of so many inputs each.

    Dropout makes the sums of a layer noisy. A class, told by the largest of some sums, suffers little; a value does, so that a
    number to predict has little dropout, and none of many rows.
    """
    if _few(n, output):
        return Config(features, output.units)
    dropout = 0.3 if output.classes else 0.1 * (n < MANY)
    return Config(features, output.units, hidden=(256, 256), dropout=dropout)


def recipe(n: int, output: Output, quick: bool = False) -> Recipe:
    """The hyperparameters for n training rows; `quick`: a fifth of the epochs.

    The more rows, the more steps and the less weight decay, which keeps a network from learning rows by heart. Chosen on the
    validation splits of the tables of `python -m benchmarks.tables --split validation`, where docs/tables.md has the figures.
    """
    if _few(n, output):
        full, steps = FEW, 1_500
    elif n < MANY:
        full, steps = SOME, 2_000
    else:
        full, steps = MOST, 4_000
    epochs = min(full.epochs, recipes.epochs(n, full.batch_size, steps))
    return replace(full, epochs=math.ceil(epochs / 5) if quick else epochs)


# Of ten recipes that were tried (one or two layers, 32 to 128 units, dropout 0.2 to 0.5, decay 0.05 to 1) the one with the lowest
# sum of validation losses on iris, wine, breast_cancer and diabetes.
FEW = Recipe(epochs=300, batch_size=32, learning_rate=3e-3, warmup_steps=50, weight_decay=1.0, average=0.99, patience=60)
SOME = Recipe(epochs=500, batch_size=128, learning_rate=2e-3, warmup_steps=50, weight_decay=0.5, average=0.995)
MOST = Recipe(epochs=500, batch_size=256, learning_rate=2e-3, warmup_steps=50, weight_decay=0.1, average=0.999)


def _few(n: int, output: Output) -> bool:
    return n < (FEW_OF_CLASSES if output.classes else FEW_OF_NUMBERS)
