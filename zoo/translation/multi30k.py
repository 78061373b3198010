"""Multi30k: captions of Flickr30k's pictures in English, and their translations into German, French and Czech.

Task 1 of the data set: 29,000 examples for training, 1,014 for validation, and the 1,000 of `test_2016_flickr`, on which the
literature counts BLEU. Its files are recognised by their names and sha256, so they can lie in any folder.
"""

import gzip
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from zoo.core.errors import UserError
from zoo.core.sources import Source
from zoo.translation.dataset import Sentences

NAME = "multi30k"
VERSION = "1.0.0"
HOST = "raw.githubusercontent.com"
COMMIT = "a3d2e0d26b56f3846f66a952536ffed4e401d05a"
ADDRESS = f"https://{HOST}/multi30k/dataset/{COMMIT}/data/task1/raw"
LICENCE = (
    "none stated for the sentences: captions of Flickr30k's pictures and their translations, published for research and "
    "education by Elliott et al. (2016: English and German; 2017: French) and Barrault et al. (2018: Czech), who ask to be cited"
)
LANGUAGES = ("en", "de", "fr", "cs")
FILES = {"train": "train", "validation": "val", "test": "test_2016_flickr"}  # how the files of each split begin
SHA256 = {
    "train.en.gz": "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f",
    "train.de.gz": "726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6",
    "train.fr.gz": "622e75069e9f4c577425c4f277116ce66e63a2401c0a2312d90073cb12379a3c",
    "train.cs.gz": "a65adb8b32e3bc664f21ecba7a6e7f6950fd1f405e135f7c312faabdb6255077",
    "val.en.gz": "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28",
    "val.de.gz": "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a",
    "val.fr.gz": "ca3106f1a72390591d25f6c45cb4cd39dec4cd3f123e099748a3ce5256c160e9",
    "val.cs.gz": "b63226e05c4bd5dd6a42897d74b86a1b9d2c31498252c572b1ea7f7996927fcc",
    "test_2016_flickr.en.gz": "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9",
    "test_2016_flickr.de.gz": "9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8",
    "test_2016_flickr.fr.gz": "6d326e188d259fb1d04ac19eae3af956559b3a0b93d7635e56c90987c40c8b90",
    "test_2016_flickr.cs.gz": "200a4a74cc9560f051924abb9803be008d1908d77f747e9141aeb86dfd2797f1",
}


def file_name(split: str, language: str) -> str:
    """The name of the file with the sentences of a split in a language."""
    return f"{FILES[split]}.{language}.gz"


def in_folder(folder: Path) -> bool:
    """Whether a folder holds a file of the data set, which its name shows."""
    return any((folder / name).is_file() for name in SHA256)


def from_folder(folder: Path, languages: Sequence[str]) -> Sentences:
    """The data set in some of its languages, from a folder with its files.

    Raises:
        UserError: a file is missing, or is not that of the data set.
    """
    files = {name: folder / name for name in SHA256}
    return sentences({split: read(files, split, languages) for split in FILES}, "files of the user with the published sha256")


def read(files: Mapping[str, Path], split: str, languages: Sequence[str]) -> dict[str, list[bytes]]:
    """The sentences of a split in each language, from files that are named as in SHA256.

    Raises:
        UserError: a file cannot be read, or has another sha256.
    """
    return {language: _lines(files[name], name) for language in languages for name in [file_name(split, language)]}


def _lines(path: Path, name: str) -> list[bytes]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"Multi30k's file {name} cannot be read: {path}: {str(error.strerror).lower()}") from error
    if (found := hashlib.sha256(content).hexdigest()) != SHA256[name]:
        raise UserError(f"{path} is not Multi30k's {name}: its sha256 is {found}, not {SHA256[name]}; fetch {ADDRESS}/{name}")
    return gzip.decompress(content).removesuffix(b"\n").split(b"\n")


def sentences(parts: Mapping[str, Mapping[str, list[bytes]]], how: str) -> Sentences:
    """The data set from the sentences of each split, by language."""
    splits = np.concatenate([np.full(len(next(iter(part.values()))), split) for split, part in parts.items()])
    languages = next(iter(parts.values()))
    texts = {each: [sentence.strip() for part in parts.values() for sentence in part[each]] for each in languages}
    return Sentences(texts, splits, Source(NAME, VERSION, how, LICENCE))
