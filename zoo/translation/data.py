"""Sentences in several languages from any source, and their splits."""

from collections.abc import Sequence
from pathlib import Path

from zoo.core import sources
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.dataset import split_by_share
from zoo.core.errors import UserError
from zoo.core.names import unknown
from zoo.translation import dataset, multi30k
from zoo.translation import files as sentence_files
from zoo.translation.dataset import Sentences

DEFAULT_LANGUAGES = ("en", "de", "fr")  # of Multi30k, which has Czech, too


def load(
    name_or_path: str, languages: Sequence[str] | None = None, csv_format: Format = AS_FOUND, common: bool = False
) -> Sentences:
    """The sentences of Multi30k, or those of a user's file.

    Args:
        name_or_path: "multi30k", a folder with the files of Multi30k, or a file with a column for each language.
        languages: those to use; None: English, German and French of Multi30k, all of a file.
        csv_format: how the file is written, where the user says it.
        common: of `languages`, those that the data lack are left out.

    Raises:
        UserError: an unknown name, a file that cannot be used, an unknown language, or data that cannot be found.
    """
    path = Path(name_or_path)
    if name_or_path == multi30k.NAME or path.is_dir():
        if csv_format != AS_FOUND:
            raise UserError(f"{name_or_path} is no CSV file: leave out the delimiter, the encoding and the quotes")
        sentences = _multi30k(None if name_or_path == multi30k.NAME else path, languages or DEFAULT_LANGUAGES, common)
    elif path.suffix in (".csv", ".tsv", ".txt") or path.exists():
        sentences = from_file(path, csv_format)
        sentences = dataset.of_languages(sentences, languages or sentences.languages, common)
    else:
        raise unknown("data set", name_or_path, (multi30k.NAME,), "give a .tsv or .csv file with a column for each language")
    sources.announce(sentences.source)
    return sentences


def _multi30k(folder: Path | None, languages: Sequence[str], common: bool) -> Sentences:
    """Multi30k, from a user's folder or from TensorFlow Datasets, which nothing else needs."""
    languages = dataset.chosen(multi30k.NAME, languages, multi30k.LANGUAGES, common)
    if folder is None:
        from zoo.translation import multi30k_builder

        return multi30k_builder.load(languages)
    if not multi30k.in_folder(folder):
        raise UserError(
            f"{folder} holds no file of Multi30k ({multi30k.file_name('train', 'en')} and so on): give such a folder, or a .tsv "
            "or .csv file with a column for each language"
        )
    return multi30k.from_folder(folder, languages)


def from_file(path: Path, csv_format: Format = AS_FOUND) -> Sentences:
    """The sentences of a file (zoo.translation.files): 80, 10 and 10 % for training, validation and test, by content."""
    texts = sentence_files.read(path, csv_format)
    splits = split_by_share(dataset.shares(texts))
    return Sentences(texts, splits, sources.of_user(path.stem, "a file of the user's"))
