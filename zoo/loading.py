"""`zoo.load`: an exported model, checked against its card, with the methods of its task."""

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from zoo import cards, digit_reader, processor
from zoo.cards import Card
from zoo.data import cells
from zoo.data.table_kinds import BOOLEAN, CATEGORY, DATE, FALSE, NUMBER, TRUE, Schema, Way, input_names
from zoo.digit_reader import Reading
from zoo.errors import UserError
from zoo.models.words import MAX_BYTES

COLUMNS = "columns.json"  # of a model of tables: what was learned of each column
_BOOLEANS = frozenset(word.encode() for word in (*TRUE, *FALSE))
ROWS = 4096  # of a table in one call: a row is much less than an image or a text
BATCH = 256  # examples in one call of a signature, so that memory stays bounded for any number of inputs


class Classifier:
    """A model that turns each input into a probability or into one for each class.

    Args:
        card: the model's card.
        saved_model: what tf.saved_model.load gave.
    """

    def __init__(self, card: Card, saved_model: Any) -> None:
        self.card = card
        self.saved_model = saved_model  # the signatures live only as long as it does
        self._predict = saved_model.signatures["serving_default"]
        (self._input,) = self._predict.structured_input_signature[1]
        (self._output,) = self._predict.structured_outputs

    def predict(self, inputs: Any) -> np.ndarray:
        """The probabilities of each input.

        Args:
            inputs: n examples as the card's first signature takes them: rows of numbers [n, d], images uint8 [n, 28, 28]
                or n texts.

        Returns:
            float32 [n], or [n, classes].

        Raises:
            UserError: when the inputs have another shape or type.
        """
        spec = self._predict.structured_input_signature[1][self._input]
        array = self._array(inputs, spec)
        order = self._order(array)
        batches = [array[order[i : i + BATCH]] for i in range(0, max(len(array), 1), BATCH)]

        def judge(batch: np.ndarray) -> np.ndarray:
            outputs = self._predict(**{self._input: tf.constant(batch, spec.dtype)})
            return self._values({name: value.numpy() for name, value in outputs.items()})

        if len(batches) == 1:
            return judge(array)
        # A batch for each core at a time: while it computes, TensorFlow leaves Python's lock to the others.
        with ThreadPoolExecutor(processor.cores()) as pool:
            values = np.concatenate(list(pool.map(judge, batches)))
        result = np.empty_like(values)
        result[order] = values
        return result

    def _values(self, outputs: dict[str, np.ndarray]) -> np.ndarray:
        """What `predict` gives of a signature's outputs."""
        return outputs[self._output]

    def _order(self, array: np.ndarray) -> np.ndarray:
        """The order in which the inputs are best computed."""
        return np.arange(len(array))

    def _array(self, inputs: Any, spec: tf.TensorSpec) -> np.ndarray:
        array = np.asarray(_at_hand(inputs))
        wanted = f"{self.card.name} takes {self._input} as {spec.dtype.name} {[d or 'n' for d in spec.shape]}"
        try:
            spec.shape.assert_is_compatible_with(array.shape)
            with np.errstate(invalid="ignore"):  # not a number as a pixel: refused below
                converted = array.astype(spec.dtype.as_numpy_dtype)
        except (ValueError, TypeError) as error:
            raise UserError(f"{wanted}, not {array.dtype} {list(array.shape)}") from error
        if array.dtype.kind not in "biuf" or (converted.dtype.kind == "u" and not np.array_equal(converted, array)):
            raise UserError(f"{wanted}, but some of the {array.dtype} values are not of that type")
        return converted


class DigitReader(Classifier):
    """A classifier of handwritten digits, which also reads pictures."""

    def read(self, path: str | Path) -> Reading:
        """Reads a picture of one digit or more.

        Args:
            path: a picture in any format that Pillow reads.

        Returns:
            A Reading: `.number`, `.digits` with their probabilities, and `.notices`, what was done to the picture and doubts.

        Raises:
            UserError: when the picture cannot be read with certainty.
        """
        return digit_reader.read(Path(path), self.predict)


