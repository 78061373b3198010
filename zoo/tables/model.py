"""What `zoo.load` gives of a network for tables."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.core.cards import Card
from zoo.core.classifier import Classifier
from zoo.core.errors import UserError
from zoo.core.inputs import as_list, utf8
from zoo.tables import encodings
from zoo.tables.encodings import ColumnEncoding
from zoo.tables.kinds import BOOLEAN, CATEGORY, DATE, FALSE, NUMBER, TRUE
from zoo.tables.reading import cells
from zoo.tables.reading.date_cells import ISO, dates_in
from zoo.tables.reading.number_cells import read_number
from zoo.tables.schema import CellFormat, Schema, input_names

_BOOLEANS = frozenset(word.encode() for word in (*TRUE, *FALSE))


ROWS = 4096  # of a table in one call: a row is much less than an image or a text


class _Rows(Classifier):
    """The rows of numbers of a table, [n, d]; those that --missing named, such as -999, are gaps."""

    def _array(self, inputs: Any, spec: tf.TensorSpec) -> np.ndarray:
        array, schema = super()._array(inputs, spec), Schema.of(self.card.architecture)
        columns = zip(schema.names, array.T, strict=True)
        return np.stack([_numbers(values, schema.cell_format(name)) for name, values in columns], axis=1)


class TableModel:
    """A model that predicts a column of a table from the others: a class or a number.

    Args:
        card: the model's card.
        saved_model: what tf.saved_model.load gave.
        folder: where it was; its `columns.json` keeps the encoding of each column.
    """

    def __init__(self, card: Card, saved_model: Any, folder: Path) -> None:
        self.card = card
        self.saved_model = saved_model
        self._folder = folder
        self._schema = Schema.of(card.architecture)
        self._rows = _Rows(card, saved_model, folder) if "predict" in saved_model.signatures else None

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; of two the second is the one that `predict` gives the probability of. None for a number."""
        return tuple(self.card.architecture["classes"])

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns that it reads, in their order."""
        return tuple(self.card.architecture["names"])

    def predict(self, inputs: Any) -> np.ndarray:
        """What it says of each row.

        Args:
            inputs: a mapping (or a data frame) from the names of columns to n cells each, None, NaN or NA where one is missing;
                further columns are left out. Texts are read as the cells of the file that the model learned from: a text with a
                decimal comma is a number where that file had them. Where all columns are numbers, also rows of numbers [n, d] in
                the order of `names`.

        Returns:
            Of two classes the probability of the second, float32 [n]; of more the probabilities, float32 [n, classes]; of a
            number its value in the target's own unit, float32 [n].

        Raises:
            UserError: when a column is missing or has cells of another type, or the rows have another shape.
        """
        if hasattr(inputs, "keys"):
            return answers(self.saved_model, self._columns(inputs))
        if self._rows:
            return self._rows.predict(inputs)
        raise UserError(
            f"{self.card.name} reads columns that are no numbers: give a mapping from their names to their cells, "
            f"{', '.join(self.names)}"
        )

    def encode(self, inputs: Mapping[str, Any]) -> np.ndarray:
        """The rows of a mapping as the network computes with them, float32 [n, width]."""
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
        """How many cells of each column are missing, and how many are texts that the model did not learn or cannot read."""
        found = []
        for column, values in zip(self._encodings, self._columns(inputs).values(), strict=True):
            missing = np.isnan(values) if values.dtype.kind == "f" else values == b""
            if missing.any():
                found.append(f"{column.name} is missing in {missing.sum():,} of {len(values):,} rows")
            new, what = [], ""
            if column.kind == CATEGORY:
                vocabulary, what = {text.encode() for text in column.vocabulary}, "is new to the model"
                new = [text for text in values[~missing].tolist() if text not in vocabulary]
            elif column.kind == BOOLEAN:
                what = "is neither true nor false, and read as missing,"
                new = [text for text in values[~missing].tolist() if text.lower() not in _BOOLEANS]
            elif column.kind == DATE:
                what = f"is not {cells.expected(DATE, self._schema.cell_format(column.name))}, and read as missing,"
                new = [text for text in values[~missing].tolist() if ISO not in dates_in(text.decode()).forms]
            if new:
                text = new[0].decode("utf-8", errors="replace")
                found.append(f"{column.name} {what} in {len(new):,} of {len(values):,} rows, the first {text!r}")
        return found

    def _columns(self, inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """The cells by the names of the inputs of the signature `columns`."""
        columns: dict[str, np.ndarray] = {}
        for name, kind, given in zip(self.names, self._schema.kinds, input_names(self.names), strict=True):
            if name not in inputs:
                raise UserError(f"{self.card.name} needs the column {name!r}: it reads {', '.join(self.names)}")
            values, cell_format = as_list(inputs[name]), self._schema.cell_format(name)
            try:
                columns[given] = _numbers(values, cell_format) if kind == NUMBER else _texts(values, kind, cell_format)
            except (ValueError, TypeError) as error:
                raise UserError(f"{self.card.name} takes numbers as {name!r}: {error}") from error
            if columns[given].shape != (len(next(iter(columns.values()))),):
                raise UserError(f"{self.card.name} takes as many cells of {name!r} as of the other columns, in one row")
        return columns


def loaded(card: Card, saved_model: Any, folder: Path) -> TableModel | Classifier:
    """A model of tables; of one that was exported before there was the signature `columns`, a plain classifier of rows."""
    return (TableModel if "columns" in saved_model.signatures else Classifier)(card, saved_model, folder)


def answers(saved_model: Any, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """What a model of tables says of rows: probabilities [n] or [n, classes], or values [n].

    Args:
        saved_model: what tf.saved_model.load gave.
        columns: by the names of the inputs of its signature `columns`, [n] each.
    """
    n, parts = len(next(iter(columns.values()))), []
    for i in range(0, max(n, 1), ROWS):
        part = {name: tf.constant(cells[i : i + ROWS]) for name, cells in columns.items()}
        (values,) = saved_model.signatures["columns"](**part).values()
        parts.append(values.numpy())
    return np.concatenate(parts)


def _missing(cell: Any) -> bool:
    """Whether a cell of Python's says that nothing is known: None, NaN, or the NA and NaT of data frames."""
    # NA says of itself neither that it is equal nor that it is not.
    return cell is None or type(cell).__name__ in ("NAType", "NaTType") or (not isinstance(cell, str | bytes) and cell != cell)


