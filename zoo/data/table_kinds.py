"""What the cells of a table are: numbers, categories, booleans or dates; and whether its target is classes or a number."""

import keyword
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from pathlib import Path

import numpy as np

from zoo.data.csv_files import Place
from zoo.errors import UserError

NUMBER, CATEGORY, BOOLEAN, DATE = "number", "category", "boolean", "date"
KINDS = {NUMBER: "numbers", CATEGORY: "categories", BOOLEAN: "booleans", DATE: "dates"}
CLASSIFICATION, REGRESSION = "classification", "regression"

MISSING = frozenset({"", "na", "n/a", "nan", "null", "?"})  # cells that say that nothing is known, in lower case
BOOLEANS = ({"false", "true"}, {"no", "yes"}, {"n", "y"}, {"f", "t"})
TRUE, FALSE = ("true", "yes", "y", "t"), ("false", "no", "n", "f")
ISO_DATE = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
ISO_TIME = r"[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
DATE_BYTES = 16  # of 2024-05-31T12:30; seconds and time zones are left out

MOST_DISTINCT = 10_000  # different texts in a column; beyond it they are no categories
MOST_CLASSES = 100  # beyond it, a target of texts is probably another column
WHOLE_CLASSES = 10  # a target of at most so many different whole numbers is taken for classes
A_FEW = 0.1  # of a column's cells may be no numbers, or no dates, for them to be mistakes

_DATE = re.compile(f"{ISO_DATE}({ISO_TIME})?")
_DATE_LIKE = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}\b.*")
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Schema:
    """What the columns of a table are.

    Args:
        names: of the d columns that a model reads.
        kinds: of each, one of KINDS.
        target: the name of the column to predict.
        classes: the names of its classes, in the order of their numbers; empty where it is a number.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    target: str
    classes: tuple[str, ...]

    @property
    def task(self) -> str:
        """CLASSIFICATION or REGRESSION."""
        return CLASSIFICATION if self.classes else REGRESSION

    @property
    def numeric(self) -> bool:
        """Whether all columns are numbers."""
        return set(self.kinds) == {NUMBER}

    @classmethod
    def of(cls, architecture: Mapping[str, Sequence[str]]) -> "Schema":
        """The one that a model's card tells."""
        names, kinds, classes = (tuple(architecture[key]) for key in ("names", "kinds", "classes"))
        return cls(names, kinds, str(architecture["target"]), classes)


# By name float32 [n] of numbers, NaN where missing; of other kinds bytes [n] in UTF-8, empty where missing.
Columns = dict[str, np.ndarray]


def input_names(names: Sequence[str]) -> list[str]:
    """What the columns are called in a signature, where names are identifiers of ASCII letters, digits and underscores.

    Other characters become underscores. A name that would not begin with a letter begins with `column_`. So do `self` and the
    keywords of Python, such as `class`: TensorFlow makes the names parameters of a function. It tells no capitals from small
    letters there: a name that another column has already gets its place, from 1, as an ending, until it is the only one.

    The names depend on the columns' names and their order alone: a published model is read with the names that it was
    written with.
    """
    given: list[str] = []
    taken: set[str] = set()
    for place, name in enumerate(names, start=1):
        plain = re.sub("[^A-Za-z0-9_]", "_", name)
        if not re.match("[A-Za-z]", plain) or plain.lower() == "self" or keyword.iskeyword(plain):
            plain = f"column_{plain.removeprefix('_')}"
        while plain.lower() in taken:
            plain = f"{plain}_{place}"
        taken.add(plain.lower())
        given.append(plain)
    return given


@dataclass
class Survey:
    """What the cells of one column are."""

    numbers: int = 0
    dates: int = 0
    missing: int = 0
    present: int = 0
    texts: Counter[str] = field(default_factory=Counter)  # how often each different cell occurs, up to MOST_DISTINCT of them
    many: bool = False  # there were more
    no_number: tuple[Place, str] | None = None  # the first such cell and its row
    no_date: tuple[Place, str] | None = None

    def add(self, cells: Sequence[str], rows: Sequence[Place]) -> None:
        """Looks at a chunk of the column; `rows` are the places of its rows in the file."""
        there = [(cell, row) for cell, row in zip(cells, rows, strict=True) if cell.lower() not in MISSING]
        self.missing += len(cells) - len(there)
        self.present += len(there)
        if not self.many:
            self.texts.update(cell for cell, _ in there)
            self.many = len(self.texts) > MOST_DISTINCT
        for cell, row in there:
            if number(cell) is not None:
                self.numbers += 1
                continue
            self.no_number = self.no_number or (row, cell)
            if is_date(cell):
                self.dates += 1
            else:
                self.no_date = self.no_date or (row, cell)


