from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from zoo.tables import encodings
from zoo.tables.encodings import ColumnEncoding
from zoo.tables.output import Output


@pytest.mark.parametrize("first", [date(1, 1, 1), date(1899, 12, 1), date(1970, 1, 1), date(1999, 12, 31), date(2024, 2, 27)])
def test_dates_are_those_of_the_calendar(first: date) -> None:
    days = [first + timedelta(days=i) for i in range(800)]
    given, month, weekday, valid = encodings.date_parts(tf.constant([day.isoformat() for day in days]))
    np.testing.assert_array_equal(given, [(day - date(1970, 1, 1)).days for day in days])
    np.testing.assert_array_equal(month, [day.month - 1 for day in days])
    np.testing.assert_array_equal(weekday, [day.weekday() for day in days])
    assert valid.numpy().all()


def test_a_time_of_day_is_a_part_of_the_day() -> None:
    forms = ["2024-05-31T18:00", "2024-05-31 18:00:30", "2024-05-31T18:00:00.25Z", " 2024-05-31T18:00+02:00"]
    given, *_, valid = encodings.date_parts(tf.constant(forms))
    assert valid.numpy().all()
    np.testing.assert_allclose(given, (datetime(2024, 5, 31, 18) - datetime(1970, 1, 1)) / timedelta(days=1), rtol=1e-7)


def test_what_is_no_iso_date_is_told() -> None:
    wrong = ["", "31.05.2024", "2024-13-01", "2024-05-32", "2024-5-1", "2024-05-31T25:00", "today", "2024-05-31 "]
    assert encodings.date_parts(tf.constant(wrong))[-1].numpy().tolist() == [False] * 7 + [True]


def test_what_was_learned_is_read_back(tmp_path: Path) -> None:
    learned = (
        ColumnEncoding("size", "number", mean=3.0, deviation=2.0, missing=True, knots=(0.0, 2.0, 5.0)),
        ColumnEncoding("town", "category", vocabulary=("x", "Köln"), missing=True),
    )
    output = Output(0, 5.0, 2.0)
    encodings.write(tmp_path, learned, output)
    assert encodings.read(tmp_path) == (learned, output)
