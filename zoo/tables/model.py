"""What `zoo.load` gives for a network for tables."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.core.cards import Card
from zoo.core.classifier import Classifier
from zoo.core.errors import UserError
from zoo.core.inputs import as_list
from zoo.tables import encodings, inputs
from zoo.tables.encodings import ColumnEncoding
from zoo.tables.kinds import BOOLEAN, CATEGORY, DATE, FALSE, NUMBER, TRUE
from zoo.tables.reading import cells
from zoo.tables.reading.date_cells import ISO, dates_in
from zoo.tables.schema import Schema, input_names

ROWS = 4096  # in one call of a signature, so that memory stays bounded for any number of rows
SHOWN_CLASSES = 5  # that the text of a model names
_BOOLEANS = frozenset(word.encode() for word in (*TRUE, *FALSE))


class _RowClassifier(Classifier):
    """A model of rows of numbers, [n, d]. Numbers that mean "missing" in the model's own file, such as -999, become NaN."""

    def _array(self, rows: Any, spec: tf.TensorSpec) -> np.ndarray:
        array, schema = super()._array(rows, spec), Schema.of(self.card.architecture)
        columns = zip(schema.names, array.T, strict=True)
        return np.stack([inputs.numbers(values, schema.cell_format(name)) for name, values in columns], axis=1)