def _numbers(values: Any, cell_format: CellFormat) -> np.ndarray:
    """Cells of any type as float32, NaN where nothing is: no cell, or a number that --missing named, such as -999.

    Raises ValueError where a text is no number.
    """
    array = np.asarray(values)
    gaps = [np.float32(value) for text in cell_format.missing if (value := read_number(text, cell_format)) is not None]
    if array.dtype.kind in "biuf":
        numbers = array.astype(np.float32)
        return np.where(np.isin(numbers, gaps), np.float32(np.nan), numbers)

    def number(cell: Any) -> float:
        if _missing(cell):
            return float("nan")
        if not isinstance(cell, str | bytes):
            return float("nan") if np.float32(cell) in gaps else float(cell)
        text = utf8(cell).decode("utf-8", errors="replace").strip()
        value = cells.value(text, NUMBER, cell_format)
        if not isinstance(value, float):
            raise ValueError(f"{text!r} is not {cells.expected(NUMBER, cell_format)}")
        return value

    flat = np.asarray(values, dtype=object)
    return np.array([number(cell) for cell in flat.ravel().tolist()], np.float32).reshape(flat.shape)


def _texts(values: Any, kind: str, cell_format: CellFormat) -> np.ndarray:
    """Cells of any type as texts in UTF-8, empty where nothing is; dates in ISO form where they can be read."""
    if np.asarray(values).dtype.kind == "M":  # NumPy's days and times, which Python's types may not hold
        texts = np.datetime_as_string(np.asarray(values), unit="m")
        return np.array([b"" if text == "NaT" else text.encode() for text in texts.tolist()], dtype=object)
    known: dict[bytes, bytes] = {}  # a column has few different texts

    def text(cell: Any) -> bytes:
        if _missing(cell):
            return b""
        given = utf8(cell if isinstance(cell, str | bytes) else str(cell)).strip()
        if given not in known:
            value = cells.value(given.decode("utf-8", errors="replace").strip(), kind, cell_format)
            known[given] = value if isinstance(value, bytes) else given
        return known[given]

    # As they are: beside a NaN NumPy would turn True into 1.0.
    flat = np.asarray(values, dtype=object)
    return np.array([text(cell) for cell in flat.ravel().tolist()], dtype=object).reshape(flat.shape)
