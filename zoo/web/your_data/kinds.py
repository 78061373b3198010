"""What somebody can bring: a table, reviews, a text, tunes, sentence pairs, pictures; and how a wing reads each."""

import itertools
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from zoo import registry
from zoo.core.csv_files import CsvFile
from zoo.core.errors import UserError
from zoo.core.messages import brief
from zoo.core.startup import import_tensorflow
from zoo.web.imports import import_data_sets
from zoo.web.your_data.hearing import heard

ROWS = 5  # of a table that are shown
MOST_COLUMNS = 500
MOST_CHOICES = 100  # of a field
LINES = 12  # of a text that are shown
NAMES = 20  # of the files of a zip that are shown
CAPTIONS = ("captions.csv", "captions.tsv", "captions.txt")
MUSIC = (".mid", ".midi", ".abc", ".musicxml", ".xml", ".mxl")
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
TEXT_NAMES, LABEL_NAMES = ("text", "review", "sentence", "comment", "message"), ("label", "sentiment", "class", "stars", "rating")


class Field(NamedTuple):
    """A field of the form in which a trained table model is tried.

    Args:
        name: of the column.
        kind: "number", "category", "boolean" or "date".
        value: that the field begins with.
        choices: the texts to choose from, the most frequent first; empty for numbers and dates.
        low, high, step: of a number.
    """

    name: str
    kind: str
    value: Any
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0


@dataclass(frozen=True)
class Look:
    """How data look before a wing has read them: columns and first rows, or lines of a text, or names of files."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Read:
    """What a wing has read.

    Args:
        sizes: the number of examples of each split.
        options: those of the training that follow from what was asked.
        notices: what the wing tells of the data, a sentence each.
        kinds: of the columns that the network reads.
        fields: of the form for trying a model of this table.
    """

    sizes: Mapping[str, int]
    options: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of data.

    Args:
        title: on the page.
        needs: what the file must hold, in words.
        networks: those that learn from it, by their names in the registry, with what they are in words.
        suffixes: of the file.
        inside: of the files in it, where it is a zip; else empty.
        look: shows the data as they are.
        reader: reads them, of the path and what was asked, by name.
        what: the examples are called.
    """

    title: str
    needs: str
    networks: Mapping[str, str]
    suffixes: tuple[str, ...]
    look: Callable[[Path], Look]
    reader: Callable[..., Read]
    what: str
    inside: tuple[str, ...] = ()

    def read(self, path: Path, **asked: Any) -> Read:
        """What the wing reads, with its notices. Raises UserError for data that cannot be learned from."""
        notices = list[str]()
        import_tensorflow()
        import_data_sets()  # which the wings import to read with
        with heard(notices.append):
            read = self.reader(path, **asked)
        told = (*(line for notice in notices for line in notice.splitlines()), *read.notices)
        return Read(read.sizes, read.options, tuple(dict.fromkeys(told)), read.kinds, read.fields)


def look_at_table(path: Path) -> Look:
    """The columns and the first rows of a CSV file. Raises UserError for one that is no table, or too wide."""
    file = CsvFile(path)
    if len(file.header) > MOST_COLUMNS:
        raise UserError(f"{path.name} has {len(file.header):,} columns: at most {MOST_COLUMNS}")
    with closing(file.rows()) as rows:
        return Look(tuple(file.header), tuple(tuple(cells) for _, cells in itertools.islice(rows, ROWS)))


def look_at_text(path: Path) -> Look:
    """The first lines of a text."""
    text: str = registry.resolve("zoo.writing.files:read_file")(path)
    return Look(("",), tuple((line,) for line in text.splitlines()[:LINES]))


def look_at_folder(path: Path) -> Look:
    """The names of the first files of a folder, and how many more there are."""
    names = sorted(each.name for each in path.iterdir())
    more = [f"and {len(names) - NAMES:,} more"] if len(names) > NAMES else []
    return Look(("file",), tuple((name,) for name in [*names[:NAMES], *more]))


def read_table(
    path: Path,
    target: str = "",
    task: str = "",
    ignore: Sequence[str] = (),
    decimal: str = "",
    dates: str = "",
    balanced: bool = False,
) -> Read:
    """A table with a column to predict.

    Args:
        path: a CSV file.
        target: the column; "": the last one.
        task: "classification" or "regression"; "": the cells decide.
        ignore: columns to leave out.
        decimal: the decimal sign where the cells leave it open.
        dates: "day first" or "month first", likewise.
        balanced: each class counts the same, however rare it is.
    """
    target = target or CsvFile(path).header[-1]
    day_first = {"day first": True, "month first": False}.get(dates)
    hints = registry.resolve("zoo.tables.reading.hints:Hints")(
        decimal=decimal, day_first=day_first, ignore=tuple(name for name in ignore if name != target)
    )
    table = registry.resolve("zoo.tables.data:load")(str(path), target, task or None, hints=hints)
    table.check_trainable()
    schema = table.schema
    options = {
        "target": target,
        "task": task or None,
        "hints": hints if hints != type(hints)() else None,
        "class_weights": "balanced" if balanced and schema.classes else None,
    }
    kinds = dict(zip(schema.names, schema.kinds, strict=True))
    fields = tuple(field_of(name, kind, table.columns[name]) for name, kind in kinds.items())
    kinds[schema.target] = f"to predict: {f'{len(schema.classes)} classes' if schema.classes else 'a number'}"
    return Read(table.sizes(), options, tuple(table.remarks()), kinds, fields)


