"""Pictures of any kind as pixels: files, their bytes, images of Pillow, arrays."""

from pathlib import Path

import numpy as np
from PIL import Image

from zoo.core.errors import UserError
from zoo.images import picture_files

Picture = str | Path | bytes | Image.Image | np.ndarray


def read(picture: Picture) -> tuple[np.ndarray, tuple[str, ...]]:
    """The pixels of a picture, upright and on opaque paper.

    Args:
        picture: the path of a file, its bytes, an image of Pillow, or an array uint8 [h, w], [h, w, 3] or, with transparency,
            [h, w, 4].

    Returns:
        uint8 [h, w, 3], and what was done to the picture, in words.

    Raises:
        UserError: what is none of these, and as `zoo.images.picture_files.load`.
    """
    loaded = picture_files.load(_source(picture))
    image, notices = loaded.picture, loaded.notices
    if image.mode == "RGBA":
        image, told = picture_files.on_paper(image)
        notices = (*notices, *told)
    if image.mode == "F":
        image = Image.fromarray(np.rint(np.asarray(image) * 255).astype(np.uint8))
    return np.asarray(image.convert("RGB")), notices


def _source(picture: Picture) -> Path | bytes | Image.Image:
    """What `picture_files.load` takes."""
    if isinstance(picture, np.ndarray):
        if picture.dtype != np.uint8 or not (picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] in (3, 4))):
            raise UserError(f"an array {picture.dtype} {list(picture.shape)} is no picture: give uint8 [height, width, 3]")
        if not picture.size:
            raise UserError(f"an array {list(picture.shape)} has no pixels: give uint8 [height, width, 3]")
        return Image.fromarray(picture)
    if isinstance(picture, str | Path):
        return Path(picture)
    if isinstance(picture, bytes | Image.Image):
        return picture
    raise UserError(f"{type(picture).__name__} is no picture: give a path, the bytes of a file, an image or an array")
