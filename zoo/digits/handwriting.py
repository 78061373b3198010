"""Handwriting brought to the form of MNIST: 28 x 28, white ink (255) on black (0).

MNIST was made from black and white scans thus (LeCun, Bottou, Bengio and Haffner 1998; LeCun and Cortes, the data set's
page): the ink is scaled to fit a box of 20 x 20 pixels, its aspect ratio kept, greys arising from the anti-aliasing; the
box is then moved so that the ink's centre of mass lies at the centre of 28 x 28. `like_mnist` does that to any ink,
`enlarge` undoes the coarse counting of scikit-learn's digits first, and `read` and `read_lines` find the ink in a picture of a
user's.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from zoo.core.errors import UserError
from zoo.digits import groups as digit_groups
from zoo.digits import picture_files, strokes
from zoo.digits.dataset import SIZE
from zoo.digits.strokes import Written

BOX = 20
CENTRE = 14.0  # the index, counted from 0, of MNIST's mean centre of mass, in both directions

FAINT = 3 / 16  # what enlarging leaves around strokes; chosen on half of scikit-learn's digits from 0 to 6 / 16

CENTRE_TOLERANCE = 0.6  # pixels; of MNIST's 70,000 digits none is off by more than 0.52

THIN = 0.06  # a stroke's width as a share of the digit's longer side: MNIST's are 0.14 on average

# Of a picture that was reduced: ink of fewer pixels than ENOUGH is looked at again in finer pixels, as are lines under HAIR.
ENOUGH = 120
HAIR = 2.5


@dataclass(frozen=True)
class Handwriting:
    """A digit as the network takes it, uint8 [28, 28], and what was done to the picture to get there."""

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
        lines: from the top, each with its digits from the left; digits that touch are one.
        notices: what was done to the picture, in words.
        in_mnists_form: whether the picture had 28 x 28 pixels and a digit as large as MNIST's, one surely.
    """

    lines: tuple[tuple[Drawn, ...], ...]
    notices: tuple[str, ...] = ()
    in_mnists_form: bool = False


def like_mnist(ink: np.ndarray) -> np.ndarray:
    """Scales ink into the 20 x 20 box and centres it by its mass, as MNIST's makers did.

    Args:
        ink: [height, width] of any size, 0 where there is paper, larger where there is more ink.

    Returns:
        uint8 [28, 28]; the darkest ink is 255. Raises ValueError when there is no ink.
    """
    ink = np.asarray(ink, np.float32)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    if not len(rows):
        raise ValueError("there is no ink")
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = BOX / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    # Pillow's filter widens with the reduction, which is the anti-aliasing.
    box = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BICUBIC)).clip(0)
    image = np.zeros((SIZE, SIZE), np.float32)
    top, left = (
        int(np.clip(round(CENTRE - centre), 0, SIZE - side))
        for centre, side in zip(ndimage.center_of_mass(box), box.shape, strict=True)
    )
    image[top : top + height, left : left + width] = box * (255 / box.max())
    return np.rint(image).astype(np.uint8)


def enlarge(blocks: np.ndarray, most: float = 16.0, factor: int = 16) -> np.ndarray:
    """A drawing from its counts of ink in blocks, such as scikit-learn's digits.

    Those 8 x 8 values are the black pixels of 4 x 4 in a scan of 32 x 32. Enlarged smoothly, with the blur around the
    strokes cut off, they give what `like_mnist` needs.

    Args:
        blocks: [height, width], each from 0 to `most`.
        most: the count of a block that is all ink.
        factor: how many times larger the drawing is.

    Returns:
        float32 [(height + 2) * factor, (width + 2) * factor] from 0 to 1: with a margin, so that strokes at the edge end
        as softly as others.
    """
    margin = np.pad(np.asarray(blocks, np.float32), 1)
    size = (margin.shape[1] * factor, margin.shape[0] * factor)
    smooth = np.asarray(Image.fromarray(margin).resize(size, Image.Resampling.BICUBIC)) / most
    return ((smooth - FAINT) / (1 - FAINT)).clip(0, 1)


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


