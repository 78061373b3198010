"""A table in a text file, read a row at a time: its header, its columns and its rows, each with its place in the file.

How the file is written is found (zoo.core.csv_forms), and notices tell what is unusual. No row is lost in silence: a row of
another length than the header, a quote that is never closed, text after a closing quote, and bytes of another encoding are errors
that name the place.
"""

from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path

from zoo.core import csv_forms
from zoo.core.csv_cutting import Place
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.csv_header import DELIMITERS, is_numeric
from zoo.core.errors import UserError
from zoo.core.messages import listed
from zoo.core.sources import tell

CHUNK = 10_000  # rows that are read together
# If a quote is not closed, its cell swallows the following rows. A cell whose lines could be rows, with so many delimiters in
# them, has perhaps or certainly done so.
PERHAPS_ROWS, SURELY_ROWS = 3, 10

_SWALLOWED = "a cell in quotes holds lines that look like rows: is a closing quote missing?"


class CsvFile:
    """A table in a text file. It can be read as often as needed, a row at a time.

    Args:
        path: a file with a header; not a pipe, since it is read more than once.
        csv_format: how the file is written, as far as the user says it.

    Raises:
        UserError: a file that is missing or not such a table; a delimiter or an encoding that is not certain.
    """

    def __init__(self, path: Path, csv_format: Format = AS_FOUND) -> None:
        self.path = path
        self._told = set[str]()
        self._form = form = csv_forms.found(path, csv_format)
        self.header = form.header
        self._called = DELIMITERS.get(form.dialect.delimiter, repr(form.dialect.delimiter))
        for notice in form.notices:
            self._tell(notice)

    def _tell(self, notice: str) -> None:
        """Gives a notice once."""
        if notice not in self._told:
            tell(f"{self.path}: {notice}")
            self._told.add(notice)

    def column(self, name: str, why: str = "") -> int:
        """The index of a column, from 0.

        Args:
            name: of the column; line breaks in it count as blanks.
            why: what the message about a missing column says instead of the names of the columns.

        Raises:
            UserError: unless there is exactly one column of that name.
        """
        places = [i for i, each in enumerate(self.header) if each == name]
        places = places or [i for i, each in enumerate(self.header) if each and each.split() == name.split()]
        if len(places) > 1:
            raise UserError(f"{self.path} has {len(places)} columns called {name!r}: give each a name of its own")
        if not places:
            names = [each for each in self.header if each]
            like = [each for each in names if each.lower() == name.lower()]
            hint = f"; {like[0]!r} has other capitals" if like else ""
            if len(self.header) == 1:
                hint += f"; if its cells are not separated by {self._called}, give the delimiter"
            elif 2 * sum(map(is_numeric, names)) > len(names):
                hint += "; its first row is numbers: does the file lack a header?"
            raise UserError(
                f"{self.path} has no column {name!r}: {why or f'there are {listed([repr(each) for each in names])}'}{hint}"
            )
        return places[0]

    def rows(self) -> Generator[tuple[Place, list[str]]]:
        """The rows after the header, each with its place and as many cells as the header has.

        Blank lines are left out; in a file of one column they are missing cells, except at its end. Lines that begin with # and
        have no delimiter are left out and counted in a notice, if the table has several columns. Empty cells beyond those of the
        header are dropped.

        Raises:
            UserError: a row with more or fewer cells, or one that cannot be read.
        """
        width = len(self.header)
        blank, comments, swallowed = list[Place](), 0, list[Place]()
        with closing(self._form.cutter()) as cutter:
            for place, cells in cutter:
                if place.line <= self._form.first:
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
                if (
                    cutter.line > place.line
                    and (like_rows := max(map(self._like_rows, range(len(cells)), cells))) >= PERHAPS_ROWS
                ):
                    swallowed.append(place)
                    if like_rows >= SURELY_ROWS:
                        raise UserError(f"{self.path}, row {place}: {_SWALLOWED}")
                if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                    del cells[width:]
                if len(cells) != width:
                    raise self._misfit(place, len(cells), cutter.line)
                yield place, cells
        if comments:
            self._tell(f"lines that begin with # are left out: {comments:,}")
        if swallowed:
            further = f"{len(swallowed) - 1:,} further rows too: " if len(swallowed) > 1 else ""
            self._tell(f"row {swallowed[0]}: {further}{_SWALLOWED}")

    def filled(self, columns: Sequence[str]) -> Generator[tuple[Place, list[str]]]:
        """The cells of the named columns, row by row, each row with its place.

        A row with an empty cell among them is skipped; the log tells how many. Raises UserError as `column` and `rows` do.
        """
        indices = [self.column(column) for column in columns]
        skipped = 0
        with closing(self.rows()) as found:
            for place, row in found:
                cells = [row[index] for index in indices]
                if all(cell.strip() for cell in cells):
                    yield place, cells
                else:
                    skipped += 1
        if skipped:
            tell(f"{skipped:,} row{'s' * (skipped != 1)} of {self.path} with no {' or no '.join(columns)}: skipped")

    def _like_rows(self, place: int, cell: str) -> int:
        """The number of delimiters in the lines of a cell of this column, if these could be swallowed rows, else 0.

        Then the first line ends a row, the last one begins a row, and the lines between are whole rows.
        """
        counts = [line.count(self._form.dialect.delimiter) for line in cell.splitlines()]
        if len(counts) < 2:
            return 0
        first, *inner, last = counts
        more = len(self.header) - 1
        alike = first == more - place and last == place and all(count == more for count in inner)
        return (len(inner) + 1) * more if alike else 0

    def _misfit(self, place: Place, found: int, last: int) -> UserError:
        width = len(self.header)
        hint = f": a cell that contains {self._called} must be in quotes" if found > width else ""
        if found == width + 1:
            hint += "; where rows begin with names of their own, begin the header with an empty name"
        if found == 1 < width:
            hint = ": if it is a note and not a row of the table, remove it"
        if width == 1:
            hint = ": if row 1 is a title, remove it" if self._form.first == 1 else ""
        if last > place.line:
            hint = f"; it goes on to line {last}: is a closing quote missing?"
        return UserError(f"{self.path}, row {place}: {found} cell{'s' * (found != 1)}, but the header has {width}{hint}")

    def chunks(self) -> Generator[tuple[list[Place], list[list[str]]]]:
        """The places and the rows, CHUNK at a time; cells without the blanks around them. Raises UserError as `rows` does."""
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
