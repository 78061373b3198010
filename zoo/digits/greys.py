"""A user's picture in greys from 0 to 1, made smaller where it is large; a notice tells of each decision."""

import numpy as np
from PIL import Image

from zoo.digits.contrast import clearest_grey
from zoo.images import picture_files


def grey(picture: Image.Image) -> tuple[np.ndarray, list[str]]:
    """Turns a picture of `load`, or a part of one, to grey, and reduces it where it is large.

    Returns:
        float32 [height, width] from 0 (black) to 1 (white), and what was done to the picture, in words.
    """
    factor = picture_files.reduction(picture)
    small = picture.reduce(factor) if factor > 1 else picture
    notices: list[str] = []
    if small.mode == "RGBA":
        small, notices = picture_files.on_paper(small)
    if small.mode == "F":
        return np.asarray(small), notices
    if small.mode == "L":
        return np.asarray(small, np.float32) / 255, notices
    values, told = clearest_grey(small)
    return values, notices + ([told] if told else [])


def thin_lines_grey(picture: Image.Image) -> np.ndarray:
    """The grey of a large picture with very thin lines: each block of pixels becomes the one that differs most from the paper.

    Returns:
        float32 [height, width] from 0 (black) to 1 (white), as large as `grey` gives it.
    """
    factor = picture_files.reduction(picture)
    values = np.asarray(picture if picture.mode in ("L", "F") else picture.convert("RGB").convert("L"))
    paper = float(np.median(values[:: 2 * factor, :: 2 * factor]))
    rows, columns = (side // factor for side in values.shape)
    blocks = values[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    darkest, brightest = (most(axis=(1, 3)).astype(np.float32) for most in (blocks.min, blocks.max))
    extreme = np.where(paper - darkest > brightest - paper, darkest, brightest)
    return extreme if picture.mode == "F" else extreme / 255
