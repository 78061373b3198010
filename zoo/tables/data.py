"""Tables with a column to predict, from scikit-learn or from a CSV file of the user, their splits, and batches for training."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
import tensorflow as tf

from zoo.core import sources
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.dataset import SPLITS, Examples
from zoo.core.errors import UserError
from zoo.core.messages import listed, shown
from zoo.core.names import unknown
from zoo.core.recipe import Recipe, TrainingData, fixed
from zoo.core.sources import Source
from zoo.tables.kinds import NUMBER
from zoo.tables.reading import files
from zoo.tables.reading.hints import NO_HINTS, Hints
from zoo.tables.schema import Columns, Schema
from zoo.tables.splits import Division, divide

AT_ONCE = 4096  # rows that are encoded in one call
MOST_BYTES = 2**26  # of encoded rows that are kept in memory; larger tables are encoded batch by batch
FEW_TO_MEASURE = 5  # rows of a class in the test split; fewer tell little about its recall
ALL = "all"  # a split of all rows, for a table that a model did not learn from


@dataclass(frozen=True)
class Table(Examples):
    """Rows of named columns and what is to be predicted of each.

    Args:
        schema: what the columns are.
        columns: the cells by the names of the columns, see `zoo.tables.schema.Columns`.
        targets: class numbers int64 [n], or values float32 [n].
        source: where the table came from.
    """

    schema: Schema
    columns: Columns
    targets: np.ndarray
    source: Source

    @property
    def features(self) -> np.ndarray:
        """All columns as float32 [n, d], for a table that has only numbers."""
        return np.stack([self.columns[name] for name in self.schema.names], axis=1)

    def _rows(self) -> Iterator[bytes]:
        """The content of each row: its numbers as float32, then its texts, each followed by a byte that no text contains."""
        kinds = dict(zip(self.schema.names, self.schema.kinds, strict=True))
        numbers = [self.columns[name] for name, kind in kinds.items() if kind == NUMBER]
        texts = [self.columns[name] for name, kind in kinds.items() if kind != NUMBER]
        n = len(self.targets)
        values = np.stack(numbers, axis=1) if numbers else np.empty((n, 0), np.float32)
        for i, row in enumerate(values):
            yield row.tobytes() + b"".join(bytes(column[i]) + b"\xff" for column in texts)

    @cached_property
    def _division(self) -> Division:
        return divide(self._rows(), self.targets, len(self.schema.classes))

    def split(self, name: str) -> tuple[Columns, np.ndarray]:
        """Columns and targets of "train", "validation" or "test" (see `zoo.tables.splits`), or of "all" rows."""
        chosen = self.rows_of(name)
        return {key: column[chosen] for key, column in self.columns.items()}, self.targets[chosen]

    def outcomes(self, name: str) -> np.ndarray:
        """The targets of a split alone."""
        return self.targets[self.rows_of(name)]

    def rows_of(self, name: str) -> np.ndarray:
        """The numbers of the rows of a split, int [n]."""
        return np.arange(len(self.targets)) if name == ALL else np.flatnonzero(self._division.places == SPLITS.index(name))

    def sizes(self) -> dict[str, int]:
        """The number of rows of each split."""
        return {name: len(self.rows_of(name)) for name in SPLITS}

    def contents(self) -> Iterator[bytes]:
        """The content of each row, its target included as a float32."""
        labels = self.targets.astype(np.float32)
        return (row + label.tobytes() for row, label in zip(self._rows(), labels, strict=True))

    @property
    def how(self) -> str:
        """The source, and how the rows were split."""
        parts = "class" if self.schema.classes else "part of the range"
        return f"{self.source.how}; 60, 20 and 20 % of each {parts} of {self.schema.target}, by the hash of a row"

    def remarks(self) -> list[str]:
        """What to know about the splits: how many rows are equal, and which classes have few rows."""
        division, n, found = self._division, len(self.targets), []
        if division.repeated:
            equal = f"{division.repeated:,} of {n:,} rows equal another one in all columns but the target"
            split = "equal rows are in the same split"
            if division.alone:
                those = (
                    "they were"
                    if division.alone == division.repeated
                    else f"{split}, but {division.alone:,} have so many equals that they were"
                )
                split = f"{those} divided one by one, so that the test split has rows that the network has learned"
            found.append(f"{equal}: {split}.")
        if self.schema.classes:
            found += self._rare_classes()
        return found

    def _rare_classes(self) -> list[str]:
        """What to know about classes that have too few rows for every split, or for a meaningful recall."""
        counts = {split: np.bincount(self.outcomes(split), minlength=len(self.schema.classes)) for split in SPLITS}
        absent = np.min(list(counts.values()), axis=0) == 0
        few = ~absent & (counts["test"] < FEW_TO_MEASURE)

        def named(chosen: np.ndarray, of: np.ndarray) -> str:
            return listed([f"{self.schema.classes[i]} ({of[i]:,})" for i in np.flatnonzero(chosen).tolist()], most=10)

        found = []
        if absent.any():
            rows = named(absent, np.sum(list(counts.values()), axis=0))
            found.append(
                f"Classes with too few rows for every split: {rows}. The figures of a split without a class say nothing of it."
            )
        if few.any():
            found.append(
                f"Classes with few rows in the test split: {named(few, counts['test'])}. Their recall there means little."
            )
        return found

    def check_trainable(self) -> None:
        """Raises UserError unless each split has rows, and the training split has every class, or values that differ."""
        splits = {name: self.outcomes(name) for name in SPLITS}
        few = f"{len(self.targets):,} rows are too few, bring more"
        for name, targets in splits.items():
            if not len(targets):
                raise UserError(f"{self.source.name}: its {name} split has no row; {few}")
        absent = set(range(len(self.schema.classes))) - set(splits["train"].tolist())
        if absent:
            raise UserError(f"{self.source.name}: no row of its training split is {self.schema.classes[min(absent)]!r}; {few}")
        if not self.schema.classes and np.ptp(splits["train"]) == 0:
            raise UserError(f"{self.source.name}: {shown(self.schema.target)} is the same in every training row; {few}")


@dataclass(frozen=True)
class _Named:
    """A table of scikit-learn: the end of the name of its function, its target, its origin, and how it is loaded."""

    function: str
    target: str
    version: str
    licence: str
    options: Mapping[str, bool]
    rename: Callable[[str], str] = str


_UCI = "CC BY 4.0 (UCI Machine Learning Repository"
NAMED = {
    "iris": _Named("iris", "species", "Fisher's iris, 1936", f"{_UCI}, Fisher)", {}),
    "wine": _Named(
        "wine",
        "cultivar",
        "UCI Wine, 1991",
        f"{_UCI}, Aeberhard and Forina)",
        {},
        lambda name: name.replace("class_", "cultivar "),
    ),
    "breast_cancer": _Named(
        "breast_cancer",
        "diagnosis",
        "UCI Breast Cancer Wisconsin (Diagnostic), 1995",
        f"{_UCI}, Wolberg, Mangasarian, Street and Street)",
        {},
    ),
    "diabetes": _Named(
        "diabetes",
        "progression",
        "Efron, Hastie, Johnstone and Tibshirani, 2004",
        "none stated; published with 'Least Angle Regression'",
        {"scaled": False},  # in the units of measurement
    ),
}


def load(
    name_or_path: str,
    target: str | None = None,
    task: str | None = None,
    known: Schema | None = None,
    csv_format: Format = AS_FOUND,
    hints: Hints = NO_HINTS,
) -> Table:
    """Loads one of NAMED, or a CSV file with a header whose column `target` is to be predicted.

    Args:
        name_or_path: a name of NAMED, or the path of the file.
        target: the column to predict, of a CSV file.
        task: "classification" or "regression"; None: the target decides.
        known: the schema of a model, which the table must fit; None: the kinds of the columns are found.
        csv_format: how the file is written, as far as the user says it.
        hints: what the user says about the cells of a CSV file; a model that learned from such a file knows it already.

    Raises:
        UserError: an unknown name, what `zoo.tables.reading.files.read` refuses, or a table that does not fit `known`.
    """
    if name_or_path in NAMED:
        table = _named(name_or_path)
        if (target or table.schema.target) != table.schema.target or (task or table.schema.task) != table.schema.task:
            raise UserError(
                f"{name_or_path} has the target {table.schema.target}, {table.schema.task}: leave out the target and the task"
            )
        if csv_format != AS_FOUND:
            raise UserError(f"{name_or_path} is no CSV file: leave out the delimiter, the encoding and the quote")
        if hints != NO_HINTS:
            raise UserError(f"{name_or_path} is no CSV file: leave out {hints.given}")
        if known and known != table.schema:
            raise UserError(
                f"{name_or_path} has the columns {listed(table.schema.names)} and the target {table.schema.target}, but the "
                f"model learned {listed(known.names)} and {shown(known.target)}"
            )
    elif name_or_path.endswith(".csv") or Path(name_or_path).exists():
        table = _of_file(Path(name_or_path), target, task, known, csv_format, hints)
    else:
        raise unknown("data set", name_or_path, tuple(NAMED), "give a .csv file and its target column")
    sources.announce(table.source)
    return table


def _named(name: str) -> Table:
    from sklearn import datasets

    named = NAMED[name]
    data = getattr(datasets, f"load_{named.function}")(**named.options)
    source = Source(name, named.version, f"in the package scikit-learn {version('scikit-learn')}", named.licence)
    names = tuple(map(str, data.feature_names))
    classes = tuple(named.rename(str(each)) for each in data.get("target_names", ()))
    targets = data.target.astype(np.int64 if classes else np.float32)
    if name == "breast_cancer":  # scikit-learn has 1 for benign; a probability here is that of the disease
        classes, targets = classes[::-1], 1 - targets
    schema = Schema(names, (NUMBER,) * len(names), named.target, classes)
    columns = dict(zip(names, data.data.astype(np.float32).T.copy(), strict=True))
    return Table(schema, columns, targets, source)


def _of_file(path: Path, target: str | None, task: str | None, known: Schema | None, csv_format: Format, hints: Hints) -> Table:
    if known:
        if hints != NO_HINTS:
            raise UserError(f"the model knows how the cells of its columns are written: leave out {hints.given}")
        if target not in (None, known.target):
            raise UserError(f"the model learned to predict {shown(known.target)}, not {target}: leave out the target")
        schema, (columns, targets) = known, files.read_known(path, known, csv_format)
    else:
        schema, columns, targets = files.read(path, target, task, csv_format, hints)
    name = path.stem.encode(errors="replace").decode()  # pictures and cards cannot hold bytes that are not UTF-8
    return Table(schema, columns, targets, sources.of_user(name, "a CSV file of the user's"))


def encoded(encode: Callable[[Columns], tf.Tensor], columns: Columns) -> np.ndarray:
    """All rows of columns [n] as the network takes them, float32 [n, width], computed some at a time."""
    n = len(next(iter(columns.values())))
    # TensorFlow warns of a function that is traced often. A partial is counted anew in each call.
    step = tf.function(partial(encode), reduce_retracing=True)
    parts = []
    for i in range(0, max(n, 1), AT_ONCE):
        parts.append(step({name: tf.constant(column[i : i + AT_ONCE]) for name, column in columns.items()}).numpy())
    return np.concatenate(parts)


def batches(
    table: Table,
    recipe: Recipe,
    encode: Callable[[Columns], tf.Tensor],
    width: int,
    class_weights: np.ndarray | None = None,
) -> TrainingData:
    """Batches of the shuffled train split and of the validation split: (rows float32 [b, width], targets [b], weights [b]).

    Args:
        table: the rows.
        recipe: has the size of a batch and the seed of the order.
        encode: turns columns [b] into float32 [b, width], within TensorFlow's graph.
        width: the inputs of a row.
        class_weights: the weight of a row of each class, [classes]; None: every row counts the same.
    """
    columns, targets = table.split("train")
    train = _stream(columns, targets, encode, width, class_weights)
    held_out, held_out_targets = table.split("validation")
    validation = _stream(held_out, held_out_targets, encode, width, class_weights)

    def epoch(number: int) -> tf.data.Dataset:
        order = np.random.default_rng([recipe.seed, number]).permutation(len(targets))
        return train(order, recipe.batch_size)

    in_order = validation(np.arange(len(held_out_targets)), AT_ONCE)
    return TrainingData(epoch, in_order, math.ceil(len(targets) / recipe.batch_size))


def _stream(
    columns: Columns,
    targets: np.ndarray,
    encode: Callable[[Columns], tf.Tensor],
    width: int,
    class_weights: np.ndarray | None,
) -> Callable[[np.ndarray, int], tf.data.Dataset]:
    """A function from an order of rows and a size to batches. Rows are encoded once, or each time if they need much memory."""
    whole = 4 * width * len(targets) <= MOST_BYTES
    x = encoded(encode, columns) if whole else np.empty((0, width), np.float32)
    tensors = {} if whole else {name: tf.constant(column) for name, column in columns.items()}
    weights = np.ones(len(targets), np.float32) if class_weights is None else class_weights[targets].astype(np.float32)
    outcome, weight = tf.constant(targets), tf.constant(weights)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int64)])  # traced once, not in every epoch
    def gather(chosen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        batch = encode({name: tf.gather(tensor, chosen) for name, tensor in tensors.items()})
        return batch, tf.gather(outcome, chosen), tf.gather(weight, chosen)

    def of(order: np.ndarray, size: int) -> tf.data.Dataset:
        if whole:
            rows = x[order], targets[order], weights[order]
            return fixed(tf.data.Dataset.from_tensor_slices(rows).batch(size).prefetch(2))
        return fixed(tf.data.Dataset.from_tensor_slices(order).batch(size).map(gather).prefetch(2))

    return of
