"""A multilayer perceptron for tables: dense layers with ReLU and dropout (Srivastava et al. 2014), then the perceptron's output.

    row -> 64 -> 64 -> units

A row is what `zoo.models.columns` makes of it.
"""

import math
from dataclasses import dataclass, replace

import keras

from zoo.models import rows
from zoo.training import Recipe


@dataclass(frozen=True)
class Config:
    """The sizes of the network.

    Args:
        features: the numbers of a row.
        units: of the output: one, or one for each of more than two classes.
        hidden: units of each hidden layer.
        dropout: the share of each hidden layer's units that a training step leaves out.
    """

    features: int
    units: int = 1
    hidden: tuple[int, ...] = (64, 64)
    dropout: float = 0.3


def build(config: Config) -> keras.Model:
    """The network: float32 [n, features] -> float32 [n, units], what goes into the sigmoid or softmax."""
    row = keras.Input((config.features,), name="row")
    hidden = row
    for number, units in enumerate(config.hidden, start=1):
        dense = keras.layers.Dense(units, activation="relu", kernel_initializer="he_normal", name=f"hidden_{number}")
        hidden = keras.layers.Dropout(config.dropout, name=f"dropout_{number}")(dense(hidden))
    return keras.Model(row, keras.layers.Dense(config.units, name="output")(hidden), name="mlp")


# Of ten recipes that were tried (one or two layers, 32 to 128 units, dropout 0.2 to 0.5, decay 0.05 to 1) the one with the
# lowest sum of validation losses on iris, wine, breast_cancer and diabetes; with dropout 0.5 it is as good. So much decay suits
# the few hundred rows of such tables.
RECIPE = Recipe(epochs=300, batch_size=32, learning_rate=3e-3, warmup_steps=50, weight_decay=1.0, average=0.99, patience=60)
STEPS = 1500
# Of rows.MANY_ROWS there is less to keep from being learned by heart.
MANY = replace(RECIPE, batch_size=256, weight_decay=0.05, average=0.999)


def recipe(n: int, quick: bool = False) -> Recipe:
    """The hyperparameters for so many training rows; `quick`: a fifth of the epochs.

    There are STEPS steps, but at least rows.LEAST_EPOCHS epochs and at most those of RECIPE.
    """
    full = MANY if n > rows.MANY_ROWS else RECIPE
    epochs = min(full.epochs, rows.epochs(n, full.batch_size, STEPS))
    return replace(full, epochs=math.ceil(epochs / 5) if quick else epochs)
