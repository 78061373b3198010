"""Where a data set comes from. The first source that is at hand is used, and named in the log:

1. a copy that is prepared for TensorFlow Datasets, in TFDS_DATA_DIR or ~/tensorflow_datasets;
2. a download by TensorFlow Datasets, if its server answers within three seconds (TFDS alone would retry for minutes);
3. data that a Python package carries or that are drawn. The data set's own module in its wing reads or draws them, and `built`
   keeps the result in the user's cache folder.

A hash of an example's content decides its split (`share`), so the splits are the same on every machine.
"""

import atexit
import contextlib
import hashlib
import io
import logging
import os
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from zoo.core.cards import OWN
from zoo.core.errors import UserError

HOME = Path("~/tensorflow_datasets")
PROBE_SECONDS = 3.0
PREPARED = "prepared for TensorFlow Datasets"  # how data came that were there already

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Source:
    """Where data came from. A stand-in is not the real thing: it may serve training, never `evaluate`."""

    name: str
    version: str
    how: str
    licence: str
    stand_in: bool = False

    def is_ours(self, name: str) -> bool:
        """Whether this is the data set that we call so, and not a user's file of the same name."""
        return self.name == name and self.licence != OWN


def of_user(name: str, how: str) -> Source:
    """The source of a user's own data."""
    return Source(name, "as given", how, OWN)


def tell(text: str) -> None:
    """Logs a notice about the data that are read."""
    _log.info("data: %s", text)


@lru_cache(maxsize=64)  # a studio that runs for months reads the files of many users
def announce(source: Source) -> None:
    """Logs once which data are used."""
    what = f"{source.name} {source.version}: {source.how}"
    tell(what + (" (a stand-in, not the real data set)" if source.stand_in else ""))


def prepared_folders() -> list[Path]:
    """The folders where prepared data sets are looked for, the user's own choice first."""
    chosen = os.environ.get("TFDS_DATA_DIR")
    return [Path(chosen).expanduser(), HOME.expanduser()] if chosen else [HOME.expanduser()]


def online(host: str, seconds: float = PROBE_SECONDS) -> bool:
    """Whether `host` answers on port 443 within `seconds`, the look-up of its name included."""
    answers: list[bool] = []

    def connect() -> None:
        try:
            socket.create_connection((host, 443), seconds).close()
        except OSError:
            return
        answers.append(True)

    # In a thread that nobody waits for, since the look-up of a name obeys no time-out of Python's.
    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(seconds)
    return bool(answers)


def prepared(name: str, version: str) -> Any | None:
    """A TFDS builder of a data set that is prepared already, or None. Nothing is downloaded; see `tfds_builder`."""
    for folder in prepared_folders():
        path = folder / name / version
        if (path / "dataset_info.json").is_file():
            import tensorflow_datasets as tfds

            return tfds.builder_from_directory(path)
    return None


def tfds_builder(name: str, version: str, host: str) -> tuple[Any, str] | None:
    """A prepared TFDS builder and how it came, or None where there is neither data nor network.

    Args:
        name: the data set and, where it has one, its configuration: "mnist", "imdb_reviews/plain_text".
        version: the exact version, "3.0.1".
        host: the server that its files are downloaded from; probed before a download.
    """
    import tensorflow_datasets as tfds
    from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError

    if (found := prepared(name, version)) is not None:
        return found, PREPARED
    if not online(host):
        return None
    tell(f"downloading {name} {version} from {host}")
    builder = tfds.builder(f"{name}:{version}", data_dir=prepared_folders()[0])
    try:
        with contextlib.redirect_stdout(sys.stderr):  # where notices belong
            builder.download_and_prepare()
    except (OSError, tfds.download.DownloadError, NonMatchingChecksumError) as error:
        tell(f"the download of {name} failed: {error}".splitlines()[0])
        return None
    return builder, "downloaded by TensorFlow Datasets"


def cache_folder() -> Path:
    """Where data sets that we build are kept: ~/.cache/intro-zoo on Linux, and what other systems have for it."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("intro-zoo", appauthor=False)) / "datasets"


def found_built(data_set: Any) -> Any | None:
    """A data set of a TFDS builder of ours that is prepared already, or None."""
    import tensorflow_datasets as tfds

    for folder in (*prepared_folders(), cache_folder()):
        path = folder / data_set.name / str(data_set.VERSION)
        if (path / "dataset_info.json").is_file():
            return tfds.builder_from_directory(path)
    return None


def built(data_set: Any, what: str, origin: str) -> Any:
    """A data set of a TFDS builder of ours: prepared already, or built now, which is told once.

    Where the cache folder cannot be written, it is built in a temporary folder, for this process alone.

    Args:
        data_set: the builder's class, whose `name` and `VERSION` name its folder.
        what: what a user calls it: "the folk tunes".
        origin: what it is made from: "the package music21".

    Raises:
        UserError: when there is no place at all to write to.
    """
    found = found_built(data_set)
    if found is not None:
        return found
    cache = cache_folder()
    kept = f"kept in {cache}"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=cache).close()
    except OSError as error:
        try:
            place = tempfile.mkdtemp()
        except OSError:
            raise UserError(f"cannot build {what}: neither {cache} nor a temporary folder can be written to") from error
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        cache, kept = Path(place), f"for this time only, since {cache} cannot be written to"
    tell(f"building {what} from {origin}; {kept}")
    made = data_set(data_dir=cache)
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # TFDS says "Downloading", which it does not
            made.download_and_prepare()
    except OSError as error:
        raise UserError(f"cannot build {what} in {cache}: {error.strerror or error}; free some space there") from error
    return made


def share(content: bytes) -> float:
    """A number in [0, 1) that depends on the content alone: `share(text) < 0.1` is a fixed tenth of any data."""
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "big") / 2**64


def fingerprint(examples: Iterable[bytes]) -> str:
    """The sha256 of the data's content: of its examples' own sha256, sorted, so that their order is no part of it."""
    digests = sorted(hashlib.sha256(example).digest() for example in examples)
    return hashlib.sha256(b"".join(digests)).hexdigest()
