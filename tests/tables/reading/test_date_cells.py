from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.tables.reading.date_cells import dates_in, read_date
from zoo.tables.schema import CellFormat


def test_a_date_alone_leaves_open_which_number_is_the_day() -> None:
    assert dates_in("01/02/2023").forms == {"day first": "2023-02-01", "month first": "2023-01-02"}
    assert set(dates_in("13/02/2023").forms) == {"day first"}


FORMS = {
    "iso": "%Y-%m-%d",
    "year first": "%Y/%m/%d",
    "day first": "%d.%m.%Y",
    "month first": "%m/%d/%Y",
    "named months": "%b %d, %Y",
    "compact": "%Y%m%d",
}
TIMES = {" %H:%M": "T%H:%M", "T%H:%M:%S": "T%H:%M", " %I:%M %p": "T%H:%M", "": ""}


@given(st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)), st.sampled_from(sorted(FORMS)), st.sampled_from(sorted(TIMES)))
def test_a_date_is_read_as_it_was_written(moment: datetime, form: str, time: str) -> None:
    if form == "compact" or (form == "iso" and "p" in time):
        time = ""
    cell = moment.strftime(FORMS[form] + time)
    assert read_date(cell, CellFormat(dates=form)).replace(" ", "T") == moment.strftime("%Y-%m-%d" + TIMES[time])


@pytest.mark.parametrize(
    ("cell", "form", "iso"),
    [
        ("2023-05", "months", "2023-05-01"),
        ("05/2023", "months", "2023-05-01"),
        ("05.2023", "months", "2023-05-01"),
        ("May 2023", "months", "2023-05-01"),
        ("Jan 3, 2023", "named months", "2023-01-03"),
        ("3 Jan 2023", "named months", "2023-01-03"),
        ("03JAN2023", "named months", "2023-01-03"),
        ("3. Jänner 2023", "named months", "2023-01-03"),
        ("Mon, 3rd Jan 2022 9:05 pm", "named months", "2022-01-03T21:05"),
        ("26.10.23", "day first", "2023-10-26"),
        ("1/31/99", "month first", "1999-01-31"),
        ("2023-05-25 12:14:05+02:00", "iso", "2023-05-25 12:14"),
        ("1700000002", "epoch", "2023-11-14T22:13"),
        ("1700000002000", "epoch", "2023-11-14T22:13"),
    ],
)
def test_dates_of_many_forms(cell: str, form: str, iso: str) -> None:
    assert read_date(cell, CellFormat(dates=form)) == iso


@pytest.mark.parametrize(
    "cell", ["2023-02-30", "31.4.2023", "20231301", "2023", "12:30", "May", "1.2", "Jan 2023 5", "13/13/2023"]
)
def test_what_the_calendar_lacks_is_no_date(cell: str) -> None:
    assert not dates_in(cell).forms


def test_a_compact_date_has_a_likely_year() -> None:
    assert dates_in("18991231").forms == {}
    assert dates_in(date(1900, 1, 1).strftime("%Y%m%d")).forms == {"compact": "1900-01-01"}