class TextClassifier(Classifier):
    """A classifier of texts, which also tells which words decided.

    Where a text has no word that the network knows, there is nothing to judge, and `predict` gives NaN. A model that was exported
    before there was the signature `judge` gives a number there, too.

    Args:
        card: the model's card.
        saved_model: what tf.saved_model.load gave.
    """

    def __init__(self, card: Card, saved_model: Any) -> None:
        super().__init__(card, saved_model)
        if "judge" in saved_model.signatures:
            self._predict = saved_model.signatures["judge"]

    def _values(self, outputs: dict[str, np.ndarray]) -> np.ndarray:
        values = outputs[self._output]
        if "words" in outputs:
            values[outputs["words"] == 0] = np.nan
        return values

    def _array(self, inputs: Any, spec: tf.TensorSpec) -> np.ndarray:
        if isinstance(inputs, str | bytes):
            raise UserError(f"{self.card.name} takes a list of texts, not one text: put it into a list")
        inputs = _at_hand(inputs)
        if not all(isinstance(text, str | bytes) for text in inputs):
            raise UserError(f"{self.card.name} takes a list of texts: str, or bytes in UTF-8")
        return np.array([trimmed(encoded(text)) for text in inputs], dtype=object)

    def _order(self, array: np.ndarray) -> np.ndarray:
        # Texts of like length together: less padding.
        return np.argsort([len(text) for text in array], kind="stable")

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; of two the second is the one that `predict` gives the probability of."""
        return tuple(self.card.architecture["classes"])

    def explain(self, texts: Iterable[str | bytes]) -> list[list[tuple[str, float]]]:
        """For each text its tokens and their weights: positive ones spoke for the second of two classes, or the chosen one.

        The weights of a text add up to its logit less that of a text of as many unknown words.
        """
        array = self._array(texts, None)
        order = self._order(array)
        result: list[list[tuple[str, float]]] = [[] for _ in array]
        places = iter(order)
        for values in self._ask("explain", array[order]):
            for tokens, weights, place in zip(values["tokens"], values["weights"], places, strict=False):
                result[place] = [(t.decode(), float(w)) for t, w in zip(tokens, weights, strict=True) if t]
        return result

    def embed(self, texts: Iterable[str | bytes]) -> np.ndarray:
        """Each text as a vector, float32 [n, width]: texts that are judged for like reasons are near each other."""
        return np.concatenate([values["vector"] for values in self._ask("embed", texts)])

    def known(self, texts: Iterable[str | bytes]) -> np.ndarray:
        """The share of each text's words that the network knows, float32 [n]; 1 for a text without a word."""
        return np.concatenate([values["share"] for values in self._ask("known", texts)])

    def attend(self, text: str | bytes) -> list[dict[str, Any]]:
        """What the network looks at in a text, window by window.

        Returns:
            For each window of t words its tokens [t], attention float32 [blocks, heads, t, t], how much each word (row) looks at
            each, and pooled float32 [t], each word's share in the mean of the whole text.
        """
        (values,) = self._ask("attend", [text])
        windows = []
        for tokens, attention, pooled in zip(values["tokens"], values["attention"], values["pooled"], strict=True):
            t = int((tokens != b"").sum())
            words = [token.decode() for token in tokens[:t]]
            windows.append({"tokens": words, "attention": attention[..., :t, :t], "pooled": pooled[:t]})
        return windows

    def _ask(self, signature: str, texts: Iterable[str | bytes]) -> Iterator[dict[str, np.ndarray]]:
        function, array = self.saved_model.signatures[signature], self._array(texts, None)
        for i in range(0, max(len(array), 1), BATCH):
            part = tf.constant(array[i : i + BATCH], tf.string)
            yield {name: value.numpy() for name, value in function(text=part).items()}


