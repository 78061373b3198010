"""Tables of numbers with a class of two: scikit-learn's breast-cancer data, or a CSV file of the user's own."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np
import tensorflow as tf

from zoo.cards import DataSet
from zoo.data import sources
from zoo.data.sources import Source
from zoo.errors import UserError
from zoo.training import Recipe, TrainingData, fixed

SHARES = {"train": (0.0, 0.6), "validation": (0.6, 0.8), "test": (0.8, 1.0)}


@dataclass(frozen=True)
class Table:
    """Rows of features with a label of 0 or 1.

    Args:
        features: float32 [n, d].
        labels: float32 [n].
        names: of the d features.
        classes: what the labels 0 and 1 mean.
        source: where the table came from.
    """

    features: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]
    classes: tuple[str, str]
    source: Source

    @cached_property
    def _rows(self) -> list[bytes]:
        return [row.tobytes() for row in self.features]

    def split(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Features [n, d] and labels [n] of "train", "validation" or "test": 60, 20 and 20 %, by the hash of the features."""
        low, high = SHARES[name]
        chosen = np.array([low <= sources.share(row) < high for row in self._rows])
        return self.features[chosen], self.labels[chosen]

    def check(self, names: Sequence[str], classes: Sequence[str]) -> None:
        """Raises UserError unless the columns, in this order, and the classes are those that a model learned."""
        if list(self.names) != list(names):
            raise UserError(
                f"{self.source.name} has the columns {', '.join(self.names)}, but the model learned {', '.join(names)}"
            )
        if list(self.classes) != list(classes):
            raise UserError(f"{self.source.name} has the classes {', '.join(self.classes)}, the model {', '.join(classes)}")

    def describe(self) -> DataSet:
        """What a card says of the table."""
        sizes = {name: len(self.split(name)[1]) for name in SHARES}
        content = sources.fingerprint(row + label.tobytes() for row, label in zip(self._rows, self.labels, strict=True))
        return DataSet(self.source.name, self.source.version, self.source.how, sizes, content, self.source.licence)


def load(name_or_path: str, target: str | None = None) -> Table:
    """`breast_cancer`, or a CSV file with a header whose column `target` holds the class.

    Raises:
        UserError: an unknown name, a missing file or column, a cell that is no number, or not exactly two classes.
    """
    if name_or_path == "breast_cancer":
        table = _breast_cancer()
    elif name_or_path.endswith(".csv") or Path(name_or_path).exists():
        table = _read_csv(Path(name_or_path), target)
    else:
        raise UserError(f"no data set is called {name_or_path!r}: there is breast_cancer, or give a .csv file with --target")
    sources.announce(table.source)
    return table


def _breast_cancer() -> Table:
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    source = Source(
        "breast_cancer",
        "UCI Breast Cancer Wisconsin (Diagnostic), 1995",
        f"in the package scikit-learn {version('scikit-learn')}",
        "CC BY 4.0 (UCI Machine Learning Repository, Wolberg, Mangasarian, Street and Street)",
    )
    # scikit-learn calls benign 1; the card's probability is of the disease.
    labels = (data.target == 0).astype(np.float32)
    return Table(data.data.astype(np.float32), labels, tuple(map(str, data.feature_names)), ("benign", "malignant"), source)


def read_rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of a CSV file, each row as long as the header; blank lines are left out.

    Raises UserError for a file that is missing, empty, not text, or whose rows differ in length.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} cannot be read as a CSV file in UTF-8: {error}") from error
    if len(rows) < 2:
        raise UserError(f"{path} has no rows: it needs a header and a row for each example")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(rows[0]):
            raise UserError(f"{path}, row {number}: {len(row)} cells, but the header has {len(rows[0])}")
    return rows[0], rows[1:]


def numbers(path: Path, names: list[str], rows: list[list[str]]) -> np.ndarray:
    """Cells as float32 [n, d]. Raises UserError that names the first cell that is not a finite number."""
    values = np.empty((len(rows), len(names)), np.float32)
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            try:
                value = float(cell)
            except ValueError:
                value = np.nan
            if not abs(value) <= np.finfo(np.float32).max:
                raise UserError(f"{path}, row {i + 2}, column {names[j]!r}: {cell!r} is not a number that float32 can hold")
            values[i, j] = value
    return values


def _read_csv(path: Path, target: str | None) -> Table:
    header, rows = read_rows(path)
    if target is None:
        raise UserError(f"{path}: name the column of the class with --target, one of {', '.join(header)}")
    if target not in header:
        raise UserError(f"{path} has no column {target!r}: there are {', '.join(header)}")
    column = header.index(target)
    classes = sorted({row[column] for row in rows})
    if len(classes) != 2:
        shown = ", ".join(map(repr, classes[:5]))
        raise UserError(f"{path}: column {target!r} has {len(classes)} classes ({shown}): a perceptron needs exactly two")
    names = [name for i, name in enumerate(header) if i != column]
    if not names:
        raise UserError(f"{path} has no column besides {target!r}: it needs features of numbers")
    features = numbers(path, names, [row[:column] + row[column + 1 :] for row in rows])
    labels = np.array([float(row[column] == classes[1]) for row in rows], np.float32)
    source = Source(path.stem, "as given", "a CSV file of the user's", "the user's own")
    table = Table(features, labels, tuple(names), (classes[0], classes[1]), source)
    for split in SHARES:
        if len(set(table.split(split)[1])) < 2:
            raise UserError(f"{path}: its {split} split has not both classes; {len(rows)} rows are too few, bring more")
    return table


def read_features(path: Path, names: Sequence[str]) -> np.ndarray:
    """The columns `names` of a CSV file, in that order, as float32 [n, d]; further columns are left out.

    Raises UserError naming a column that is missing or a cell that is no number.
    """
    header, rows = read_rows(path)
    missing = [name for name in names if name not in header]
    if missing:
        raise UserError(f"{path} has no column {missing[0]!r}: the model needs {', '.join(names)}")
    columns = [header.index(name) for name in names]
    return numbers(path, list(names), [[row[i] for i in columns] for row in rows])


def batches(table: Table, recipe: Recipe) -> TrainingData:
    """Shuffled batches of the train split and the validation split in one: (features [b, d], labels [b], weights [b])."""
    features, labels = table.split("train")

    def epoch(number: int) -> tf.data.Dataset:
        order = np.random.default_rng([recipe.seed, number]).permutation(len(labels))
        rows = features[order], labels[order], np.ones_like(labels)
        return fixed(tf.data.Dataset.from_tensor_slices(rows).batch(recipe.batch_size).prefetch(2))

    held_out, held_out_labels = table.split("validation")
    rows = held_out, held_out_labels, np.ones_like(held_out_labels)
    validation = fixed(tf.data.Dataset.from_tensor_slices(rows).batch(len(held_out_labels)))
    return TrainingData(epoch, validation, math.ceil(len(labels) / recipe.batch_size))
