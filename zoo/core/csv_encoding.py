"""The encoding of a text file, and its lines."""

import codecs
import re
from collections.abc import Generator
from pathlib import Path

from zoo.core.csv_cutting import EXCERPT
from zoo.core.errors import UserError

MARKS = (  # byte order marks; that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHER_FILES = {  # by their first bytes
    b"PK\x03\x04": "a spreadsheet or a zip archive",
    b"\xd0\xcf\x11\xe0": "an Excel file",
    b"\x1f\x8b": "compressed",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF file",
    b"\x89PNG": "a picture",
}
_UNDECODED = re.compile("[\udc80-\udcff]")  # what errors="surrogateescape" makes of a byte that is not of the encoding


def find_encoding(path: Path, asked: str | None) -> tuple[str, list[str]]:
    """The encoding of a file, and notices: the one that was asked for, else that of its byte order mark, else UTF-8.

    Raises:
        UserError: a file that cannot be read, is not text, or is not in the encoding that was asked for.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe cannot be read twice
            raise UserError(f"{path} is no regular file: write it to a file first")
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise UserError(f"{path} cannot be read as a CSV file: {str(error.strerror).lower()}") from error
    for magic, what in OTHER_FILES.items():
        if start.startswith(magic):
            raise UserError(f"{path} is {what}, not a text file: save the table as a CSV file")
    marked = next((encoding for mark, encoding in MARKS if start.startswith(mark)), None)
    if marked and asked and not codecs.lookup(asked).name.startswith(marked):
        raise UserError(f"{path} begins with the mark of {marked}, so it is not in {asked}: leave out the encoding")
    if not (marked or asked):
        for half, encoding in ((start[1::2], "utf-16-le"), (start[::2], "utf-16-be")):
            if half.count(0) > len(half) / 2:
                raise UserError(f"{path} is not in UTF-8, since every second byte is 0: give the encoding {encoding}")
    return asked or marked or "utf-8", [f"it is in {marked.upper()}"] if marked not in (None, "utf-8") else []


def read_lines(path: Path, encoding: str, asked: bool) -> Generator[str]:
    """The lines of a text file with their ends: a line feed, a carriage return, or both, even mixed in one file.

    Args:
        path: of the file.
        encoding: of the file.
        asked: whether the user has named the encoding.

    Raises:
        UserError: a byte that is not of the encoding, and a NUL character.
    """
    number = 0
    other = "give another encoding" if asked else "give the encoding, perhaps cp1252 (Western Europe, Windows)"
    try:
        with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
            for number, line in enumerate(file, start=1):
                text = line.lstrip("\ufeff") if number == 1 else line
                if not text.isascii() and (bad := _UNDECODED.search(text)):
                    at = bad.start()
                    near = _UNDECODED.sub("?", text[max(at - EXCERPT, 0) : at + EXCERPT]).strip()
                    byte = ord(bad.group()) - 0xDC00
                    raise UserError(
                        f"{path}, line {number}: the byte 0x{byte:02X} in {near!r} is not of {encoding.upper()}: {other}, or "
                        "save the file in UTF-8"
                    )
                if "\0" in text:
                    raise UserError(f"{path}, line {number}: a NUL character, which no text has: take it out")
                yield text
    except UnicodeError as error:
        raise UserError(f"{path}, after line {number}: it is not in {encoding.upper()}: {other}") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read as a CSV file: {str(error.strerror).lower()}") from error
