"""What all cells of a column are: how many are missing, and how many can be read as numbers, as dates, and in which ways.

What all cells of a column have in common is certain. Where they leave something open (are `1,234` and `5,678` thousands? is
`01/02/2023` in January?), the other columns of the file may settle it (`Evidence`), else the user has to.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from zoo.core.csv_cutting import Place
from zoo.tables.kinds import CATEGORY, MISSING, NO_ENTRY
from zoo.tables.reading import date_cells
from zoo.tables.reading.cells import is_missing
from zoo.tables.reading.date_cells import dates_in, is_zero_date
from zoo.tables.reading.number_cells import STYLES, ZERO, Number, is_unit, number_in
from zoo.tables.reading.row_order import RowOrder

MOST_DISTINCT = 10_000  # different texts in a column; a column with more does not hold categories
A_FEW = 0.1  # of a column's cells may not be numbers, or dates, and are then taken for mistakes
LEAST_ALIKE = 4  # cells that are numbers, or dates, from which on the others are taken for mistakes
MOST_WRITINGS = 200  # different ways in which a column writes numbers, since any text may stand beside a number
DAYS_PER_YEAR = 3  # so many times as many different days as years tell them apart where both have two digits
LEAST_COMPACT = 3  # different cells like 20230531: from here on it is no chance that all are dates

NO_NUMBER, NO_DATE, SHOWS_ORDER = "no number", "no date", "shows order"  # keys of Survey.examples


@dataclass
class Survey:
    """What the cells of one column are.

    Args:
        missing_texts: the cells that stand for a missing value by the user's word.
        missing_found: those of them that occur.
        missing: the number of missing cells.
        missing_written: the missing cells that are not empty, like NA.
        missing_words: how often words occur that mean "missing" except among texts, like None.
        present: the number of cells that are not missing, those words included.
        texts: how often each different cell occurs, for the first MOST_DISTINCT different ones.
        many: whether there are more different ones.
        numbers: how often numbers of each writing occur.
        dates: how often dates occur, by their possible forms and whether they are dotted.
        like_numbers: the number of cells that begin with a digit and have few letters.
        order: whether the cells follow the order of the rows.
        first_row: the place of the first row.
        examples: the first cell of each writing, and its place.
    """

    missing_texts: tuple[str, ...] = ()
    missing_found: set[str] = field(default_factory=set)
    missing: int = 0
    missing_written: set[str] = field(default_factory=set)
    missing_words: Counter[str] = field(default_factory=Counter)
    present: int = 0
    texts: Counter[str] = field(default_factory=Counter)
    many: bool = False
    numbers: Counter[Number] = field(default_factory=Counter)
    dates: Counter[tuple[frozenset[str], bool]] = field(default_factory=Counter)
    like_numbers: int = 0
    order: RowOrder = field(default_factory=RowOrder)
    first_row: Place | None = None
    examples: dict[object, tuple[Place, str]] = field(default_factory=dict)

    def add(self, column: Sequence[str], rows: Sequence[Place]) -> None:
        """Looks at the next cells of the column; `rows` are the places of their rows in the file."""
        self.first_row = self.first_row or rows[0]
        self.order.add(column)
        for cell, count in Counter(column).items():
            if is_missing(cell, CATEGORY, self.missing_texts):
                self._add_missing(cell, count)
                continue
            self.present += count
            if not self.many:
                self.texts[cell] += count
                self.many = len(self.texts) > MOST_DISTINCT
            if cell.lower() in NO_ENTRY or is_zero_date(cell):
                self.missing_words[cell] += count
                continue
            self.like_numbers += count * _is_like_a_number(cell)
            for writing in self._add_present(cell, count):
                if writing not in self.examples:
                    self.examples[writing] = rows[column.index(cell)], cell

    def _add_missing(self, cell: str, count: int) -> None:
        self.missing += count
        if cell:
            self.missing_written.add(cell)
        if cell.lower() not in MISSING:
            self.missing_found.update(each for each in self.missing_texts if is_missing(cell, CATEGORY, (each,)))

    def _add_present(self, cell: str, count: int) -> list[object]:
        """Counts a cell among the numbers and the dates; the keys of `examples` that it is an example of."""
        number, dates = number_in(cell), dates_in(cell)
        writings: list[object] = []
        if number and (number in self.numbers or len(self.numbers) < MOST_WRITINGS):
            self.numbers[number] += count
            writings.append(number)
        else:
            writings.append(NO_NUMBER)
        if dates.forms:
            key = frozenset(dates.forms), dates.dotted
            self.dates[key] += count
            shows_order = len(dates.forms) == 1 or len(set(dates.forms.values())) > 1  # 01/01/2023 does not
            writings += [key, *[SHOWS_ORDER] * shows_order]
        else:
            writings.append(NO_DATE)
        return writings

    @property
    def known(self) -> int:
        """The number of cells that are not missing, nor words for it."""
        return self.present - self.missing_words.total()

    @property
    def different(self) -> bool:
        """Whether it is known that all cells differ."""
        return self.order.rises or (not self.many and len(self.texts) == self.present)

    @property
    def alike(self) -> Counter[Number]:
        """The numbers that belong together by the texts beside them.

        These are all numbers if the texts are common units, or one and the same unit: cells in cm and in m may be meant, or be a
        mistake. Else, as for 1st and 2nd or the houses 12, 12b and 14c, they are the numbers with the most frequent text.
        """
        units = Counter[str]()
        for number, count in self.numbers.items():
            units[number.unit] += count if number.unit or number.mark != ZERO else 0
        named = [unit for unit in units if unit]
        if all(is_unit(unit) for unit in named) or (len(named) == 1 and not units[""]):
            return self.numbers
        usual = max(units, key=units.__getitem__)
        return Counter({number: count for number, count in self.numbers.items() if number.unit == usual or number.mark == ZERO})

    @property
    def numeric(self) -> bool:
        """Whether all known cells are numbers."""
        return 0 < self.alike.total() == self.known

    @property
    def dated(self) -> bool:
        """Whether all known cells are dates, and not numbers that look like dates by chance."""
        if not 0 < self.dates.total() == self.known:
            return False
        if not any(number.plain for number in self.numbers):
            return True
        # 20230531, or 05.2023: no program writes a number with this leading zero.
        written = date_cells.COMPACT in self.forms or any(text.startswith("0") for text in self.texts)
        return written and len(self.texts) >= LEAST_COMPACT

    @property
    def styles(self) -> frozenset[str]:
        """The styles in which all cells are numbers."""
        return frozenset(STYLES).intersection(*(number.styles for number in self.numbers))

    @property
    def forms(self) -> frozenset[str]:
        """The forms in which all cells are dates. If all are dotted, the month is not first.

        A year of two digits may stand first or last, unless the numbers on one side vary much more: these are the days.
        """
        forms = frozenset.intersection(*(found for found, _ in self.dates)) if self.dates else frozenset()
        if date_cells.DAY_FIRST in forms and all(dotted for _, dotted in self.dates):
            forms -= {date_cells.MONTH_FIRST}
        if date_cells.YEAR_FIRST in forms and forms & {date_cells.DAY_FIRST, date_cells.MONTH_FIRST}:
            parts = [re.findall(r"\d+", text) for text in self.texts if date_cells.YEAR_FIRST in dates_in(text).forms]
            first, last = len({each[0] for each in parts}), len({each[2] for each in parts})
            if max(first, last) >= DAYS_PER_YEAR * min(first, last):
                forms = forms - {date_cells.YEAR_FIRST} if first > last else frozenset({date_cells.YEAR_FIRST})
        return forms

    def mostly(self, count: int) -> bool:
        """Whether `count` cells are so nearly all known cells that the others are taken for mistakes."""
        return 0 < self.known - count <= max(A_FEW * self.known, 1) and count >= LEAST_ALIKE


def _is_like_a_number(cell: str) -> bool:
    """Whether a cell looks like a number or a date: it begins with a digit and has few letters, or is like Rp10.000."""
    if re.match(r"[^\W\d_]{1,3}[. ]{0,2}\d+[.,]\d", cell):
        return True
    return cell.lstrip("+-(~<>=#'\" €$£").startswith(tuple("0123456789")) and sum(c.isalpha() for c in cell) <= 3


@dataclass(frozen=True)
class Evidence:
    """What the columns that are certain tell about the other columns of the file.

    Args:
        decimals: the decimal signs of the columns where only one is possible.
        orders: the orders of day and month of the columns where only one is possible, DAY_FIRST or MONTH_FIRST.
    """

    decimals: frozenset[str]
    orders: frozenset[str]

    @classmethod
    def of(cls, surveys: Iterable[Survey]) -> "Evidence":
        """The evidence of these columns."""
        decimals, orders = set[str](), set[str]()
        for survey in surveys:
            signs = {style[0] for style in survey.styles} if survey.numeric else set()
            decimals |= signs if len(signs) == 1 else set()
            days = survey.forms & {date_cells.DAY_FIRST, date_cells.MONTH_FIRST} if survey.dated else set()
            orders |= days if len(days) == 1 else set()
        return cls(frozenset(decimals), frozenset(orders))
