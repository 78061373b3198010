from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from zoo.captions import pipeline, things
from zoo.captions.dataset import Captions
from zoo.captions.scenes import Scene
from zoo.core.recipe import Recipe
from zoo.core.sources import of_user
from zoo.text.subwords import END, PADDING, START, Subwords

RECIPE = Recipe(epochs=1, batch_size=4, learning_rate=1e-3, seed=5)
GRID = 4
SCENE = Scene.parse("1 x 0.5; circle red large filled 0.3 0.1 0.4; 7 blue small - 0.8 0.4 0.2")
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


def test_a_picture_with_several_captions_shows_different_ones_and_all_in_time(
    monkeypatch: pytest.MonkeyPatch, subwords: Subwords
) -> None:
    monkeypatch.setattr(pipeline, "SHOWN", 2)
    encoded, random = pipeline.Encoded(REFERENCES, subwords, 8), np.random.default_rng(0)
    seen = set()
    for _ in range(30):
        (drawn,) = encoded.draw(np.array([0]), random)
        texts = [subwords.decode(row.tolist()).decode() for row in drawn]
        assert len(set(texts)) == pipeline.SHOWN
        seen.update(texts)
    assert seen == set(REFERENCES[0])


def test_what_no_caption_of_a_batch_needs_is_cut() -> None:
    longest = pipeline.LENGTHS[2]
    ids = np.full((2, 3, 60), PADDING, np.int32)
    ids[..., 0] = START
    ids[1, 2, 1 : 1 + longest] = 9
    assert pipeline.cut(ids).shape == (2, 3, 1 + longest)
    ids[0, 0, 1 + longest] = 9
    assert pipeline.cut(ids).shape == (2, 3, 1 + pipeline.LENGTHS[3])
    np.testing.assert_array_equal(pipeline.cut(ids), ids[..., : 1 + pipeline.LENGTHS[3]])
    assert pipeline.cut(ids[..., :20]).shape == (2, 3, 20)


def test_pictures_with_captions_of_about_the_same_length_come_together(subwords: Subwords) -> None:
    data = captions(40)
    references = tuple(("a " * (3 if i % 2 else 14),) for i in range(len(data.pictures)))
    found = pipeline.batches(replace(data, references=references), subwords, 20, GRID, RECIPE).train(0)
    assert sorted(x["subword"].shape[2] for x, _, _ in found) == [8] * 5 + [16] * 5
    seen = np.concatenate([x["image"].numpy()[:, 0, 0, 0] for x, _, _ in found])
    assert len(seen) == 40


def test_an_epoch_is_a_function_of_its_number(subwords: Subwords) -> None:
    data = pipeline.batches(captions(), subwords, 8, GRID, RECIPE)
    assert data.steps == 2

    def epoch(number: int) -> list[np.ndarray]:
        return [x["image"].numpy() for x, _, _ in data.train(number)]

    first, again, second = epoch(0), epoch(0), epoch(1)
    assert len(first) == data.steps
    np.testing.assert_array_equal(first, again)
    assert (np.array(first) != np.array(second)).any()


def test_targets_are_the_subwords_that_follow(subwords: Subwords) -> None:
    for x, y, weight in pipeline.batches(captions(), subwords, 8, GRID, RECIPE).train(0):
        assert x["image"].shape == (4, 16, 16, 3)
        following = y["following"]
        assert x["subword"].shape == following.shape == weight.shape == (4, pipeline.SHOWN, 8)
        np.testing.assert_array_equal(x["subword"][..., 1:], following[..., :-1])
        np.testing.assert_array_equal(weight, following != PADDING)


@pytest.mark.parametrize("split", ["train", "validation"])
def test_targets_tell_which_thing_is_where_if_the_scenes_are_known(split: str, subwords: Subwords) -> None:
    def things_of(data: Captions) -> np.ndarray:
        batches = pipeline.batches(data, subwords, 8, GRID, RECIPE)
        return np.concatenate([y["things"] for _, y, _ in (batches.train(0) if split == "train" else batches.validation)])

    assert (things_of(captions()) == things.UNKNOWN).all()
    cells = things_of(replace(captions(), scenes=(SCENE,) * 14)).reshape(-1, GRID, GRID, things.TOLD)
    kinds, colours, sizes, _ = things.PROPERTIES
    # The picture is half as high as wide: what is 0.1 from its top is 0.35 from that of the square.
    circle, seven = cells[:, 1, 1], cells[:, 2, 3]
    assert (circle[:, :4] == [1 + kinds.index("circle"), 1 + colours.index("red"), 1 + sizes.index("large"), 1]).all()
    assert (seven[:, :2] == [1 + kinds.index("7"), 1 + colours.index("blue")]).all()
    assert ((cells > 0).any(-1).sum((1, 2)) == 2).all()


def test_numbers_tell_the_pictures(subwords: Subwords) -> None:
    for x, _, _ in pipeline.batches(captions(20), subwords, 8, GRID, RECIPE).train(0):
        # Their light is changed a little.
        np.testing.assert_allclose(np.mean(x["image"], (1, 2, 3)), 10.0 * x["number"].numpy(), rtol=0.25, atol=12)


def test_each_validation_picture_counts_once(subwords: Subwords) -> None:
    data = pipeline.batches(captions(), subwords, 8, GRID, RECIPE).validation
    counted = []
    for x, _, weight in data:
        assert x["image"].shape == (4, 16, 16, 3)
        np.testing.assert_array_equal(x["image"][:, 0, 0, 0], 10 * x["number"])  # the numbers are those of the data set
        counted += x["image"].numpy()[weight.numpy().any((1, 2)), 0, 0, 0].tolist()
    assert counted == [90, 100, 110, 120, 130]


def test_fewer_pictures_than_a_batch_come_several_times(subwords: Subwords) -> None:
    data = pipeline.batches(captions(3), subwords, 8, GRID, RECIPE)
    ((x, _, _),) = data.train(0)
    assert (data.steps, len(x["image"])) == (1, 4)
