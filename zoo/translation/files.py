"""A user's sentences in a text file: a column for each language, separated by tabs or as in other CSV files."""

import re
from collections.abc import Sequence
from pathlib import Path

from zoo.core.csv_files import CsvFile
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.errors import UserError

MOST_LANGUAGES = 20
LANGUAGE = re.compile(r"[^\W\d_][\w-]{0,19}")  # how a language may be called: "de", "German", "pt-BR"


def columns(path: Path, csv_format: Format = AS_FOUND) -> tuple[str, ...]:
    """The names of all columns of a file. UserError where it is missing or no table."""
    return tuple(CsvFile(path, csv_format).header)


def read(path: Path, languages: Sequence[str] | None = None, csv_format: Format = AS_FOUND) -> dict[str, list[bytes]]:
    """The sentences of a file by language. Rows with an empty cell are left out, and the log tells how many they are.

    Args:
        path: a file whose header names the languages, with an example in each row.
        languages: those to read, which the file has; None: all columns are languages.
        csv_format: how the file is written, where the user says it.

    Raises:
        UserError: a file that is missing or no such table.
    """
    file = CsvFile(path, csv_format)
    languages = tuple(languages or file.header)
    for name in languages:
        if not LANGUAGE.fullmatch(name):
            raise UserError(f"{path}: {name[:40]!r} is no name of a language: its first row has to name them, such as en and de")
    if len(languages) < 2:
        raise UserError(f"{path} has one column, {languages[0]!r}: sentences in two languages are needed, separated by a tab")
    if len(languages) > MOST_LANGUAGES:
        raise UserError(f"{path} has {len(languages)} columns: {MOST_LANGUAGES} languages are the most")
    folded = [name.casefold() for name in languages]
    twice = [name for name in languages if folded.count(name.casefold()) > 1]
    if twice:
        raise UserError(f"{path} has two columns called {twice[0]!r}: give each language a name of its own")
    texts: dict[str, list[bytes]] = {name: [] for name in languages}
    for _, cells in file.filled(languages):
        for sentences, cell in zip(texts.values(), cells, strict=True):
            sentences.append(" ".join(cell.split()).encode("utf-8"))
    if not texts[languages[0]]:
        raise UserError(f"{path} has no row with a sentence in each language")
    return texts
