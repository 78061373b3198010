"""TensorFlow is imported without its remarks, and with whatever goes wrong."""

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import zoo
from zoo.core import startup

ROOT = Path(zoo.__file__).resolve().parent.parent


@pytest.mark.pretrained
@pytest.mark.slow
def test_loading_a_model_in_python_prints_nothing() -> None:
    environment = {name: value for name, value in os.environ.items() if name != startup.LEVEL}
    program = (
        "import zoo; assert zoo.load('perceptron').predict([[1.0] * 30]).shape == (1,); import tensorflow as tf; tf.keras.Input"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.fixture
def remarks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """In place of importing, something is written to standard error as C++ does; gives what was imported, and when how."""
    seen = []

    def import_module(name: str) -> Any:
        seen.append(f"{name} {os.environ.get(startup.LEVEL)} {os.environ.get(startup.LEGACY_KERAS)}")
        os.write(2, b"failed call to cuInit\n")
        if name == "broken":
            raise ImportError("no such instruction")

    monkeypatch.setattr(importlib, "import_module", import_module)
    monkeypatch.delenv(startup.LEVEL)
    monkeypatch.delenv(startup.LEGACY_KERAS, raising=False)
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    return seen


def test_remarks_are_dropped_and_keras_is_left_out_where_it_is_not_needed(
    remarks: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    startup.import_tensorflow(keras=False)
    assert remarks == ["tensorflow 3 1"]
    assert capfd.readouterr().err == ""
    assert startup.LEGACY_KERAS not in os.environ


def test_remarks_are_shown_when_the_import_fails(remarks: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImportError, match="no such instruction"):
        startup._import_quietly("broken")
    assert capfd.readouterr().err == "failed call to cuInit\n"


def test_a_users_own_level_wins(remarks: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(startup.LEVEL, "0")
    startup.import_tensorflow()
    assert remarks == ["tensorflow 0 None"]
    assert capfd.readouterr().err == "failed call to cuInit\n"


def test_what_is_imported_already_is_left_alone(remarks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", sys)
    startup.import_tensorflow()
    assert remarks == []
    assert startup.LEVEL not in os.environ
