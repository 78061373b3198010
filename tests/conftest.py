"""What all tests share: no network, a home of their own, and a small trained model where one is needed."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from filelock import FileLock

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ.pop("INTRO_ZOO_MODELS", None)  # the tests are of the models of this checkout

import zoo
from apps import cli, perceptron, translate
from tests.translation import corpus
from zoo import registry
from zoo.core import cards, sources

Make = Callable[[Path], None]

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


@pytest.fixture(scope="session", autouse=True)
def _models_are_loaded_once() -> Iterator[None]:
    """`zoo.load` gives again what it gave for the same files, which it checks each time: a large graph takes seconds to read."""
    first, loaded = zoo.load, dict[tuple[Path, str], Any]()

    def load(name_or_path: str | Path) -> Any:
        path = registry.find(name_or_path)
        key = path.resolve(), cards.verify(path).to_json()  # the sha256 of every file among it
        if key not in loaded:
            loaded[key] = first(name_or_path)
        return loaded[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zoo, "load", load)
        yield


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Make], Path]:
    """made_once(name, make): a folder that `make` has filled, once for all processes of these tests. Do not change it."""
    own = tmp_path_factory.getbasetemp()
    of_all = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def made(name: str, make: Make) -> Path:
        folder, complete = of_all / name, of_all / f"{name}.complete"
        with FileLock(of_all / f"{name}.lock"):
            if not complete.exists():
                shutil.rmtree(folder, ignore_errors=True)  # what is left of a failure
                folder.mkdir()
                make(folder)
                complete.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def small_model(made_once: Callable[[str, Make], Path]) -> Path:
    """A perceptron that `train --quick` has just published. Do not change it; copy it first."""

    def make(folder: Path) -> None:
        assert perceptron.main(["train", "--quick", "--out", str(folder / "small")]) == 0

    return made_once("small_model", make) / "small"


@pytest.fixture(scope="session")
def small_translator(made_once: Callable[[str, Make], Path]) -> Path:
    """A translator that has really learned tests/translation/corpus.py, in pairs.tsv beside it. Do not change it."""

    def make(folder: Path) -> None:
        from zoo.translation import training  # here, since few tests need TensorFlow for it

        table = corpus.write(folder / "pairs.tsv")
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(training.QUICK, "dropout", 0.0)
            flags = ["--quick", "--epochs", "80", "--precision", "float32", "--out", str(folder / translate.NAME)]
            assert translate.main(["train", "--data", str(table), *flags]) == 0

    return made_once("small_translator", make) / translate.NAME
