import numpy as np
import pytest

from zoo.core.errors import UserError
from zoo.core.sources import Source
from zoo.sentiment import dataset
from zoo.sentiment.dataset import Reviews


def test_labels_become_those_of_the_model() -> None:
    data = Reviews([b"a", b"b", b"c"], np.array([0, 1, 1]), np.array(["test"] * 3), Source("mine", "1", "", ""), ("no", "yes"))
    assert dataset.of_classes(data, ["maybe", "no", "yes"]).labels.tolist() == [1, 2, 2]
    with pytest.raises(UserError, match="mine has the label 'yes', which the model does not know: it tells no, maybe"):
        dataset.of_classes(data, ["no", "maybe"])


def test_labels_are_those_of_the_model_however_they_are_written() -> None:
    source = Source("mine", "1", "", "")
    data = Reviews([b"a", b"b"], np.array([0, 1]), np.array(["test"] * 2), source, ("negative", "positive"))
    for classes in (("negative", "positive"), ("False", "True"), ("-1", "1"), ("1", "2")):
        assert dataset.of_classes(data, classes).labels.tolist() == [0, 1]
    data = Reviews([b"a", b"b", b"c"], np.array([2, 0, 1]), np.array(["test"] * 3), source, ("1", "2", "3"))
    assert dataset.of_classes(data, ["1.0", "2.0", "3.0"]).labels.tolist() == [2, 0, 1]
    with pytest.raises(
        UserError, match=r"has the label '1', .* tells negative, positive; if the labels are stars, say of how many"
    ):
        dataset.of_classes(data, ["negative", "positive"])
