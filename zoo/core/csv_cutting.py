"""Cutting lines of text into the rows and cells of a table, each row with its place in the file.

Lines without a quote are split at the delimiter. Python's csv module cuts lines in which all quotes close. The other lines are
cut here. The module would not do: when strict, it refuses even a blank after a closing quote and does not say where a quote opens
that never closes; when not strict, it accepts any text after a closing quote, and a file that ends within quotes.
"""

import csv
import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from zoo.core.errors import UserError

EXCERPT = 20  # characters of a cell that a message shows


class Place(NamedTuple):
    """Where a row is in a file. Its text is the number of the row, and the line if that is another number.

    Args:
        row: counted from 1 as in a spreadsheet, including the header and blank lines.
        line: in which the row begins, from 1. Cells may contain line breaks, so that a row takes several lines.
    """

    row: int
    line: int

    def __str__(self) -> str:
        return str(self.row) if self.row == self.line else f"{self.row} (line {self.line})"


@dataclass(frozen=True)
class Dialect:
    """How cells are separated.

    Args:
        delimiter: the character between cells.
        quote: the character around cells that contain a delimiter, a line break or, doubled, the quote itself; "" for none.
        backslash: whether a quote after a backslash is a part of such a cell's text.
    """

    delimiter: str
    quote: str = '"'
    backslash: bool = False


class Cutter:
    """An iterator that cuts lines into rows: it gives the place and the cells of each row, no cells for a blank line.

    A cell may be in quotes, with blanks around them. Then it may contain delimiters, line breaks and doubled quotes. A quote
    within another cell is a character like others.

    Args:
        path: of the file, for messages.
        lines: with their ends.
        dialect: how cells are separated.

    Raises:
        UserError: a quote that is never closed, or text after a closing quote.
    """

    def __init__(self, path: Path, lines: Iterable[str], dialect: Dialect) -> None:
        self._path, self._source, self._dialect = path, lines, dialect
        self._lines = iter(lines)
        blanks = "[ \t]*".replace(dialect.delimiter, "")
        delimiter = re.escape(dialect.delimiter)
        self._blank_before_quote = re.compile(rf"(^|{delimiter}){blanks.replace('*', '+')}{dialect.quote}")
        self._opening = re.compile(blanks + dialect.quote)
        self._closed = re.compile(rf"{blanks}(?=[{delimiter}\r\n]|\Z)")
        self._place = Place(0, 0)
        self.line = 0  # the number of the last line that was taken
        self.first = ""  # the first line of the current row

    def close(self) -> None:
        """Closes the file that the lines come from."""
        if isinstance(self._source, Generator):
            self._source.close()

    def __iter__(self) -> Iterator[tuple[Place, list[str]]]:
        delimiter, quote = self._dialect.delimiter, self._dialect.quote
        while (line := self._next()) is not None:
            self._place = Place(self._place.row + 1, self.line)
            self.first = line
            if quote and quote in line:
                yield self._place, self._plain(line) or self._cells(line)
            else:
                cells = line.rstrip("\r\n").split(delimiter)
                yield self._place, cells if len(cells) > 1 or cells[0].strip() else []

    def _next(self) -> str | None:
        line = next(self._lines, None)
        self.line += line is not None
        return line

    def _plain(self, line: str) -> list[str] | None:
        """The cells of a row that is a single line, as nearly all are; None for rows that `_cells` has to cut."""
        if self._dialect.backslash or self._blank_before_quote.search(line):
            return None
        try:
            return next(csv.reader((line,), delimiter=self._dialect.delimiter, quotechar=self._dialect.quote, strict=True))
        except csv.Error:
            return None

    def _cells(self, line: str) -> list[str]:
        """The cells of a row that begins with this line; it takes further lines where a quote does not close in its line."""
        cells: list[str] = []
        at = 0
        while True:
            if opening := self._opening.match(line, at):
                cell, line, at = self._quoted(line, opening.end())
                cells.append(cell)
            else:
                end = line.find(self._dialect.delimiter, at)
                cells.append(line[at:end] if end >= 0 else line[at:].rstrip("\r\n"))
                at = end if end >= 0 else len(line)
            if at == len(line) or line[at] in "\r\n":
                return cells
            at += 1

    def _quoted(self, line: str, at: int) -> tuple[str, str, int]:
        """The cell whose text begins at an index of a line, the line in which it ends, and the index after it."""
        quote, opened = self._dialect.quote, self.line
        start = line[at : at + EXCERPT].rstrip("\r\n")
        parts: list[str] = []
        while True:
            end = line.find(quote, at)
            if end < 0:
                parts.append(line[at:])
                following = self._next()
                if following is None:
                    raise UserError(
                        f"{self._at(opened)}: the quote before {start!r} is never closed: close it, or write a quote that is a "
                        "part of the text twice"
                    )
                line, at = following, 0
            elif self._dialect.backslash and (end - len(line[at:end].rstrip("\\")) - at) % 2:
                parts.append(line[at : end - 1] + quote)
                at = end + 1
            elif line.startswith(quote, end + 1):
                parts.append(line[at : end + 1])
                at = end + 2
            else:
                parts.append(line[at:end])
                break
        closed = self._closed.match(line, end + 1)
        if not closed:
            rest = line[end + 1 : end + 1 + EXCERPT].rstrip("\r\n")
            if self.line > opened:
                found = (
                    f"the quote before {start!r} closes in line {self.line} only, before {rest!r}: is a closing quote missing?"
                )
            else:
                found = (
                    f"after the closing quote of {start!r} comes {rest!r}: write a quote that is a part of the text twice, or "
                    "give the quote as none if no cell is in quotes"
                )
            raise UserError(f"{self._at(opened)}: {found}")
        return "".join(parts), line, closed.end()

    def _at(self, line: int) -> str:
        """The place of the current row, and a line if that is not the first line of the row."""
        return f"{self._path}, row {self._place}" + (f", line {line}" if line != self._place.line else "")
