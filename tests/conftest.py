"""What all tests share: no network, a home of their own, and a small trained model where one is needed."""

import os
from pathlib import Path
from typing import Any

import hypothesis
import pytest

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ.pop("INTRO_ZOO_MODELS", None)  # the tests are of the models of this checkout

import zoo
from apps import cli, perceptron
from zoo import registry
from zoo.core import cards, sources

_load, _loaded = zoo.load, {}

# The time that an example may take says more about the machine than about the code.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")

cli.show_log()  # tests read what the library logs on standard error, as users of the apps do


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A test sees no prepared data sets and no network, and every notice of the data, those of earlier tests among them."""
    sources.announce.cache_clear()
    monkeypatch.setattr("zoo.core.sources.online", lambda *_: False)
    monkeypatch.setattr("zoo.core.sources.HOME", tmp_path / "tensorflow_datasets")
    monkeypatch.setattr("zoo.core.sources.cache_folder", lambda: tmp_path / "cache")
    monkeypatch.delenv("TFDS_DATA_DIR", raising=False)


@pytest.fixture(autouse=True)
def _models_are_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """`zoo.load` gives again what it gave for the same files, which it checks each time: a large graph takes seconds to read."""

    def load(name_or_path: str | Path) -> Any:
        path = registry.find(name_or_path)
        key = path.resolve(), cards.verify(path).to_json()  # the sha256 of every file among it
        if key not in _loaded:
            _loaded[key] = _load(name_or_path)
        return _loaded[key]

    monkeypatch.setattr(zoo, "load", load)


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A perceptron that `train --quick` has just published. Do not change it; copy it first."""
    path = tmp_path_factory.mktemp("models") / "small"
    assert perceptron.main(["train", "--quick", "--out", str(path)]) == 0
    return path
