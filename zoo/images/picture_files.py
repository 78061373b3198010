"""Picture files of every kind that Pillow reads: opened safely, turned upright, brought to few modes.

A phone's photograph is reduced while it is decoded, so that it needs little time and memory. Transparent parts become paper, and
16 bits become numbers from 0 to 1; a notice tells of each such decision.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from scipy import ndimage

from zoo.core.errors import UserError

MAX_SIDE = 10_000
MAX_PIXELS = 50_000_000
MIN_SIDE = 8  # as scikit-learn's digits have; with fewer pixels not even a digit can be recognised
LONG = 640  # pixels of the longer side that are enough; pictures of at least twice as many are reduced
SHEET = 0.25  # an opaque area at least this thick, as a share of its shorter side, is paper and no stroke

# White in files of more than 8 bits, whose values may use only 8, 10, 12, 14 or 16 of them.
WHITES = (255, 1023, 4095, 16_383, 65_535)

# What Pillow raises for damaged files. UnidentifiedImageError is an OSError, too.
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error)


@dataclass(frozen=True)
class Loaded:
    """A picture in memory.

    Args:
        picture: upright, in mode "L", "RGB", "RGBA" or "F" (float32 from 0 to 1).
        size: the width and height of the upright picture in the file; `picture` can be smaller.
        notices: what was done to it, in words.
    """

    picture: Image.Image
    size: tuple[int, int]
    notices: tuple[str, ...]


def load(source: Path | bytes | Image.Image) -> Loaded:
    """Opens a picture and turns it upright, as its EXIF data say.

    A JPEG with at least 4 x LONG pixels on a side is decoded at a half, a quarter or an eighth of its size, which saves time.

    Args:
        source: the path of a file, its bytes, or an image of Pillow's.

    Raises:
        UserError: the file is missing, no picture, damaged, too small or too large.
    """
    name = str(source) if isinstance(source, Path) else "the picture"
    with _opened(source, name) as picture:
        width, height = picture.size
        _check_size(picture.size, name)
        notices = []
        frames = getattr(picture, "n_frames", 1)
        if frames > 1 and picture.format != "MPO":  # the second picture of an MPO, a telephone's JPEG, is a preview
            notices.append(f"{frames} pages or frames: the first is read")
        picture.draft(None, (2 * LONG, 2 * LONG))
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        size = (width, height) if (upright.width >= upright.height) == (width >= height) else (height, width)
        plain, told = _plain(upright)
        return Loaded(plain, size, (*notices, *told))


def reduction(picture: Image.Image) -> int:
    """How many times smaller a picture can be made: 1 below 2 x LONG pixels on the longer side."""
    return max(1, max(picture.size) // LONG)


def on_paper(picture: Image.Image) -> tuple[Image.Image, list[str]]:
    """An RGBA picture on opaque paper.

    An opaque part that is thick and has several colours is a sheet of paper: its surroundings get the colour of its edge.
    Otherwise the opaque part is ink, and the transparent part becomes paper: white under dark ink, black under bright ink.
    """
    rgba = np.asarray(picture, np.float32) / 255
    rgb, alpha = rgba[..., :3], rgba[..., 3:] / rgba[..., 3].max()
    opaque = alpha[..., 0] > 0.5
    rows, columns = np.flatnonzero(opaque.any(1)), np.flatnonzero(opaque.any(0))
    thickness = 2 * ndimage.distance_transform_edt(np.pad(opaque, 1)).max()
    if thickness >= SHEET * min(np.ptp(rows) + 1, np.ptp(columns) + 1) and rgb[opaque].std(axis=0).max() > 0.02:
        inside = ndimage.distance_transform_edt(np.pad(opaque, 1))[1:-1, 1:-1]
        edge = opaque & (inside <= max(2, thickness / 20))
        ground = np.median(rgb[edge], axis=0)
        told = "transparent parts: taken as the paper around the drawing"
        # The half-transparent pixels along the edge of the sheet would leave a frame.
        alpha = (inside > 1.5)[..., np.newaxis]
    else:
        bright = (rgb.mean(2) * alpha[..., 0]).sum() > alpha.sum() / 2
        ground = np.zeros(3) if bright else np.ones(3)
        told = f"transparent parts: taken as {'black' if bright else 'white'}"
    flat = np.rint((rgb * alpha + ground * (1 - alpha)) * 255).astype(np.uint8)
    return Image.fromarray(flat), [told]


def in_folder(folder: Path) -> tuple[list[Path], list[Path]]:
    """The pictures directly in a folder, and its other files, both sorted by name. Hidden files are left out.

    A file is a picture where its name ends like a picture's, even if it is damaged, or where Pillow knows its content.

    Raises:
        UserError: the folder may not be read.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except PermissionError as error:
        raise UserError(f"{folder} may not be read: change its permissions") from error
    endings = {ending for ending, kind in Image.registered_extensions().items() if kind in Image.OPEN}
    pictures = [path for path in files if path.suffix.lower() in endings or _is_picture(path)]
    return pictures, [path for path in files if path not in set(pictures)]


