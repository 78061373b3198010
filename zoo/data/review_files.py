"""A user's labelled texts in a CSV file."""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from zoo.errors import UserError

DELIMITERS = ",;\t|"
# Labels that everyone writes in another way, and what they are called here.
POLARITY = {
    "0": "negative",
    "neg": "negative",
    "negative": "negative",
    "1": "positive",
    "pos": "positive",
    "positive": "positive",
}
MOST_CLASSES = 100  # beyond it, a column of labels is probably something else


def read(path: Path, text: str, label: str) -> tuple[list[bytes], np.ndarray, tuple[str, ...]]:
    """Texts, labels (class numbers, int64 [n]) and the names of the classes, in the order of numbers or of the alphabet.

    Two classes called 0 and 1, neg and pos, or negative and positive are "negative" and "positive".

    Args:
        path: a file in UTF-8 with a header; cells are separated by one of DELIMITERS.
        text: the name of the column of texts.
        label: that of the column of labels.

    Raises:
        UserError: a file that is missing, or no such table; one class only, or too many.
    """
    texts, labels = [], []
    for content, name in rows(path, (text, label)):
        texts.append(content.encode("utf-8"))
        labels.append(name.strip())
    if {each.lower() for each in labels} <= POLARITY.keys():
        labels = [POLARITY[each.lower()] for each in labels]
    classes = sorted(set(labels), key=_order)
    if len(classes) < 2:
        only = f"only the label {classes[0]!r}" if classes else f"no row with both {text} and {label}"
        raise UserError(f"{path} has {only}: a classifier needs two or more classes to tell apart")
    if len(classes) > MOST_CLASSES:
        raise UserError(
            f"{path}: {label} has {len(classes):,} different values; {MOST_CLASSES} classes are the most: is it the right column?"
        )
    number = {name: i for i, name in enumerate(classes)}
    return texts, np.array([number[name] for name in labels]), tuple(classes)


def _order(label: str) -> tuple[float, str]:
    """Numbers by their size, then words by the alphabet."""
    try:
        return float(label), label
    except ValueError:
        return float("inf"), label


def rows(path: Path, columns: Sequence[str]) -> Iterator[list[str]]:
    """The named columns of each row of a CSV file. Rows in which one of them is empty are skipped, and counted on standard error.

    Raises UserError where it has no such columns, or a row not all cells.
    """
    csv.field_size_limit(sys.maxsize)  # a review may be longer than the module's 128 KiB
    skipped = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter=_delimiter(path, columns), strict=True)
            missing = [column for column in columns if column not in (reader.fieldnames or [])]
            if missing:
                there = ", ".join(map(repr, reader.fieldnames or [])) or "no header"
                raise UserError(f"{path} has no column {missing[0]!r}, but {_shortened(there)}")
            for number, row in enumerate(reader, start=2):
                if None in row or None in row.values():
                    raise UserError(f"{path}, row {number}: not as many cells as the header has")
                cells = [row[column] for column in columns]
                if all(cell.strip() for cell in cells):
                    yield cells
                else:
                    skipped += 1
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} cannot be read as a CSV file in UTF-8: {error}") from error
    if skipped:
        print(f"data: {skipped:,} rows of {path} have no {' or no '.join(columns)}: skipped", file=sys.stderr)


def _delimiter(path: Path, columns: Iterable[str]) -> str:
    """The one that finds the columns in the header; the comma where none does."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = file.readline(1 << 16)
    wanted = set(columns)
    return next((each for each in DELIMITERS if wanted <= set(next(csv.reader([header], delimiter=each), []))), ",")


def _shortened(text: str, most: int = 200) -> str:
    return text if len(text) <= most else text[:most] + " ..."
