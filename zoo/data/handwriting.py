"""Handwriting brought to the form of MNIST: 28 x 28, white ink (255) on black (0).

MNIST was made from black and white scans thus (LeCun, Bottou, Bengio and Haffner 1998; LeCun and Cortes, the data set's
page): the ink is scaled to fit a box of 20 x 20 pixels, its aspect ratio kept, greys arising from the anti-aliasing; the
box is then moved so that the ink's centre of mass lies at the centre of 28 x 28. `like_mnist` does that to any ink,
`enlarge` undoes the coarse counting of scikit-learn's digits first, and `read` finds the ink in a picture of a user's.
"""

import struct
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from scipy import ndimage

from zoo.data.lighting import evened
from zoo.errors import UserError

SIZE = 28
BOX = 20
CENTRE = 14.0  # the index, counted from 0, of MNIST's mean centre of mass, in both directions

FAINT = 3 / 16  # what enlarging leaves around strokes; chosen on half of scikit-learn's digits from 0 to 6 / 16

MAX_SIDE = 10_000
MAX_PIXELS = 50_000_000
MIN_SIDE = 8  # scikit-learn's digits have 8; with less, digits cannot be told apart
MIN_CONTRAST = 0.2  # between ink and paper, as a share of black to white
SURE = 0.75  # the share of border pixels that must agree on what is paper
ALONG_EDGE = (
    0.1  # the share of border pixels with ink from which on it is perhaps a shadow; of digits, only those without a margin
)
MAX_INK = 0.5  # the share of a picture that a digit may cover
SPECK = 0.02  # a patch of less than this share of the largest one is dirt
TALL = 0.6  # the share of the whole height that makes a patch a digit of its own
THIN = 0.06  # a stroke's width as a share of the digit's longer side: MNIST's are 0.14 on average

# What Pillow raises for damaged files, besides UnidentifiedImageError, which is an OSError.
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error)


@dataclass(frozen=True)
class Handwriting:
    """A digit as the network takes it, uint8 [28, 28], and what was done to the picture to get there."""

    image: np.ndarray
    notices: tuple[str, ...] = ()


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
    """Reads a picture of one digit.

    A grey 28 x 28 picture of white ink on black is taken as it is. Colour becomes grey, uneven light on the paper is evened out,
    dark ink on a light ground is inverted, another size goes through `like_mnist`, hair-thin strokes get the width of a pen; each
    is told in `notices`.

    Raises:
        UserError: the file is missing, no picture or damaged; it is too small or too large; its ground cannot be told
            from its ink; it is empty, almost all ink, or holds several digits.
    """
    grey, notices = _read_grey(path)
    if grey.shape != (SIZE, SIZE):  # so small a picture is no photograph
        grey, uneven = evened(grey)
        if uneven:
            notices.append("uneven light: evened out")
    ground = _ground(grey, path)
    if ground == "light":
        grey = 1 - grey
        notices.append("dark ink on a light ground: inverted")
    ink, mask = _ink(grey, path)
    if grey.shape == (SIZE, SIZE):
        return Handwriting(np.rint(grey * 255).astype(np.uint8), tuple(notices))
    _check_one_digit(mask, path)
    if np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean() > ALONG_EDGE:
        notices.append("ink runs along the edge: look whether a shadow with a sharp edge was taken for it, or leave a margin")
    height, width = grey.shape
    notices.append(f"{width} x {height} pixels: brought to {SIZE} x {SIZE} as MNIST was")
    # The pixels of a stroke are a quarter of its width and half a pixel from the paper, on average.
    stroke = 4 * (ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1][mask].mean() - 0.5)
    longest = max(np.ptp(side) + 1 for side in mask.nonzero())
    if stroke < THIN * longest:
        ink = _thickened(ink)
        notices.append("thin strokes: thickened")
    return Handwriting(like_mnist(ink), tuple(notices))


def _read_grey(path: Path) -> tuple[np.ndarray, list[str]]:
    """The picture as float32 [height, width] from 0 (black) to 1 (white)."""
    if not path.exists():
        raise UserError(f"{path} does not exist: give the path of a picture (PNG, JPEG ...) of one digit")
    if not path.is_file():
        raise UserError(f"{path} is not a file: give the path of a picture (PNG, JPEG ...) of one digit")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on odd metadata and, checked below, on size
            with Image.open(path) as picture:
                _check_size(picture.size, path)
                picture.load()
                return _grey(ImageOps.exif_transpose(picture))
    except Image.DecompressionBombError as error:
        raise UserError(f"{path} is too large: a picture may have {MAX_SIDE:,} pixels a side") from error
    except UnidentifiedImageError as error:
        raise UserError(f"{path} is not a picture that can be read: save it as PNG or JPEG") from error
    except PermissionError as error:
        raise UserError(f"{path} may not be read: change its permissions") from error
    except DAMAGED as error:
        raise UserError(f"{path} is damaged or cut short ({error}): save the picture again") from error


def _check_size(size: tuple[int, int], path: Path) -> None:
    width, height = size
    if min(size) < MIN_SIDE:
        raise UserError(f"{path} is too small, {width} x {height} pixels: a digit needs at least {MIN_SIDE} x {MIN_SIDE}")
    if max(size) > MAX_SIDE or width * height > MAX_PIXELS:
        limit = f"at most {MAX_SIDE:,} pixels a side and {MAX_PIXELS // 1_000_000} million in all"
        raise UserError(f"{path} is too large, {width} x {height} pixels: bring it to {limit}")


