"""Drawings of digits as pictures, which the tests of this wing share."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from zoo.core.errors import UserError
from zoo.digits.reading import Reading

SEVEN = [(60, 40), (140, 40), (90, 170)]
SIDE = 140  # pixels of a large digit with its margin; its ink has 100


def drawing(ground: object, ink: object, mode: str = "L", width: int = 16, size: tuple[int, int] = (200, 220)) -> Image.Image:
    """A seven."""
    picture = Image.new(mode, size, ground)
    ImageDraw.Draw(picture).line(SEVEN, fill=ink, width=width, joint="curve")
    return picture


def two_digits() -> Image.Image:
    """A seven and a one."""
    picture = drawing(255, 0, size=(320, 220))
    ImageDraw.Draw(picture).line([(230, 40), (230, 170)], fill=0, width=16)
    return picture


def likeness(image: np.ndarray, other: np.ndarray) -> float:
    """The correlation of two images: 1 for the same; 0.5 for different digits of the same size is much."""
    return float(np.corrcoef(image.ravel(), other.ravel())[0, 1])


def saved(picture: Image.Image, path: Path) -> Path:
    """The path, with the picture written to it."""
    picture.save(path)
    return path


def page(path: Path, large: np.ndarray, places: list[tuple[int, int, int]], size: tuple[int, int] = (500, 420)) -> Path:
    """Writes a picture with some of the ten large digits, each (label, left, top), in black on white."""
    ink = np.zeros((size[1] + SIDE, size[0] + SIDE), np.uint8)
    for label, left, top in places:
        area = ink[top : top + SIDE, left : left + SIDE]
        np.maximum(area, large[label], out=area)
    Image.fromarray(255 - ink[: size[1], : size[0]]).save(path)
    return path


def read_or_refused(reader: Any, path: Path) -> Reading | None:
    """What a picture says; None where it is refused because it shows no single clear digit."""
    try:
        return reader.read(path)
    except UserError as error:
        if "shows no single clear digit" not in str(error):
            raise
        return None
