"""From the cells of a column to what the column is: its kind, and the way in which its cells are written.

What all cells of a column agree on is certain and is read. Where they leave it open (are the cells `1,234` and `5,678` thousands?
is `01/02/2023` in January?), the other columns of the file decide, and where these do not, the user has to: with a flag that the
message names.
"""

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from zoo.core.csv_cutting import Place
from zoo.core.errors import UserError
from zoo.tables import cells
from zoo.tables.cells import CODE, COMMA, COMMA_GROUPED, LONG, POINT, POINT_GROUPED, STYLES, WHOLE, ZERO, Number
from zoo.tables.kinds import (
    BOOLEAN,
    BOOLEANS,
    CATEGORY,
    CLASSIFICATION,
    DATE,
    FALSE,
    MISSING,
    NO_ENTRY,
    NUMBER,
    PLAIN,
    REGRESSION,
    TRUE,
    Way,
    listed,
    shown,
)

MOST_DISTINCT = 10_000  # different texts in a column; beyond it they are no categories
MOST_CLASSES = 100  # beyond it, a target of texts is probably another column
WHOLE_CLASSES = 10  # a target of at most so many different whole numbers may be classes ...
CLASS_BELOW, CLASS_RANGE = 100, 20  # ... where they are smaller than this and not farther apart: 0 to 9, but not 2015 to 2022
A_FEW = 0.1  # of a column's cells may be no numbers, or no dates, for them to be mistakes
MANY_NUMBERS = 10  # more different numbers are no names of categories
MOST_DIGITS = 50  # of whole numbers that may count the rows: Python refuses to read some thousand
MOST_SHOWN = 60  # characters of a cell in a message
LEAST_ROWS = 10  # for numbers that differ in each row to be ids
MOST_WRITINGS = 200  # of the numbers in a column, as units may be any text
DAYS_PER_YEAR = 3  # times as many different days than years tell which is which, where both have two digits
LEAST_COMPACT = 3  # different cells like 20230531: all dates by chance they are not

# Columns that are ids by their names, where all their cells differ: by the whole name, its first word or its last. Of words that
# begin the name of a count (num_rooms) or end that of a measurement (price_index), the whole name alone tells.
_ID_FIRST = {"id", "unnamed", "serial"}
_ID_LAST = {"id", "ids", "nr", "no", "num", "key", "uuid", "guid", "oid", "pid", "uid", "rowid"}
_ID_NAMES = {"idx", "index", "obs", "record", "row", "rows", "rowname", "rownames", "rownumber", "row names", "row number"}
# First columns that count from 0 or 1 and may mean it, as those of one small letter may; others are the numbers of the rows.
_MEASURED = {"time", "day", "days", "week", "weeks", "month", "months", "hour", "hours", "minute", "minutes", "second", "seconds"}
_MEASURED |= {"year", "years", "age", "step", "dose", "distance", "size", "length", "width", "height", "weight", "count"}


@dataclass(frozen=True)
class Hints:
    """What a user says of the cells of a file.

    Args:
        decimal: the decimal sign, "." or ",", where the cells leave it open.
        thousands: the sign between thousands, "," or ".", where the cells leave it open.
        day_first: whether 01/02/2023 is in February, where the cells leave it open.
        missing: cells that stand for a missing value, CELL or COLUMN=CELL.
        ignore: columns to leave out.
        kinds: of columns that shall be of a kind of KINDS.
    """

    decimal: str = ""
    thousands: str = ""
    day_first: bool | None = None
    missing: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)

    def of_file(self, path: Path, header: Sequence[str], target: str) -> "Hints":
        """The same, with the names of columns as the file has them: a line break in a name counts as a blank.

        Raises:
            UserError: where they name no column of the file, or contradict each other.
        """
        names = {one_line(name): name for name in header if name}

        def known(flag: str, name: str) -> str:
            if name not in header and one_line(name) not in names:
                raise UserError(f"{flag} {name}: {path} has no column {name!r}: there are {listed(list(names))}")
            return name if name in header else names[one_line(name)]

        ignore = tuple(known("--ignore", name) for name in self.ignore)
        kinds = {known("--kind", name): kind for name, kind in self.kinds.items()}
        if target in ignore:
            raise UserError(f"--ignore {target}: this is the column to predict, which cannot be left out")
        if kinds.get(target) in (BOOLEAN, DATE):
            raise UserError(f"--kind {target}={kinds[target]}: what is predicted is a number or classes (category)")
        if self.decimal and self.decimal == self.thousands:
            raise UserError(f"--decimal {self.decimal} and --thousands {self.thousands} are the same sign: say one of them")
        return replace(self, ignore=ignore, kinds=kinds)

    @property
    def flags(self) -> str:
        """The flags that say them."""
        said = {
            "--decimal": self.decimal,
            "--thousands": self.thousands,
            "--day-first": self.day_first is True,
            "--month-first": self.day_first is False,
            "--missing": self.missing,
            "--ignore": self.ignore,
            "--kind": self.kinds,
        }
        return ", ".join(flag for flag, value in said.items() if value)

    def gaps(self, name: str, header: Iterable[str]) -> tuple[str, ...]:
        """The cells of a column that stand for a missing value."""
        found = []
        for each in self.missing:
            column, sign, cell = each.partition("=")
            if sign and one_line(column) in map(one_line, header):
                found += [cell] if one_line(column) == one_line(name) else []
            else:
                found.append(each)
        return tuple(dict.fromkeys(found))

    def styles(self, styles: Iterable[str]) -> list[str]:
        """Those of the styles of a column's numbers that they allow; all, where they allow none."""
        found = [style for style in STYLES if style in styles]
        allowed = [style for style in found if style.startswith(self.decimal) and style[1:] == (self.thousands or style[1:])]
        return allowed or found


