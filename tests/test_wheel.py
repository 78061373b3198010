"""The wheel, installed by itself: what it holds, and that it predicts offline with nothing but the base dependencies."""

import functools
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import zoo
from zoo.core import cards, extras
from zoo.core.startup import LEVEL

ROOT = Path(zoo.__file__).resolve().parents[1]

# The new environment takes TensorFlow and its like from that of the tests, so that nothing is downloaded. The packages of the
# extras stay hidden, and there is no network.
SITE = f"""
import socket, sys

def _offline(*_):
    raise OSError("this environment has no network")

class _BaseOnly:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {sorted(extras.EXTRAS)!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

socket.socket.connect = socket.socket.connect_ex = _offline
sys.meta_path.insert(0, _BaseOnly())
"""

# Runs Python, or the words of a command, a line of JSON each, in one process, so that TensorFlow is imported once. Prints of each
# the exit code and what was written on standard output and standard error.
SEVERAL = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from intro_zoo.__main__ import main
for given in map(json.loads, sys.stdin):
    code, out, err = 0, io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        if isinstance(given, str):
            exec(given, {})
        else:
            code = main(given)
    print(json.dumps([code, out.getvalue(), err.getvalue()]))
"""
COMPOSING = """
import zoo
print(zoo.__file__)
composer = zoo.load("folk_lstm")
(tune,) = composer.generate(bars=8, seed=1)
print(tune.full_bars)
tune.save("tune.mid")
tune.save("tune.png")
print(zoo.network("folk_lstm").count_params() == composer.card.parameters)
"""
TRAINING = "import zoo\ntry: zoo.train('perceptron', 'iris')\nexcept zoo.UserError as error: print(error)"
REVIEW = ["sentiment", "predict", "A fine film."]
NEEDS = {  # commands, and what they say they need
    "perceptron train --data iris --quick": "scikit-learn, which is not installed: pip install 'intro-zoo[train]'",
    "sentiment evaluate": "scikit-learn, which is not installed: pip install 'intro-zoo[train]'",
    "music train --quick": "tensorflow-datasets, which is not installed: pip install 'intro-zoo[train]'",
    "music generate --bars 8 --formats musicxml": "music21, which is not installed: pip install 'intro-zoo[music]'",
}

Run = Callable[..., subprocess.CompletedProcess[str]]
Results = dict[str, list]  # by what ran: exit code, standard output and standard error

pytestmark = pytest.mark.slow


def _checked(command: list[str], **kwargs: object) -> None:
    result = subprocess.run(command, capture_output=True, text=True, **kwargs)  # type: ignore[call-overload]
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: setuptools leaves its build folder in the source tree, and takes old files from it."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in ("zoo", "apps", "saved_models"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    _checked([*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(built), str(source)])
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of a new environment in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("fresh")
    _checked([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    place = {"base": str(folder), "platbase": str(folder)}
    scripts, packages = (Path(sysconfig.get_path(name, "venv", place)) for name in ("scripts", "purelib"))
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "--disable-pip-version-check"]
    _checked([*pip, "install", "--no-deps", "--no-index", str(wheel)])
    (packages / "base_only.py").write_text(SITE, encoding="utf-8")
    of_the_tests = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (packages / "base_only.pth").write_text("\n".join([*of_the_tests, "import base_only"]) + "\n", encoding="utf-8")
    return scripts


def program(environment: Path, folder: Path, name: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a program of the new environment in a folder that lies elsewhere, with `given` as its standard input."""
    # What pytest, conftest.py or a user sets for the checkout must not reach it.
    ours = ("PYTHONPATH", "PYTHONWARNINGS", LEVEL, cards.MODELS)
    clean = {name: value for name, value in os.environ.items() if name not in ours} | {"HOME": str(folder)}
    command = [str(environment / name), *arguments]
    return subprocess.run(command, cwd=folder, env=clean, input=given, capture_output=True, text=True)


