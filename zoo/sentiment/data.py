"""Labelled reviews from any source, and their splits."""

from pathlib import Path

from zoo.core import sources
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.dataset import split_by_share
from zoo.core.errors import UserError
from zoo.core.names import unknown
from zoo.sentiment import files as review_files
from zoo.sentiment import imdb
from zoo.sentiment.dataset import Reviews, shares


def load(
    name_or_path: str,
    text: str = "text",
    label: str = "label",
    real: bool = False,
    csv_format: Format = AS_FOUND,
    stars: int | None = None,
) -> Reviews:
    """The reviews of IMDB, or those of a user's CSV file.

    Args:
        name_or_path: "imdb", or the path of the file.
        text: the name of the file's column of texts.
        label: the name of its column of labels.
        real: raise an error rather than use a stand-in; every evaluation asks for this.
        csv_format: how the file is written, where the user says it.
        stars: the labels of the file are ratings from 1 to so many stars; None: they are classes.

    Raises:
        UserError: an unknown name, a file that cannot be used, or, with `real`, data that cannot be found.
    """

    if name_or_path == "imdb":
        if csv_format != AS_FOUND or stars:
            raise UserError("imdb is no CSV file: leave out the delimiter, the encoding, the quotes and the stars")
        reviews = imdb.load(real)
    elif name_or_path.endswith((".csv", ".tsv")) or Path(name_or_path).exists():
        reviews = from_file(Path(name_or_path), text, label, csv_format, stars)
    else:
        raise unknown("data set", name_or_path, ("imdb",), "give a .csv file of texts and labels")
    sources.announce(reviews.source)
    return reviews


def from_file(path: Path, text: str, label: str, csv_format: Format = AS_FOUND, stars: int | None = None) -> Reviews:
    """The reviews of a CSV file (zoo.sentiment.files): 80, 10 and 10 % for training, validation and test, by content."""
    texts, labels, classes = review_files.read(path, text, label, csv_format, stars)
    splits = split_by_share(shares(texts))
    rated = f", of {stars} stars the lowest third as negative and the highest third as positive" if stars else ""
    source = sources.of_user(path.stem, f"a CSV file of the user's{rated}")
    return Reviews(texts, labels, splits, source, classes)
