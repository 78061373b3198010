"""Files that somebody uploads: counted and weighed before they are read, and deleted when they have been.

Gradio puts an upload into a folder that is named after its bytes, and `zoo.web.guard` lets no event name another path or an
address. Here a file is checked by its bytes, not by what its name promises.
"""

import contextlib
import shutil
import stat
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PureWindowsPath

from zoo.core.errors import UserError
from zoo.core.messages import brief

MEGABYTE = 1_000_000
MOST_BYTES = 10 * MEGABYTE  # of one file
MOST_WAITING = 500 * MEGABYTE  # of all uploads that nothing has used yet
MOST_SECONDS = 3_600  # that an upload waits for its use
MOST_FILES = 1_000  # in a zip
MOST_UNPACKED = 50 * MEGABYTE  # of all files in a zip together
MOST_CHARACTERS = 200_000  # of a text that is typed or pasted
CHUNK = 1 << 16
LONGEST = 60  # characters of a name; no system takes more than 255 bytes
# What every system packs with. The others may ask for gigabytes of memory before they give a byte.
PACKED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def text(value: str | None, most: int = MOST_CHARACTERS) -> str:
    """A text that somebody typed or pasted; none is "". Raises UserError for one of more than `most` characters."""
    value = value or ""
    if len(value) > most:
        raise UserError(f"the text has {len(value):,} characters: paste at most {most:,}")
    return value


@contextlib.contextmanager
def taken(path: str | Path | None, suffixes: Sequence[str], most: int = MOST_BYTES) -> Iterator[Path]:
    """An uploaded file for the time of a `with`; afterwards it is deleted.

    It is moved first: who uploads the same bytes under the same name meanwhile gets the same path from Gradio.

    Args:
        path: as an upload component with type="filepath" gives it; None where nothing was uploaded.
        suffixes: the endings that are taken, such as (".mid", ".abc").
        most: bytes of the file.

    Raises:
        UserError: nothing was uploaded; another event has taken the file; it has another ending, is empty or too large.
    """
    if path is None:
        raise UserError("no file: choose one first")
    with tempfile.TemporaryDirectory(prefix="studio-") as folder:
        file = Path(folder) / Path(path).name
        try:
            shutil.move(path, file)
        except FileNotFoundError as error:
            raise UserError(f"{name_of(file)} is gone: choose the file again") from error
        if file.suffix.lower() not in suffixes:
            raise UserError(
                f"{name_of(file)} ends in {file.suffix or 'nothing'!r}: choose a file that ends in {_either(suffixes)}"
            )
        size = file.stat().st_size
        if size > most:
            raise UserError(f"{name_of(file)} has {size / MEGABYTE:.1f} MB: choose a file of at most {most / MEGABYTE:g} MB")
        if size == 0:
            raise UserError(f"{name_of(file)} is empty: choose another file")
        yield file


def waiting(paths: Iterable[str | Path], clock: Callable[[], float] = time.time) -> int:
    """The bytes of the uploads at these paths that nothing has used yet. Those of more than an hour are deleted: nothing will."""
    total = 0
    for path in map(Path, paths):
        with contextlib.suppress(FileNotFoundError):  # it has been used
            status = path.stat()
            if clock() - status.st_mtime > MOST_SECONDS:
                path.unlink()
            else:
                total += status.st_size
    return total


@contextlib.contextmanager
def unpacked(path: Path, suffixes: Sequence[str]) -> Iterator[Path]:
    """The files of a zip, in one folder without sub-folders, for the time of a `with`; afterwards it is deleted.

    Sizes are counted while the bytes come out: what a zip says of itself may be false. Files with other endings are left out.

    Raises:
        UserError: it is no zip, is encrypted or damaged, names a place outside of itself, holds too many files or too large ones,
            or none with these endings.
    """
    folder = Path(tempfile.mkdtemp(prefix="studio-"))
    try:
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, folder, suffixes, name_of(path))
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
            raise UserError(f"{name_of(path)} is not a zip file that can be read: pack the files again") from error
        except RuntimeError as error:  # zipfile's error for a password
            raise UserError(f"{name_of(path)} is locked by a password: pack the files without one") from error
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(archive: zipfile.ZipFile, folder: Path, suffixes: Sequence[str], name: str) -> None:
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    if len(entries) > MOST_FILES:
        raise UserError(f"{name} holds {len(entries):,} files: at most {MOST_FILES:,}")
    left, found = MOST_UNPACKED, 0
    for entry in entries:
        inner = PureWindowsPath(entry.filename)  # it takes / and \ as they are taken on any system, and knows drives
        if inner.anchor or ".." in inner.parts or stat.S_ISLNK(entry.external_attr >> 16):
            raise UserError(f"{name} holds {brief(entry.filename)!r}, which names a place outside of it: pack the files again")
        if inner.suffix.lower() not in suffixes or inner.name.startswith("."):
            continue
        if entry.compress_type not in PACKED:
            raise UserError(f"{name} is packed in an unusual way: pack the files again as a plain zip")
        # The name without its folders: no name of the archive becomes a path. Of two files of one name the second gets a number.
        own, number = inner.name[-LONGEST:], found
        target = folder / own
        while target.exists():
            target, number = folder / f"{number}-{own}", number + 1
        with archive.open(entry) as source, target.open("xb") as out:
            while chunk := source.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise UserError(f"{name} holds more than {MOST_UNPACKED / MEGABYTE:g} MB when unpacked: take fewer files")
                out.write(chunk)
        found += 1
    if not found:
        raise UserError(f"{name} holds no file that ends in {_either(suffixes)}: pack such files")


def name_of(path: Path) -> str:
    """A file's own name, without the folder of this machine that it lies in, fit for a message."""
    return brief(path.name)


def _either(suffixes: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(suffixes[:-1]), suffixes[-1])))
