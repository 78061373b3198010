import numpy as np
import pytest

from zoo.digits import sklearn_digits


@pytest.fixture(scope="session")
def digits() -> np.ndarray:
    """scikit-learn's digits in MNIST's form, uint8 [1797, 28, 28]; the first ten are 0 to 9."""
    return sklearn_digits.load().images
