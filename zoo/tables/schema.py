"""What the columns of a table are: their names and kinds, how their cells are written, and what is predicted."""

import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from zoo.tables.kinds import CLASSIFICATION, NUMBER, REGRESSION

# A table's cells by the names of the columns: float32 [n] for numbers, NaN where missing; for the other kinds bytes [n] in UTF-8,
# empty where missing.
Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class CellFormat:
    """How the cells of a column are written. It is found when a model learns from a file, and kept on the model's card.

    Args:
        decimal: the sign before the fraction of a number, "." or ",".
        thousands: the sign between thousands where it is "," or ".", else "". Other signs need not be named.
        unit: the text beside each number, like "cm", "€" or "%"; a cell may lack it.
        dates: the form of dates, one of those in zoo.tables.reading.date_cells; dates in ISO form are always read.
        missing: further texts that stand for a missing value.
    """

    decimal: str = "."
    thousands: str = ""
    unit: str = ""
    dates: str = "iso"
    missing: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "CellFormat":
        """The format that a card states."""
        return cls(**{**values, "missing": tuple(values.get("missing", ()))})

    def to_card(self) -> dict[str, Any]:
        """What differs from PLAIN, for a card."""
        return {key: value for key, value in asdict(self).items() if value != getattr(PLAIN, key)}


PLAIN = CellFormat()


@dataclass(frozen=True)
class Schema:
    """What the columns of a table are.

    Args:
        names: of the d columns that a model reads.
        kinds: the kind of each, one of zoo.tables.kinds.KINDS.
        target: the name of the column to predict.
        classes: the names of its classes, in the order of their numbers; empty where the target is a number.
        formats: how the cells of a column, or of the target, are written, by its name; PLAIN where a name is missing.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    formats: Mapping[str, CellFormat] = field(default_factory=dict)

    @property
    def task(self) -> str:
        """CLASSIFICATION or REGRESSION."""
        return CLASSIFICATION if self.classes else REGRESSION

    @property
    def numeric(self) -> bool:
        """Whether all columns are numbers."""
        return set(self.kinds) == {NUMBER}

    def cell_format(self, name: str) -> CellFormat:
        """How the cells of a column, or of the target, are written."""
        return self.formats.get(name, PLAIN)

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Schema":
        """The schema that a model's card states. Cards of older models have no "ways": their cells are PLAIN."""
        names, kinds, classes = (tuple(architecture[key]) for key in ("names", "kinds", "classes"))
        formats = {name: CellFormat.of(values) for name, values in architecture.get("ways", {}).items()}
        return cls(names, kinds, str(architecture["target"]), classes, formats)

    def to_card(self) -> dict[str, Any]:
        """The part of a card's `architecture` that `of` reads."""
        values = {"names": self.names, "kinds": self.kinds, "target": self.target, "classes": self.classes}
        formats = {name: each.to_card() for name, each in self.formats.items() if each != PLAIN}
        return {**values, "ways": formats} if formats else values


def input_names(names: Sequence[str]) -> list[str]:
    """The names of the columns in the signature `columns`: different identifiers of ASCII letters, digits and underscores.

    Other characters become underscores. Names that would not begin with a letter get the prefix `column_`, and so do `self` and
    Python's keywords, such as `class`, because TensorFlow makes the names parameters of a function. TensorFlow does not tell
    capitals from small letters there: a name that is taken already gets the place of its column, counted from 1, as a suffix,
    repeated until the name is unique.

    The result depends on the names of the columns and their order alone, so that a published model is always called with the
    names that it was exported with.
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
