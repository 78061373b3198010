"""Whether an image is one clear digit, or something else: digits that touch, a digit that is crossed out, a scribble.

The network for digits takes every image for a digit, sometimes with a high probability. So a small convolutional network looks at
the image first. It has three convolutions of 3 x 3 with ReLU, each followed by the maximum over 2 x 2 pixels, then a dense layer
with ReLU and one output. `zoo.digits.one_digit_training` trains it. Here NumPy computes it, so that it needs no TensorFlow.
"""

from functools import cache
from pathlib import Path

import numpy as np

WEIGHTS = Path(__file__).with_name("one_digit.npz")
NOT_ONE = 0.8  # from this doubt on, an image is taken for no single digit
UNSURE = 0.4  # from this doubt on, it may be none


def doubt(images: np.ndarray, weights_file: Path = WEIGHTS) -> np.ndarray:
    """The doubt of each image: the probability that it is not one clear digit.

    Args:
        images: uint8 [n, 28, 28] in MNIST's form.
        weights_file: as `zoo.digits.one_digit_training.train` gives them, in a file of NumPy's.

    Returns:
        float32 [n].
    """
    maps = images[..., np.newaxis].astype(np.float32) / 255
    *convolutions, dense, last = _layers(weights_file)
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
def _layers(weights_file: Path) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    with np.load(weights_file) as file:
        return tuple(
            (file[f"weights_{number}"].astype(np.float32), file[f"bias_{number}"].astype(np.float32))
            for number in range(len(file.files) // 2)
        )
