"""Files that are written whole or not at all, and never over something that is not ours.

A command may replace a picture, a page or figures that an earlier command made, so that it can be repeated. It knows such a
file by its mark, "Intro Zoo, sha256 ...": the sha256 is that of the file without the mark, so that a file that somebody has
changed since is no longer taken for ours. The mark stands in a PNG's standard text `Software`, in the `generator` of a page
(HTML) or of figures (JSON), and in a comment of other text (Markdown). Music has no mark: no command replaces it (see
`write_new`).
"""

import errno
import hashlib
import io
import os
import re
import struct
import tempfile
import warnings
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from zoo.core.cards import is_model
from zoo.core.errors import UserError

_MARK = re.compile(rb"Intro Zoo, sha256 ([0-9a-f]{64})")
_MARK_LINE = re.compile(rb"^.*Intro Zoo, sha256 [0-9a-f]{64}.*\n", re.MULTILINE)
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_HEAD = 33  # bytes of a PNG's signature and of its first chunk, IHDR
_LARGEST = 100_000_000  # bytes of a file in which a mark is looked for


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it: into a new file beside it, which then takes its place.

    When writing fails, what stood at `path` stays as it was. UserError for a place that cannot be written to.
    """
    path = Path(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(beside, "wb") as file:
            file.write(content)
        os.replace(beside, path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        raise UserError(f"cannot write {str(path)!r}: {str(error.strerror).lower()}; choose another place") from error
    finally:
        if beside.is_file():
            beside.unlink()


def write_marked(path: str | Path, content: bytes) -> None:
    """Write a file that a command may later replace: with the mark, as `write_whole` does; missing folders are made."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, marked(content))


def write_picture(figure: Any, path: str | Path) -> None:
    """Write a figure of matplotlib's as PNG, as `write_marked` does; the same picture is the same bytes."""
    write_marked(path, png(figure))


def png(figure: Any) -> bytes:
    """A figure of matplotlib's as the bytes of a PNG; the same picture is the same bytes."""
    content = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # titles in scripts that the font lacks show boxes
        # No name of a software with its version.
        figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


def write_new(folder: Path, names: Iterable[str], contents: Mapping[str, bytes]) -> list[Path]:
    """Write files that belong together, such as a tune as .mid and .png, under the first name that is free.

    A name is free where each of its files is missing or already holds the very same bytes: so the same command twice gives
    the same files, and nothing is ever replaced.

    Args:
        folder: where to; it exists.
        names: without suffix, in the order in which they are tried; without end.
        contents: bytes by suffix, without its point.

    Returns:
        The paths, in the order of `contents`. UserError where the folder cannot be written to.
    """
    for name in names:
        paths = [folder / f"{name}.{suffix}" for suffix in contents]
        claimed: list[Path] = []
        try:
            for path, content in zip(paths, contents.values(), strict=True):
                if not _holds(path, content):
                    path.open("xb").close()  # fails where there is anything, also what another process has just made
                    claimed.append(path)
            while claimed:
                write_whole(claimed[-1], contents[claimed[-1].suffix[1:]])
                claimed.pop()
            return paths
        except FileExistsError:
            continue
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            raise UserError(f"cannot write in {str(folder)!r}: {str(error.strerror).lower()}; choose another place") from error
        finally:
            for path in claimed:  # still empty
                path.unlink()
    raise AssertionError("the names came to an end")


def numbered(stem: str, first: int | None = None) -> Iterator[str]:
    """The names to try for a result: stem-1, stem-2 ... from `first` on; without `first` stem itself, then stem-2, stem-3 ...

    A stem that is too long for a file's name is cut.
    """
    while len(os.fsencode(stem)) > 200:
        stem = stem[:-1]
    if first is None:
        yield stem
        first = 2
    while True:
        yield f"{stem}-{first}"
        first += 1


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content


