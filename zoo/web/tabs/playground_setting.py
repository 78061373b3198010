"""What is chosen in the playground: the data, the network and the training, checked as if it came from anybody."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo import registry
from zoo.core import arguments
from zoo.core.errors import UserError
from zoo.core.messages import brief
from zoo.core.names import unknown
from zoo.web import uploads

SHAPES = {"moons": "Moons", "rings": "Rings", "spirals": "Spirals", "blobs": "Blobs"}
FORMULA, TABLE = "formula", "table"
DATA = {**SHAPES, FORMULA: "y = f(x)", TABLE: "Your own CSV"}
ACTIVATIONS: tuple[str, ...] = registry.resolve("zoo.tables.activations:ACTIVATIONS")
OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "momentum": "SGD with momentum", "rmsprop": "RMSprop"}
BATCHES = 1, 4, 8, 16, 32, 64, 128, 256
MOST_LAYERS, MOST_UNITS = 4, 16
LEAST_POINTS, MOST_POINTS = 20, 2_000
MOST_EPOCHS, MOST_STEPS = 500, 5_000
MOST_CHARACTERS = 100_000  # of a CSV
LEAST_RATE, MOST_RATE = 1e-6, 10.0
MOST_NOISE, MOST_DROPOUT, MOST_L2 = 0.5, 0.9, 1.0
CLASSES = "a", "b", "c"
CLASSES_OF = {"moons": 2, "rings": 2, "spirals": 2, "blobs": 3, FORMULA: 0}  # of the points that are made


@dataclass(frozen=True)
class Setting:
    """The data, the network and the training.

    Args:
        data: a name of DATA.
        formula: of x, for "formula".
        table: a CSV as text, for "table": one or two columns of numbers, then the column to predict.
        points: rows that are made, where the data are not a CSV.
        noise: the standard deviation of what is added to them.
        layers: the units and the activation of each hidden layer.
        optimizer: a name of OPTIMIZERS.
        rate: the first learning rate, from which a cosine goes to zero.
        batch: rows in a step.
        epochs: passes over the training rows.
        dropout: the share of the hidden units that a step leaves out.
        l2: the factor of the squared weights of the hidden layers in the loss.
        seed: of the data, the first weights and the order of the rows.

    Raises:
        UserError: for a value that is outside of its range.
    """

    data: str = "moons"
    formula: str = "sin(2*x) + x/2"
    table: str = ""
    points: int = 300
    noise: float = 0.1
    layers: tuple[tuple[int, str], ...] = ((8, "tanh"), (6, "tanh"))
    optimizer: str = "adam"
    rate: float = 0.03
    batch: int = 16
    epochs: int = 60
    dropout: float = 0.0
    l2: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        self._check_data()
        if len(self.layers) > MOST_LAYERS:
            raise UserError(f"{len(self.layers)} hidden layers: at most {MOST_LAYERS}")
        layers = []
        for number, (units, activation) in enumerate(self.layers, start=1):
            layers.append((arguments.whole(f"units of layer {number}", units, 1, MOST_UNITS), activation))
            _one_of("activation", activation, ACTIVATIONS)
        _one_of("optimizer", self.optimizer, OPTIMIZERS)
        arguments.number("learning rate", self.rate, LEAST_RATE, MOST_RATE)
        arguments.number("dropout", self.dropout, 0, MOST_DROPOUT)
        arguments.number("L2", self.l2, 0, MOST_L2)
        whole = {
            "layers": tuple(layers),
            "batch": arguments.whole("batch size", self.batch, 1, MOST_POINTS),
            "epochs": arguments.whole("epochs", self.epochs, 1, MOST_EPOCHS),
            "seed": arguments.whole("seed", self.seed, 0, arguments.MOST_SEED),
        }
        for name, value in whole.items():
            object.__setattr__(self, name, value)

    def _check_data(self) -> None:
        _one_of("data set", self.data, DATA)
        for name, text in (("formula", self.formula), ("CSV", self.table)):
            if not isinstance(text, str):
                raise UserError(f"the {name} {brief(repr(text))} is no text")
        if self.data == TABLE:
            if not uploads.text(self.table, MOST_CHARACTERS).strip():
                raise UserError("the CSV is empty: paste a line of names, then a line of values for each point")
            if (rows := len(self.table.strip().splitlines()) - 1) > MOST_POINTS:
                raise UserError(f"the CSV has {rows:,} rows: paste at most {MOST_POINTS:,}")
            return
        object.__setattr__(self, "points", arguments.whole("points", self.points, LEAST_POINTS, MOST_POINTS))
        arguments.number("noise", self.noise, 0, MOST_NOISE)
        if self.data == FORMULA:
            registry.resolve("zoo.tables.points:parsed")(self.formula)

    @property
    def task(self) -> str | None:
        """What is predicted; None: the CSV decides."""
        return None if self.data == TABLE else "regression" if self.data == FORMULA else "classification"

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of points that are made, the last one of which is predicted."""
        return ("x", "y") if self.data == FORMULA else ("x1", "x2", "class")

    def made(self) -> tuple[np.ndarray, np.ndarray]:
        """The points that are made: inputs, float64 [n, d], and class numbers or values [n]."""
        random = np.random.default_rng(self.seed)
        if self.data == FORMULA:
            return registry.resolve("zoo.tables.points:curve")(self.formula, self.points, self.noise, random)
        return registry.resolve("zoo.tables.points:SHAPES")[self.data](self.points, self.noise, random)

    def csv(self) -> str:
        """All rows as a CSV with a header."""
        if self.data == TABLE:
            return self.table
        x, y = self.made()
        out = io.StringIO()
        out.write(",".join(self.names) + "\n")
        for row, target in zip(x.tolist(), y.tolist(), strict=True):
            told = f"{target:.6f}" if self.data == FORMULA else CLASSES[target]
            out.write(",".join([*(f"{value:.6f}" for value in row), told]) + "\n")
        return out.getvalue()


def _one_of(what: str, value: Any, names: Iterable[str]) -> None:
    if value not in (known := tuple(names)):
        raise unknown(what, brief(str(value)), known)
