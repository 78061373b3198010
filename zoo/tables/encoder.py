"""The inputs of a network: the named raw columns of a table as numbers, within TensorFlow's graph.

The encodings come from the training split alone (zoo.tables.encodings). The inputs of a column are:

- number: z = (x - mean) / deviation, 0 where it is missing. If the network asks for intervals, there is one more input for each
  interval between two quantiles: 0 if x lies below the interval, 1 if above, else the part of the interval that lies below x
  (piecewise linear encoding, Gorishniy et al. 2022, "On Embeddings for Numerical Features in Tabular Deep Learning", arXiv
  2203.05556). The first layer can then treat low, middle and high values differently;
- category: one input for each text of the vocabulary (one-hot); all are 0 for another text;
- boolean: one input for true, one for false;
- date: the standardised day, one input for each month and weekday (one-hot), and sine and cosine of the time of day if the
  training rows have times.

If a number, category or date is missing in some training row, one more input is 1 where the cell is missing.
"""

from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from zoo.tables.encodings import LEAST_DEVIATION, MONTHS, WEEKDAYS, ColumnEncoding, date_parts
from zoo.tables.kinds import BOOLEAN, CATEGORY, DATE, FALSE, NUMBER, TRUE

MOST_DEVIATIONS = 1e9  # from the mean; a number farther away counts as this far, or the sums of the network could overflow
SOFT_LIMIT = 3.0  # deviations that a number with intervals never exceeds
NOTHING = "\0"  # Keras needs a token for unknown texts; no cell of a CSV file holds this one


class Encoder:
    """Turns the named raw columns of n rows into the inputs of the network, float32 [n, width].

    The order of the inputs: the numbers, their intervals, whether each number is missing, then the other columns in their order.

    Args:
        columns: the encoding of each column.
    """

    def __init__(self, columns: Sequence[ColumnEncoding]) -> None:
        self.columns = tuple(columns)
        self._numbers = [column for column in columns if column.kind == NUMBER]
        self._others = [column for column in columns if column.kind != NUMBER]
        self._lookups = {
            column.name: keras.layers.StringLookup(
                vocabulary=list(column.vocabulary), output_mode="one_hot", mask_token=None, oov_token=NOTHING
            )
            for column in self._others
            if column.vocabulary
        }

    @property
    def width(self) -> int:
        """How many inputs a row becomes."""
        return sum(column.width for column in self.columns)

    @property
    def tables(self) -> list[tf.lookup.StaticHashTable]:
        """The vocabularies as tables of TensorFlow, which the export has to save with the network."""
        return [lookup.lookup_table for lookup in self._lookups.values()]

    def __call__(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Columns by name, float32 [n] or string [n] -> float32 [n, width]."""
        parts: list[tf.Tensor] = []
        if self._numbers:
            values = tf.stack([inputs[column.name] for column in self._numbers], axis=1)
            unknown = tf.math.is_nan(values)
            parts.append(tf.where(unknown, 0.0, self._standardised(values)))
            parts += self._intervals(values, unknown)
            indicators = [i for i, column in enumerate(self._numbers) if column.missing]
            parts.append(tf.cast(tf.gather(unknown, tf.constant(indicators, tf.int32), axis=1), tf.float32))
        for column in self._others:
            text = tf.strings.strip(inputs[column.name])
            parts += {CATEGORY: self._category, BOOLEAN: self._boolean, DATE: self._date}[column.kind](column, text)
        return tf.concat(parts, axis=1)

    def _standardised(self, values: tf.Tensor) -> tf.Tensor:
        """z = (x - mean) / deviation of all numbers, float32 [n, d], computed with halves since a difference may overflow.

        Where a number has intervals, z becomes z / sqrt(1 + (z / SOFT_LIMIT)^2). This is close to z near 0 and stays within
        SOFT_LIMIT, so that a few huge values do not dominate (smooth clipping, Holzmueller et al. 2024, arXiv 2407.04491).
        """
        mean = np.array([column.mean / 2 for column in self._numbers], np.float32)
        deviation = np.array([column.deviation / 2 for column in self._numbers], np.float32)
        z = tf.clip_by_value((values / 2 - mean) / deviation, -MOST_DEVIATIONS, MOST_DEVIATIONS)
        soft = np.array([bool(column.knots) for column in self._numbers])
        return tf.where(soft, z / tf.sqrt(1 + tf.square(z / SOFT_LIMIT)), z) if soft.any() else z

    def _intervals(self, values: tf.Tensor, unknown: tf.Tensor) -> list[tf.Tensor]:
        """The part of each interval that lies below the number, float32 [n, intervals]; a missing number counts as the mean."""
        knots = [np.array(column.knots) / 2 for column in self._numbers]  # halves, as in _standardised
        places = np.repeat(np.arange(len(knots)), [max(0, len(ends) - 1) for ends in knots])
        if not len(places):
            return []
        low = np.concatenate([ends[:-1] for ends in knots])
        width = np.maximum(np.concatenate([np.diff(ends) for ends in knots]), LEAST_DEVIATION)
        mean = np.array([column.mean for column in self._numbers], np.float32)
        known = tf.gather(tf.where(unknown, mean, values), tf.constant(places, tf.int32), axis=1)
        return [tf.clip_by_value((known / 2 - low.astype(np.float32)) / width.astype(np.float32), 0.0, 1.0)]

    def _category(self, column: ColumnEncoding, text: tf.Tensor) -> list[tf.Tensor]:
        parts = [tf.cast((text == "")[:, None], tf.float32)] if column.missing else []
        if column.vocabulary:
            parts.insert(0, tf.cast(self._lookups[column.name](text)[:, 1:], tf.float32))  # without the place of unknown texts
        return parts

    def _boolean(self, column: ColumnEncoding, text: tf.Tensor) -> list[tf.Tensor]:
        lower = tf.strings.lower(text)
        return [tf.cast(tf.reduce_any(lower[:, None] == tf.constant(words), 1, True), tf.float32) for words in (TRUE, FALSE)]

    def _date(self, column: ColumnEncoding, text: tf.Tensor) -> list[tf.Tensor]:
        days, month, weekday, valid = date_parts(text)
        parts = [((days - column.mean) / column.deviation)[:, None], tf.one_hot(month, MONTHS), tf.one_hot(weekday, WEEKDAYS)]
        if column.times:
            angle = 2 * np.pi * (days - tf.floor(days))
            parts.append(tf.stack([tf.sin(angle), tf.cos(angle)], axis=1))
        parts = [tf.where(valid[:, None], part, 0.0) for part in parts]
        return [*parts, tf.cast(~valid[:, None], tf.float32)] if column.missing else parts
