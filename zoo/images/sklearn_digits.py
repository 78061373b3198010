"""scikit-learn's 1,797 digits in MNIST's form, 28 x 28. They come with scikit-learn, so they need no network.

They are the test part of UCI's Optical Recognition of Handwritten Digits (Alpaydin and Kaynak 1998), written by 13 people of whom
none wrote for MNIST. Each was scanned to 32 x 32 black and white pixels; the data set keeps the counts of black pixels in blocks
of 4 x 4.
"""

from importlib.metadata import version

import numpy as np

from zoo.core.sources import Source
from zoo.images.digit_images import Digits, hashed_splits
from zoo.images.mnist_form import enlarge, like_mnist

NAME = "sklearn_digits"


def load(stand_in: bool = False) -> Digits:
    """All digits; 80, 10 and 10 % of them are for training, validation and test.

    Args:
        stand_in: whether they are used instead of MNIST.
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    images = np.stack([like_mnist(enlarge(blocks)) for blocks in data.images])
    source = Source(
        NAME,
        "UCI Optical Recognition of Handwritten Digits, 1998, test part",
        f"in the package scikit-learn {version('scikit-learn')}, from 8 x 8 to 28 x 28",
        "CC BY 4.0 (UCI Machine Learning Repository, Alpaydin and Kaynak)",
        stand_in,
    )
    return Digits(images, data.target.astype(np.int64), hashed_splits(data.images), source)
