"""The encodings of a table's columns, which are learned from the training rows, and the file of a model that keeps them."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from zoo.tables.kinds import BOOLEAN, CATEGORY, DATE, ISO_DATE, ISO_TIME, NUMBER
from zoo.tables.output import Output
from zoo.tables.schema import Columns, Schema

FILE = "columns.json"  # in the folder of a model
MOST_CATEGORIES = 100  # of a column, the most frequent ones
LEAST_SEEN = 2  # training rows with a category: nothing can be learned about one that occurs once
MONTHS, WEEKDAYS = 12, 7
LEAST_DEVIATION = 2 * float(np.finfo(np.float32).tiny)  # TensorFlow may read as 0 what is smaller than half of it


@dataclass(frozen=True)
class ColumnEncoding:
    """What is learned from the training rows about a column, from which its encoding follows.

    Args:
        name: of the column.
        kind: one of zoo.tables.kinds.KINDS.
        mean: of the numbers, or of the dates as days since 1970-01-01.
        deviation: the standard deviation of the same, above 0.
        missing: whether the cell is missing in some training row.
        times: whether the dates of some training rows have a time of day.
        vocabulary: the categories, the most frequent first.
        knots: the ends of the intervals of a number, ascending; empty: the number is only standardised.
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
        """How many inputs of the network the column becomes."""
        numbers = 1 + max(0, len(self.knots) - 1)
        dates = 1 + MONTHS + WEEKDAYS + 2 * self.times
        own = {NUMBER: numbers, CATEGORY: len(self.vocabulary), BOOLEAN: 2, DATE: dates}
        return own[self.kind] + self.missing


def learned(schema: Schema, columns: Columns, intervals: int = 0) -> list[ColumnEncoding]:
    """The encoding of each column of the training split; see `learn`."""
    return [learn(name, kind, columns[name], intervals) for name, kind in zip(schema.names, schema.kinds, strict=True)]


def learn(name: str, kind: str, values: np.ndarray, intervals: int = 0) -> ColumnEncoding:
    """The encoding of a column.

    Args:
        name: of the column.
        kind: one of zoo.tables.kinds.KINDS.
        values: its cells in the training split, as `zoo.tables.data.Table` holds them, [n].
        intervals: the most intervals that a number is cut into.
    """
    if kind == BOOLEAN:
        return ColumnEncoding(name, kind)
    missing = np.isnan(values) if kind == NUMBER else values == b""
    present, some_missing = values[~missing], bool(missing.any())
    if kind == CATEGORY:
        common = Counter(present.tolist()).most_common(MOST_CATEGORIES)
        vocabulary = tuple(text.decode() for text, count in common if count >= LEAST_SEEN)
        return ColumnEncoding(name, kind, missing=some_missing, vocabulary=vocabulary)
    times = False
    if kind == DATE:
        times = any(len(text) > len("2024-05-31") for text in present.tolist())
        present = date_parts(tf.constant(present))[0].numpy()
    present = np.asarray(present, float)  # the sum of a million squares in float32 is not exact
    mean = float(present.mean()) if len(present) else 0.0
    # The deviation of equal numbers is 0, but rounding may make it larger.
    deviation = max(float(present.std()), LEAST_DEVIATION) if len(present) and np.ptp(present) > 0 else 1.0
    knots = _knots(present, intervals) if kind == NUMBER else ()
    return ColumnEncoding(name, kind, mean, deviation, some_missing, times, knots=knots)


def _knots(values: np.ndarray, intervals: int) -> tuple[float, ...]:
    """The ends of at most `intervals` intervals that each hold about the same number of values; empty for fewer than two."""
    if not intervals or not len(values):
        return ()
    # The ends are values that occur: a frequent value is then an end, and no interval has the width 0.
    ends = np.unique(np.quantile(values, np.linspace(0, 1, intervals + 1), method="nearest"))
    return tuple(ends.tolist()) if len(ends) > 2 else ()


def date_parts(text: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
    """Dates as numbers, within TensorFlow's graph. Time zones are ignored.

    The days are counted in a calendar whose years begin in March, so that the leap day is the last day of a year (Howard Hinnant,
    "chrono-Compatible Low-Level Date Algorithms", 2013).

    Args:
        text: dates in ISO form, with or without a time of day, string [n].

    Returns:
        The days since 1970-01-01, with the time of day as a fraction, float32 [n]; the month, 0 to 11, int32 [n]; the weekday,
        0 (Monday) to 6, int32 [n]; and whether the text is a date, bool [n].
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


def write(folder: Path, encodings: Sequence[ColumnEncoding], output: Output) -> None:
    """Writes the encodings of the columns and the output to FILE in a model's folder; people can read it, too."""
    values = {"columns": [asdict(encoding) for encoding in encodings], "output": asdict(output)}
    (folder / FILE).write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(folder: Path) -> tuple[tuple[ColumnEncoding, ...], Output]:
    """Reads what `write` wrote."""
    values = json.loads((folder / FILE).read_text(encoding="utf-8"))
    tuples = ("vocabulary", "knots")  # JSON has lists only
    columns = [{**each, **{key: tuple(each[key]) for key in tuples if key in each}} for each in values["columns"]]
    return tuple(ColumnEncoding(**each) for each in columns), Output(**values["output"])
