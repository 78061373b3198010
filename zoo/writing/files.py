"""A user's text, in one file or in a folder of files."""

import codecs
import re
from pathlib import Path

from zoo.core.csv_encoding import MARKS, OTHER_FILES
from zoo.core.errors import UserError
from zoo.core.sources import tell

SUFFIX = ".txt"  # of the files of a folder that are read
MOST_BYTES = 20_000_000  # twenty long novels; an epoch of more takes hours on a laptop
LEAST = 10_000  # characters
FIRST = 65_536  # bytes in which control characters are counted
MOST_CONTROLS = 0.01  # the share of them from which a file is no text
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # none of white space, and not the escape of terminals
_BROKEN = "\ufffd"


def read(path: Path) -> bytes:
    """The text of a file, or of all .txt files of a folder in the order of their paths, in UTF-8 and with line feeds.

    A text in another encoding is read as Windows-1252, which is told. So are bytes that are none of UTF-8's in a text that is
    otherwise in UTF-8: they become U+FFFD.

    Raises:
        UserError: a path that cannot be read, a file that is no text, too much text, or too little.
    """
    if path.is_dir():
        files = sorted(each for each in path.rglob(f"*{SUFFIX}") if each.is_file())
        if not files:
            raise UserError(f"{path} has no {SUFFIX} files: name a folder that has some, or a text file")
        tell(f"{path}: {len(files):,} {SUFFIX} {'file' if len(files) == 1 else 'files'}")
    else:
        files = [path]
    _check_size(path, files)
    texts = [_content(file) for file in files]
    text = "\n\n".join(each.strip("\n") for each in texts) + "\n" if len(texts) > 1 else texts[0]
    if len(text) < LEAST:
        raise UserError(f"{path} has {len(text):,} characters, and a network learns from {LEAST:,} or more: bring a longer text")
    return text.encode("utf-8")


def read_file(path: Path) -> str:
    """The text of one file of any size up to MOST_BYTES, which is read as those of `read` are.

    Raises:
        UserError: a path that cannot be read, a file that is no text, or too much text.
    """
    _check_size(path, [path])
    return _content(path)


def _check_size(path: Path, files: list[Path]) -> None:
    for file in files:
        if not file.exists():
            raise UserError(f"{file} does not exist: name a text file")
        if not file.is_file():  # a pipe or a device cannot tell its size
            raise UserError(f"{file} is no regular file: name a text file, or a folder of {SUFFIX} files")
    size = sum(file.stat().st_size for file in files)
    if size > MOST_BYTES:
        raise UserError(f"{path} has {size:,} bytes of text, and at most {MOST_BYTES:,} are read: bring a part of it")


def _content(path: Path) -> str:
    """The text of a file. Raises UserError where it cannot be read, or is no text."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {str(error.strerror).lower()}") from error
    return text_of(content, str(path))


def text_of(content: bytes, path: str) -> str:
    """The text that bytes hold, read as `read` says. Raises UserError where they are no text.

    Args:
        content: the bytes.
        path: the name of the file, or what else they come from, for messages.
    """
    for magic, what in OTHER_FILES.items():
        if content.startswith(magic):
            raise UserError(f"{path} is {what}, not a text file: save its text as {SUFFIX}")
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")
    if encoding != "utf-8":
        try:
            return _with_line_feeds(content.decode(encoding))
        except UnicodeError as error:
            raise UserError(f"{path} begins as {encoding.upper()} and is broken: save it in UTF-8") from error
    controls = len(_CONTROL.findall(content[:FIRST]))
    if b"\0" in content or controls > MOST_CONTROLS * len(content[:FIRST]):
        raise UserError(f"{path} is not a text file: it has bytes that no text has; name a text in UTF-8")
    return _with_line_feeds(_decoded(path, content.removeprefix(codecs.BOM_UTF8)))


def _decoded(path: str, content: bytes) -> str:
    """Bytes of UTF-8, of a few broken characters, or of another encoding as text."""
    text = content.decode("utf-8", errors="replace")
    broken = text.count(_BROKEN) - content.count(_BROKEN.encode("utf-8"))
    if not broken:
        return text
    if sum(not character.isascii() for character in text) > 2 * broken:
        tell(f"{path}: {broken:,} bytes are not UTF-8 and become U+FFFD")
        return text
    tell(f"{path} is not in UTF-8, and is read as Windows-1252 (Western Europe); if that is wrong, save it in UTF-8")
    return content.decode("cp1252", errors="replace")


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
