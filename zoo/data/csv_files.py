"""A table in a text file: how it is written, its header, and its rows, each with its place in the file.

A file's beginning tells what separates its cells, its encoding and where its header is. What is certain is told in a notice on
standard error, what is not is asked for. A row of another length than the header, a quote that is never closed, text after a
closing quote and bytes of another encoding are errors that name the place: no row is lost in silence.

Python's csv module cuts lines in which a quote closes, as fast as C. The other ones are cut here: when strict, the module refuses
a blank after a closing quote and does not tell where a quote opens that is never closed; otherwise it accepts any text after a
closing quote, and a file that ends within quotes.
"""

import codecs
import csv
import re
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from zoo.errors import UserError

CHUNK = 10_000  # rows that are looked at together
SAMPLE_LINES, SAMPLE_CHARACTERS = 1000, 2**18  # of a file's beginning, from which its form is found
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "bar": "|", "space": " ", "double": '"', "single": "'"}
MARKS = (  # byte order marks; that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHER_FILES = {  # by their first bytes
    b"PK\x03\x04": "a spreadsheet or a zip archive",
    b"\xd0\xcf\x11\xe0": "an Excel file",
    b"\x1f\x8b": "compressed",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF file",
    b"\x89PNG": "a picture",
}
NONE = "none"  # said for a quote: quotation marks are characters like others
EXCERPT = 20  # characters of a cell that a message shows
# Delimiters, in the right number in each line within a cell, from which on lines are perhaps, and surely, swallowed rows.
PERHAPS_ROWS, SURELY_ROWS = 3, 10

_UNDECODED = re.compile("[\udc80-\udcff]")  # what errors="surrogateescape" makes of a byte that is not of the encoding
_SWALLOWED = "a cell in quotes holds lines that look like rows: is a closing quote missing?"
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?')  # with which Excel is told the delimiter
_NUMERIC = re.compile(r"[-+−]?[.,]?[0-9][0-9.,' ]*(e[-+]?[0-9]+)?%?", re.IGNORECASE)


class Place(NamedTuple):
    """Where a row is in a file. As a text it is the row's number, with the line where that is another number.

    Args:
        row: counted from 1 as a spreadsheet does, with the header and blank lines.
        line: in which the row begins, from 1. A cell may have line breaks, so that a row takes several lines.
    """

    row: int
    line: int

    def __str__(self) -> str:
        return str(self.row) if self.row == self.line else f"{self.row} (line {self.line})"


@dataclass(frozen=True)
class Format:
    """How a file is written, as far as the user says it; what is None is found in the file.

    Args:
        delimiter: the character between cells.
        encoding: a name that Python knows, "utf-8" or "cp1252".
        quote: the character around cells that contain delimiters, or "none".

    Raises:
        UserError: where one of them cannot be such.
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
        """The same from what is typed: "tab" or "\\t" for a tab, "semicolon", "single" and so on."""

        def character(name: str | None) -> str | None:
            return name if name is None else NAMES.get(name, name)

        return cls(character(delimiter), encoding, character(quote))


AS_FOUND = Format()


@dataclass(frozen=True)
class _Dialect:
    """How cells are told apart.

    Args:
        delimiter: the character between them.
        quote: the character around cells that contain a delimiter, a line break or, twice, the quote; "" for none.
        backslash: whether a backslash makes a quote within such a cell a part of its text.
    """

    delimiter: str
    quote: str = '"'
    backslash: bool = False


class _Sampled(NamedTuple):
    """A row of a file's beginning: its place, its cells and its first line."""

    place: Place
    cells: list[str]
    line: str

    @property
    def filled(self) -> int:
        """How many cells are not empty."""
        return sum(bool(cell.strip()) for cell in self.cells)

    @property
    def comment(self) -> bool:
        """Whether it begins as comments do."""
        return self.line.lstrip().startswith("#")


class _Sample(NamedTuple):
    """A file's first lines, and whether they are all."""

    lines: list[str]
    whole: bool


class _Beginning(NamedTuple):
    """Where a table begins in a sample: the index of its header, and how many lines of titles or comments are before it.

    The header is one cell short where the rows begin with names of their own (`row_names`), as R writes them.
    """

    header: int
    titles: int = 0
    row_names: bool = False


