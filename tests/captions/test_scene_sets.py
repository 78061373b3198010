from typing import ClassVar

import numpy as np
import pytest

from zoo.captions import data, drawn, scene_sets, truth
from zoo.captions.handwritten import Handwriting
from zoo.captions.scene_sets import FewScenes
from zoo.captions.scenes import is_held_out
from zoo.core.errors import UserError
from zoo.images import sklearn_digits

SIZES = {"train": 12, "validation": 4, "test": 5, "held_out": 6}


class TinyScenes(FewScenes):
    VERSION = FewScenes.VERSION
    SIZES: ClassVar[dict[str, int]] = SIZES


@pytest.mark.slow
def test_scenes_are_built_once_and_read_in_order() -> None:
    captions = scene_sets.of_builder(TinyScenes)
    assert captions.sizes() == SIZES
    assert captions.pictures.shape == (27, 96, 96, 3)
    assert captions.scenes is not None
    again = scene_sets.of_builder(TinyScenes)
    assert again.fingerprint() == captions.fingerprint()
    digits = sklearn_digits.load()
    for split in ("train", "held_out"):
        part = captions.split(split)
        assert part.scenes is not None
        handwriting = Handwriting(*digits.split("test" if split == "held_out" else split))
        scene, picture, texts = drawn.draw(split, 3, handwriting)
        assert str(part.scenes[3]) == str(scene)
        assert part.references[3] == tuple(texts)
        assert np.abs(part.pictures[3].astype(int) - picture).mean() < 4  # a JPEG file of it
        assert [is_held_out(scene) for scene in part.scenes] == [split == "held_out"] * SIZES[split]
    for texts, scene in zip(captions.references, captions.scenes, strict=True):
        assert all(truth.judge(text, scene).true for text in texts)
    assert captions.split("all").splits.tolist() == [name for name, size in SIZES.items() for _ in range(size)]
    assert captions.split("test").pictures.base is not None  # no copy
    card = captions.describe()
    assert (card.name, card.splits) == ("tiny_scenes", SIZES)
    assert "scikit-learn's digits" in card.source


@pytest.mark.slow
def test_without_mnist_the_stand_in_is_told_and_refused_for_evaluation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scene_sets.ScenesOfSklearnDigits, "SIZES", dict.fromkeys(SIZES, 2))
    captions = data.load("scenes")
    assert captions.source.stand_in
    assert captions.source.name == "scenes_of_sklearn_digits"
    told = capsys.readouterr().err
    assert "no MNIST and no network: scikit-learn's digits stand in" in told
    assert "(a stand-in, not the real data set)" in told
    with pytest.raises(UserError, match="MNIST is not prepared"):
        data.load("scenes", real=True)
    # Who asks for it by its name wants no other.
    named = data.load("scenes_of_sklearn_digits", real=True)
    assert not named.source.stand_in
    assert named.fingerprint() == captions.fingerprint()
