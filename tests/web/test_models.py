"""The models of the page: loaded once whoever asks, told while they load, and told how to get where they are not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from zoo import registry
from zoo.core import cards
from zoo.core.errors import UserError
from zoo.web import models


@pytest.fixture(autouse=True)
def _none_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_loaded", {})
    monkeypatch.setattr(models, "_locks", {})
    monkeypatch.setattr(models, "import_tensorflow", lambda **_: None)


def test_a_model_is_loaded_once_for_all_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, go = [], threading.Event()

    def load(name: str) -> object:
        asked.append(name)
        assert go.wait(60)
        return SimpleNamespace(name=name)

    monkeypatch.setattr(registry, "load", load)
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(models.get, "perceptron") for _ in range(4)]
        assert not models.is_loaded("perceptron")
        go.set()
        assert len({id(future.result()) for future in futures}) == 1
    assert asked == ["perceptron"]
    assert models.is_loaded("perceptron")


def test_a_model_that_is_not_here_yet_tells_how_to_train_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cards.MODELS, str(tmp_path))
    with pytest.raises(UserError, match=r"the model captioner is not here yet: train it in Python with zoo\.train\(") as caught:
        models.check("captioner")
    assert str(tmp_path) not in str(caught.value)
    with pytest.raises(UserError, match="no model is called 'captoner': the tab Zoo lists"):
        models.check("captoner")


def test_the_line_above_a_tab_tells_that_a_model_loads_and_then_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    card, warmed = cards.read_card(cards.find("perceptron")), []
    monkeypatch.setattr(registry, "load", lambda name: SimpleNamespace(card=card))
    loading, loaded = models.opening(["perceptron"], lambda: warmed.append(1))
    assert 'role="status" aria-busy="true"' in loading
    assert "Loading perceptron" in loading
    assert "<strong>perceptron</strong> has 31 parameters" in loaded
    assert warmed == [1]
    assert list(models.opening(["perceptron"], lambda: warmed.append(1))) == [loaded]
    assert warmed == [1]


def test_the_line_above_a_tab_tells_of_a_model_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cards.MODELS, str(tmp_path))
    *_, told = models.opening(["captioner"])
    assert 'role="alert"' in told
    assert "not here yet" in told


def test_a_model_without_a_figure_is_told_without_one() -> None:
    card = replace(cards.read_card(cards.find("perceptron")), metrics=())
    assert models.told(card) == "<strong>perceptron</strong> has 31 parameters."


def test_the_models_of_a_network_are_listed() -> None:
    assert {"folk_lstm", "chorale_lstm"} <= {card.name for card in models.published("music_lstm")}
    assert "perceptron" not in {card.name for card in models.published("music_lstm")}