class CsvFile:
    """A table in a text file, which is read a row at a time, as often as needed.

    Args:
        path: a file with a header; no pipe, since it is read more than once.
        csv_format: what the user says of it.

    Raises:
        UserError: a file that is missing or no such table; a delimiter or an encoding that is not certain.
    """

    def __init__(self, path: Path, csv_format: Format = AS_FOUND) -> None:
        self.path = path
        self._told = set[str]()
        self._encoding, notices = _encoding(path, csv_format.encoding)
        sample = self._sample(csv_format)
        separator = _SEPARATOR_LINE.fullmatch(sample.lines[0].rstrip("\r\n")) if sample.lines else None
        if separator:
            sample = _Sample(["\n", *sample.lines[1:]], sample.whole)
        self._given = csv_format
        asked = csv_format.delimiter or (separator.group(1) if separator else None)
        self._dialect = _dialect(path, sample, asked, csv_format.quote)
        rows = self._rows_of(sample)
        beginning = _beginning(rows) or _Beginning(_comments(rows), _comments(rows))
        header, after = rows[beginning.header], rows[beginning.header + 1 :]
        names = [cell.strip() for cell in header.cells]
        while len(names) > 1 and not names[-1] and after and all(len(row.cells) < len(names) for row in after):
            names.pop()
        self.header = [""] * beginning.row_names + names
        self._first = header.place.line  # of the header

        called = DELIMITERS.get(self._dialect.delimiter, repr(self._dialect.delimiter))
        notices += [f"cells are separated by {called}"] * (self._dialect.delimiter != "," and not csv_format.delimiter)
        notices += ["cells are in single quotes"] * (self._dialect.quote == "'" and not csv_format.quote)
        notices += ["a backslash before a quote makes it a part of the text"] * self._dialect.backslash
        if beginning.titles:
            before = rows[beginning.header - 1].line.strip()
            notices.append(f"the header is row {header.place}; what is before it is left out, the last line {before[:60]!r}")
        notices += ["the header has no name for the first cells, which are taken as names of the rows"] * beginning.row_names
        for notice in notices:
            self._tell(notice)

    def _tell(self, notice: str) -> None:
        """Prints a notice, once."""
        if notice not in self._told:
            print(f"data: {self.path}: {notice}", file=sys.stderr)
            self._told.add(notice)

    def _sample(self, csv_format: Format) -> _Sample:
        lines: list[str] = []
        size = 0
        with closing(_lines(self.path, self._encoding, csv_format.encoding)) as found:
            for line in found:
                if len(lines) == SAMPLE_LINES or size > SAMPLE_CHARACTERS:
                    return _Sample(lines, whole=False)
                lines.append(line)
                size += len(line)
        return _Sample(lines, whole=True)

    def _rows_of(self, sample: _Sample) -> list[_Sampled]:
        """The rows of the sample. Raises UserError where there is none."""
        rows, error = _cut(self.path, sample, self._dialect)
        if not any(row.filled for row in rows):
            if error:
                raise error
            if not sample.whole:  # a quote that opens in the header is perhaps never closed, which reading finds
                for _ in self._cutter():
                    raise UserError(f"{self.path}: its first row has more than {SAMPLE_CHARACTERS:,} characters: is it a table?")
            raise UserError(f"{self.path} has no rows: it needs a header and a row for each example")
        return rows

    def _cutter(self) -> "_Cutter":
        return _Cutter(self.path, _lines(self.path, self._encoding, self._given.encoding), self._dialect)

    def column(self, name: str, why: str = "") -> int:
        """The place of the column of that name, from 0; line breaks in names count as blanks.

        Args:
            name: which.
            why: what a message says instead of the names that there are.

        Raises:
            UserError: unless there is exactly one.
        """
        places = [i for i, each in enumerate(self.header) if each == name]
        places = places or [i for i, each in enumerate(self.header) if each and each.split() == name.split()]
        if len(places) > 1:
            raise UserError(f"{self.path} has {len(places)} columns called {name!r}: give each a name of its own")
        if not places:
            names = [each for each in self.header if each]
            there = ", ".join(map(repr, names[:40])) + (f" and {len(names) - 40} more" if len(names) > 40 else "")
            like = [each for each in names if each.lower() == name.lower()]
            hint = f"; {like[0]!r} has other capitals" if like else ""
            if len(self.header) == 1:
                hint += "; if something else than a comma separates its cells, say so with --delimiter"
            elif 2 * sum(bool(_NUMERIC.fullmatch(each)) for each in names) > len(names):
                hint += "; its first row is numbers: does the file lack a header?"
            raise UserError(f"{self.path} has no column {name!r}: {why or f'there are {there}'}{hint}")
        return places[0]

    def rows(self) -> Generator[tuple[Place, list[str]]]:
        """The rows after the header, each with its place and as many cells as the header has.

        Lines of white space alone are left out, but a file of one column has a missing cell there, unless no further row
        follows. In a table of several columns so are lines without a delimiter that begin with #, which a notice counts. Empty
        cells beyond those of the header hold nothing and are dropped.

        Raises:
            UserError: a row with more or fewer cells, or one that cannot be read.
        """
        width = len(self.header)
        blank, comments, swallowed = list[Place](), 0, list[Place]()
        with closing(self._cutter()) as cutter:
            for place, cells in cutter:
                if place.line <= self._first:
                    continue
                if len(cells) == width and not blank and cutter.line == place.line:
                    yield place, cells  # nearly every row
                    continue
                if not cells:
                    blank += [place] * (width == 1)
                    continue
                if len(cells) == 1 < width and cells[0].startswith("#"):
                    comments += 1
                    continue
                yield from ((each, [""]) for each in blank)
                blank.clear()
                if cutter.line > place.line and (like_rows := max(map(self._like_rows, cells))) >= PERHAPS_ROWS:
                    swallowed.append(place)
                    if like_rows >= SURELY_ROWS:
                        raise UserError(f"{self.path}, row {place}: {_SWALLOWED}")
                if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                    del cells[width:]
                if len(cells) != width:
                    raise self._misfit(place, len(cells), cutter.line)
                yield place, cells
        if comments:
            self._tell(f"{comments:,} line{'s' * (comments != 1)} that begin with #: left out")
        if swallowed:
            further = f"{len(swallowed) - 1:,} further rows too: " if len(swallowed) > 1 else ""
            self._tell(f"row {swallowed[0]}: {further}{_SWALLOWED}")

    def _like_rows(self, cell: str) -> int:
        """How many delimiters are in the lines between a cell's first and its last, if these could all be rows of the table."""
        inner = cell.splitlines()[1:-1]
        more = len(self.header) - 1
        return len(inner) * more if all(line.count(self._dialect.delimiter) == more for line in inner) else 0

    def _misfit(self, place: Place, found: int, last: int) -> UserError:
        width = len(self.header)
        called = DELIMITERS.get(self._dialect.delimiter, repr(self._dialect.delimiter))
        hint = f": a cell that contains {called} must be in quotes" if found > width else ""
        if found == width + 1:
            hint += "; where rows begin with names of their own, begin the header with an empty name"
        if width == 1:
            hint = f": if row {Place(1, 1)} is a title, take it out" if self._first == 1 else ""
        if last > place.line:
            hint = f"; it goes on to line {last}: is a closing quote missing?"
        return UserError(f"{self.path}, row {place}: {found} cell{'s' * (found != 1)}, but the header has {width}{hint}")

    def chunks(self) -> Generator[tuple[list[Place], list[list[str]]]]:
        """The rows, CHUNK at a time, with their places; cells without the blanks around them. Raises UserError as `rows` does."""
        places: list[Place] = []
        chunk: list[list[str]] = []
        with closing(self.rows()) as rows:
            for place, cells in rows:
                places.append(place)
                chunk.append([cell.strip() for cell in cells])
                if len(chunk) == CHUNK:
                    yield places, chunk
                    places, chunk = [], []
        if chunk:
            yield places, chunk


