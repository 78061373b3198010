"""Whether an image is one clear digit, or something else: digits that touch, one that is crossed out, a scribble.

A network for digits takes every image for a digit, at times with a high probability. So a small convolutional network judges the
image first: three times a convolution of 3 x 3 with ReLU and the maximum over 2 x 2 pixels, then a dense layer.
`python -m zoo.digits.one_digit_training` trains it on MNIST's training images and on what was made of them: pairs and triples
that touch or overlap, digits with strokes through or around them, scribbles. Here it is computed with NumPy, which needs no
TensorFlow.
"""

from functools import cache
from pathlib import Path

import numpy as np

WEIGHTS = Path(__file__).with_name("one_digit.npz")
NOT_ONE = 0.8  # from this probability on an image is no single digit
UNSURE = 0.4  # from this one on it may be none


def doubt(images: np.ndarray) -> np.ndarray:
    """The probability of each image that it is not one clear digit.

    Args:
        images: uint8 [n, 28, 28] in MNIST's form.

    Returns:
        float32 [n].
    """
    maps = images[..., np.newaxis].astype(np.float32) / 255
    *convolutions, dense, last = _layers()
    for weights, bias in convolutions:
        padded = np.pad(maps, ((0, 0), (1, 1), (1, 1), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
        maps = np.maximum(np.einsum("nyxcij,ijcd->nyxd", windows, weights, optimize=True) + bias, 0)
        n, height, width, channels = maps.shape
        even = maps[:, : height // 2 * 2, : width // 2 * 2]  # of 7 rows the last is left out
        maps = even.reshape(n, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))
    hidden = np.maximum(maps.reshape(len(maps), -1) @ dense[0] + dense[1], 0)
    return (1 / (1 + np.exp(-(hidden @ last[0] + last[1]).clip(-30, 30))))[:, 0]


@cache
def _layers() -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    with np.load(WEIGHTS) as file:
        return tuple(
            (file[f"weights_{number}"].astype(np.float32), file[f"bias_{number}"].astype(np.float32))
            for number in range(len(file.files) // 2)
        )
