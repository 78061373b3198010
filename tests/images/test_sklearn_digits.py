import numpy as np
import pytest

from zoo.core.dataset import SPLITS
from zoo.images import sklearn_digits


@pytest.mark.slow
def test_scikit_learns_digits_look_like_mnists() -> None:
    data = sklearn_digits.load()
    assert data.images.shape == (1797, 28, 28)
    assert (data.images.max((1, 2)) == 255).all()
    height, width = (data.images.any(axis).sum(1) for axis in (2, 1))
    assert np.maximum(height, width).max() == 20
    assert (np.maximum(height, width) >= 17).all()
    share = data.images.mean() / 255
    assert 0.1 < share < 0.16  # MNIST's images are 13 % ink
    assert [int((data.splits == name).sum()) for name in SPLITS] == [1452, 169, 176]