NO_HINTS = Hints()


@dataclass
class Order:
    """Whether the whole numbers of a column count its rows, or rise from row to row."""

    first: int | None = None
    last: int = 0
    step: int = 0
    counts: bool = True
    rises: bool = True

    def add(self, column: Sequence[str]) -> None:
        """Looks at a chunk of the column."""
        for cell in column:
            if not (self.counts or self.rises):
                return
            digits = cell.removeprefix("-")
            if not _digits(digits) or len(digits) > MOST_DIGITS:
                self.counts = self.rises = False
                return
            value = int(cell)
            if self.first is None:
                self.first = value
            else:
                step = value - self.last
                self.step = self.step or step
                self.counts &= step == self.step and step in (1, -1)
                self.rises &= step > 0
            self.last = value

    @property
    def from_start(self) -> bool:
        """Whether it counts from 0 or 1 on, or down to it."""
        return self.counts and (self.first in (0, 1) or (self.step == -1 and self.last in (0, 1)))


@dataclass
class Survey:
    """What the cells of one column are."""

    gaps: tuple[str, ...] = ()  # cells that the user says are missing
    found: set[str] = field(default_factory=set)  # of those, the ones that there are
    missing: int = 0
    written: set[str] = field(default_factory=set)  # missing cells that are not empty, like NA
    present: int = 0
    texts: Counter[str] = field(default_factory=Counter)  # how often each different cell occurs, up to MOST_DISTINCT of them
    many: bool = False  # there were more
    numbers: Counter[Number] = field(default_factory=Counter)  # how often each writing of numbers occurs
    dates: Counter[tuple[frozenset[str], bool]] = field(default_factory=Counter)  # forms, and whether dotted
    words: Counter[str] = field(default_factory=Counter)  # of NO_ENTRY and 0000-00-00: gaps but among texts
    like_numbers: int = 0  # cells that begin with a digit and have few letters
    order: Order = field(default_factory=Order)
    first_row: Place | None = None
    # The first cell of each writing, and its row.
    examples: dict[object, tuple[Place, str]] = field(default_factory=dict)

    def add(self, column: Sequence[str], rows: Sequence[Place]) -> None:
        """Looks at a chunk of the column; `rows` are the places of its rows in the file."""
        self.first_row = self.first_row or rows[0]
        self.order.add(column)
        for cell, count in Counter(column).items():
            if cells.gap(cell, CATEGORY, self.gaps):
                self.missing += count
                if cell:
                    self.written.add(cell)
                if cell.lower() not in MISSING:
                    self.found.update(each for each in self.gaps if cells.gap(cell, CATEGORY, (each,)))
                continue
            self.present += count
            if not self.many:
                self.texts[cell] += count
                self.many = len(self.texts) > MOST_DISTINCT
            number, day = cells.look(cell), cells.dates(cell)
            key = (frozenset(day.forms), day.dotted) if day.forms else None
            if cell.lower() in NO_ENTRY or cells.is_no_date(cell):
                self.words[cell] += count
                continue
            keys: list[object] = []
            if number and (number in self.numbers or len(self.numbers) < MOST_WRITINGS):
                self.numbers[number] += count
                keys.append(number)
            else:
                keys.append("no number")
            if key:
                self.dates[key] += count
                shows_order = len(day.forms) == 1 or len(set(day.forms.values())) > 1  # as 01/01/2023 does not
                keys += [key, *["date"] * shows_order]
            else:
                keys.append("no date")
            self.like_numbers += count * _like_a_number(cell)
            for each in keys:
                if each not in self.examples:
                    self.examples[each] = rows[column.index(cell)], cell

    @property
    def told(self) -> int:
        """Cells that are no gaps, nor words for one."""
        return self.present - self.words.total()

    @property
    def different(self) -> bool:
        """Whether all cells are known to differ."""
        return self.order.rises or (not self.many and len(self.texts) == self.present)

    @property
    def alike(self) -> Counter[Number]:
        """The numbers that may belong together by the texts beside them.

        All, where these are units that everyone knows or the same for all: cells in cm and in m may be a mistake, or be meant. Of
        other texts, like those of 1st and 2nd or of the houses 12, 12b and 14c, those with the most frequent one.
        """
        units = Counter[str]()
        for number, count in self.numbers.items():
            units[number.unit] += count if number.unit or number.mark != ZERO else 0
        beside = [unit for unit in units if unit]
        if all(cells.is_unit(unit) for unit in beside) or (len(beside) == 1 and not units[""]):
            return self.numbers
        usual = max(units, key=units.__getitem__)
        return Counter({number: count for number, count in self.numbers.items() if number.unit == usual or number.mark == ZERO})

    @property
    def numeric(self) -> bool:
        """Whether all cells that tell something are numbers."""
        return 0 < self.alike.total() == self.told

    @property
    def dated(self) -> bool:
        """Whether all cells that tell something are dates, and not numbers that happen to be some."""
        if not 0 < self.dates.total() == self.told:
            return False
        if not any(number.plain for number in self.numbers):
            return True
        # 20230531, or 05.2023, which no program writes for a number with its leading zero.
        written = cells.COMPACT in self.forms or any(text.startswith("0") for text in self.texts)
        return written and len(self.texts) >= LEAST_COMPACT

    @property
    def styles(self) -> frozenset[str]:
        """Those in which all cells are numbers."""
        return frozenset(STYLES).intersection(*(number.styles for number in self.numbers))

    @property
    def forms(self) -> frozenset[str]:
        """Those in which all cells are dates. Where all are dotted, the month is not first.

        Of years with two digits it is open on which side they are, unless the numbers of one side differ much more: the days.
        """
        forms = frozenset.intersection(*(found for found, _ in self.dates)) if self.dates else frozenset()
        if cells.DAY_FIRST in forms and all(dotted for _, dotted in self.dates):
            forms -= {cells.MONTH_FIRST}
        if cells.YEAR_FIRST in forms and forms & {cells.DAY_FIRST, cells.MONTH_FIRST}:
            parts = [re.findall(r"\d+", text) for text in self.texts if cells.YEAR_FIRST in cells.dates(text).forms]
            first, last = len({each[0] for each in parts}), len({each[2] for each in parts})
            if max(first, last) >= DAYS_PER_YEAR * min(first, last):
                forms = forms - {cells.YEAR_FIRST} if first > last else frozenset({cells.YEAR_FIRST})
        return forms

    def mostly(self, count: int) -> bool:
        """Whether so many are nearly all of the cells that tell something, so that the others are mistakes."""
        return 0 < self.told - count <= max(A_FEW * self.told, 1) and count >= 4