def _encoding(path: Path, asked: str | None) -> tuple[str, list[str]]:
    """The encoding of a file, and what to tell of it: by its byte order mark, or UTF-8 unless another is asked for."""
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe cannot be read twice
            raise UserError(f"{path} is no regular file: write it to a file first")
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise UserError(f"{path} cannot be read as a CSV file: {str(error.strerror).lower()}") from error
    for magic, what in OTHER_FILES.items():
        if start.startswith(magic):
            raise UserError(f"{path} is {what}, not a text file: save the table as a CSV file")
    marked = next((encoding for mark, encoding in MARKS if start.startswith(mark)), None)
    if marked and asked and not codecs.lookup(asked).name.startswith(marked):
        raise UserError(f"{path} begins with the mark of {marked}, so it is not in {asked}: leave out --encoding")
    if not (marked or asked):
        for half, encoding in ((start[1::2], "utf-16-le"), (start[::2], "utf-16-be")):
            if half.count(0) > len(half) / 2:
                raise UserError(f"{path} is not in UTF-8, since every second byte is 0: say --encoding {encoding}")
    return asked or marked or "utf-8", [f"it is in {marked.upper()}"] if marked not in (None, "utf-8") else []


def _lines(path: Path, encoding: str, asked: str | None) -> Generator[str]:
    """The lines of a text file with their ends: a line feed, a carriage return, or both, also mixed in one file."""
    number = 0
    other = "give another --encoding" if asked else "name the encoding with --encoding, cp1252 (Western Europe, Windows) perhaps"
    try:
        with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
            for number, line in enumerate(file, start=1):
                text = line.lstrip("\ufeff") if number == 1 else line
                if not text.isascii() and (bad := _UNDECODED.search(text)):
                    at = bad.start()
                    near = _UNDECODED.sub("?", text[max(at - EXCERPT, 0) : at + EXCERPT]).strip()
                    byte = ord(bad.group()) - 0xDC00
                    raise UserError(
                        f"{path}, line {number}: the byte 0x{byte:02X} in {near!r} is not of {encoding.upper()}: {other}, or "
                        "save the file in UTF-8"
                    )
                if "\0" in text:
                    raise UserError(f"{path}, line {number}: a NUL character, which no text has: take it out")
                yield text
    except UnicodeError as error:
        raise UserError(f"{path}, after line {number}: it is not in {encoding.upper()}: {other}") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read as a CSV file: {str(error.strerror).lower()}") from error