def field_of(name: str, kind: str, values: np.ndarray) -> Field:
    """The field for a column, which begins with its first value; see `zoo.tables.schema.Columns` for the values [n]."""
    if kind == "number":
        known = values[np.isfinite(values)]
        if not len(known):
            return Field(name, kind, 0.0)
        low, high = float(str(known.min())), float(str(known.max()))
        whole = bool((known == np.round(known)).all())
        step = 1.0 if whole else 10.0 ** (math.floor(math.log10(high - low)) - 2) if high > low else 0.01
        return Field(name, kind, float(str(known[0])), (), low, high if high > low else low + step, step)
    texts = [text.decode("utf-8", errors="replace") for text in values.tolist() if text]
    if kind == "date":
        return Field(name, kind, texts[0] if texts else "")
    choices = tuple(text for text, _ in Counter(texts).most_common(MOST_CHOICES))
    value = texts[0] if texts else ""
    if texts and value not in choices:  # Gradio refuses a value that it does not offer
        choices = (value, *choices[:-1])
    return Field(name, kind, value, choices)


def read_reviews(path: Path, text: str = "", label: str = "", stars: int = 0) -> Read:
    """Texts with labels.

    Args:
        path: a CSV file.
        text, label: its columns; "": those whose names fit.
        stars: the labels are ratings from 1 to so many; 0: they are classes.
    """
    guess = text_and_label(CsvFile(path).header)
    text, label = text or guess[0], label or guess[1]
    if text == label:
        raise UserError(f"the column {text} cannot be both the text and the label: choose two columns")
    reviews = registry.resolve("zoo.sentiment.data:load")(str(path), text, label, stars=stars or None)
    registry.resolve("zoo.sentiment.dataset:check_trainable")(reviews)
    return Read(reviews.sizes(), {"text": text, "label": label, "stars": stars or None}, (), {text: "text", label: "label"})


def text_and_label(header: Sequence[str]) -> tuple[str, str]:
    """The columns that are probably the text and its label: by their names, else the first and the last one."""

    def called(names: Sequence[str], otherwise: str) -> str:
        return next((each for name in names for each in header if name in each.lower()), otherwise)

    label = called(LABEL_NAMES, header[-1])
    others = [each for each in header if each != label] or list(header)
    return called(TEXT_NAMES, others[0]) if called(TEXT_NAMES, others[0]) != label else others[0], label


def read_text(path: Path) -> Read:
    """A text, from which a network learns to write on."""
    return Read(registry.resolve("zoo.writing.data:load")(str(path)).sizes())


def read_tunes(path: Path, melody: bool = False) -> Read:
    """A folder of music; `melody`: only the melody of each piece."""
    music = registry.resolve("zoo.music.data.sets:load")(str(path), None, melody or None)
    return Read(music.sizes(), {"melody": melody or None}, tuple(music.report.splitlines()))


def read_pairs(path: Path) -> Read:
    """Sentences in two or more languages."""
    sentences = registry.resolve("zoo.translation.data:load")(str(path))
    registry.resolve("zoo.translation.dataset:check_trainable")(sentences)
    return Read(sentences.sizes(), {}, (), dict.fromkeys(sentences.languages, "language"))


def read_pictures(path: Path) -> Read:
    """A folder of pictures with a file of captions."""
    _check_names(path)
    captions = registry.resolve("zoo.captions.data:load")(str(path))
    registry.resolve("zoo.captions.dataset:check_trainable")(captions)
    return Read(captions.sizes())


def _check_names(folder: Path) -> None:
    """Raises UserError where a file of captions names a picture by a path, which could lead to any file of this machine."""
    for file in (folder / name for name in CAPTIONS if (folder / name).is_file()):
        table = CsvFile(file)
        columns = [i for i, name in enumerate(table.header) if name in ("picture", "image")]
        with closing(table.rows()) as rows:
            for place, cells in rows:
                for name in (cells[i].strip() for i in columns):
                    if "/" in name or "\\" in name or name.startswith("."):
                        raise UserError(
                            f"{file.name}, row {place}: {brief(name)!r} is no plain name: write the picture's name alone"
                        )


KINDS = {
    "table": Kind(
        "A table: predict a column",
        "A CSV file whose first row names the columns. One of them is to be predicted from the others: a class or a number.",
        {"mlp": "multilayer perceptron", "perceptron": "perceptron"},
        (".csv", ".tsv", ".txt"),
        look_at_table,
        read_table,
        "rows",
    ),
    "reviews": Kind(
        "Reviews: tell texts apart",
        "A CSV file with a column of texts and a column of labels, such as positive and negative, or topics.",
        {"sentiment_transformer": "transformer"},
        (".csv", ".tsv", ".txt"),
        look_at_table,
        read_reviews,
        "texts",
    ),
    "text": Kind(
        "A text: write on in its style",
        "A text file (.txt) of at least 10,000 characters: a book, plays, your own letters.",
        {"writing_lstm": "LSTM"},
        (".txt",),
        look_at_text,
        read_text,
        "characters",
    ),
    "tunes": Kind(
        "Tunes: compose in their style",
        "A zip of MIDI, ABC or MusicXML files. From twenty tunes on it becomes interesting.",
        {"music_lstm": "LSTM"},
        (".zip",),
        look_at_folder,
        read_tunes,
        "pieces",
        MUSIC,
    ),
    "pairs": Kind(
        "Sentence pairs: translate",
        "A file with a column for each language, separated by tabs (TSV) or commas; the first row names the languages.",
        {"translation_transformer": "transformer"},
        (".tsv", ".csv", ".txt"),
        look_at_table,
        read_pairs,
        "examples",
    ),
    "pictures": Kind(
        "Pictures: caption them",
        "A zip of pictures and a file captions.csv, with the columns picture (a file's name) and caption.",
        {"captioner": "convolutional network and transformer"},
        (".zip",),
        look_at_folder,
        read_pictures,
        "pictures",
        (*PICTURES, ".csv", ".tsv", ".txt"),
    ),
}