def number(cell: str) -> float | None:
    """The number that a cell writes, or None where it is none that float32 can hold."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if abs(value) <= _LARGEST and "_" not in cell else None


@lru_cache(2**16)  # a million rows have some thousand different days
def is_date(cell: str) -> bool:
    """Whether a cell is a date of the calendar in ISO form, with or without a time: 2024-05-31, 2024-05-31T12:30."""
    if not _DATE.fullmatch(cell):
        return False
    try:
        date.fromisoformat(cell[:10])
        if len(cell) > 10:
            time.fromisoformat(cell[11:16])
    except ValueError:
        return False
    return True


def classes_of(path: Path, target: str, survey: Survey, task: str | None) -> tuple[str, ...]:
    """The classes of a target, in the order of numbers or of the alphabet; none where it is a number to be predicted."""
    numeric = survey.numbers == survey.present
    if not numeric and (task == REGRESSION or survey.numbers >= (1 - A_FEW) * survey.present):
        raise UserError(_no_number(path, target, survey))
    if numeric and not survey.many:
        values = {float(cell) for cell in survey.texts}
        whole = all(value.is_integer() for value in values)
        if len(values) > 1 and (task == REGRESSION or (task is None and not (whole and len(values) <= WHOLE_CLASSES))):
            return ()
        names = [class_name(cell) for cell in survey.texts]
        classes = tuple(dict.fromkeys(sorted(names, key=float)))
    elif numeric and task != CLASSIFICATION:
        return ()
    else:
        classes = tuple(sorted(survey.texts))
    if len(classes) < 2:
        raise UserError(f"{path}: column {target!r} is {classes[0]!r} in every row: there is nothing to tell apart")
    if survey.many or len(classes) > MOST_CLASSES:
        count = f"more than {MOST_DISTINCT:,}" if survey.many else f"{len(classes):,}"
        raise UserError(
            f"{path}: {shown(target)} has {count} different values; {MOST_CLASSES} classes are the most: is it the right column?"
        )
    return classes


def class_name(cell: str) -> str:
    """A class as it is called: whole numbers without a decimal point, other cells as they are."""
    value = number(cell)
    return str(int(value)) if value is not None and value.is_integer() else cell


def kind_of(path: Path, name: str, survey: Survey) -> tuple[str | None, str]:
    """The kind of a column, or None for one to leave out, and what to tell of it."""
    distinct = len(survey.texts)
    if not survey.present:
        return None, f"{name} is empty in every row: left out"
    if distinct == 1 and not survey.missing:
        return None, f"{name} is {next(iter(survey.texts))!r} in every row: left out"
    if survey.numbers == survey.present:
        return NUMBER, ""
    if survey.numbers >= (1 - A_FEW) * survey.present:
        raise UserError(_no_number(path, name, survey))
    if survey.dates == survey.present:
        return DATE, ""
    if survey.dates >= (1 - A_FEW) * survey.present and survey.no_date:
        row, cell = survey.no_date
        raise UserError(
            f"{path}, row {row}, column {name!r}: {cell!r} is not a date like 2024-05-31, as most of the column are: "
            "correct it, or leave the cell empty"
        )
    if {cell.lower() for cell in survey.texts} in BOOLEANS:
        return BOOLEAN, ""
    like_dates = all(_DATE_LIKE.fullmatch(cell) for cell in survey.texts)
    hint = ", and dates are read in the form 2024-05-31 only" if like_dates else ""
    if survey.many or distinct > survey.present / 2:
        return None, f"{name} is another text in nearly every row{hint}: left out"
    if like_dates:
        return CATEGORY, f"{name} looks like dates, but they are read in the form 2024-05-31 only: taken as categories"
    if survey.numbers:
        return CATEGORY, f"{name} has {survey.numbers:,} numbers among {survey.present:,} cells: taken as categories"
    return CATEGORY, ""


def _no_number(path: Path, name: str, survey: Survey) -> str:
    row, cell = survey.no_number or (0, "")
    others = f", though {survey.numbers:,} of {survey.present:,} cells are" if survey.numbers else ""
    return (
        f"{path}, row {row}, column {name!r}: {cell!r} is not a number that float32 can hold{others}: correct it, or leave the "
        "cell empty where the number is not known"
    )


def told(schema: Schema, surveys: Mapping[str, Survey]) -> str:
    """The columns by their kinds."""
    groups = []
    for kind, title in KINDS.items():
        names = []
        for name in (name for name, its in zip(schema.names, schema.kinds, strict=True) if its == kind):
            remarks = [f"{len(surveys[name].texts)} different"] if kind == CATEGORY else []
            remarks += [f"{surveys[name].missing:,} missing"] if surveys[name].missing else []
            names.append(f"{name} ({', '.join(remarks)})" if remarks else name)
        if names:
            groups.append(f"{title}: {', '.join(names)}")
    return "; ".join(groups)


def target_told(schema: Schema, targets: np.ndarray) -> str:
    """The task, and the target's classes or range."""
    if schema.task == REGRESSION:
        return f"{schema.target} is a number from {targets.min():g} to {targets.max():g}: {REGRESSION}"
    counts = np.bincount(targets, minlength=len(schema.classes))
    classes = listed([f"{name} ({count:,})" for name, count in zip(schema.classes, counts.tolist(), strict=True)], most=10)
    numbers = all(number(name) is not None for name in schema.classes)
    otherwise = f"; for a number to be predicted say --task {REGRESSION}" if numbers and len(schema.classes) > 2 else ""
    return f"{schema.target} has {len(schema.classes)} classes: {classes}: {CLASSIFICATION}{otherwise}"


def counters(schema: Schema, columns: Columns) -> list[str]:
    """A remark on each column that counts the rows: with sorted rows it tells the target, and of new rows nothing."""
    found = []
    for name, kind in zip(schema.names, schema.kinds, strict=True):
        if kind == NUMBER and len(columns[name]) > 2 and (np.diff(columns[name]) == 1).all():
            found.append(f"{name} counts the rows: take it out of the file if it is but their number")
    return found


def listed(names: Sequence[str], most: int = 40) -> str:
    """The first names, in one line, and how many more there are."""
    return ", ".join(map(shown, names[:most])) + (f" and {len(names) - most} more" if len(names) > most else "")


def shown(text: str) -> str:
    """A text in one line: line breaks and other characters that are not to be printed as Python escapes them."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
