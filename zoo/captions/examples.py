"""Scenes as files, to look at or to train on: PNG pictures, and a CSV file of their captions."""

import csv
import io
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from zoo.captions.drawn import draw
from zoo.captions.handwritten import Handwriting
from zoo.captions.scenes import Scene
from zoo.core.errors import UserError
from zoo.core.files import check_folder, write_whole
from zoo.images import sklearn_digits

CAPTIONS = "captions.csv"  # the columns are those of Flickr8k: image and caption, a row for each caption


def scene(seed: int = 0, number: int = 0) -> tuple[Scene, np.ndarray, list[str]]:
    """A scene that is drawn with scikit-learn's handwritten digits; see `write`.

    Args:
        seed: whole number.
        number: of the scene among those of the seed.

    Returns:
        What it shows, its picture, uint8 [96, 96, 3], and true captions.
    """
    return draw(f"examples {seed}", number, _handwriting())


@cache
def _handwriting() -> Handwriting:
    digits = sklearn_digits.load()
    return Handwriting(digits.images, digits.labels)


def write(folder: Path, n: int, seed: int = 0) -> list[Path]:
    """Writes n scenes, drawn with scikit-learn's handwritten digits, into a new folder.

    Args:
        folder: must be missing or empty.
        n: how many.
        seed: which; the scenes of a seed are always the same.

    Returns:
        The pictures, and at last the CSV file.

    Raises:
        UserError: the folder holds something, or cannot be written.
    """
    check_folder("the scenes", folder)
    if folder.exists() and any(folder.iterdir()):
        raise UserError(f"{folder} is not empty: name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    written, rows = list[Path](), io.StringIO()
    table = csv.writer(rows)
    table.writerow(["image", "caption"])
    for number in range(n):
        _, picture, captions = scene(seed, number)
        content = io.BytesIO()
        Image.fromarray(picture).save(content, "PNG")
        path = folder / f"scene_{number:04}.png"
        write_whole(path, content.getvalue())
        written.append(path)
        table.writerows([path.name, caption] for caption in captions)
    write_whole(folder / CAPTIONS, rows.getvalue().encode("utf-8"))
    return [*written, folder / CAPTIONS]