class _Cutter:
    """Cuts lines into rows of cells: an iterator of places and cells; a line of white space alone has no cells.

    A cell may be in quotes, with blanks around them; then it may contain delimiters, line breaks and, written twice, quotes.
    A quote within another cell is a character like others.

    Args:
        path: for messages.
        lines: with their ends.
        dialect: how cells are told apart.

    Raises:
        UserError: a quote that is never closed, or text after a closing quote.
    """

    def __init__(self, path: Path, lines: Iterable[str], dialect: _Dialect) -> None:
        self._path, self._source, self._dialect = path, lines, dialect
        self._lines = iter(lines)
        blanks = "[ \t]*".replace(dialect.delimiter, "")
        delimiter = re.escape(dialect.delimiter)
        self._blank_before_quote = re.compile(rf"(^|{delimiter}){blanks.replace('*', '+')}{dialect.quote}")
        self._opening = re.compile(blanks + dialect.quote)
        self._closed = re.compile(rf"{blanks}(?=[{delimiter}\r\n]|\Z)")
        self._place = Place(0, 0)
        self.line = 0  # the number of the last one that was taken
        self.first = ""  # the first line of the row in hand

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
        """The cells of a row of one line, as nearly all are; None for one that `_cells` has to look at."""
        if self._dialect.backslash or self._blank_before_quote.search(line):
            return None
        try:
            return next(csv.reader((line,), delimiter=self._dialect.delimiter, quotechar=self._dialect.quote, strict=True))
        except csv.Error:
            return None

    def _cells(self, line: str) -> list[str]:
        """The cells of a row that begins with this line, and takes further ones where a quote opens."""
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
        """A cell whose text begins at a place of a line; the line in which it ends, and the place of the delimiter after it."""
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
                    "say --quote none if no cell is in quotes"
                )
            raise UserError(f"{self._at(opened)}: {found}")
        return "".join(parts), line, closed.end()

    def _at(self, line: int) -> str:
        """The place of the row in hand, with a line where that is not its first."""
        return f"{self._path}, row {self._place}" + (f", line {line}" if line != self._place.line else "")


def _cut(path: Path, sample: _Sample, dialect: _Dialect) -> tuple[list[_Sampled], UserError | None]:
    """The rows of a sample that are not blank, and the error that ended them, unless it is only that the sample ends."""
    cutter, rows = _Cutter(path, sample.lines, dialect), []
    try:
        for place, cells in cutter:
            if cells:
                rows.append(_Sampled(place, cells, cutter.first))
    except UserError as error:
        return rows, error if sample.whole or cutter.line < len(sample.lines) else None
    return rows, None


