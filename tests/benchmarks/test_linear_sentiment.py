"""The linear baselines of sentiment: the paper's formula by hand, and that they learn."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from benchmarks.linear_sentiment import NBSVM, SEPARATOR, models

GOOD, BAD = ["a good film", "good , really good", "not bad at all"], ["a bad film", "bad , really bad", "not good at all"]


def joined(texts):
    return [SEPARATOR.join(text.split()) for text in texts]


def test_the_ratio_is_that_of_the_paper():
    counts = csr_matrix(np.array([[2, 1, 0], [1, 0, 0], [0, 1, 3], [0, 0, 1]]))  # how often does not matter, only whether
    model = NBSVM().fit(counts, np.array([1, 1, 0, 0]))
    positive, negative = np.array([3, 2, 1]) / 6, np.array([1, 2, 3]) / 6
    np.testing.assert_allclose(model.ratio_, np.log(positive / negative))
    assert model.predict(counts).tolist() == [1, 1, 0, 0]
    assert model.decision_function(csr_matrix([[0, 0, 0]]))[0] == pytest.approx(model.bias_)


def test_without_the_machine_the_ratios_decide():
    counts = csr_matrix(np.array([[1, 0], [1, 0], [0, 1], [0, 1]]))
    model = NBSVM(interpolation=0.0).fit(counts, np.array([1, 1, 0, 0]))
    assert len(set(model.weight_)) == 1
    assert model.bias_ == 0


@pytest.mark.parametrize("name", list(models()))
def test_pairs_of_words_are_told_apart(name):
    model = models(least=1)[name].fit(joined(GOOD + BAD), np.array([1] * 3 + [0] * 3))
    assert model.predict(joined(["not good at all", "not bad at all"])).tolist() == [0, 1]
    assert model.predict([""]).shape == (1,)
