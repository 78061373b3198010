"""How a table is written in a text file: its encoding, its delimiter, its quotes, and its header.

The user says it (`Format`), or the first lines of the file show it. What they do not show with certainty has to be asked.
"""

import re
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from zoo.core.csv_cutting import Cutter, Dialect
from zoo.core.csv_encoding import find_encoding, read_lines
from zoo.core.csv_header import DELIMITERS, Beginning, SampledRow, count_comments, find_beginning
from zoo.core.errors import UserError

SAMPLE_LINES, SAMPLE_CHARACTERS = 1000, 2**18  # of the beginning of a file, which shows how it is written
NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "bar": "|", "space": " ", "double": '"', "single": "'"}
NONE = "none"  # as a quote: quotation marks are characters like others
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?')  # this line names the delimiter to Excel


@dataclass(frozen=True)
class Format:
    """How a file is written, as far as the user says it. What is None is found in the file.

    Args:
        delimiter: the character between cells.
        encoding: one that Python knows, like "utf-8" or "cp1252".
        quote: the character around cells that contain delimiters, or "none".

    Raises:
        UserError: if one of them is impossible.
    """

    delimiter: str | None = None
    encoding: str | None = None
    quote: str | None = None

    def __post_init__(self) -> None:
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in "\"'\r\n"):
            raise UserError(f"{self.delimiter!r} cannot separate cells: give one character, or comma, semicolon, tab, bar, space")
        if self.quote is not None and self.quote not in ('"', "'", NONE):
            raise UserError(f"{self.quote!r} is no quotation mark: give double, single or none")
        try:
            "x".encode(self.encoding or "utf-8")
        except (LookupError, ValueError) as error:
            raise UserError(f"no encoding is called {self.encoding!r}: there are utf-8, utf-16, cp1252 and others") from error

    @classmethod
    def named(cls, delimiter: str | None, encoding: str | None, quote: str | None) -> "Format":
        """The format from names that can be typed: "tab" or "\\t" for a tab, "semicolon", "single" and so on."""

        def character(name: str | None) -> str | None:
            return name if name is None else NAMES.get(name.lower(), name)

        return cls(character(delimiter), encoding, character(quote))

    @property
    def named_by_user(self) -> "Format | None":
        """This format, or None where the user says nothing and all is found in the file."""
        return None if self == AS_FOUND else self

    def words(self) -> list[str]:
        """The same as words of a command line, for the command that a card tells."""
        typed = {character: name for name, character in reversed(NAMES.items())}
        given = {"delimiter": self.delimiter, "encoding": self.encoding, "quote": self.quote}
        return [word for name, value in given.items() if value is not None for word in (f"--{name}", typed.get(value, value))]


AS_FOUND = Format()


@dataclass(frozen=True)
class Form:
    """How a file is written, completely.

    Args:
        path: of the file.
        encoding: of the file.
        asked: whether the user has named the encoding.
        dialect: how cells are separated.
        header: the names of the columns without blanks around them, empty where a column has no name.
        first: the line in which the header begins.
        notices: for the user, about what is unusual.
    """

    path: Path
    encoding: str
    asked: bool
    dialect: Dialect
    header: list[str]
    first: int
    notices: list[str]

    def cutter(self) -> Cutter:
        """All rows, from the first line of the file on."""
        return Cutter(self.path, read_lines(self.path, self.encoding, self.asked), self.dialect)


