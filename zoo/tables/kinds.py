"""What the columns of a table are, numbers, categories, booleans or dates, and how their cells are written."""

import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

NUMBER, CATEGORY, BOOLEAN, DATE = "number", "category", "boolean", "date"
KINDS = {NUMBER: "numbers", CATEGORY: "categories", BOOLEAN: "booleans", DATE: "dates"}
CLASSIFICATION, REGRESSION = "classification", "regression"

# Cells that say that nothing is known, in lower case. The later ones are what spreadsheets and databases write.
MISSING = frozenset(
    {"", "na", "n/a", "nan", "null", "?", "<na>", "nat", "-nan", "#n/a", "#n/a n/a", "#na", "\\n"}
    | {"#div/0!", "#value!", "#ref!", "#num!", "#name?", "#null!", "1.#qnan", "1.#ind", "-1.#ind"}
)
# Those that say so beside numbers, dates and booleans, but may be a category of their own among texts.
NO_ENTRY = frozenset(
    {"none", "nil", "-", "--", "---", "–", "—", ".", "..", "...", "n.a.", "n.a", "n.d.", "n. a.", "k.a.", "k. a.", "missing"}
    | {"unknown", "undefined", "not available", "not applicable", "no data", "(null)", "(blank)", "(none)", "unbekannt"}
)
BOOLEANS = ({"false", "true"}, {"no", "yes"}, {"n", "y"}, {"f", "t"})
TRUE, FALSE = ("true", "yes", "y", "t"), ("false", "no", "n", "f")
ISO_DATE = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
ISO_TIME = r"[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
DATE_BYTES = 16  # of 2024-05-31T12:30; seconds and time zones are left out

LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Way:
    """How the cells of a column are written: found in training, and remembered with the model.

    Args:
        decimal: the sign before the fraction of a number, "." or ",".
        thousands: the other of the two, where it stands between thousands; else nothing.
        unit: the text beside each number, like "cm", "€" or "%"; a cell may lack it.
        dates: the form of dates, one of those in zoo.tables.cells; dates in ISO form are always read.
        missing: further texts that stand for a missing value.
    """

    decimal: str = "."
    thousands: str = ""
    unit: str = ""
    dates: str = "iso"
    missing: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Way":
        """The one that a card tells."""
        return cls(**{**values, "missing": tuple(values.get("missing", ()))})

    def told(self) -> dict[str, Any]:
        """What is not as usual, for a card."""
        return {key: value for key, value in asdict(self).items() if value != getattr(PLAIN, key)}


PLAIN = Way()


@dataclass(frozen=True)
class Schema:
    """What the columns of a table are.

    Args:
        names: of the d columns that a model reads.
        kinds: of each, one of KINDS.
        target: the name of the column to predict.
        classes: the names of its classes, in the order of their numbers; empty where it is a number.
        ways: how the cells of a column, or of the target, are written; those that are not named are written as usual.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    ways: Mapping[str, Way] = field(default_factory=dict)

    @property
    def task(self) -> str:
        """CLASSIFICATION or REGRESSION."""
        return CLASSIFICATION if self.classes else REGRESSION

    @property
    def numeric(self) -> bool:
        """Whether all columns are numbers."""
        return set(self.kinds) == {NUMBER}

    def way(self, name: str) -> Way:
        """How the cells of a column, or of the target, are written."""
        return self.ways.get(name, PLAIN)

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Schema":
        """The one that a model's card tells. Cards of older models tell no ways: there all cells are written as usual."""
        names, kinds, classes = (tuple(architecture[key]) for key in ("names", "kinds", "classes"))
        ways = {name: Way.of(values) for name, values in architecture.get("ways", {}).items()}
        return cls(names, kinds, str(architecture["target"]), classes, ways)

    def told(self) -> dict[str, Any]:
        """What a card tells of it, to be read by `of`."""
        values = {"names": self.names, "kinds": self.kinds, "target": self.target, "classes": self.classes}
        ways = {name: way.told() for name, way in self.ways.items() if way != PLAIN}
        return {**values, "ways": ways} if ways else values


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


def listed(names: Sequence[str], most: int = 40) -> str:
    """The first names, in one line, and how many more there are."""
    return ", ".join(map(shown, names[:most])) + (f" and {len(names) - most} more" if len(names) > most else "")


def shown(text: str) -> str:
    """A text in one line: line breaks and other characters that are not to be printed as Python escapes them."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