def read_lines(path: Path) -> Writing:
    """Reads a picture of digits.

    A 28 x 28 picture with a digit as large as MNIST's is inverted where its ink is dark, and moved where its mass is not in the
    middle; else it is taken as it is. Any other picture goes through `picture_files`, `strokes` and `digit_groups`. Each digit
    then gets the width of a pen where it is hair-thin, and MNIST's form by `like_mnist`. Each step is told in `notices`.

    Raises:
        UserError: the file is missing, no picture or damaged; it is too small or too large; its ground cannot be told
            from its ink; it is empty or almost all ink; or there are marks beside the digits.
    """
    loaded = picture_files.load(path)
    if loaded.size == (SIZE, SIZE):
        grey, told = picture_files.grey(loaded.picture)
        bright, inverted = strokes.on_dark(grey, str(path))
        image = np.rint(bright * 255).astype(np.uint8)
        if has_mnist_size(image):
            notices = [*loaded.notices, *told, *(["dark ink on a light ground: inverted"] if inverted else [])]
            if not is_centred(image):
                image = like_mnist(image)
                notices.append("the digit is not in the middle: moved")
            return Writing(((Drawn(bright, image),),), tuple(notices), in_mnists_form=True)
    written, told = _written(loaded.picture, str(path))
    lines, left_out = digit_groups.lines(written, str(path))
    notices = [*loaded.notices, *told, *written.notices, *left_out]
    if loaded.size == (SIZE, SIZE):
        notices.append("the digit is not as large as MNIST's: moved and scaled")
    else:
        notices.append(f"{loaded.size[0]} x {loaded.size[1]} pixels: brought to {SIZE} x {SIZE} as MNIST was")
    if any(is_thin(digit) for line in lines for digit in line):
        notices.append("thin strokes: thickened")
    return Writing(tuple(tuple(Drawn(digit, as_image(digit)) for digit in line) for line in lines), tuple(notices))


def as_image(ink: np.ndarray) -> np.ndarray:
    """The ink of one digit, from 0 to 1, in MNIST's form, uint8 [28, 28]; hair-thin strokes get the width of a pen."""
    return like_mnist(_thickened(ink) if is_thin(ink) else ink)


def is_thin(ink: np.ndarray) -> bool:
    """Whether the strokes are much thinner than MNIST's."""
    mask = ink > ink.max() / 2
    longest = max(np.ptp(side) + 1 for side in mask.nonzero())
    return bool(strokes.pen_width(mask) < THIN * longest)


def has_mnist_size(image: np.ndarray) -> bool:
    """Whether a digit, uint8 [28, 28] in white ink on black, is as large as MNIST's."""
    rows, columns = (np.flatnonzero(image.any(axis)) for axis in (1, 0))
    return bool(BOX - 1 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= BOX)


def is_centred(image: np.ndarray) -> bool:
    """Whether the mass of a digit, uint8 [28, 28] in white ink on black, lies where MNIST's does."""
    return bool(max(abs(centre - CENTRE) for centre in ndimage.center_of_mass(image)) <= CENTRE_TOLERANCE)


def _written(picture: Image.Image, name: str) -> tuple[Written, list[str]]:
    """The ink of a picture, and how it became grey.

    Where the picture was reduced and its ink is small, the part with ink is read again, reduced less; where its lines are hardly
    wider than a pixel, again by the pixels that differ most from the paper.
    """
    factor = picture_files.reduction(picture)
    grey, notices = picture_files.grey(picture)
    if factor == 1:
        return strokes.find(grey, name), notices
    try:
        written = strokes.find(grey, name)
    except strokes.NoInkError:
        return strokes.find(picture_files.thin_lines_grey(picture), name), notices
    rows, columns = (np.flatnonzero(written.mask.any(axis)) for axis in (1, 0))
    longest = int(max(np.ptp(rows), np.ptp(columns)) + 1)
    if longest < ENOUGH:
        margin = longest // 3 + 2
        left, top = (factor * max(0, int(side[0]) - margin) for side in (columns, rows))
        right, bottom = (factor * (int(side[-1]) + 1 + margin) for side in (columns, rows))
        return _written(picture.crop((left, top, min(right, picture.width), min(bottom, picture.height))), name)
    if strokes.pen_width(written.mask) < HAIR:
        return strokes.find(picture_files.thin_lines_grey(picture), name), notices
    return written, notices


def _thickened(ink: np.ndarray) -> np.ndarray:
    """The ink with strokes as wide as MNIST's, from hair-thin ones; made at four times MNIST's resolution."""
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = 4 * BOX / max(ink.shape)
    size = tuple(max(1, round(side * scale)) for side in reversed(ink.shape))
    small = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BOX))
    pen = np.hypot(*np.mgrid[-4:5, -4:5]) <= 4
    return np.minimum(ndimage.grey_dilation(np.pad(small / small.max(), 4), footprint=pen) * 2, 1)
