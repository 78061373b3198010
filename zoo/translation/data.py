"""Sentences in several languages from any source, and their splits."""

from collections.abc import Sequence
from pathlib import Path

from zoo.core import sources
from zoo.core.cards import Card
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
        if languages:
            languages = dataset.chosen(path.stem, languages, sentence_files.columns(path, csv_format), common)
        sentences = from_file(path, languages, csv_format)
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


def as_learned(
    name_or_path: str, learned: Card, of_model: Sequence[str], languages: Sequence[str] | None, csv_format: Format = AS_FOUND
) -> tuple[Sentences, bool]:
    """The sentences on which a model is to be measured, and whether it has learned from the training split of them.

    Which split an example is in depends on all languages that were learned, so these are read first.

    Args:
        name_or_path: as for `load`.
        learned: the card of the model.
        of_model: the languages of the model, of which the data may lack some.
        languages: those to measure; None: those of the model that the data have.
        csv_format: how the file is written, where the user says it.

    Raises:
        UserError: as `load`.
    """
    wanted = load(name_or_path, languages or of_model, csv_format, common=not languages)
    if wanted.source.is_ours(multi30k.NAME):
        return wanted, True
    orders = [wanted.languages]
    if not Path(name_or_path).is_dir():
        known = sentence_files.columns(Path(name_or_path), csv_format)
        orders += [tuple(each for each in of_model if each in known), tuple(each for each in known if each in of_model)]
    for order in dict.fromkeys(orders):
        sentences = wanted if order == wanted.languages else load(name_or_path, order, csv_format)
        if sentences.fingerprint() == learned.dataset.sha256:
            return dataset.of_languages(sentences, wanted.languages), True
    return wanted, False


def from_file(path: Path, languages: Sequence[str] | None = None, csv_format: Format = AS_FOUND) -> Sentences:
    """The sentences of a file (zoo.translation.files): 80, 10 and 10 % for training, validation and test, by content."""
    texts = sentence_files.read(path, languages, csv_format)
    splits = split_by_share(dataset.shares(texts))
    return Sentences(texts, splits, sources.of_user(path.stem, "a file of the user's"))