def found(path: Path, csv_format: Format = AS_FOUND) -> Form:
    """How a file is written: what the user says, and the rest as the beginning of the file shows it.

    Raises:
        UserError: a file that is missing or not a table; a delimiter or an encoding that is not certain.
    """
    encoding, notices = find_encoding(path, csv_format.encoding)
    asked = bool(csv_format.encoding)
    sample = _sampled(path, encoding, asked)
    separator = _SEPARATOR_LINE.fullmatch(sample.lines[0].rstrip("\r\n")) if sample.lines else None
    if separator:
        sample = _Sample(["\n", *sample.lines[1:]], sample.whole)
    dialect = _dialect(path, sample, csv_format.delimiter or (separator and separator.group(1)), csv_format.quote)
    rows, error = _cut(path, sample, dialect)
    if not any(row.filled for row in rows):
        if error:
            raise error
        if not sample.whole:  # perhaps a quote in the header is never closed: reading on finds it
            for _ in Cutter(path, read_lines(path, encoding, asked), dialect):
                raise UserError(f"{path}: its first row has more than {SAMPLE_CHARACTERS:,} characters: is it a table?")
        raise UserError(f"{path} has no rows: it needs a header and a row for each example")
    beginning = find_beginning(rows) or Beginning(count_comments(rows), count_comments(rows))
    header, after = rows[beginning.header], rows[beginning.header + 1 :]
    names = [cell.strip() for cell in header.cells]
    while len(names) > 1 and not names[-1] and after and all(len(row.cells) < len(names) for row in after):
        names.pop()

    called = DELIMITERS.get(dialect.delimiter, repr(dialect.delimiter))
    notices += [f"cells are separated by {called}"] * (dialect.delimiter != "," and not csv_format.delimiter)
    notices += ["cells are in single quotes"] * (dialect.quote == "'" and not csv_format.quote)
    notices += ["a backslash before a quote makes it a part of the text"] * dialect.backslash
    if beginning.titles:
        before = rows[beginning.header - 1].line.strip()
        notices.append(f"the header is row {header.place}; what is before it is left out, the last line {before[:60]!r}")
    notices += ["the header has no name for the first cells, which are taken as names of the rows"] * beginning.row_names
    return Form(path, encoding, asked, dialect, [""] * beginning.row_names + names, header.place.line, notices)


class _Sample(NamedTuple):
    """The first lines of a file, and whether these are all."""

    lines: list[str]
    whole: bool


def _sampled(path: Path, encoding: str, asked: bool) -> _Sample:
    lines: list[str] = []
    size = 0
    with closing(read_lines(path, encoding, asked)) as found:
        for line in found:
            if len(lines) == SAMPLE_LINES or size > SAMPLE_CHARACTERS:
                return _Sample(lines, whole=False)
            lines.append(line)
            size += len(line)
    return _Sample(lines, whole=True)


def _cut(path: Path, sample: _Sample, dialect: Dialect) -> tuple[list[SampledRow], UserError | None]:
    """The rows of a sample that are not blank, and the error that ended them, unless the reason is the end of the sample."""
    cutter, rows = Cutter(path, sample.lines, dialect), []
    try:
        for place, cells in cutter:
            if cells:
                rows.append(SampledRow(place, cells, cutter.first))
    except UserError as error:
        return rows, error if sample.whole or cutter.line < len(sample.lines) else None
    return rows, None


def _dialect(path: Path, sample: _Sample, delimiter: str | None, quote: str | None) -> Dialect:
    """How a file separates cells: its delimiter, unless that is given, and its quotes.

    A delimiter is certain if it is the only one that cuts the rows, or at least the first row, into the cells of a table. Quotes
    are double ones, unless only others make the rows a table: single quotes if each row has a cell in them and no row has a
    double quote, and backslashes before quotes if the rows cannot be read otherwise.
    """
    plain = "" if quote == NONE else quote or '"'
    if not delimiter:
        cuts = {each: _cut(path, sample, Dialect(each, plain))[0] for each in DELIMITERS}
        found = {each: beginning for each, rows in cuts.items() if (beginning := find_beginning(rows))}
        likely = [each for each in found if not found[each].titles] or list(found)
        likely = likely or [each for each, rows in cuts.items() if rows and len(rows[count_comments(rows)].cells) > 1]
        if len(likely) > 1:
            names = " or by ".join(DELIMITERS[each] for each in likely)
            raise UserError(f"{path}: its cells may be separated by {names}: give the delimiter")
        delimiter = likely[0] if likely else ","
    dialect = Dialect(delimiter, plain)
    if quote:
        return dialect
    _, error = _cut(path, sample, dialect)
    if error and any('\\"' in line for line in sample.lines):
        other = replace(dialect, backslash=True)
    elif not error and not any('"' in line for line in sample.lines):
        other = replace(dialect, quote="'")
    else:
        return dialect
    rows, error = _cut(path, sample, other)
    beginning = None if error else find_beginning(rows)
    after = rows[beginning.header + 1 :] if beginning else []
    quoted = re.compile(rf"(^|{re.escape(delimiter)}) *{other.quote}")
    return other if after and (other.backslash or all(quoted.search(row.line) for row in after)) else dialect
