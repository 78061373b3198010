from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.tables.kinds import LARGEST
from zoo.tables.reading import cells
from zoo.tables.reading.cells import is_missing
from zoo.tables.reading.date_cells import dates_in, read_date
from zoo.tables.reading.number_cells import INFINITE, LONG, TOO_LARGE, number_in, read_number
from zoo.tables.schema import CellFormat

CELLS = st.text("0123456789.,-+()'_ eEdDxX%€$:/TZJanMy−²\u202f٣", max_size=14) | st.text(max_size=8)


@pytest.mark.slow
@given(CELLS)
def test_any_text_can_be_looked_at(cell: str) -> None:
    """What `number_in` promises `read_number` gives, and likewise for dates."""
    cell = cell.strip()
    number = number_in(cell)
    if number and number.mark not in (INFINITE, TOO_LARGE):
        for style in number.styles:
            value = read_number(cell, CellFormat(style[0], style[1:], number.unit))
            assert (value is None and number.mark == LONG) or abs(value) <= LARGEST
    for form, text in dates_in(cell).forms.items():
        assert datetime.fromisoformat(text)
        assert read_date(cell, CellFormat(dates=form)) is not None
    for kind in ("number", "category", "boolean", "date"):
        cells.value(cell, kind, CellFormat())


@pytest.mark.parametrize(
    ("cell", "kind", "gap"),
    [
        ("#N/A", "category", True),
        ("<NA>", "number", True),
        ("#DIV/0!", "number", True),
        ("None", "number", True),
        ("None", "boolean", True),
        ("None", "category", False),
        ("-", "number", True),
        (".", "date", True),
        ("0000-00-00", "date", True),
        ("0", "number", False),
    ],
)
def test_gaps_depend_on_the_kind_of_the_column(cell: str, kind: str, gap: bool) -> None:
    assert is_missing(cell, kind) is gap


def test_a_number_that_stands_for_a_gap_may_have_other_zeros() -> None:
    assert is_missing("-999.00", "number", ("-999",))
    assert not is_missing("-99.9", "number", ("-999",))
