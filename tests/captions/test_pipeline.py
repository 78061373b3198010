from pathlib import Path

import numpy as np
import pytest

from zoo.captions import pipeline
from zoo.captions.dataset import Captions
from zoo.core.recipe import Recipe
from zoo.core.sources import of_user
from zoo.text.subwords import END, PADDING, START, Subwords

RECIPE = Recipe(epochs=1, batch_size=4, learning_rate=1e-3, seed=5)
REFERENCES = (("a red square", "two blue circles", "a circle"), ("a circle above a red square",), ("a", "a red seven"))


def captions(n: int = 9, held_out: int = 5) -> Captions:
    """Pictures of one colour each, which tells their number."""
    splits = np.array(["train"] * n + ["validation"] * held_out)
    pictures = np.zeros((n + held_out, 16, 16, 3), np.uint8)
    pictures += (np.arange(n + held_out, dtype=np.uint8) * 10)[:, None, None, None]
    references = tuple(REFERENCES[i % 3] for i in range(n + held_out))
    return Captions(pictures, references, splits, of_user("own", "made by a test"))


@pytest.fixture(scope="module")
def subwords(vocabulary: Path) -> Subwords:
    return Subwords.load(vocabulary)


def test_captions_begin_with_start_and_end_with_end(subwords: Subwords) -> None:
    encoded = pipeline.Encoded(REFERENCES, subwords, 8)
    drawn = encoded.draw(np.array([1]), np.random.default_rng(0))
    ids = [START, *subwords.encode(b"a circle above a red square"), END]
    assert drawn.tolist() == [[ids + [PADDING] * (9 - len(ids))] * pipeline.SHOWN]
    assert pipeline.longest(REFERENCES, subwords) == len(ids) - 1


def test_a_caption_that_is_too_long_is_cut(subwords: Subwords) -> None:
    drawn = pipeline.Encoded(REFERENCES, subwords, 3).draw(np.array([1]), np.random.default_rng(0))
    assert drawn[0, 0].tolist() == [START, *subwords.encode(b"a circle above a red square")[:3]]


def test_a_picture_with_several_captions_shows_different_ones_and_all_in_time(subwords: Subwords) -> None:
    encoded, random = pipeline.Encoded(REFERENCES, subwords, 8), np.random.default_rng(0)
    seen = set()
    for _ in range(30):
        (drawn,) = encoded.draw(np.array([0]), random)
        texts = [subwords.decode(row.tolist()).decode() for row in drawn]
        assert len(set(texts)) == pipeline.SHOWN
        seen.update(texts)
    assert seen == set(REFERENCES[0])


def test_an_epoch_is_a_function_of_its_number(subwords: Subwords) -> None:
    data = pipeline.batches(captions(), subwords, 8, RECIPE)
    assert data.steps == 2

    def epoch(number: int) -> list[np.ndarray]:
        return [x["image"].numpy() for x, _, _ in data.train(number)]

    first, again, second = epoch(0), epoch(0), epoch(1)
    assert len(first) == data.steps
    np.testing.assert_array_equal(first, again)
    assert (np.array(first) != np.array(second)).any()


def test_targets_are_the_subwords_that_follow(subwords: Subwords) -> None:
    for x, y, weight in pipeline.batches(captions(), subwords, 8, RECIPE).train(0):
        assert x["image"].shape == (4, 16, 16, 3)
        assert x["subword"].shape == y.shape == weight.shape == (4, pipeline.SHOWN, 8)
        np.testing.assert_array_equal(x["subword"][..., 1:], y[..., :-1])
        np.testing.assert_array_equal(weight, y != PADDING)


def test_each_validation_picture_counts_once(subwords: Subwords) -> None:
    data = pipeline.batches(captions(), subwords, 8, RECIPE).validation
    counted = []
    for x, _, weight in data:
        assert x["image"].shape == (4, 16, 16, 3)
        counted += x["image"].numpy()[weight.numpy().any((1, 2)), 0, 0, 0].tolist()
    assert counted == [90, 100, 110, 120, 130]


def test_fewer_pictures_than_a_batch_come_several_times(subwords: Subwords) -> None:
    data = pipeline.batches(captions(3), subwords, 8, RECIPE)
    ((x, _, _),) = data.train(0)
    assert (data.steps, len(x["image"])) == (1, 4)