class TableModel:
    """A model that predicts a column of a table from the others: a class or a number.

    >>> import zoo
    >>> from sklearn.datasets import load_breast_cancer
    >>> model = zoo.load("perceptron")
    >>> model
    <TableModel perceptron: perceptron, predicts diagnosis (benign, malignant) from 30 columns>
    >>> for probability in model.predict(load_breast_cancer().data[[0, 19, 81]]):  # rows in the order of model.names
    ...     print(f"{probability:.3f}")
    1.000
    0.138
    0.309

    Args:
        card: the model's card.
        saved_model: what tf.saved_model.load gave.
        folder: the model's folder; its `columns.json` keeps the encoding of each column.
    """

    def __init__(self, card: Card, saved_model: Any, folder: Path) -> None:
        self.card = card
        self.saved_model = saved_model
        self._folder = folder
        self._schema = Schema.of(card.architecture)
        self._rows = _RowClassifier(card, saved_model, folder) if "predict" in saved_model.signatures else None

    def __repr__(self) -> str:
        network, schema, n = self.card.architecture["network"], self._schema, len(self.names)
        few = 0 < len(schema.classes) <= SHOWN_CLASSES
        kind = ", ".join(schema.classes) if few else f"{len(schema.classes)} classes" if schema.classes else "a number"
        return f"<TableModel {self.card.name}: {network}, predicts {schema.target} ({kind}) from {n} column{'s' * (n != 1)}>"

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; of two, `predict` gives the probability of the second. Empty if a number is predicted."""
        return self._schema.classes

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns that the model reads, in their order."""
        return self._schema.names

    def predict(self, inputs: Any) -> np.ndarray:
        """The predictions for n rows.

        Args:
            inputs: a mapping (or a data frame) from the names of the columns to n cells each; None, NaN or NA for a missing cell.
                Further columns are ignored. Texts are read like the cells of the file that the model learned from: a text with a
                decimal comma is a number if that file had decimal commas. If all columns are numbers, `inputs` may also be rows
                of numbers [n, d] in the order of `names`.

        Returns:
            With two classes the probability of the second, float32 [n]; with more classes their probabilities, float32
            [n, classes]; for a number its value in the unit of the target, float32 [n].

        Raises:
            UserError: if a column is missing or has cells of another type, or the rows have another shape.
        """
        if hasattr(inputs, "keys"):
            return predict_columns(self.saved_model, self._columns(inputs))
        if self._rows:
            return self._rows.predict(inputs)
        raise UserError(
            f"not all columns of {self.card.name} are numbers: give a mapping from their names to their cells, "
            f"{', '.join(self.names)}"
        )

    def encode(self, inputs: Mapping[str, Any]) -> np.ndarray:
        """The rows of a mapping as the inputs of the Keras network, float32 [n, width]; see `zoo.tables.encoder`."""
        columns = self._columns(inputs).values()
        return self._encoder(dict(zip(self.names, map(tf.constant, columns), strict=True))).numpy()

    @cached_property
    def _encoder(self) -> Any:
        from zoo.tables.encoder import Encoder  # imports Keras, which predicting does not need

        return Encoder(self._encodings)

    @cached_property
    def _encodings(self) -> tuple[ColumnEncoding, ...]:
        return encodings.read(self._folder)[0]

    def notices(self, inputs: Mapping[str, Any]) -> list[str]:
        """What to know about the predictions for these columns: how many cells are missing, unknown to the model or unreadable.

        Args:
            inputs: as `predict` takes them, by the names of the columns.
        """
        found = []
        for column, values in zip(self._encodings, self._columns(inputs).values(), strict=True):
            missing = np.isnan(values) if values.dtype.kind == "f" else values == b""
            if missing.any():
                found.append(f"{column.name} is missing in {missing.sum():,} of {len(values):,} rows")
            if column.kind != NUMBER and (notice := self._unread(column, values[~missing].tolist(), len(values))):
                found.append(notice)
        return found

    def _unread(self, column: ColumnEncoding, texts: list[bytes], rows: int) -> str:
        """A notice of the texts of a column that tell the model nothing, or ""."""
        if column.kind == CATEGORY:
            vocabulary, problem = {text.encode() for text in column.vocabulary}, "is new to the model"
            unread = [text for text in texts if text not in vocabulary]
        elif column.kind == BOOLEAN:
            problem = "is neither true nor false, and read as missing,"
            unread = [text for text in texts if text.lower() not in _BOOLEANS]
        else:
            problem = f"is not {cells.expected(DATE, self._schema.cell_format(column.name))}, and read as missing,"
            unread = [text for text in texts if ISO not in dates_in(text.decode()).forms]
        if not unread:
            return ""
        first = unread[0].decode("utf-8", errors="replace")
        return f"{column.name} {problem} in {len(unread):,} of {rows:,} rows, the first {first!r}"

    def _columns(self, given: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """The cells as arrays [n], by the names of the inputs of the signature `columns`. Raises UserError as `predict` does."""
        columns: dict[str, np.ndarray] = {}
        for name, kind, input_name in zip(self.names, self._schema.kinds, input_names(self.names), strict=True):
            if name not in given:
                raise UserError(f"{self.card.name} needs the column {name!r}: it reads {', '.join(self.names)}")
            values, cell_format = as_list(given[name]), self._schema.cell_format(name)
            try:
                if kind == NUMBER:
                    columns[input_name] = inputs.numbers(values, cell_format)
                else:
                    columns[input_name] = inputs.texts(values, kind, cell_format)
            except (ValueError, TypeError) as error:
                raise UserError(f"{self.card.name} takes numbers as {name!r}: {error}") from error
            if columns[input_name].shape != (len(next(iter(columns.values()))),):
                raise UserError(f"{self.card.name} takes as many cells of {name!r} as of the other columns, in one row")
        return columns


def loaded(card: Card, saved_model: Any, folder: Path) -> TableModel | Classifier:
    """The model of a folder. One that was exported before the signature `columns` existed is a plain classifier of rows."""
    return (TableModel if "columns" in saved_model.signatures else Classifier)(card, saved_model, folder)


def predict_columns(saved_model: Any, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """The predictions of an exported model for n rows: probabilities [n] or [n, classes], or values [n].

    Args:
        saved_model: what tf.saved_model.load gave.
        columns: by the names of the inputs of its signature `columns`, [n] each, as `zoo.tables.schema.Columns`.
    """
    n, parts = len(next(iter(columns.values()))), []
    for i in range(0, max(n, 1), ROWS):
        part = {name: tf.constant(cells[i : i + ROWS]) for name, cells in columns.items()}
        (values,) = saved_model.signatures["columns"](**part).values()
        parts.append(values.numpy())
    return np.concatenate(parts)