def _is_picture(path: Path) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Image.open(path).close()
    except (Image.DecompressionBombError, *DAMAGED):
        return False
    return True


@contextmanager
def _opened(source: Path | bytes | Image.Image, name: str) -> Iterator[Image.Image]:
    """Opens a picture. Whatever Pillow raises, here or in the block that uses the picture, becomes a UserError."""
    if isinstance(source, Path) and not source.exists():
        raise UserError(f"{name} does not exist: give the path of a picture (PNG, JPEG ...)")
    if isinstance(source, Path) and not source.is_file():
        raise UserError(f"{name} is not a file: give the path of a picture (PNG, JPEG ...)")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on odd metadata and, checked by load, on size
            if isinstance(source, Image.Image):
                yield source
                return
            with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as picture:
                yield picture
    except Image.DecompressionBombError as error:
        raise UserError(f"{name} is too large: a picture may have {MAX_SIDE:,} pixels a side") from error
    except UnidentifiedImageError as error:
        raise UserError(f"{name} is not a picture that can be read: save it as PNG or JPEG") from error
    except PermissionError as error:
        raise UserError(f"{name} may not be read: change its permissions") from error
    except DAMAGED as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{name} is damaged or cut short ({reason}): save the picture again") from error


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if min(size) < MIN_SIDE:
        raise UserError(f"{name} is too small, {width} x {height} pixels: at least {MIN_SIDE} x {MIN_SIDE} are needed")
    if max(size) > MAX_SIDE or width * height > MAX_PIXELS:
        limit = f"at most {MAX_SIDE:,} pixels a side and {MAX_PIXELS // 1_000_000} million in all"
        raise UserError(f"{name} is too large, {width} x {height} pixels: bring it to {limit}")


def _plain(picture: Image.Image) -> tuple[Image.Image, list[str]]:
    """The picture in one of four modes: "L", "RGB", "RGBA" or "F"."""
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bits and more, which conversion to "L" would clip
        return _scaled(picture)
    if "A" in picture.getbands() or "a" in picture.getbands() or "transparency" in picture.info:
        rgba = picture.convert("RGBA")
        alpha = np.asarray(rgba.getchannel("A"))
        return (rgba, []) if np.ptp(alpha) else (rgba.convert("RGB"), [])
    if picture.mode in ("1", "L"):
        return picture.convert("L"), []
    if picture.mode == "LAB":  # Pillow does not convert it to RGB; its first band is the lightness
        return picture.getchannel(0), []
    return picture.convert("RGB"), []


def _scaled(picture: Image.Image) -> tuple[Image.Image, list[str]]:
    """A picture of large whole numbers or of fractions, scaled to the range from 0 to 1.

    A camera's 12 bits often lie in a file of 16 bits, where they look almost black. So white is the largest number of the fewest
    bits that hold the picture's values; the largest value of 10,000 is ignored.
    """
    values = np.asarray(picture, np.float32)
    finite = np.isfinite(values)
    values = np.where(finite, values, values[finite].min() if finite.any() else 0)
    low, high = float(values.min()), float(np.quantile(values, 0.9999))
    if picture.mode == "F" and low >= 0 and high <= 1:
        return Image.fromarray(values.clip(0, 1)), []
    if low >= 0 and high <= WHITES[-1]:
        white = next(white for white in WHITES if high <= white)
        usual = white == WHITES[-1] or picture.mode == "F"
        notices = [] if usual else [f"16-bit file with values up to {high:.0f}: {white} taken as white"]
        return Image.fromarray((values / white).clip(0, 1)), notices
    told = f"values from {low:g} to {high:g}: taken as black and white"
    return Image.fromarray(((values - low) / (high - low)).clip(0, 1).astype(np.float32)), [told]
