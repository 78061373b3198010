import json
import shutil
from pathlib import Path

import pytest

from apps import models
from zoo.core import cards


@pytest.fixture(autouse=True)
def folder(small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(small_model, tmp_path / "models" / "small")
    monkeypatch.setenv(cards.MODELS, str(tmp_path / "models"))
    return tmp_path / "models"


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
