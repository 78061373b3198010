import numpy as np
import pytest

from zoo.data import reviews
from zoo.data.reviews import Reviews
from zoo.data.sources import Source
from zoo.errors import UserError


def test_labels_become_those_of_the_model() -> None:
    data = Reviews([b"a", b"b", b"c"], np.array([0, 1, 1]), np.array(["test"] * 3), Source("mine", "1", "", ""), ("no", "yes"))
    assert reviews.of_classes(data, ["maybe", "no", "yes"]).labels.tolist() == [1, 2, 2]
    with pytest.raises(UserError, match="mine has the label 'yes', which the model does not know: it tells no, maybe"):
        reviews.of_classes(data, ["no", "maybe"])
