"""The handwriting in a picture file: each digit alone, in the form of MNIST's images, line by line."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from zoo.core.errors import UserError
from zoo.digits import greys, groups, ink, paper
from zoo.digits.ink import Written
from zoo.digits.shapes import longer_side, pen_width
from zoo.images import picture_files
from zoo.images.digit_images import SIZE
from zoo.images.mnist_form import BOX, cropped, has_mnist_size, is_centred, like_mnist

THIN = 0.06  # thinner strokes are thickened; the width is a share of the digit's longer side, 0.14 on average in MNIST

# A reduced picture is read again, less reduced, where its ink is smaller than ENOUGH pixels or its lines are thinner than HAIR.
ENOUGH = 120
HAIR = 2.5


@dataclass(frozen=True)
class Handwriting:
    """One digit as the network takes it, uint8 [28, 28], and what was done to the picture to get there."""

    image: np.ndarray
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """A digit of a picture.

    Args:
        ink: float32 [height, width] from 0 to 1, the digit alone.
        image: uint8 [28, 28], as the network takes it.
    """

    ink: np.ndarray
    image: np.ndarray


@dataclass(frozen=True)
class Writing:
    """All that is written in a picture.

    Args:
        lines: from the top, each with its digits from the left. Digits that touch are one.
        notices: what was done to the picture, in words.
        in_mnists_form: whether the picture had 28 x 28 pixels and a digit as large as MNIST's; then it is surely one digit.
    """

    lines: tuple[tuple[Drawn, ...], ...]
    notices: tuple[str, ...] = ()
    in_mnists_form: bool = False


def read(path: Path) -> Handwriting:
    """Reads a picture of one digit, as `read_lines` does.

    Raises:
        UserError: as `read_lines`, and where there is more than one digit.
    """
    writing = read_lines(path)
    digits = [digit for line in writing.lines for digit in line]
    if len(digits) > 1:
        raise UserError(f"{path} shows {len(digits)} digits: give a picture of each")
    return Handwriting(digits[0].image, writing.notices)


def read_lines(source: Path | bytes) -> Writing:
    """Reads a picture of digits.

    A picture of 28 x 28 pixels with a digit as large as MNIST's is inverted where its ink is dark, and moved where the digit is
    not in the middle. Any other picture is read in steps: the file becomes grey (`greys`), its ink is found (`ink`) and
    grouped into digits (`groups`), and each digit is brought to MNIST's form (`zoo.images.mnist_form`). `notices` tells what
    was done.

    Args:
        source: the path of a picture, or the bytes of its file.

    Raises:
        UserError: the file is missing, damaged, no picture, too small or too large; ink and paper cannot be told apart; the
            picture is empty or almost all ink; or there are marks between the digits.
    """
    loaded = picture_files.load(source)
    name = str(source) if isinstance(source, Path) else "the picture"
    small = loaded.size == (SIZE, SIZE)
    if small:
        grey, told = greys.grey(loaded.picture)
        bright, inverted = paper.on_dark(grey, name)
        image = np.rint(bright * 255).astype(np.uint8)
        if has_mnist_size(image):
            notices = [*loaded.notices, *told, *(["dark ink on a light ground: inverted"] if inverted else [])]
            if not is_centred(image):
                image = like_mnist(image)
                notices.append("the digit is not in the middle: moved")
            return Writing(((Drawn(bright, image),),), tuple(notices), in_mnists_form=True)
    written, told = _written(loaded.picture, name)
    brought = (
        "the digit is not as large as MNIST's: moved and scaled"
        if small
        else f"{loaded.size[0]} x {loaded.size[1]} pixels: brought to {SIZE} x {SIZE} as MNIST was"
    )
    return _grouped(replace(written, notices=(*loaded.notices, *told, *written.notices)), name, brought)


def drawn_lines(drawing: np.ndarray) -> Writing:
    """Reads digits that were drawn on a screen, where nothing else can be taken for ink.

    Args:
        drawing: [height, width] from 0, where nothing was drawn, to 1.

    Raises:
        UserError: the drawing is empty, or there are marks between the digits.
    """
    name, mask = "the drawing", drawing > 0.5
    if not mask.any():
        raise UserError(f"{name} is empty: draw a digit")
    return _grouped(Written(drawing.astype(np.float32), mask), name)


def _grouped(written: Written, name: str, *brought: str) -> Writing:
    """The ink of a picture as digits in MNIST's form; `brought` tells how they came to it."""
    lines, left_out = groups.lines(written, name)
    thin = ["thin strokes: thickened"] if any(is_thin(digit) for line in lines for digit in line) else []
    drawn = tuple(tuple(Drawn(digit, as_image(digit)) for digit in line) for line in lines)
    return Writing(drawn, (*written.notices, *left_out, *brought, *thin))


def as_image(digit: np.ndarray) -> np.ndarray:
    """The ink of one digit, [height, width] from 0 to 1, in MNIST's form, uint8 [28, 28]; very thin strokes are thickened."""
    return like_mnist(_thickened(digit) if is_thin(digit) else digit)


def is_thin(digit: np.ndarray) -> bool:
    """Whether the strokes of a digit's ink, [height, width], are much thinner than MNIST's."""
    mask = digit > digit.max() / 2
    return pen_width(mask) < THIN * longer_side(mask)


def _written(picture: Image.Image, name: str) -> tuple[Written, list[str]]:
    """The ink of a picture, and how the picture became grey.

    A picture that was reduced is read a second time where its ink is small: the part with ink, less reduced. Where its lines are
    very thin, it is read again from the pixels that differ most from the paper.
    """
    factor = picture_files.reduction(picture)
    grey, notices = greys.grey(picture)
    if factor == 1:
        return ink.find(grey, name), notices
    try:
        written = ink.find(grey, name)
    except paper.NoInkError:
        return ink.find(greys.thin_lines_grey(picture), name), notices
    longest = longer_side(written.mask)
    if longest < ENOUGH:
        rows, columns = (np.flatnonzero(written.mask.any(axis)) for axis in (1, 0))
        margin = longest // 3 + 2
        left, top = (factor * max(0, int(side[0]) - margin) for side in (columns, rows))
        right, bottom = (factor * (int(side[-1]) + 1 + margin) for side in (columns, rows))
        return _written(picture.crop((left, top, min(right, picture.width), min(bottom, picture.height))), name)
    if pen_width(written.mask) < HAIR:
        return ink.find(greys.thin_lines_grey(picture), name), notices
    return written, notices


def _thickened(digit: np.ndarray) -> np.ndarray:
    """The ink with strokes as wide as MNIST's, made from very thin ones at four times MNIST's resolution."""
    digit = cropped(digit)
    scale = 4 * BOX / max(digit.shape)
    size = tuple(max(1, round(side * scale)) for side in reversed(digit.shape))
    small = np.asarray(Image.fromarray(digit).resize(size, Image.Resampling.BOX))
    pen = np.hypot(*np.mgrid[-4:5, -4:5]) <= 4
    return np.minimum(ndimage.grey_dilation(np.pad(small / small.max(), 4), footprint=pen) * 2, 1)