class _Rows(Classifier):
    """The rows of numbers of a table, [n, d]; those that --missing named, such as -999, are gaps."""

    def _array(self, inputs: Any, spec: tf.TensorSpec) -> np.ndarray:
        array, schema = super()._array(inputs, spec), Schema.of(self.card.architecture)
        columns = zip(schema.names, array.T, strict=True)
        return np.stack([_numbers(values, schema.way(name)) for name, values in columns], axis=1)


class TableModel:
    """A model that predicts a column of a table from the others: a class or a number.

    Args:
        card: the model's card.
        saved_model: what tf.saved_model.load gave.
        folder: where it was; COLUMNS in it tells what was learned of each column.
    """

    def __init__(self, card: Card, saved_model: Any, folder: Path) -> None:
        self.card = card
        self.saved_model = saved_model
        self._folder = folder
        self._schema = Schema.of(card.architecture)
        self._rows = _Rows(card, saved_model) if "predict" in saved_model.signatures else None

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
        from zoo.models import rows  # here, since it imports Keras, which predicting does without

        encoder, _ = rows.from_json((self._folder / COLUMNS).read_text(encoding="utf-8"))
        return encoder

    def notices(self, inputs: Mapping[str, Any]) -> list[str]:
        """How many cells of each column are missing, and how many are texts that the model did not learn or cannot read."""
        found = []
        learned = json.loads((self._folder / COLUMNS).read_text(encoding="utf-8"))["columns"]
        for column, values in zip(learned, self._columns(inputs).values(), strict=True):
            missing = np.isnan(values) if values.dtype.kind == "f" else values == b""
            if missing.any():
                found.append(f"{column['name']} is missing in {missing.sum():,} of {len(values):,} rows")
            new, what = [], ""
            if column["kind"] == CATEGORY:
                vocabulary, what = {text.encode() for text in column["vocabulary"]}, "is new to the model"
                new = [text for text in values[~missing].tolist() if text not in vocabulary]
            elif column["kind"] == BOOLEAN:
                what = "is neither true nor false, and read as missing,"
                new = [text for text in values[~missing].tolist() if text.lower() not in _BOOLEANS]
            elif column["kind"] == DATE:
                what = f"is not {cells.wanted(DATE, self._schema.way(column['name']))}, and read as missing,"
                new = [text for text in values[~missing].tolist() if cells.ISO not in cells.dates(text.decode()).forms]
            if new:
                text = new[0].decode("utf-8", errors="replace")
                found.append(f"{column['name']} {what} in {len(new):,} of {len(values):,} rows, the first {text!r}")
        return found

    def _columns(self, inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """The cells by the names of the inputs of the signature `columns`."""
        columns: dict[str, np.ndarray] = {}
        for name, kind, given in zip(self.names, self._schema.kinds, input_names(self.names), strict=True):
            if name not in inputs:
                raise UserError(f"{self.card.name} needs the column {name!r}: it reads {', '.join(self.names)}")
            values, way = _at_hand(inputs[name]), self._schema.way(name)
            try:
                columns[given] = _numbers(values, way) if kind == NUMBER else _texts(values, kind, way)
            except (ValueError, TypeError) as error:
                raise UserError(f"{self.card.name} takes numbers as {name!r}: {error}") from error
            if columns[given].shape != (len(next(iter(columns.values()))),):
                raise UserError(f"{self.card.name} takes as many cells of {name!r} as of the other columns, in one row")
        return columns


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


def _at_hand(inputs: Any) -> Any:
    """Inputs of which there may be a second look and a count: what a generator gives, as a list."""
    return list(inputs) if isinstance(inputs, Iterator) else inputs


def _missing(cell: Any) -> bool:
    """Whether a cell of Python's says that nothing is known: None, NaN, or the NA and NaT of data frames."""
    # NA says of itself neither that it is equal nor that it is not.
    return cell is None or type(cell).__name__ in ("NAType", "NaTType") or (not isinstance(cell, str | bytes) and cell != cell)


def _numbers(values: Any, way: Way) -> np.ndarray:
    """Cells of any type as float32, NaN where nothing is: no cell, or a number that --missing named, such as -999.

    Raises ValueError where a text is no number.
    """
    array = np.asarray(values)
    gaps = [np.float32(value) for text in way.missing if (value := cells.read_number(text, way)) is not None]
    if array.dtype.kind in "biuf":
        numbers = array.astype(np.float32)
        return np.where(np.isin(numbers, gaps), np.float32(np.nan), numbers)

    def number(cell: Any) -> float:
        if _missing(cell):
            return float("nan")
        if not isinstance(cell, str | bytes):
            return float("nan") if np.float32(cell) in gaps else float(cell)
        text = encoded(cell).decode("utf-8", errors="replace").strip()
        value = cells.stored(text, NUMBER, way)
        if not isinstance(value, float):
            raise ValueError(f"{text!r} is not {cells.wanted(NUMBER, way)}")
        return value

    flat = np.asarray(values, dtype=object)
    return np.array([number(cell) for cell in flat.ravel().tolist()], np.float32).reshape(flat.shape)


def _texts(values: Any, kind: str, way: Way) -> np.ndarray:
    """Cells of any type as texts in UTF-8, empty where nothing is; dates in ISO form where they can be read."""
    if np.asarray(values).dtype.kind == "M":  # NumPy's days and times, which Python's types may not hold
        texts = np.datetime_as_string(np.asarray(values), unit="m")
        return np.array([b"" if text == "NaT" else text.encode() for text in texts.tolist()], dtype=object)
    known: dict[bytes, bytes] = {}  # a column has few different texts

    def text(cell: Any) -> bytes:
        if _missing(cell):
            return b""
        given = encoded(cell if isinstance(cell, str | bytes) else str(cell)).strip()
        if given not in known:
            value = cells.stored(given.decode("utf-8", errors="replace").strip(), kind, way)
            known[given] = value if isinstance(value, bytes) else given
        return known[given]

    # As they are: beside a NaN NumPy would turn True into 1.0.
    flat = np.asarray(values, dtype=object)
    return np.array([text(cell) for cell in flat.ravel().tolist()], dtype=object).reshape(flat.shape)


def trimmed(text: bytes) -> bytes:
    """A long text without its middle, which the network leaves out anyway: so that a batch of huge ones needs little memory."""
    return text if len(text) <= 4 * MAX_BYTES else text[: 2 * MAX_BYTES] + text[-2 * MAX_BYTES :]


def encoded(text: str | bytes) -> bytes:
    """Text as UTF-8; a lone surrogate, which UTF-8 cannot hold, becomes a question mark."""
    return text if isinstance(text, bytes) else text.encode("utf-8", errors="replace")


def load(name_or_path: str | Path) -> Any:
    """Loads a model by its name in saved_models/ or by its folder, after checking every file's sha256.

    Returns:
        An object with `.card` and the methods of its task: `predict` (a `Classifier`), `predict` and `read` (a `DigitReader`),
        `predict`, `explain`, `embed` ... (a `TextClassifier`), `predict` of columns or rows (a `TableModel`), `generate` and
        `score` (a `zoo.composer.Composer`).

    Raises:
        UserError: an unknown name, a folder that is no model, a file that is missing or was changed.
    """
    path = cards.find(name_or_path)
    card = cards.verify(path)
    saved_model = tf.saved_model.load(str(path))
    if card.task == "music generation":
        from zoo.composer import Composer

        return Composer(card, saved_model, path)
    if card.task == "text classification":
        return TextClassifier(card, saved_model)
    if card.architecture.get("network") == "digits_mlp":
        return DigitReader(card, saved_model)
    if "columns" in saved_model.signatures:
        return TableModel(card, saved_model, path)
    return Classifier(card, saved_model)
