"""Drawings of digits as pictures, which the tests of this wing share."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SEVEN = [(60, 40), (140, 40), (90, 170)]


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
