"""A user's own pictures with captions: a folder of pictures, and a CSV file with a row for each caption.

The file has a column `picture` (or `image`) with the name of a picture and a column `caption`. A picture may have several rows.
Flickr8k is laid out so: `captions.txt` with the header `image,caption`, five rows for each picture, and the pictures in
`Images/`.
"""

from contextlib import closing
from pathlib import Path

import numpy as np

from zoo.captions import reading
from zoo.captions.canvas import fitted
from zoo.captions.dataset import Captions
from zoo.captions.drawing import SIDE
from zoo.core import progress, sources
from zoo.core.csv_files import CsvFile
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.dataset import split_by_share
from zoo.core.errors import UserError
from zoo.core.sources import tell

FILES = ("captions.txt", "captions.csv", "captions.tsv")
PICTURES = ("picture", "image")  # names of the column of pictures
FOLDERS = ("", "Images", "images")  # where the pictures are, seen from the file


def load(path: Path, csv_format: Format = AS_FOUND, side: int = SIDE) -> Captions:
    """Reads the captions and their pictures. Pictures with equal content are in the same split.

    A row without a picture's name or a caption is left out, and so is a picture that is missing or cannot be read; notices say
    how many, and how many pictures were converted to be read.

    Args:
        path: the folder, with one of FILES in it, or the file.
        csv_format: how the file is written, where the user says it.
        side: pixels of a picture on each side, to which all are brought.

    Raises:
        UserError: there is no such file, it lacks a column, or no picture can be read.
    """
    file = _file(path) if path.is_dir() else path
    captions = _captions(file, csv_format)
    pictures, references, shares = list[np.ndarray](), list[tuple[str, ...]](), list[float]()
    changed, faults = list[str](), list[str]()
    for name, texts in progress.bar(captions.items(), "reading pictures", "picture", delay=2):
        try:
            picture, share, notices = _picture(file.parent, name, side)
        except UserError as error:
            faults.append(str(error))
            continue
        pictures.append(picture)
        references.append(tuple(texts))
        shares.append(share)
        if notices:
            changed.append(f"{name}: {notices[0]}")
    if faults:
        tell(f"{len(faults):,} of {len(captions):,} pictures left out: {faults[0]}")
    if changed:
        tell(f"{len(changed):,} of {len(pictures):,} pictures converted, the first {changed[0]}")
    if not pictures:
        raise UserError(f"{file} names no picture that can be read: {faults[0] if faults else 'it has no rows'}")
    name = path.resolve().name if path.is_dir() else file.stem
    source = sources.of_user(name, "a folder of pictures and a file of captions, of the user's")
    return Captions(np.stack(pictures), tuple(references), split_by_share(np.array(shares)), source)


def _file(folder: Path) -> Path:
    """The file of captions in a folder."""
    found = [folder / name for name in FILES if (folder / name).is_file()]
    if not found:
        raise UserError(
            f"{folder} has no {', '.join(FILES[:-1])} or {FILES[-1]}: add a file with the columns picture and caption"
        )
    if len(found) > 1:
        raise UserError(f"{folder} has {' and '.join(file.name for file in found)}: name the one that is meant")
    return found[0]


def _captions(path: Path, csv_format: Format) -> dict[str, list[str]]:
    """The captions of each picture, by the picture's name."""
    file = CsvFile(path, csv_format)
    name = next((name for name in PICTURES if name in file.header), PICTURES[0])
    columns = file.column(name), file.column("caption")
    captions, empty = dict[str, list[str]](), 0
    with closing(file.rows()) as rows:
        for _, row in rows:
            picture, caption = (row[column].strip() for column in columns)
            if picture and caption:
                captions.setdefault(picture, []).append(" ".join(caption.split()))
            else:
                empty += 1
    if empty:
        tell(f"{empty:,} rows of {path} without a {name} or a caption: left out")
    if not captions:
        raise UserError(f"{path} has no row with both a {name} and a caption: add some")
    return captions


def _picture(folder: Path, name: str, side: int) -> tuple[np.ndarray, float, tuple[str, ...]]:
    """A picture on the network's canvas, uint8 [side, side, 3], the share of its file that decides its split, and notices."""
    path = next((folder / each / name for each in FOLDERS if (folder / each / name).is_file()), folder / name)
    pixels, notices = reading.read(path)
    return fitted(pixels, side).numpy(), sources.share(path.read_bytes()), notices
