"""A user's labelled texts in a CSV file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from zoo.core.csv_cutting import Place
from zoo.core.csv_files import CsvFile
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.errors import UserError
from zoo.core.sources import tell
from zoo.sentiment import labels as review_labels

MOST_CLASSES = 100  # beyond it, a column of labels is probably something else
TOLD_CLASSES = 10  # classes that a notice names


def read(
    path: Path, text: str, label: str, csv_format: Format = AS_FOUND, stars: int | None = None
) -> tuple[list[bytes], np.ndarray, tuple[str, ...]]:
    """The texts of a file, their class numbers int64 [n], and the names of the classes.

    `zoo.sentiment.labels` decides which labels are one class and how it is called. Classes are in numerical or alphabetical
    order. Rows without a text or a label are left out, and the log tells how many they are.

    Args:
        path: a CSV file with a header.
        text: the name of the column of texts.
        label: the name of the column of labels.
        csv_format: how the file is written, where the user says it.
        stars: the labels are ratings from 1 to so many stars, which become negative and positive; None: they are classes.

    Raises:
        UserError: a file that is missing or no such table; fewer than two classes, or too many; a label that is no rating.
    """
    places, texts, labels = list[Place](), list[bytes](), list[str]()
    for place, (content, name) in CsvFile(path, csv_format).filled((text, label)):
        places.append(place)
        texts.append(content.encode("utf-8"))
        labels.append(name)
    counts = Counter(labels)
    dropped = {name: f"the label {name.strip()!r}, which says that there is none" for name in review_labels.missing(counts)}
    if stars:
        names = dict[str, str]()
        for place, name in zip(places, labels, strict=True):
            if name not in names and name not in dropped:
                try:
                    polarity = review_labels.of_stars(name, stars)
                except ValueError as error:
                    raise UserError(f"{path}, row {place}: {error}: correct it, or say of how many stars the scale is") from error
                if polarity:
                    names[name] = polarity
                else:
                    dropped[name] = f"{name.strip()} of {stars} stars, neither negative nor positive"
    else:
        names = review_labels.class_names({name: n for name, n in counts.items() if name not in dropped})
    for name, why in dropped.items():
        tell(f"{_rows(counts[name])} of {path} with {why}: left out")
    kept = [name not in dropped for name in labels]
    texts = [content for content, keep in zip(texts, kept, strict=True) if keep]
    found = [names[name] for name, keep in zip(labels, kept, strict=True) if keep]
    classes = sorted(set(found), key=_order)
    if len(classes) < 2:
        only = f"only the label {classes[0]!r}" if classes else f"no row with both {text} and {label}"
        raise UserError(f"{path} has {only}: a classifier needs two or more classes to tell apart")
    if len(classes) > MOST_CLASSES:
        raise UserError(
            f"{path}: {label} has {len(classes):,} different values; {MOST_CLASSES} classes are the most: is it the right column?"
        )
    _tell_classes(label, names, Counter(found), classes)
    number = {name: i for i, name in enumerate(classes)}
    return texts, np.array([number[name] for name in found]), tuple(classes)


def _rows(n: int) -> str:
    return f"{n:,} row{'s' * (n != 1)}"


def _tell_classes(label: str, names: dict[str, str], counts: Counter[str], classes: Sequence[str]) -> None:
    """Logs the classes, how often each occurs, and the other spellings of their labels."""
    told = []
    for name in classes[:TOLD_CLASSES]:
        written = sorted({each.strip() for each, its in names.items() if its == name} - {name})
        told.append(f"{name} ({counts[name]:,}{''.join(f', {each!r}' for each in written[:TOLD_CLASSES])})")
    more = f" and {len(classes) - TOLD_CLASSES} more" if len(classes) > TOLD_CLASSES else ""
    rated = len(classes) > 2 and all(map(review_labels.is_number, classes))
    hint = "; if these are stars, say of how many: then they become negative and positive" if rated else ""
    tell(f"{label} has {len(classes)} classes: {', '.join(told)}{more}{hint}")


def _order(label: str) -> tuple[float, str]:
    """Sorts numbers by their value, then words by the alphabet."""
    try:
        return float(label.replace(",", ".")), label
    except ValueError:
        return float("inf"), label


def rows(path: Path, columns: Sequence[str], csv_format: Format = AS_FOUND) -> Iterator[list[str]]:
    """The cells of the named columns, row by row. A row with an empty cell among them is skipped; the log tells how many.

    Raises UserError where the file has no such columns, and as `zoo.core.csv_files.CsvFile` does.
    """
    return (cells for _, cells in CsvFile(path, csv_format).filled(columns))
