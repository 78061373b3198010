"""A user's own digits: a folder with subfolders named 0 to 9, each with pictures of that digit."""

from pathlib import Path

import numpy as np

from zoo.core.errors import UserError
from zoo.core.sources import of_user, tell
from zoo.digits import handwriting
from zoo.images import picture_files
from zoo.images.digit_images import CLASSES, Digits, hashed_splits


def load(folder: Path) -> Digits:
    """Reads every picture of the subfolders with `handwriting.read`.

    Hidden files and files that are no pictures are ignored. A picture that cannot be read is left out, with a notice that gives
    the reason.

    Raises:
        UserError: there is no such folder, or no picture in its subfolders that can be read.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is not a folder: digits of your own are a folder with pictures in subfolders 0 to 9")
    paths: list[tuple[Path, int]] = []
    others: list[Path] = []
    for label in range(CLASSES):
        subfolder = folder / str(label)
        if subfolder.is_dir():
            pictures, rest = picture_files.in_folder(subfolder)
            paths += [(path, label) for path in pictures]
            others += rest
    if others:
        tell(f"not pictures, passed over: {len(others)}, the first {others[0]}")
    if not paths:
        raise UserError(f"{folder} has no pictures in subfolders named 0 to 9: put each picture into the folder of its digit")
    drawings, labels = [], []
    for path, label in paths:
        try:
            drawings.append(handwriting.read(path))
        except UserError as error:
            tell(f"left out: {error}")
        else:
            labels.append(label)
    if len(drawings) < len(paths):
        tell(f"{len(paths) - len(drawings)} of {len(paths)} pictures left out")
    if not drawings:
        raise UserError(f"{folder} has no picture that can be read: the lines above say why")
    changed = sum(bool(drawing.notices) for drawing in drawings)
    if changed:
        tell(f"{changed} of {len(drawings)} pictures converted to white ink on black, 28 x 28")
    images = np.stack([drawing.image for drawing in drawings])
    source = of_user(folder.resolve().name, "a folder of the user's")
    return Digits(images, np.array(labels, np.int64), hashed_splits(images), source)
