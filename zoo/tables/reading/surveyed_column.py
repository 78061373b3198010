"""A column of a file whose kind is to be decided, with the messages about cells that leave it open."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.core.csv_cutting import Place
from zoo.core.errors import UserError
from zoo.core.messages import MOST_SHOWN, brief, listed, one_line, shown
from zoo.tables.reading.hints import Hints
from zoo.tables.reading.number_cells import Number
from zoo.tables.reading.survey import NO_DATE, NO_NUMBER, SHOWS_ORDER, Evidence, Survey


@dataclass(frozen=True)
class SurveyedColumn:
    """A column of a file, and what is known about it.

    Args:
        path: of the file.
        name: of the column.
        survey: of its cells.
        hints: what the user says.
        evidence: of the other columns.
        first: whether it is the first column of the file.
        is_target: whether it is the column to predict.
    """

    path: Path
    name: str
    survey: Survey
    hints: Hints
    evidence: Evidence
    first: bool = False
    is_target: bool = False

    @property
    def title(self) -> str:
        """The name as a message shows it."""
        return shown(one_line(self.name))

    def example(self, writing: object) -> tuple[Place, str]:
        """The first cell of a writing, and its place."""
        return self.survey.examples[writing]

    def example_of_dates(self) -> tuple[Place, str]:
        """The first date that shows which number is the day, else the first date."""
        examples = self.survey.examples
        return examples.get(SHOWS_ORDER) or examples[next(iter(self.survey.dates))]

    def words_notices(self) -> list[str]:
        """A notice of the words that are read as missing."""
        words = self.survey.missing_words
        if not words:
            return []
        return [f"{self.name}: {listed([repr(word) for word in words], 5)} in {words.total():,} rows is read as missing"]

    def not_a_number(self, number: Number | None = None) -> UserError:
        """The error for the first cell that is not a number; with `number`, for one that float32 cannot hold."""
        survey = self.survey
        alike = survey.alike
        odd = [number] if number else [NO_NUMBER, *(each for each in survey.numbers if each not in alike)]
        row, cell = min((survey.examples[key] for key in odd if key in survey.examples), default=self._first_example())
        count = alike.total() - (survey.numbers[number] if number else 0)
        others = f", though {count:,} of {survey.known:,} cells are" if count else ""
        if not number and row == survey.first_row and cell[0].isalpha() and count == survey.known - 1:
            return UserError(
                f"{self.path}, row {row}, column {self.name!r}: {brief(cell)!r} is not a number, though all other cells are: "
                "if this row names the units, remove it from the file, else correct the cell"
            )
        what = "is not a number that float32 can hold" if number else "is not a number"
        return self.refusal(row, cell, what + others, self._name_as_missing(cell))

    def not_a_date(self) -> UserError:
        """The error for the first cell that is not a date."""
        survey = self.survey
        row, cell = survey.examples.get(NO_DATE) or self._first_example()
        count = survey.dates.total()
        usual = self.example_of_dates()[1] if count else "2024-05-31"
        others = f", though {count:,} of {survey.known:,} cells are" if count else ""
        return self.refusal(row, cell, f"is not a date like {usual}{others}", self._name_as_missing(cell))

    def unreadable(self) -> UserError:
        """The error for a column of cells that look like numbers or dates but cannot be read."""
        row, cell = self.survey.examples.get(NO_NUMBER) or self._first_example()
        what = "looks like a number or a date but cannot be read as one, and nearly every row has another cell"
        return self.refusal(row, cell, what, correct=False)

    def refusal(self, row: Place, cell: str, what: str, choices: Sequence[str] = (), correct: bool = True) -> UserError:
        """The error for a cell that is not certain, with what the user can do.

        Args:
            row: of the cell.
            cell: as it is written.
            what: is not certain about it.
            choices: what settles it, in addition to the choices for every column.
            correct: whether correcting the cell is one of the choices.
        """
        others = ["set the task to classification"] if self.is_target else ["give it the kind category", "ignore the column"]
        *most, last = [*(["correct it"] if correct else []), *choices, *others]
        advice = f"{', '.join(most)} or {last}" if most else last
        return UserError(f"{self.path}, row {row}, column {self.name!r}: {brief(cell)!r} {what}: {advice}")

    def _first_example(self) -> tuple[Place, str]:
        return min(self.survey.examples.values())

    @staticmethod
    def _name_as_missing(cell: str) -> list[str]:
        return [] if len(cell) > MOST_SHOWN else [f"name {cell!r} as missing (if it stands for a missing value)"]