def _grey(picture: Image.Image) -> tuple[np.ndarray, list[str]]:
    notices = []
    if "A" in picture.getbands() or "transparency" in picture.info:
        rgba = np.asarray(picture.convert("RGBA"), np.float32) / 255
        alpha = rgba[..., 3:]
        if alpha.min() < 1:
            # What is transparent is paper: white below dark ink, black below bright ink.
            bright = (rgba[..., :3].mean(2) * alpha[..., 0]).sum() > alpha.sum() / 2
            ground = 0.0 if bright else 1.0
            rgba = np.rint((rgba[..., :3] * alpha + ground * (1 - alpha)) * 255)
            picture = Image.fromarray(rgba.astype(np.uint8))
            notices.append(f"transparent parts: taken as {'black' if bright else 'white'}")
        else:
            picture = picture.convert("RGB")
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bits and more, which conversion to "L" would clip
        values = np.nan_to_num(np.asarray(picture, np.float32), posinf=0.0, neginf=0.0)
        most = next((most for most in (1.0, 255.0, 65535.0) if values.max() <= most), 65535.0)
        return (values / most).clip(0, 1), notices
    if picture.mode not in ("1", "L"):
        rgb = np.asarray(picture.convert("RGB"))
        if np.ptp(rgb, axis=2).any():
            notices.append("colours: turned to grey")
    return np.asarray(picture.convert("L"), np.float32) / 255, notices


def _ground(grey: np.ndarray, path: Path) -> str:
    """Whether the paper is "light" or "dark", by what most of the border is."""
    dark = grey < _threshold(grey, path)
    edge = max(1, round(min(grey.shape) / 40))
    inner = np.zeros(grey.shape, bool)
    inner[edge:-edge, edge:-edge] = True
    share = dark[~inner].mean()
    if 1 - SURE < share < SURE:
        raise UserError(
            f"{path}: ink and paper cannot be told apart, {share:.0%} of the border is dark: leave an even margin around a digit"
        )
    return "dark" if share >= SURE else "light"


def _threshold(grey: np.ndarray, path: Path) -> float:
    """Otsu's threshold (1979): the one that makes the variance between dark and light pixels largest."""
    counts, edges = np.histogram(grey, 256, (0, 1))
    values = (edges[:-1] + edges[1:]) / 2
    below = counts.cumsum()[:-1]
    above = grey.size - below
    sums = (counts * values).cumsum()
    with np.errstate(divide="ignore", invalid="ignore"):
        dark, light = sums[:-1] / below, (sums[-1] - sums[:-1]) / above
        between = np.nan_to_num(below * above * (light - dark) ** 2)
    best = int(between.argmax())
    if not between[best] or light[best] - dark[best] < MIN_CONTRAST:
        raise UserError(f"{path} shows no ink, it is almost uniform: give a picture with one digit in clear contrast")
    # In the middle of the gap, should the histogram have one.
    return float(edges[1:-1][between == between[best]].mean())


def _ink(bright: np.ndarray, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Ink from 0 to 1 with the paper's tone at 0, and the mask of its patches; `bright` has light ink on a dark ground."""
    mask = bright > _threshold(bright, path)
    if mask.mean() > MAX_INK:
        raise UserError(f"{path} is {mask.mean():.0%} ink: give a picture of one digit with paper around it")
    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    mask = (areas >= SPECK * areas.max())[labels] & mask
    paper, full = np.median(bright[~mask]), np.median(bright[mask])
    ink = ((bright - paper) / (full - paper)).clip(0, 1)
    near = ndimage.binary_dilation(mask, np.ones((3, 3)))  # with the grey edge of the strokes
    return np.where(near & (ink > MIN_CONTRAST), ink, 0).astype(np.float32), mask


def _thickened(ink: np.ndarray) -> np.ndarray:
    """The ink with strokes as wide as MNIST's, from hair-thin ones; made at four times MNIST's resolution."""
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = 4 * BOX / max(ink.shape)
    size = tuple(max(1, round(side * scale)) for side in reversed(ink.shape))
    small = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BOX))
    pen = np.hypot(*np.mgrid[-4:5, -4:5]) <= 4
    return np.minimum(ndimage.grey_dilation(np.pad(small / small.max(), 4), footprint=pen) * 2, 1)


def _check_one_digit(mask: np.ndarray, path: Path) -> None:
    """Refuses what is surely more than one digit: tall patches side by side in a drawing that is wider than high."""
    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    patches = ndimage.find_objects(labels)
    top, bottom = min(p[0].start for p in patches), max(p[0].stop for p in patches)
    left, right = min(p[1].start for p in patches), max(p[1].stop for p in patches)
    if right - left <= bottom - top:
        return
    tall = sorted((p[1].start, p[1].stop) for p in patches if p[0].stop - p[0].start >= TALL * (bottom - top))
    digits, end = 0, -1
    for start, stop in tall:
        if start >= end:
            digits += 1
        end = max(end, stop)
    if digits > 1:
        raise UserError(f"{path} shows {digits} digits side by side: give a picture of each")
