from typing import Any

import numpy as np
import pytest
from PIL import Image

import zoo
from tests.digits.drawings import SIDE
from zoo.images import sklearn_digits


@pytest.fixture(scope="session")
def digits() -> np.ndarray:
    """scikit-learn's digits in MNIST's form, uint8 [1797, 28, 28]; the first ten are 0 to 9."""
    return sklearn_digits.load().images


@pytest.fixture(scope="session")
def large(digits: np.ndarray) -> np.ndarray:
    """Digits from 0 to 9 in white on black, uint8 [10, 140, 140]."""
    images = [Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BICUBIC) for image in digits[:10]]
    return np.stack([np.asarray(image) for image in images])


@pytest.fixture(scope="session")
def reader() -> Any:
    """The published model."""
    return zoo.load("digits_mlp")