def _dialect(path: Path, sample: _Sample, delimiter: str | None, quote: str | None) -> _Dialect:
    """How a file tells cells apart: its delimiter, unless that is given, and its quotes.

    A delimiter is certain where it is the only one that cuts the rows, or at least the first row, into cells as a table has them.
    Quotes are double ones. Others are certain where they alone make a table of the rows: single ones where each row has such a
    cell and no double quote is anywhere, and a backslash before a quote where the rows cannot be read without.
    """
    plain = "" if quote == NONE else quote or '"'
    if not delimiter:
        cuts = {each: _cut(path, sample, _Dialect(each, plain))[0] for each in DELIMITERS}
        found = {each: beginning for each, rows in cuts.items() if (beginning := _beginning(rows))}
        likely = [each for each in found if not found[each].titles] or list(found)
        likely = likely or [each for each, rows in cuts.items() if rows and len(rows[_comments(rows)].cells) > 1]
        if len(likely) > 1:
            names = " or by ".join(DELIMITERS[each] for each in likely)
            raise UserError(f"{path}: its cells may be separated by {names}: say which with --delimiter")
        delimiter = likely[0] if likely else ","
    dialect = _Dialect(delimiter, plain)
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
    beginning = None if error else _beginning(rows)
    if not beginning:
        return dialect
    quoted = re.compile(rf"(^|{re.escape(delimiter)}) *'")
    certain = other.backslash or all(quoted.search(row.line) for row in rows[beginning.header + 1 :])
    return other if certain else dialect


def _fits(row: _Sampled, width: int) -> bool:
    """Whether a row has as many cells as the header, not counting empty ones after them."""
    return len(row.cells) == width or (len(row.cells) > width and not any(cell.strip() for cell in row.cells[width:]))


def _beginning(rows: Sequence[_Sampled]) -> _Beginning | None:
    """Where a table of two or more columns begins in the rows of a sample; None where they are no such table.

    The header is the first row, after comments that begin with #, if most rows have as many cells. Before it there may be
    titles: rows of a single cell in a table of three columns or more, and other narrower ones where numbers tell the rows from
    the header.
    """
    if not rows:
        return None
    first, usual = _comments(rows), _usual(rows)
    header, after = rows[first], rows[first + 1 :]
    width = len(header.cells)
    if usual == width + 1 and _have_names([row for row in after if len(row.cells) == usual], header):
        return _Beginning(first, first, row_names=True)
    titles = first
    while titles < len(rows) - 1 and (len(rows[titles].cells) < usual or rows[titles].filled < 2 or rows[titles].comment):
        titles += 1
    if titles > first and _is_header(rows[first:titles], rows[titles], rows[titles + 1 :]):
        return _Beginning(titles, titles)
    fitting = sum(_fits(row, width) for row in after)
    if not header.cells[-1].strip():  # a delimiter after the last name, but none after the rows
        fitting = max(fitting, sum(len(row.cells) == width - 1 for row in after))
    return _Beginning(first, first) if width > 1 and 2 * fitting >= len(after) and (fitting or not after) else None


def _is_header(titles: Sequence[_Sampled], row: _Sampled, after: Sequence[_Sampled]) -> bool:
    """Whether a row after titles is the header for certain."""
    names = [cell.strip() for cell in row.cells]
    if len(set(names)) < len(names) or any(not name or _NUMERIC.fullmatch(name) for name in names):
        return False
    columns = zip(*(each.cells for each in after if len(each.cells) == len(names)), strict=True)
    filled = [[cell.strip() for cell in column if cell.strip()] for column in columns]
    if any(cells and all(map(_NUMERIC.fullmatch, cells)) for cells in filled):
        return True
    # A title with one of the delimiters may be a header that is written in another way than the rows.
    single = all(each.filled < 2 and not any(mark in "".join(each.cells) for mark in DELIMITERS) for each in titles)
    return single and len(names) > 2


def _usual(rows: Sequence[_Sampled]) -> int:
    """The number of cells that most rows have; the largest such."""
    widths = Counter(len(row.cells) for row in rows)
    return max(widths, key=lambda width: (widths[width], width))


def _comments(rows: Sequence[_Sampled]) -> int:
    """How many rows at the beginning are comments: they begin with # and have not as many cells as most rows."""
    usual = _usual(rows)
    comments = 0
    for row in rows[:-1]:
        if not row.comment or len(row.cells) == usual:
            break
        comments += 1
    return comments


def _have_names(rows: Sequence[_Sampled], header: _Sampled) -> bool:
    """Whether rows that are one cell longer than the header begin with different names in quotes, as R writes them.

    Without quotes they may be anything: a price of 187,513 is two cells, too.
    """
    in_quotes = all(row.line.lstrip().startswith('"') for row in (header, *rows))
    return in_quotes and len({row.cells[0].strip() for row in rows}) == len(rows) > 1
