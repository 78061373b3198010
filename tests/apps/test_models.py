import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from apps import models
from zoo.core import cards


@pytest.fixture(autouse=True)
def folder(small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(small_model, tmp_path / "models" / "small")
    monkeypatch.setenv(cards.MODELS, str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.mark.slow
def test_list_shows_size_and_result(capsys: pytest.CaptureFixture[str]) -> None:
    assert models.main(["list"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("small ")
    assert "31 parameters" in line
    assert "accuracy 0.9" in line


def test_show_prints_the_page_or_the_card(capsys: pytest.CaptureFixture[str]) -> None:
    assert models.main(["show", "small"]) == 0
    assert capsys.readouterr().out.startswith("# small\n")
    assert models.main(["show", "small", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parameters"] == 31


def test_show_leaves_out_what_only_hubs_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (folder / "small" / cards.README).read_text(encoding="utf-8").startswith("---\n")
    assert models.main(["show", "small"]) == 0
    assert not capsys.readouterr().out.startswith("---")


def test_page_fills_an_older_card(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = folder / "small"
    old = cards.read_card(model)
    old = replace(old, structure="", usage={}, licences={}, metrics=tuple(replace(m, better="", meaning="") for m in old.metrics))
    (model / cards.CARD).write_text(old.to_json(), encoding="utf-8")
    assert models.main(["page", "small"]) == 0
    assert "README.md and " in capsys.readouterr().out
    card = cards.verify(model)
    assert set(card.usage) == {"zoo.load", "tf.saved_model.load", "columns", "predict"}
    assert all(metric.meaning for metric in card.metrics)
    assert card.licences["weights"].startswith("Apache-2.0")
    assert {name for name in card.files if card.files[name] != old.files[name]} <= {cards.README}


def test_page_of_an_unknown_network_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = folder / "small"
    card = cards.read_card(model)
    (model / cards.CARD).write_text(replace(card, architecture={"network": "resnet"}).to_json(), encoding="utf-8")
    before = (model / cards.README).read_bytes()
    assert models.main(["page", "small"]) == 2
    assert "holds no network of this project" in capsys.readouterr().err
    assert (model / cards.README).read_bytes() == before


def test_list_tells_of_a_figure_that_is_not_of_the_test_split(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = cards.read_card(folder / "small")
    (folder / "small" / cards.CARD).write_text(
        replace(card, metrics=(replace(card.metrics[0], split="validation"),)).to_json(), encoding="utf-8"
    )
    assert models.main(["list"]) == 0
    assert "(validation)" in capsys.readouterr().out


def test_verify_finds_a_tampered_model(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert models.main(["verify"]) == 0
    assert "small: " in capsys.readouterr().out
    (folder / "small" / "saved_model.pb").write_bytes(b"tampered")
    assert models.main(["verify", "small"]) == 2
    error = capsys.readouterr().err
    assert "saved_model.pb is not the file that was published" in error
    assert len(error.splitlines()) == 1


def test_a_zoo_without_models_is_not_in_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(folder / "small")
    for command in ("list", "verify"):
        assert models.main([command]) == 2
        assert f"there is no model in {folder}" in capsys.readouterr().err


def test_an_unknown_name_is_told_the_near_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert models.main(["show", "smoll"]) == 2
    assert "did you mean small?" in capsys.readouterr().err
