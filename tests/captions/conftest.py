"""A small vocabulary and a network without training, for the tests of this wing."""

from pathlib import Path

import keras
import pytest

from zoo.captions.network import Captioner, Config
from zoo.text import subwords
from zoo.text.subwords import Subwords

TEXTS = [b"a red square", b"a blue circle above a red square", b"two blue circles", b"a red seven left of a circle"]


@pytest.fixture(scope="session")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the file of subwords: whole words."""
    folder = tmp_path_factory.mktemp("subwords")
    subwords.learn(3 * TEXTS, 320).save(folder)
    return folder


@pytest.fixture(scope="session", params=[0, 5], ids=["whole grid", "five cells"])
def network(request: pytest.FixtureRequest, vocabulary: Path) -> Captioner:
    """A small network with random weights, whose attention is not even. It reads all cells, or those with things."""
    keras.utils.set_random_seed(3)
    sizes = {"image": 32, "channels": (8, 16), "residuals": (0, 1), "width": 16, "blocks": 2, "heads": 2, "hidden": 32}
    model = Captioner(Config(Subwords.load(vocabulary).size, longest=14, read=request.param, **sizes))
    for variable in model.trainable_variables:
        variable.assign(variable.value * 3 + keras.random.normal(variable.shape, stddev=0.2))
    return model
