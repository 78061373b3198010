"""The form of MNIST's images: 28 x 28 pixels, white ink (255) on black (0), the digit in the middle.

MNIST was made from black and white scans (LeCun, Bottou, Bengio and Haffner 1998; LeCun and Cortes, the data set's page). The ink
was scaled to fit a box of 20 x 20 pixels, with its aspect ratio kept and greys from anti-aliasing. The box was then placed so
that the ink's centre of mass lies at the centre of 28 x 28. `like_mnist` does the same to any ink.
"""

import numpy as np
from PIL import Image
from scipy import ndimage

from zoo.images.digit_images import SIZE

BOX = 20  # pixels of the longer side of a digit
CENTRE = 14.0  # the mean index, counted from 0, of the centre of mass of MNIST's digits, down and across
CENTRE_TOLERANCE = 0.6  # pixels; the largest distance among MNIST's 70,000 digits is 0.52
FAINT = 3 / 16  # enlarging leaves ink up to this strength around strokes; chosen on half of scikit-learn's digits


def like_mnist(ink: np.ndarray) -> np.ndarray:
    """Scales ink to the box of 20 x 20 and centres it by its mass, as MNIST's makers did.

    Args:
        ink: [height, width] of any size, 0 for paper, larger for more ink.

    Returns:
        uint8 [28, 28]; the darkest ink is 255.

    Raises:
        ValueError: there is no ink.
    """
    ink = np.asarray(ink, np.float32)
    if not ink.any():
        raise ValueError("there is no ink")
    ink = cropped(ink)
    scale = BOX / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    # Pillow widens its filter with the reduction, which is the anti-aliasing.
    box = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BICUBIC)).clip(0)
    image = np.zeros((SIZE, SIZE), np.float32)
    top, left = (
        int(np.clip(round(CENTRE - centre), 0, SIZE - side))
        for centre, side in zip(ndimage.center_of_mass(box), box.shape, strict=True)
    )
    image[top : top + height, left : left + width] = box * (255 / box.max())
    return np.rint(image).astype(np.uint8)


def cropped(ink: np.ndarray) -> np.ndarray:
    """The smallest box [height, width] that holds all the ink. There must be some."""
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def has_mnist_size(image: np.ndarray) -> bool:
    """Whether a digit, uint8 [28, 28] in white ink on black, is as large as MNIST's."""
    return bool(BOX - 1 <= max(cropped(image).shape) <= BOX)


def is_centred(image: np.ndarray) -> bool:
    """Whether the centre of mass of a digit, uint8 [28, 28] in white ink on black, lies where MNIST's does."""
    return bool(max(abs(centre - CENTRE) for centre in ndimage.center_of_mass(image)) <= CENTRE_TOLERANCE)


def enlarge(blocks: np.ndarray, most: float = 16.0, factor: int = 16) -> np.ndarray:
    """A smooth drawing from counts of ink in blocks, such as scikit-learn's digits.

    The 8 x 8 values of those digits count the black pixels of 4 x 4 in a scan of 32 x 32. They are enlarged smoothly, and the
    blur around the strokes is cut off. The result is ink that `like_mnist` takes.

    Args:
        blocks: [height, width], each from 0 to `most`.
        most: the count of a block that is all ink.
        factor: how many times larger the drawing is.

    Returns:
        float32 [(height + 2) * factor, (width + 2) * factor] from 0 to 1. It has a margin, so that strokes at the edge end as
        softly as others.
    """
    margin = np.pad(np.asarray(blocks, np.float32), 1)
    size = (margin.shape[1] * factor, margin.shape[0] * factor)
    smooth = np.asarray(Image.fromarray(margin).resize(size, Image.Resampling.BICUBIC)) / most
    return ((smooth - FAINT) / (1 - FAINT)).clip(0, 1)
