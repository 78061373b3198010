"""The linear baselines of sentiment learn what a single word does not tell."""

import numpy as np
import pytest

from benchmarks import deletion, linear_sentiment
from benchmarks.linear_sentiment import SEPARATOR, models

GOOD, BAD = ["a good film", "good , really good", "not bad at all"], ["a bad film", "bad , really bad", "not good at all"]


def joined(texts):
    return [SEPARATOR.join(text.split()) for text in texts]


@pytest.mark.parametrize("name", list(models()))
def test_pairs_of_words_are_told_apart(name):
    model = models(least=1)[name].fit(joined(GOOD + BAD), np.array([1] * 3 + [0] * 3))
    assert model.predict(joined(["not good at all", "not bad at all"])).tolist() == [0, 1]
    assert model.predict([""]).shape == (1,)


@pytest.mark.parametrize("program", [linear_sentiment, deletion])
def test_without_imdb_there_is_one_line(program, capsys):
    assert program.main(["--split", "validation"]) == 2
    error = capsys.readouterr().err
    assert "IMDB is not prepared in TFDS_DATA_DIR" in error
    assert error.count("\n") == 1
