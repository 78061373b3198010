"""What all tests share: no network, a home of their own, and a small trained model where one is needed."""

import os
from pathlib import Path

import pytest

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from apps import perceptron


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A test sees no prepared data sets, no network, and the matplotlib of a machine without a screen."""
    monkeypatch.setattr("zoo.data.sources.online", lambda *_: False)
    monkeypatch.setattr("zoo.data.sources.HOME", tmp_path / "tensorflow_datasets")
    monkeypatch.delenv("TFDS_DATA_DIR", raising=False)


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A perceptron that `train --quick` has just published. Do not change it; copy it first."""
    path = tmp_path_factory.mktemp("models") / "small"
    assert perceptron.main(["train", "--quick", "--out", str(path)]) == 0
    return path
