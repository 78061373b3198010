"""From the named raw columns of a table to the numbers that a network computes with, within TensorFlow's graph.

What is learned of the columns (means, vocabularies) comes from the training split alone. A column becomes

- number: (x - mean) / deviation, 0 where it is missing; and, where the network asks for them, a number for each interval between
  two quantiles: 0 below it, 1 above it, and in it the part that lies below x (piecewise linear encoding, Gorishniy et al. 2022,
  "On Embeddings for Numerical Features in Tabular Deep Learning", arXiv 2203.05556). With it the first layer can treat low,
  middle and high values each in their own way;
- category: one number a text of the vocabulary, 1 for the one that it is; all 0 for others;
- boolean: whether it is true, whether it is false;
- date: its day, standardised; one number a month and one a weekday; where the training rows have times of day, sine and cosine
  of it, too;

and, but for booleans, one more number that says whether it is missing, where it is so in some training row.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from zoo.tables.kinds import BOOLEAN, CATEGORY, DATE, FALSE, ISO_DATE, ISO_TIME, NUMBER, TRUE

MOST_CATEGORIES = 100  # of a column, the most frequent ones
LEAST_SEEN = 2  # rows of the training split with a category: of one seen once nothing can be learned
MONTHS, WEEKDAYS = 12, 7
FARTHEST = 1e9  # deviations from the mean; a number beyond counts as so far, lest the network's sums overflow
LEAST_DEVIATION = 2 * float(np.finfo(np.float32).tiny)  # TensorFlow may read as 0 what is smaller than half of it
SOFTLY = 3.0  # deviations that a number with intervals comes near to
NOTHING = "\0"  # Keras wants a name for what is not in a vocabulary; no cell of a CSV file holds this


@dataclass(frozen=True)
class Column:
    """What is learned of a column.

    Args:
        name: of the raw column.
        kind: one of zoo.tables.kinds.KINDS.
        mean: of the numbers, or of the days since 1970.
        deviation: likewise, above 0.
        missing: whether some training row lacks it.
        times: whether some training row has a time of day.
        vocabulary: the categories, the most frequent first.
        knots: of a number, the ends of the intervals, ascending; none: it is standardised only.
    """

    name: str
    kind: str
    mean: float = 0.0
    deviation: float = 1.0
    missing: bool = False
    times: bool = False
    vocabulary: tuple[str, ...] = ()
    knots: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        """How many numbers it becomes."""
        numbers = 1 + max(0, len(self.knots) - 1)
        dates = 1 + MONTHS + WEEKDAYS + 2 * self.times
        own = {NUMBER: numbers, CATEGORY: len(self.vocabulary), BOOLEAN: 2, DATE: dates}
        return own[self.kind] + self.missing


def learn(name: str, kind: str, values: np.ndarray, intervals: int = 0) -> Column:
    """What the cells of the training split, [n], tell of a column; a number gets so many intervals at most."""
    if kind == BOOLEAN:
        return Column(name, kind)
    missing = np.isnan(values) if kind == NUMBER else values == b""
    there, lacking = values[~missing], bool(missing.any())
    if kind == CATEGORY:
        common = Counter(there.tolist()).most_common(MOST_CATEGORIES)
        vocabulary = tuple(text.decode() for text, count in common if count >= LEAST_SEEN)
        return Column(name, kind, missing=lacking, vocabulary=vocabulary)
    times = False
    if kind == DATE:
        times = any(len(text) > len("2024-05-31") for text in there.tolist())
        there = parse(tf.constant(there))[0].numpy()
    there = np.asarray(there, float)  # since the sum of a million float32 squares is not exact
    mean = float(there.mean()) if len(there) else 0.0
    # Of equal numbers the deviation is 0 but for rounding.
    deviation = max(float(there.std()), LEAST_DEVIATION) if len(there) and np.ptp(there) > 0 else 1.0
    return Column(name, kind, mean, deviation, lacking, times, knots=_knots(there, intervals if kind == NUMBER else 0))


def _knots(values: np.ndarray, intervals: int) -> tuple[float, ...]:
    """The ends of up to so many intervals that hold about as many of the values each; none where there are fewer than two."""
    if not intervals or not len(values):
        return ()
    # Values that were measured, so that a frequent one is an end and has no interval of its own width 0.
    ends = np.unique(np.quantile(values, np.linspace(0, 1, intervals + 1), method="nearest"))
    return tuple(ends.tolist()) if len(ends) > 2 else ()


def parse(text: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
    """Dates in ISO form, string [n], as days since 1970-01-01 with the time of day as a fraction, float32 [n]; month from 0 and
    weekday from 0, Monday, int32 [n]; and whether each is a date, bool [n]. Time zones are left out.

    The count of days is that of the Gregorian calendar whose years begin in March, so that the leap day comes last (Howard
    Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013).
    """
    text = tf.strings.strip(text)
    valid = tf.strings.regex_full_match(text, f"{ISO_DATE}({ISO_TIME})?")
    text = tf.where(valid, text, "1970-01-01")
    text = tf.strings.join([text, tf.where(tf.strings.length(text) > 10, "", "T00:00")])
    year, month, day, hour, minute = (
        tf.strings.to_number(tf.strings.substr(text, start, size), tf.int32)
        for start, size in ((0, 4), (5, 2), (8, 2), (11, 2), (14, 2))
    )
    shifted = year - tf.cast(month <= 2, tf.int32)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1  # from 1 March
    days = 365 * shifted + shifted // 4 - shifted // 100 + shifted // 400 + of_year - 719_468
    fraction = tf.cast(60 * hour + minute, tf.float32) / 1440
    return tf.cast(days, tf.float32) + fraction, month - 1, (days + 3) % WEEKDAYS, valid  # 1970-01-01 was a Thursday


class Encoder:
    """Turns named raw columns into float32 [n, width].

    First come the numbers, then their intervals, then which numbers are missing, then the other columns in their order.

    Args:
        columns: what is learned of each.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
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
        """How many numbers a row becomes."""
        return sum(column.width for column in self.columns)

    @property
    def tables(self) -> list[tf.lookup.StaticHashTable]:
        """The vocabularies, for the export to find."""
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
        """(x - mean) / deviation of all numbers, float32 [n, d]. Of halves, since a difference of two numbers may overflow.

        That of a number with intervals, z, becomes z / sqrt(1 + (z / SOFTLY)^2), which is near z in the middle and never beyond
        SOFTLY, so that a few huge cells do not decide (smooth clipping, Holzmueller et al. 2024, arXiv 2407.04491).
        """
        mean = np.array([column.mean / 2 for column in self._numbers], np.float32)
        deviation = np.array([column.deviation / 2 for column in self._numbers], np.float32)
        z = tf.clip_by_value((values / 2 - mean) / deviation, -FARTHEST, FARTHEST)
        softly = np.array([bool(column.knots) for column in self._numbers])
        return tf.where(softly, z / tf.sqrt(1 + tf.square(z / SOFTLY)), z) if softly.any() else z

    def _intervals(self, values: tf.Tensor, unknown: tf.Tensor) -> list[tf.Tensor]:
        """How much of each interval lies below the numbers, float32 [n, intervals]; a missing one is read as the mean."""
        knots = [np.array(column.knots) / 2 for column in self._numbers]  # halves, as in _standardised
        places = np.repeat(np.arange(len(knots)), [max(0, len(ends) - 1) for ends in knots])
        if not len(places):
            return []
        low = np.concatenate([ends[:-1] for ends in knots])
        width = np.maximum(np.concatenate([np.diff(ends) for ends in knots]), LEAST_DEVIATION)
        mean = np.array([column.mean for column in self._numbers], np.float32)
        known = tf.gather(tf.where(unknown, mean, values), tf.constant(places, tf.int32), axis=1)
        return [tf.clip_by_value((known / 2 - low.astype(np.float32)) / width.astype(np.float32), 0.0, 1.0)]

    def _category(self, column: Column, text: tf.Tensor) -> list[tf.Tensor]:
        parts = [tf.cast((text == "")[:, None], tf.float32)] if column.missing else []
        if column.vocabulary:
            parts.insert(0, tf.cast(self._lookups[column.name](text)[:, 1:], tf.float32))  # without what is not in it
        return parts

    def _boolean(self, column: Column, text: tf.Tensor) -> list[tf.Tensor]:
        lower = tf.strings.lower(text)
        return [tf.cast(tf.reduce_any(lower[:, None] == tf.constant(words), 1, True), tf.float32) for words in (TRUE, FALSE)]

    def _date(self, column: Column, text: tf.Tensor) -> list[tf.Tensor]:
        days, month, weekday, valid = parse(text)
        parts = [((days - column.mean) / column.deviation)[:, None], tf.one_hot(month, MONTHS), tf.one_hot(weekday, WEEKDAYS)]
        if column.times:
            angle = 2 * np.pi * (days - tf.floor(days))
            parts.append(tf.stack([tf.sin(angle), tf.cos(angle)], axis=1))
        parts = [tf.where(valid[:, None], part, 0.0) for part in parts]
        return [*parts, tf.cast(~valid[:, None], tf.float32)] if column.missing else parts