def _like_a_number(cell: str) -> bool:
    """Whether a cell is much like a number or a date: it begins with a digit and has few letters, or is like Rp10.000."""
    if re.match(r"[^\W\d_]{1,3}[. ]{0,2}\d+[.,]\d", cell):
        return True
    return cell.lstrip("+-(~<>=#'\" €$£").startswith(tuple("0123456789")) and sum(c.isalpha() for c in cell) <= 3


@dataclass(frozen=True)
class Evidence:
    """What the columns of a file that are certain tell of the others.

    Args:
        decimals: the decimal signs of the columns where only one is possible.
        orders: likewise, DAY_FIRST and MONTH_FIRST.
    """

    decimals: frozenset[str]
    orders: frozenset[str]

    @classmethod
    def of(cls, surveys: Iterable[Survey]) -> "Evidence":
        """What these columns tell."""
        decimals, orders = set[str](), set[str]()
        for survey in surveys:
            signs = {style[0] for style in survey.styles} if survey.numeric else set()
            decimals |= signs if len(signs) == 1 else set()
            days = survey.forms & {cells.DAY_FIRST, cells.MONTH_FIRST} if survey.dated else set()
            orders |= days if len(days) == 1 else set()
        return cls(frozenset(decimals), frozenset(orders))


@dataclass(frozen=True)
class Column:
    """A column of a file while it is decided what it is.

    Args:
        path: of the file.
        name: of the column.
        survey: of its cells.
        hints: of the user's.
        evidence: of the other columns.
        first: whether it is the first of the file.
        predicted: whether it is the target.
    """

    path: Path
    name: str
    survey: Survey
    hints: Hints
    evidence: Evidence
    first: bool = False
    predicted: bool = False

    def kind(self) -> tuple[str | None, Way, list[str]]:
        """Its kind, or None where it is left out; how its cells are written; and what to tell of it.

        Raises:
            UserError: where the kind or the way is not certain; the message names a cell, its row, and the flag that decides.
        """
        survey, name, forced = self.survey, self.name, self.hints.kinds.get(self.name)
        if not survey.present:
            return None, PLAIN, [f"{name} is empty in every row: left out"]
        if len(survey.texts) == 1 and not survey.missing:
            return None, PLAIN, [f"{name} is {brief(next(iter(survey.texts)))!r} in every row: left out"]
        way = Way(missing=survey.gaps)
        if forced == CATEGORY:
            return CATEGORY, way, []
        if forced == BOOLEAN:
            self._check_booleans()
            return BOOLEAN, way, []
        if forced == DATE or (not forced and survey.dated):
            return DATE, *self._dates(way)
        compact = survey.numeric and len(survey.texts) >= LEAST_COMPACT and survey.forms == {cells.COMPACT}
        if not forced and compact and survey.mostly(survey.dates.total()):
            raise self._no_date()
        if forced == NUMBER or survey.numeric:
            return self._numbers(way)
        if survey.mostly(survey.alike.total()):
            raise self._no_number()
        if survey.mostly(survey.dates.total()):
            raise self._no_date()
        if _booleans(set(survey.texts) - set(survey.words)):
            return BOOLEAN, way, self.words_told()
        return self._categories(way)

    def target(self, task: str | None) -> tuple[tuple[str, ...], Way, list[str]]:
        """The classes of the column to predict, none where it is a number; how it is written; and what to tell of it.

        Args:
            task: CLASSIFICATION or REGRESSION; None: the cells decide.

        Raises:
            UserError: as `kind`, and where it is one value, a date or too many different texts.
        """
        survey, name = self.survey, self.name
        task = task or {NUMBER: REGRESSION, CATEGORY: CLASSIFICATION}.get(self.hints.kinds.get(name, ""))
        way = Way(missing=survey.gaps)
        if survey.dated and task != CLASSIFICATION:
            _, cell = self._example_of_dates()
            raise UserError(
                f"{self.path}: {name} is dates, like {cell!r}, which cannot be predicted as they are: write "
                "numbers instead, days since the first one perhaps, or say --task classification"
            )
        codes = self._codes()
        numeric = survey.numeric and (task == REGRESSION or not codes)
        mistake = task is None and not codes and survey.mostly(survey.alike.total())
        if not numeric and (task == REGRESSION or mistake):
            raise self._no_number()
        classes: tuple[str, ...] = ()
        if numeric:
            way, remarks = self._number_way(way)
            known = {cell: cells.read_number(cell, way) or 0.0 for cell in survey.texts if cell not in survey.words}
            values = set(known.values())
            measured = task == REGRESSION or (task is None and (survey.many or not _labels(values)))
            if measured and (survey.many or len(values) > 1):
                return (), way, remarks
            classes = tuple(dict.fromkeys(class_name(cell, way) for cell in sorted(known, key=lambda cell: (known[cell], cell))))
        else:
            classes, remarks = _text_classes(self)
            remarks += self._spellings("classes")
        if len(classes) == 1:
            raise UserError(f"{self.path}: column {name!r} is {brief(classes[0])!r} in every row: there is nothing to tell apart")
        if survey.many or len(classes) > MOST_CLASSES:
            if not numeric and survey.like_numbers > survey.told / 2:
                raise self._no_number()
            count = f"more than {MOST_DISTINCT:,}" if survey.many else f"{len(classes):,}"
            raise UserError(
                f"{self.path}: {shown(name)} has {count} different values; {MOST_CLASSES} classes are the most: is it the right "
                "column?"
            )
        return classes, way, remarks

    def _numbers(self, way: Way) -> tuple[str | None, Way, list[str]]:
        survey, forced = self.survey, self.name in self.hints.kinds
        if forced and survey.numbers.total() < survey.told:
            raise self._no_number()
        if not forced and self._codes():
            return self._categories_of_codes(way)
        way, remarks = self._number_way(way)
        if not forced and (found := self._id(way)):
            drop, remark = found
            if drop:
                return None, way, [remark]
            remarks.append(remark)
        return NUMBER, way, remarks

    def _number_way(self, way: Way) -> tuple[Way, list[str]]:
        """How numbers are written."""
        survey, name = self.survey, self.name
        for number in survey.numbers:
            if number.mark in (cells.INFINITE, cells.TOO_LARGE) or (number.mark == LONG and len(self._example(number)[1]) > 38):
                raise self._no_number(number)
        in_brackets = [number for number in survey.numbers if number.mark == cells.IN_BRACKETS]
        if in_brackets and all(number.mark in (cells.IN_BRACKETS, ZERO) for number in survey.numbers):
            row, cell = self._example(in_brackets[0])
            raise self._refusal(row, cell, "is in brackets, as all numbers of the column are, so it may be negative or not")
        unit = self._unit()
        style, why = self._style()
        way = Way(style[0], style[1:], unit, missing=way.missing)
        odd = next((number for number in survey.numbers if not number.plain), None)
        if not odd and why:
            odd = next(number for number in survey.numbers if COMMA not in number.styles)
        remarks = self.words_told()
        if odd:
            _, cell = self._example(odd)
            read = f"{cells.read_number(cell, way):.10g}{f', in {unit}' if unit else ''}"
            remarks.insert(0, f"{name}: {brief(cell)!r} is read as {read}{why}")
        return way, remarks

    def _unit(self) -> str:
        """The text beside the numbers, which is the same for all."""
        survey = self.survey
        first: dict[str, tuple[Place, str]] = {}
        for number in survey.numbers:
            if number.unit or number.mark != ZERO:
                first.setdefault(number.unit, self._example(number))
        units = [unit for unit in first if unit]
        if len(units) > 1:
            (_, one), (row, other) = first[units[0]], first[units[1]]
            raise self._refusal(row, other, f"has another unit than {one!r}")
        if units and "" in first and self.hints.kinds.get(self.name) != NUMBER:
            (row, cell), (_, other) = first[""], first[units[0]]
            same = f"--kind {quoted(self.name)}=number (if its unit is the same)"
            raise self._refusal(row, cell, f"has no unit, but {other!r} has one", same)
        return units[0] if units else ""

    def _style(self) -> tuple[str, str]:
        """One of STYLES for the numbers, and why it is that one where the cells leave it open."""
        survey, signs = self.survey, self.evidence.decimals
        if not survey.styles:
            raise self._mixed()
        styles = self.hints.styles(survey.styles)
        by_hand = len(styles) < len(survey.styles)
        sign = next(iter(signs)) if len(signs) == 1 else ""
        if POINT in styles and COMMA in styles:  # digits alone
            return (COMMA if sign == COMMA else POINT), ""
        if POINT in styles and COMMA_GROUPED in styles:  # 1.234, as any program may write it
            if sign == COMMA and not by_hand:
                return COMMA_GROUPED, ", since other columns have decimal commas"
            return POINT, "" if sign == POINT or by_hand else "; if its point stands between thousands, say --thousands ."
        if COMMA in styles and POINT_GROUPED in styles:  # 1,234
            if sign:
                return (COMMA if sign == COMMA else POINT_GROUPED), f", since other columns have decimal {_SIGNS[sign]}"
            number = next(number for number in survey.numbers if POINT not in number.styles)
            row, cell = self._example(number)
            raise self._refusal(
                row, cell, "may be thousands or have a decimal comma", "--thousands , or --decimal ,", plain=False
            )
        return styles[0], ", as said" if by_hand and styles[0] == COMMA_GROUPED else ""

    def _mixed(self) -> UserError:
        """No style fits all numbers: the message names one that does not fit as most do."""
        survey = self.survey
        fitting = {style: sum(n for number, n in survey.numbers.items() if style in number.styles) for style in STYLES}
        best = max(self.hints.styles(STYLES), key=lambda style: fitting[style])
        row, cell = min(self._example(number) for number in survey.numbers if best not in number.styles)
        others = [number for number in survey.numbers if best in number.styles]
        _, usual = self._example(max(others, key=lambda n: (len(n.styles) < len(STYLES), survey.numbers[n])))
        return self._refusal(row, cell, f"has another decimal sign than {usual!r}, or another sign between thousands")

    def _dates(self, way: Way) -> tuple[Way, list[str]]:
        survey, name = self.survey, self.name
        forms = survey.forms
        if name in self.hints.kinds and not survey.dated:
            if survey.numeric and not survey.dates:
                row, cell = self._example(next(iter(survey.numbers)))
                epoch = Way(dates=cells.EPOCH, missing=way.missing)
                if any(cells.read_date(each, epoch) is None for each in survey.texts if each not in survey.words):
                    raise self._refusal(row, cell, "is no date, nor a number of seconds since 1970")
                remark = f"{name}: {cell!r} is read as {cells.read_date(cell, epoch)}, seconds since 1970"
                return epoch, [remark, *self.words_told()]
            raise self._no_date()
        if not forms:
            first, *others = survey.dates
            second = next((key for key in others if not key[0] & first[0]), others[0])
            (_, one), (row, other) = self._example(first), self._example(second)
            raise self._refusal(row, other, f"is a date in another form than {one!r}")
        form, because = self._form(forms)
        way = Way(dates=form, missing=way.missing)
        remarks = self.words_told()
        _, cell = self._example_of_dates()
        read = cells.read_date(cell, way)
        if form != cells.ISO or len(cell) > 19:
            remarks.insert(0, f"{name}: {cell!r} is read as {read}{because}")
        return way, remarks

    def _form(self, forms: frozenset[str]) -> tuple[str, str]:
        """One of the forms in which all cells are dates, and why it is that one where the cells leave it open."""
        for form in (cells.ISO, cells.NAMED, cells.MONTHLY, cells.COMPACT):
            if form in forms:
                return form, ""
        if len(forms) == 1:
            return next(iter(forms)), ""
        if self.hints.day_first is not None:
            said = cells.DAY_FIRST if self.hints.day_first else cells.MONTH_FIRST
            if said in forms:
                return said, ""
        if len(self.evidence.orders & forms) == 1 and cells.YEAR_FIRST not in forms:
            return next(iter(self.evidence.orders & forms)), ", as the days of other columns are"
        row, cell = self._example_of_dates()
        read = " or ".join(sorted(cells.dates(cell).forms[form] for form in forms))
        raise self._refusal(row, cell, f"may be {read}", "--day-first or --month-first", plain=False)

    def _id(self, way: Way) -> tuple[bool, str] | None:
        """Whether whole numbers are ids: if so, whether they are left out, and what is told."""
        survey, name = self.survey, self.name
        if survey.told < LEAST_ROWS or way.unit:
            return None
        keep = f"--kind {quoted(name)}=number keeps it"
        if is_id_name(name) and (survey.different or survey.many) and self._all_whole(way):
            return True, f"{name} is an id by its name, and different in {'nearly ' * survey.many}every row: left out; {keep}"
        if any(number.mark not in (WHOLE, ZERO) for number in survey.numbers):
            return None
        if survey.order.from_start and not survey.missing and (name == "X" or (self.first and not _is_measured(name))):
            return True, f"{name} counts the rows: left out; {keep}"
        if not survey.different or survey.missing:
            return None
        leave = f"if it is but {{}}, say --ignore {quoted(name)}"
        if survey.order.counts:
            return False, f"{name} counts the rows: {leave.format('their number')}"
        if survey.order.rises:
            return False, f"{name} rises from row to row: {leave.format('their order or an id')}"
        numbers = set(map(int, survey.texts)) if not survey.many and all(map(_digits, survey.texts)) else set()
        if numbers and max(numbers) - min(numbers) + 1 == len(numbers):
            if self.first and min(numbers) in (0, 1) and not _is_measured(name):
                return True, f"{name} has the numbers of the rows in another order: left out; {keep}"
            return False, f"{name} has each number from {min(numbers)} to {max(numbers)} once: {leave.format('an id')}"
        return None

    def _all_whole(self, way: Way) -> bool:
        """Whether all numbers are whole, as 7, 7.0 and 1,007 are."""
        texts = (text for text in self.survey.texts if text not in self.survey.words)
        return all((cells.read_number(text, way) or 0.0).is_integer() for text in texts)

    def _codes(self) -> bool:
        """Whether digits are codes rather than numbers: with leading zeros, or longer than any measurement."""
        marks = Counter[str]()
        for number, count in self.survey.numbers.items():
            if number.mark not in (WHOLE, ZERO, CODE, LONG) or not number.plain:
                return False
            marks[number.mark] += count
        return bool(marks[CODE]) or 2 * marks[LONG] > self.survey.told > 0

    def _categories_of_codes(self, way: Way) -> tuple[str | None, Way, list[str]]:
        survey, name = self.survey, self.name
        number = next(number for number in survey.numbers if number.mark in (CODE, LONG))
        row, cell = self._example(number)
        what = f"codes with leading zeros, like {brief(cell)!r}"
        if number.mark == LONG:
            what = f"numbers as long as {brief(cell)!r}, which are ids"
        if number.mark == LONG or is_id_name(name) or survey.order.rises:
            if survey.many or len(survey.texts) > survey.present / 2:
                return None, way, [f"{name} has {what}, different in nearly every row: left out"]
        elif survey.many or len(survey.texts) > survey.present / 2:
            code = "has a leading zero, as codes have, and nearly every row has another cell"
            raise self._refusal(row, cell, code, f"--kind {quoted(name)}=number")
        return CATEGORY, way, [f"{name} has {what}: taken as categories; --kind {quoted(name)}=number reads them as numbers"]

    def _categories(self, way: Way) -> tuple[str | None, Way, list[str]]:
        survey, name = self.survey, self.name
        alike = survey.alike
        if 2 * alike.total() > survey.told and sum(cells.look(cell) in alike for cell in survey.texts) > MANY_NUMBERS:
            raise self._no_number()
        if survey.many or len(survey.texts) > survey.present / 2:
            if is_id_name(name):
                return None, way, [f"{name} is an id by its name, and different in nearly every row: left out"]
            if survey.like_numbers > survey.told / 2:
                raise self._unreadable()
            return None, way, [f"{name} is another text in nearly every row: left out"]
        remarks = self._spellings("categories")
        if survey.dates:
            remarks.append(f"{name} has {survey.dates.total():,} dates among {survey.present:,} cells: taken as categories")
        elif bare := sum(count for number, count in survey.numbers.items() if not number.unit):
            remarks.append(f"{name} has {bare:,} numbers among {survey.present:,} cells: taken as categories")
        return CATEGORY, way, remarks

    def _check_booleans(self) -> None:
        for cell in self.survey.texts:
            if cell not in self.survey.words and cell.lower() not in (*TRUE, *FALSE, "0", "1"):
                raise UserError(
                    f"{self.path}: --kind {self.name}=boolean: {brief(cell)!r} is neither true nor false: write "
                    f"{', '.join(TRUE)} or 1, and {', '.join(FALSE)} or 0"
                )

    def _spellings(self, what: str) -> list[str]:
        """A remark on texts that differ in capitals only, or numbers in leading zeros, and are kept apart."""
        kept: dict[str, str] = {}
        if _booleans(set(self.survey.texts)):
            return []
        for cell in self.survey.texts:
            number = cells.look(cell)
            same = str(int(cell)) if number and number.mark in (CODE, WHOLE, ZERO) and _digits(cell) else cell.casefold()
            other = kept.setdefault(same, cell)
            if other != cell:
                return [
                    f"{self.name}: {brief(other)!r} and {brief(cell)!r} are two {what}: write them alike if they are the same"
                ]
        return []

    def words_told(self) -> list[str]:
        """What to tell of the words that are read as missing."""
        words = self.survey.words
        if not words:
            return []
        return [f"{self.name}: {listed([repr(word) for word in words], 5)} in {words.total():,} rows is read as missing"]

    def _example(self, key: object) -> tuple[Place, str]:
        return self.survey.examples[key]

    def _example_of_dates(self) -> tuple[Place, str]:
        """The first that shows which number is the day, if there is one."""
        examples = self.survey.examples
        return examples.get("date") or examples[next(iter(self.survey.dates))]

    def _no_number(self, number: Number | None = None) -> UserError:
        """A cell that is no number, or the first one that float32 cannot hold."""
        survey = self.survey
        alike = survey.alike
        odd = [number] if number else ["no number", *(each for each in survey.numbers if each not in alike)]
        row, cell = min((survey.examples[key] for key in odd if key in survey.examples), default=self._mixed_or_odd())
        count = alike.total() - (survey.numbers[number] if number else 0)
        others = f", though {count:,} of {survey.told:,} cells are" if count else ""
        if not number and row == survey.first_row and cell[0].isalpha() and count == survey.told - 1:
            return UserError(
                f"{self.path}, row {row}, column {self.name!r}: {brief(cell)!r} is not a number, though all other cells are: "
                "if this row names the units, take it out of the file, else correct the cell"
            )
        what = "is not a number that float32 can hold" if number else "is not a number"
        return self._refusal(row, cell, what + others, self._gap_flag(cell))

    def _mixed_or_odd(self) -> tuple[Place, str]:
        """The first cell of a column of numbers that cannot be read."""
        return min(self.survey.examples.values())

    def _no_date(self) -> UserError:
        survey = self.survey
        row, cell = survey.examples.get("no date") or self._mixed_or_odd()
        count = survey.dates.total()
        usual = self._example_of_dates()[1] if count else "2024-05-31"
        others = f", though {count:,} of {survey.told:,} cells are" if count else ""
        return self._refusal(row, cell, f"is not a date like {usual}{others}", self._gap_flag(cell))

    def _unreadable(self) -> UserError:
        row, cell = self.survey.examples.get("no number") or self._mixed_or_odd()
        return self._refusal(
            row, cell, "is like a number or a date but cannot be read as one, and nearly every row has another cell", plain=False
        )

    def _gap_flag(self, cell: str) -> str:
        if len(cell) > MOST_SHOWN:
            return ""
        sign = "=" if cell.startswith("-") else " "
        return f"--missing{sign}{quoted(cell)} (if it stands for a missing value)"

    def _refusal(self, row: Place, cell: str, what: str, flags: str = "", plain: bool = True) -> UserError:
        """The message on a cell that is not certain, with what the user can do.

        Args:
            row: of the cell.
            cell: as it is written.
            what: is not certain about it.
            flags: that decide.
            plain: whether the cell may be corrected, too.
        """
        name = quoted(self.name)
        others = ["--task classification"] if self.predicted else [f"--kind {name}=category", f"--ignore {name}"]
        choices = [*([flags] if flags else []), *others]
        return UserError(
            f"{self.path}, row {row}, column {self.name!r}: {brief(cell)!r} {what}: {'correct it, or ' * plain}say "
            + " or ".join(choices)
        )


