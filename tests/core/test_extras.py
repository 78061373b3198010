"""A package of an extra that is not installed is told in one line."""

import re
import tomllib
from pathlib import Path

import pytest

import zoo
from zoo.core import extras

PROJECT = tomllib.loads((Path(zoo.__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=\[ ]", each, maxsplit=1)[0] for each in requirements}


@pytest.mark.parametrize("package", sorted(extras.EXTRAS))
def test_each_package_is_of_the_extra_that_is_named(package: str) -> None:
    name, extra = extras.EXTRAS[package]
    assert name in _names(PROJECT["optional-dependencies"][extra])
    assert name not in _names(PROJECT["dependencies"])


def test_a_missing_package_is_told_with_its_extra() -> None:
    told = r"^this needs the package scikit-learn, which is not installed: pip install 'intro-zoo\[train\]'$"
    with pytest.raises(zoo.UserError, match=told), extras.explained():
        raise ModuleNotFoundError("No module named 'sklearn.metrics'", name="sklearn.metrics")


def test_other_errors_pass() -> None:
    for error in (
        ModuleNotFoundError("No module named 'zoo.mistyped'", name="zoo.mistyped"),
        ImportError("broken"),
        KeyError("x"),
    ):
        with pytest.raises(type(error)) as caught, extras.explained():
            raise error
        assert caught.value is error
