"""A user's labelled texts in a CSV file."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from zoo.data.csv_files import AS_FOUND, CsvFile, Format
from zoo.errors import UserError

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


def read(path: Path, text: str, label: str, csv_format: Format = AS_FOUND) -> tuple[list[bytes], np.ndarray, tuple[str, ...]]:
    """Texts, labels (class numbers, int64 [n]) and the names of the classes, in the order of numbers or of the alphabet.

    Two classes called 0 and 1, neg and pos, or negative and positive are "negative" and "positive".

    Args:
        path: a CSV file with a header.
        text: the name of the column of texts.
        label: that of the column of labels.
        csv_format: how the file is written, as far as the user says it.

    Raises:
        UserError: a file that is missing, or no such table; one class only, or too many.
    """
    texts, labels = [], []
    for content, name in rows(path, (text, label), csv_format):
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


def rows(path: Path, columns: Sequence[str], csv_format: Format = AS_FOUND) -> Iterator[list[str]]:
    """The named columns of each row of a CSV file. Rows in which one of them is empty are skipped, and counted on standard error.

    Raises UserError where it has no such columns, and as `zoo.data.csv_files.CsvFile` does.
    """
    file = CsvFile(path, csv_format)
    places = [file.column(column) for column in columns]
    skipped = 0
    with closing(file.rows()) as found:
        for _, row in found:
            cells = [row[place] for place in places]
            if all(cell.strip() for cell in cells):
                yield cells
            else:
                skipped += 1
    if skipped:
        print(f"data: {skipped:,} rows of {path} have no {' or no '.join(columns)}: skipped", file=sys.stderr)