def brief(cell: str) -> str:
    """A cell as a message shows it: in one line, and of a long one the beginning."""
    return shown(cell if len(cell) <= MOST_SHOWN else f"{cell[:MOST_SHOWN]}...")


def one_line(name: str) -> str:
    """A name with blanks for its line breaks, as it is said on a command line."""
    return " ".join(name.split())


def quoted(text: str) -> str:
    """A text as it is written on a command line."""
    return shlex.quote(shown(one_line(text)))


def is_id_name(name: str) -> bool:
    """Whether a column is called like an id: id, PassengerId, order_no, Unnamed: 0."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
    return bool(words) and (words[0] in _ID_FIRST or words[-1] in _ID_LAST or " ".join(words) in _ID_NAMES)


def _is_measured(name: str) -> bool:
    """Whether a column that counts may mean it by its name."""
    return name.lower() in _MEASURED or (len(name) == 1 and name.islower())


def class_name(cell: str, way: Way = PLAIN) -> str:
    """A class as it is called: whole numbers without a decimal point, other cells as they are."""
    number, value = cells.look(cell), cells.read_number(cell, way)
    if value is None or not number or number.unit or number.mark == CODE:
        return cell
    return str(int(value)) if value.is_integer() else cell


def truth(cell: str) -> bool | None:
    """Whether a word says yes or no, in any spelling; None where it is another."""
    word = cell.lower()
    return True if word in TRUE else False if word in FALSE else None


def _booleans(texts: set[str]) -> bool:
    """Whether texts are words for yes and no, at least one pair of them, in any spelling."""
    words = {text.lower() for text in texts}
    return words <= {*TRUE, *FALSE} and any(pair <= words for pair in BOOLEANS)


def _text_classes(column: Column) -> tuple[tuple[str, ...], list[str]]:
    """The classes of texts, and what is told of spellings of yes and no that are read as one, and of words beside them."""
    counts, texts = column.survey.texts, set(column.survey.texts) - set(column.survey.words)
    if not _booleans(texts):
        return tuple(sorted(counts)), []
    classes, merged = [], column.words_told()
    for value in (False, True):
        name, *others = sorted((text for text in texts if truth(text) is value), key=lambda text: (-counts[text], text))
        classes.append(name)
        merged += [f"{column.name}: {listed([repr(each) for each in others])} is read as {name!r}"] if others else []
    return tuple(classes), merged


def _labels(values: set[float]) -> bool:
    """Whether the different values of a target are names of classes rather than measurements."""
    if len(values) > WHOLE_CLASSES or not all(value.is_integer() for value in values):
        return False
    near = max(values) - min(values) <= CLASS_RANGE and max(map(abs, values)) < CLASS_BELOW
    return len(values) <= 2 or near


def _digits(cell: str) -> bool:
    return cell.isascii() and cell.isdigit()


_SIGNS = {".": "points", ",": "commas"}
