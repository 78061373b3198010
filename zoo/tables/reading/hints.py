"""What a user says about the cells of a file where the cells leave it open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from zoo.core.errors import UserError
from zoo.core.messages import listed, one_line
from zoo.tables.kinds import BOOLEAN, DATE
from zoo.tables.reading.number_cells import STYLES


@dataclass(frozen=True)
class Hints:
    """What a user says about the cells of a file.

    Args:
        decimal: the decimal sign, "." or ",", where the cells leave it open.
        thousands: the sign between thousands, "," or ".", where the cells leave it open.
        day_first: whether 01/02/2023 is in February, where the cells leave it open.
        missing: cells that stand for a missing value, CELL or COLUMN=CELL.
        ignore: columns to leave out.
        kinds: the kinds of columns, one of KINDS each, by their names.
    """

    decimal: str = ""
    thousands: str = ""
    day_first: bool | None = None
    missing: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)

    def of_file(self, path: Path, header: Sequence[str], target: str) -> "Hints":
        """The same hints, with the names of columns as the file has them: a line break in a name counts as a blank.

        Raises:
            UserError: if they name a column that the file does not have, contradict each other, or do not fit the target.
        """
        names = {one_line(name): name for name in header if name}

        def known(name: str, purpose: str) -> str:
            if name not in header and one_line(name) not in names:
                raise UserError(f"{path} has no column {name!r} to {purpose}: the columns are {listed(list(names))}")
            return name if name in header else names[one_line(name)]

        ignore = tuple(known(name, "ignore") for name in self.ignore)
        kinds = {known(name, f"read as {kind}"): kind for name, kind in self.kinds.items()}
        if target in ignore:
            raise UserError(f"the target {target} cannot be ignored: ignore other columns, or name another target")
        if kinds.get(target) in (BOOLEAN, DATE):
            raise UserError(f"the target {target} cannot have the kind {kinds[target]}: give it the kind number or category")
        if self.decimal and self.decimal == self.thousands:
            raise UserError(f"{self.decimal!r} cannot be both the decimal sign and the thousands sign: give one of them")
        return replace(self, ignore=ignore, kinds=kinds)

    @property
    def given(self) -> str:
        """The hints that were given, in words, for a message that asks the user to leave them out."""
        hints = {
            "the decimal sign": self.decimal,
            "the thousands sign": self.thousands,
            "the order of day and month": self.day_first is not None,
            "missing cells": self.missing,
            "columns to ignore": self.ignore,
            "kinds of columns": self.kinds,
        }
        return ", ".join(name for name, value in hints.items() if value)

    def missing_texts(self, name: str, header: Iterable[str]) -> tuple[str, ...]:
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
        """Those of the possible styles of a column's numbers that the hints allow; all of them if they allow none."""
        found = [style for style in STYLES if style in styles]
        allowed = [style for style in found if style.startswith(self.decimal) and style[1:] == (self.thousands or style[1:])]
        return allowed or found


NO_HINTS = Hints()
