"""A user's own digits: a folder with subfolders 0 to 9, each with pictures of that digit."""

import sys
from pathlib import Path

import numpy as np

from zoo.data import handwriting
from zoo.data.digits import Digits, hashed_splits
from zoo.data.sources import Source
from zoo.errors import UserError

CLASSES = tuple("0123456789")


def load(folder: Path) -> Digits:
    """Reads every picture of the subfolders by `handwriting.read`; hidden files are left out.

    Raises:
        UserError: no such folder or none of the subfolders, a picture that cannot be used.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is not a folder: --data takes a folder with pictures in subfolders 0 to 9")
    paths = [(path, int(name)) for name in CLASSES for path in sorted((folder / name).glob("[!.]*"))]
    if not paths:
        raise UserError(f"{folder} has no pictures in subfolders named 0 to 9: put each picture into the folder of its digit")
    drawings = [handwriting.read(path) for path, _ in paths]
    changed = sum(bool(drawing.notices) for drawing in drawings)
    if changed:
        print(f"data: {changed} of {len(paths)} pictures converted to white ink on black, 28 x 28", file=sys.stderr)
    images = np.stack([drawing.image for drawing in drawings])
    labels = np.array([label for _, label in paths], np.int64)
    source = Source(folder.resolve().name, "as given", "a folder of the user's", "the user's own")
    return Digits(images, labels, hashed_splits(images), source)
