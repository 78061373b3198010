import numpy as np
import pytest

from zoo.digits import one_digit


@pytest.mark.slow
def test_single_digits_raise_few_doubts(digits: np.ndarray) -> None:
    doubts = one_digit.doubt(digits)
    assert doubts.shape == (1797,)
    assert (doubts >= one_digit.NOT_ONE).mean() < 0.05  # they are coarse; of MNIST's test images it is 0.003
    assert np.median(doubts) < 0.2
