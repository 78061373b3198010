"""How a table is written in a text file: its encoding, its delimiter, its quotes, and where its header is.

The user says it (`Format`), or the file's first lines tell it. What they do not tell for certain is asked for.
"""

import codecs
import re
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from zoo.core.csv_cutting import EXCERPT, Cutter, Dialect, Place
from zoo.core.errors import UserError

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

_UNDECODED = re.compile("[\udc80-\udcff]")  # what errors="surrogateescape" makes of a byte that is not of the encoding
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?')  # with which Excel is told the delimiter
_NUMERIC = re.compile(r"[-+−]?[.,]?[0-9][0-9.,' ]*(e[-+]?[0-9]+)?%?", re.IGNORECASE)


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
            return name if name is None else NAMES.get(name.lower(), name)

        return cls(character(delimiter), encoding, character(quote))

    def words(self) -> list[str]:
        """The same as words of a command line, for the command that a card tells."""
        typed = {character: name for name, character in reversed(NAMES.items())}
        given = {"delimiter": self.delimiter, "encoding": self.encoding, "quote": self.quote}
        return [word for name, value in given.items() if value is not None for word in (f"--{name}", typed.get(value, value))]


AS_FOUND = Format()


@dataclass(frozen=True)
class Form:
    """How a file is written.

    Args:
        path: of the file.
        encoding: its own.
        asked: whether the user has named the encoding.
        dialect: how its cells are told apart.
        header: the names of its columns without blanks around them, empty where one has none.
        first: the line in which the header begins.
        notices: what of this is unusual.
    """

    path: Path
    encoding: str
    asked: bool
    dialect: Dialect
    header: list[str]
    first: int
    notices: list[str]

    def cutter(self) -> Cutter:
        """All rows from the first line of the file on."""
        return Cutter(self.path, _lines(self.path, self.encoding, self.asked), self.dialect)


def found(path: Path, csv_format: Format = AS_FOUND) -> Form:
    """How a file is written, as far as the user says it and its beginning tells the rest.

    Raises:
        UserError: a file that is missing or no table; a delimiter or an encoding that is not certain.
    """
    encoding, notices = _encoding(path, csv_format.encoding)
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
        if not sample.whole:  # a quote that opens in the header is perhaps never closed, which reading finds
            for _ in Cutter(path, _lines(path, encoding, asked), dialect):
                raise UserError(f"{path}: its first row has more than {SAMPLE_CHARACTERS:,} characters: is it a table?")
        raise UserError(f"{path} has no rows: it needs a header and a row for each example")
    beginning = _beginning(rows) or _Beginning(_comments(rows), _comments(rows))
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


def is_numeric(text: str) -> bool:
    """Whether a text looks like a number of any way of writing, so that it is the name of no column."""
    return bool(_NUMERIC.fullmatch(text))


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


def _sampled(path: Path, encoding: str, asked: bool) -> _Sample:
    lines: list[str] = []
    size = 0
    with closing(_lines(path, encoding, asked)) as found:
        for line in found:
            if len(lines) == SAMPLE_LINES or size > SAMPLE_CHARACTERS:
                return _Sample(lines, whole=False)
            lines.append(line)
            size += len(line)
    return _Sample(lines, whole=True)


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
        raise UserError(f"{path} begins with the mark of {marked}, so it is not in {asked}: leave out the encoding")
    if not (marked or asked):
        for half, encoding in ((start[1::2], "utf-16-le"), (start[::2], "utf-16-be")):
            if half.count(0) > len(half) / 2:
                raise UserError(f"{path} is not in UTF-8, since every second byte is 0: give the encoding {encoding}")
    return asked or marked or "utf-8", [f"it is in {marked.upper()}"] if marked not in (None, "utf-8") else []


def _lines(path: Path, encoding: str, asked: bool) -> Generator[str]:
    """The lines of a text file with their ends: a line feed, a carriage return, or both, also mixed in one file."""
    number = 0
    other = "give another encoding" if asked else "give the encoding, perhaps cp1252 (Western Europe, Windows)"
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


def _cut(path: Path, sample: _Sample, dialect: Dialect) -> tuple[list[_Sampled], UserError | None]:
    """The rows of a sample that are not blank, and the error that ended them, unless it is only that the sample ends."""
    cutter, rows = Cutter(path, sample.lines, dialect), []
    try:
        for place, cells in cutter:
            if cells:
                rows.append(_Sampled(place, cells, cutter.first))
    except UserError as error:
        return rows, error if sample.whole or cutter.line < len(sample.lines) else None
    return rows, None


def _dialect(path: Path, sample: _Sample, delimiter: str | None, quote: str | None) -> Dialect:
    """How a file tells cells apart: its delimiter, unless that is given, and its quotes.

    A delimiter is certain where it is the only one that cuts the rows, or at least the first row, into cells as a table has them.
    Quotes are double ones. Others are certain where they alone make a table of the rows: single ones where each row has such a
    cell and no double quote is anywhere, and a backslash before a quote where the rows cannot be read without.
    """
    plain = "" if quote == NONE else quote or '"'
    if not delimiter:
        cuts = {each: _cut(path, sample, Dialect(each, plain))[0] for each in DELIMITERS}
        found = {each: beginning for each, rows in cuts.items() if (beginning := _beginning(rows))}
        likely = [each for each in found if not found[each].titles] or list(found)
        likely = likely or [each for each, rows in cuts.items() if rows and len(rows[_comments(rows)].cells) > 1]
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
    beginning = None if error else _beginning(rows)
    after = rows[beginning.header + 1 :] if beginning else []
    quoted = re.compile(rf"(^|{re.escape(delimiter)}) *{other.quote}")
    return other if after and (other.backslash or all(quoted.search(row.line) for row in after)) else dialect


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
    if len(set(names)) < len(names) or any(not name or is_numeric(name) for name in names):
        return False
    columns = zip(*(each.cells for each in after if len(each.cells) == len(names)), strict=True)
    filled = [[cell.strip() for cell in column if cell.strip()] for column in columns]
    if any(cells and all(map(is_numeric, cells)) for cells in filled):
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