def check_folder(label: str, folder: Path, file: Path | None = None) -> None:
    """Raises UserError where no file can be written into a folder, which may yet be missing.

    To be called before the work, which would be lost. A model's folder is refused: its card lists all of its files.

    Args:
        label: what the user calls it: "--out", or "the model".
        folder: the folder.
        file: the file, where a file in it was named.
    """
    given = file or folder
    real = Path(os.path.realpath(folder))
    check_length(label, folder, real)
    if os.path.lexists(folder) and not folder.is_dir():
        told = f"{label} {given}: {folder}" if file else f"{label} {folder}"
        raise UserError(f"{told} is a file: name a folder")
    parent = next(each for each in (real, *real.parents) if os.path.lexists(each))
    try:
        tempfile.TemporaryFile(dir=parent).close()
    except OSError as error:
        raise UserError(
            f"{label} {given}: {parent} is no folder that can be written to ({str(error.strerror).lower()}); name another place"
        ) from error
    for each in (real, *real.parents):
        if is_model(each):
            raise UserError(
                f"{label} {given} is in the folder of a model, {each}, whose card lists all its files: name another place"
            )


def check_file(label: str, path: Path, inputs: Iterable[Path] = ()) -> None:
    """Raises UserError where a command must not write a file. To be called before the work.

    It may replace what an earlier command made and nobody has changed since, and nothing else: no file of the user's, none of its
    own `inputs`; of a folder as input that is every file in it.
    """
    check_folder(label, path.parent, path)
    check_length(label, path, Path(os.path.realpath(path.parent)) / path.name)
    if not os.path.lexists(path):
        return
    if path.is_dir():
        raise UserError(f"{label} {path} is a folder: name a file")
    ways = [each for each in (path, path.parent) if each.exists()]
    if any(os.path.exists(given) and os.path.samefile(given, each) for given in inputs for each in ways):
        raise UserError(f"{label} {path} is an input of this command: name another file")
    if not is_ours(path):
        raise UserError(
            f"{label} {path} exists, and is not as a command of this project left it: name another file, or remove it"
        )


def check_length(label: str, given: Path, real: Path) -> None:
    """Raises UserError where the names that are used while writing are too long, or go round in a circle of links."""
    try:
        os.lstat(real.with_name(f".{real.name}.{16 * 'x'}") if real.name else real)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.EACCES):  # told better by whoever called
            raise UserError(f"{label} {given}: {str(error.strerror).lower()}; choose another name") from error


def marked(content: bytes) -> bytes:
    """A file's content with the mark of this project: a PNG, HTML that names its charset, JSON in lines, or Markdown."""
    mark = f"Intro Zoo, sha256 {hashlib.sha256(content).hexdigest()}".encode()
    if content.startswith(_PNG):
        text = b"tEXtSoftware\0" + mark
        chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
        return content[:_PNG_HEAD] + chunk + content[_PNG_HEAD:]
    charset = b'<meta charset="utf-8">\n'
    if charset in content:
        return content.replace(charset, charset + b'<meta name="generator" content="' + mark + b'">\n', 1)
    if content.startswith(b"{\n"):
        return b'{\n  "generator": "' + mark + b'",\n' + content[2:]
    return content + b"<!-- generator: " + mark + b" -->\n"


def is_ours(path: Path) -> bool:
    """Whether a file is as a command of this project wrote it; the ends of lines may have changed, as Git changes them."""
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return False
    content = path.read_bytes()
    if content.startswith(_PNG):
        (length,) = struct.unpack(">I", content[_PNG_HEAD:].ljust(4, b"\0")[:4])
        end = _PNG_HEAD + 12 + length  # of the second chunk: its length, type and sum are 12 bytes
        chunk, rest = content[_PNG_HEAD:end], content[:_PNG_HEAD] + content[end:]
    else:
        content = content.replace(b"\r\n", b"\n")
        lines = _MARK_LINE.findall(content)
        chunk, rest = (lines[0], content.replace(lines[0], b"", 1)) if len(lines) == 1 else (b"", content)
    found = _MARK.search(chunk)
    return found is not None and found[1].decode() == hashlib.sha256(rest).hexdigest()