@pytest.fixture
def run(environment: Path, tmp_path: Path) -> Run:
    """Runs a program of the new environment in an empty folder."""
    return functools.partial(program, environment, tmp_path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The empty folder in which SEVERAL runs."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def results(environment: Path, folder: Path) -> Results:
    """What became of each of the programs and commands that SEVERAL runs."""
    programs = [COMPOSING, TRAINING, REVIEW, *map(str.split, NEEDS)]
    done = program(environment, folder, "python", "-c", SEVERAL, given="\n".join(map(json.dumps, programs)))
    assert done.returncode == 0, done.stderr
    names = [each if isinstance(each, str) else " ".join(each) for each in programs]
    return dict(zip(names, map(json.loads, done.stdout.splitlines()), strict=True))


def test_the_wheel_holds_no_package_of_a_common_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        top = {name.partition("/")[0] for name in archive.namelist()}
    assert top == {"zoo", "intro_zoo", f"intro_zoo-{zoo.__version__}.dist-info"}


def test_the_wheel_holds_every_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    files = {path.relative_to(ROOT) for path in (ROOT / "zoo").rglob("*.*") if path.parent.name != "__pycache__"}
    apps = {Path("intro_zoo") / path.name for path in (ROOT / "apps").glob("*.py")}
    assert {path.as_posix() for path in files | apps} <= held
    assert "zoo/py.typed" in held  # without it type checkers do not read the annotations


def test_a_model_composes_in_python_and_gives_its_network(results: Results, folder: Path) -> None:
    place, bars, whole = results[COMPOSING][1].split()
    assert ROOT not in Path(place).parents
    assert (bars, whole) == ("8", "True")
    assert (folder / "tune.mid").read_bytes().startswith(b"MThd")
    assert (folder / "tune.png").is_file()


def test_the_command_composes(run: Run, tmp_path: Path) -> None:
    result = run("intro-zoo", "music", "generate", "--type", "jig", "--bars", "8", "--out", "tunes")
    assert result.returncode == 0, result.stderr
    assert list((tmp_path / "tunes").glob("*.mid"))


def test_the_command_reads_a_review(results: Results) -> None:
    code, out, err = results[" ".join(REVIEW)]
    assert code == 0, err
    assert "positive" in out


def test_the_models_are_complete(run: Run) -> None:
    result = run("intro-zoo", "models", "verify")
    assert result.returncode == 0, result.stderr
    assert {line.partition(":")[0] for line in result.stdout.splitlines()} == {card.name for card in cards.list_models()}


def test_what_the_apps_say_is_what_a_user_types(run: Run) -> None:
    for words, told in (
        ((), "\n    intro-zoo music generate --type jig "),
        (("music", "--help"), "usage: intro-zoo music "),
        (("music", "generate", "--help"), "\n  intro-zoo music generate "),
        (("--version",), f"intro-zoo {zoo.__version__}\n"),
    ):
        result = run("intro-zoo", *words)
        assert result.returncode == 0, result.stderr
        assert told in result.stdout
        assert "apps" not in result.stdout.replace("apps of Intro Zoo", "")
    result = run("intro-zoo", "musik")
    assert (result.returncode, result.stderr) == (2, "intro-zoo: no app is called 'musik': did you mean music?\n")


def test_help_does_not_wait_for_tensorflow(run: Run) -> None:
    program = (
        "import sys; from intro_zoo.__main__ import main; main([]);"
        "print('imported:', *{'tensorflow', 'numpy', 'matplotlib'} & set(sys.modules))"
    )
    result = run("python", "-c", program)
    assert result.stdout.endswith("\nimported:\n"), result.stdout[-200:] + result.stderr


def test_training_from_python_names_the_extra(results: Results) -> None:
    said = "this needs the package scikit-learn, which is not installed: pip install 'intro-zoo[train]'\n"
    assert results[TRAINING][1] == said


@pytest.mark.parametrize("words", NEEDS)
def test_what_needs_an_extra_names_it(results: Results, words: str) -> None:
    said = f"intro-zoo {words.split()[0]}: this needs the package {NEEDS[words]}\n"
    assert results[words] == [2, "", said]
