"""What a small network computes while it is trained: for a table of one or two numbers, everything that can be drawn of it."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo.core.dataset import SPLITS
from zoo.core.errors import UserError
from zoo.tables import data, encodings
from zoo.tables.data import Table
from zoo.tables.encoder import Encoder
from zoo.tables.output import loss, output_for, predictions

MOST_CLASSES = 6
ACROSS, ACROSS_UNITS = 48, 24  # points of the grid along an axis, of the output and of the units
MARGIN = 0.1  # what is drawn beyond the rows, as a part of their range


@dataclass(frozen=True)
class Snapshot:
    """What a network computes at a moment.

    Args:
        losses: the mean loss of the training and the validation rows, without penalties and dropout.
        right: the shares of the training and the validation rows whose class is right; of numbers R2, the share of their variance
            that is explained.
        surface: the output at the points of the grid, float32 [k, g, g] or, for a single input, [k, g]: the probabilities of
            k classes, or the value (k = 1). Rows go from the lowest second input to the highest.
        units: of each hidden layer what its units give at the points of a coarser grid, float32 [units, g, g] or [units, g].
        weights: of each layer, the output's included, float32 [inputs, units].
        biases: of each layer, float32 [units].
    """

    losses: tuple[float, float]
    right: tuple[float, float]
    surface: np.ndarray
    units: list[np.ndarray]
    weights: list[np.ndarray]
    biases: list[np.ndarray]


class View:
    """Looks at networks that learn a table; `zoo.core.training.Watch` says when.

    Args:
        table: with one or two columns, which are numbers without gaps, and at most MOST_CLASSES classes.

    Raises:
        UserError: for another table, or one that cannot be learned from.
    """

    def __init__(self, table: Table) -> None:
        _check(table)
        table.check_trainable()
        self.table = table
        self.points = table.features
        (train, targets), (held_out, held_out_targets) = (table.split(name) for name in ("train", "validation"))
        self.output = output_for(len(table.schema.classes), targets)
        encoder = Encoder(encodings.learned(table.schema, train))
        self._rows = [(data.encoded(encoder, train), targets), (data.encoded(encoder, held_out), held_out_targets)]
        self._loss = loss(self.output)
        spread = np.ptp(self.points, axis=0)
        self.low = self.points.min(0) - MARGIN * spread
        self.high = self.points.max(0) + MARGIN * spread
        self._grids = [self._encoded_grid(encoder, across) for across in (ACROSS, ACROSS_UNITS)]
        self._inner: tuple[keras.Model, keras.Model] | None = None

    @property
    def places(self) -> np.ndarray:
        """The number of the split in `zoo.core.dataset.SPLITS` of each row of `points`, int [n]."""
        places = np.empty(len(self.points), int)
        for number, name in enumerate(SPLITS):
            places[self.table.rows_of(name)] = number
        return places

    def look(self, model: keras.Model) -> Snapshot:
        """What a network of `zoo.tables.mlp` or `zoo.tables.perceptron` that learns this table computes now."""
        hidden = [layer for layer in model.layers if layer.name.startswith("hidden_")]
        dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
        fine, coarse = self._grids
        (losses, rights) = zip(*(self._judged(model, x, targets) for x, targets in self._rows), strict=True)
        units = [np.moveaxis(each, -1, 0) for each in self._of_units(model, hidden, coarse)]
        weights, biases = zip(*(layer.get_weights() for layer in dense), strict=True)
        surface = _shares(self.output.classes, self._predicted(model, fine.reshape(-1, fine.shape[-1])))
        return Snapshot(losses, rights, surface.reshape(-1, *fine.shape[:-1]), units, list(weights), list(biases))

    def _of_units(self, model: keras.Model, hidden: list[Any], grid: np.ndarray) -> list[np.ndarray]:
        """What the units of the hidden layers give at the points of a grid [..., d]: float32 [..., units] of each layer."""
        if not hidden:
            return []
        if self._inner is None or self._inner[0] is not model:
            self._inner = model, keras.Model(model.input, [layer.output for layer in hidden])
        given = self._inner[1](grid.reshape(-1, grid.shape[-1]), training=False)
        given = given if isinstance(given, list) else [given]
        return [each.numpy().reshape(*grid.shape[:-1], -1) for each in given]

    def _encoded_grid(self, encoder: Encoder, across: int) -> np.ndarray:
        """The points of a grid as the network reads them, float32 [g, g, 2] or [g, 1]."""
        axes = [np.linspace(low, high, across, dtype=np.float32) for low, high in zip(self.low, self.high, strict=True)]
        places = np.stack(np.meshgrid(*axes), axis=-1)
        flat = places.reshape(-1, len(axes))
        columns = dict(zip(self.table.schema.names, flat.T, strict=True))
        return data.encoded(encoder, columns).reshape(*places.shape[:-1], -1)

    def _predicted(self, model: keras.Model, rows: np.ndarray) -> np.ndarray:
        (predicted,) = predictions(self.output, model(rows, training=False)).values()
        return predicted.numpy()

    def _judged(self, model: keras.Model, rows: np.ndarray, targets: np.ndarray) -> tuple[float, float]:
        """The mean loss of some rows, and the share that is right or explained."""
        z = model(rows, training=False)
        (predicted,) = (values.numpy() for values in predictions(self.output, z).values())
        mean = float(tf.reduce_mean(self._loss(targets, z)))
        if self.output.classes:
            return mean, float((_shares(self.output.classes, predicted).argmax(0) == targets).mean())
        variance = float(targets.var(dtype=float))
        return mean, 1 - float(np.square(predicted - targets).mean(dtype=float)) / variance if variance else 0.0


def _shares(classes: int, predicted: np.ndarray) -> np.ndarray:
    """What `predictions` gave for n rows as float32 [k, n]: probabilities of k classes, or the values."""
    if classes == 2:
        return np.stack([1 - predicted, predicted])
    return predicted.T if classes else predicted[None]


def _check(table: Table) -> None:
    """Raises UserError for a table that cannot be drawn."""
    schema, name = table.schema, table.source.name
    if not schema.numeric or len(schema.names) not in (1, 2):
        raise UserError(
            f"{name}: its inputs are {', '.join(schema.names)}; bring one or two columns of numbers beside the last one"
        )
    if len(schema.names) == 1 and schema.classes:
        raise UserError(
            f"{name}: with one column of numbers, the last column must be numbers too; bring a second one for classes"
        )
    if len(schema.classes) > MOST_CLASSES:
        raise UserError(
            f"{name}: {schema.target} has {len(schema.classes)} classes; at most {MOST_CLASSES} can be told apart in colour"
        )
    if not np.isfinite(table.features).all():
        raise UserError(f"{name}: a number is missing; fill the gaps")
