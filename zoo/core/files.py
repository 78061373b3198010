"""Writing files: each one whole or not at all, and never over a file of the user's.

A command may be repeated: it may replace a picture, a page or figures that an earlier command wrote. Such a file has a mark,
"Intro Zoo, sha256 ...". The sha256 is that of the file without the mark, so a file that somebody has changed since is not
replaced. A PNG has the mark in its standard text `Software`, a page (HTML) and figures (JSON) in their `generator`, other text
(Markdown) in a comment. Music has no mark, since no command replaces it (see `write_new`).
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
    """Writes a file in one step: first a temporary file in the same folder, which then replaces the file at `path`.

    When writing fails, the file at `path` stays as it was.

    Raises:
        UserError: the place cannot be written to.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        raise UserError(f"cannot write {str(path)!r}: {str(error.strerror).lower()}; choose another place") from error
    finally:
        if temporary.is_file():
            temporary.unlink()


def write_marked(path: str | Path, content: bytes) -> None:
    """Writes a file with the mark, so that a command may replace it later, as `write_whole` does. Makes missing folders."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, marked(content))


def write_picture(figure: Any, path: str | Path) -> None:
    """Writes a figure of matplotlib's as PNG, as `write_marked` does. Equal pictures are equal bytes."""
    write_marked(path, png(figure))


def png(figure: Any) -> bytes:
    """A figure of matplotlib's as the bytes of a PNG. Equal pictures are equal bytes."""
    content = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # titles in scripts that the font lacks show boxes
        # Matplotlib would write its version, which differs between machines.
        figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


def write_new(folder: Path, names: Iterable[str], contents: Mapping[str, bytes]) -> list[Path]:
    """Writes files that belong together, such as a tune as .mid and .png, under the first name that is free.

    A name is free if each of its files is missing or holds the same bytes already. So a command that is repeated gives the same
    files, and no file is ever replaced.

    Args:
        folder: an existing folder.
        names: names without suffix, in the order in which they are tried. There is always a next one.
        contents: the bytes of each file, by its suffix without the point ("mid").

    Returns:
        The paths, in the order of `contents`.

    Raises:
        UserError: the folder cannot be written to.
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
    """Names for a result, without end: stem-1, stem-2 ... from the number `first` on; without it stem, stem-2, stem-3 ...

    A stem that is too long for a file's name is shortened.
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
    """Raises UserError if no file can be written into a folder. The folder need not exist yet.

    Call it before long work, whose result would be lost. A model's folder is refused, since its card lists all of its files.

    Args:
        label: how the message calls what is written, such as "the model".
        folder: the folder.
        file: the file in it, if the user named a file.
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
    """Raises UserError if a command must not write a file. Call it before long work.

    A command may replace a file that an earlier command wrote and that nobody has changed since. It replaces nothing else.

    Args:
        label: as in `check_folder`.
        path: the file.
        inputs: files that the command reads, and folders whose files it reads; none of them is replaced.
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
    """Raises UserError if a name that is used while writing is too long, or if links lead in a circle.

    Args:
        label: as in `check_folder`.
        given: the path as the user gave it.
        real: the path without links.
    """
    try:
        os.lstat(real.with_name(f".{real.name}.{16 * 'x'}") if real.name else real)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.EACCES):  # the caller has better messages for these
            raise UserError(f"{label} {given}: {str(error.strerror).lower()}; choose another name") from error


def marked(content: bytes) -> bytes:
    """A file's content with the mark added: of a PNG, HTML that names its charset, JSON with a line for each key, or Markdown."""
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
    """Whether a file is as a command of this project wrote it. Its line ends may differ, since Git can change them."""
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
