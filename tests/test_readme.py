"""The README is true: its table is that of the cards, its Python runs, and so does every command that is quick."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import zoo
from apps import digits, mlp, music, perceptron, sentiment
from benchmarks import comparisons
from zoo import cards

ROOT = Path(zoo.__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line]
TRAININGS = [line for line in COMMANDS if " train " in line]
RUNS = [line for line in COMMANDS if line not in TRAININGS and line.startswith("python ")]
OTHERS = [line for line in COMMANDS if line not in TRAININGS and line not in RUNS]
(PYTHON,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
APPS = {"digits": digits, "mlp": mlp, "music": music, "perceptron": perceptron, "sentiment": sentiment}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the commands find the project, and write nothing into the repository."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("zoo", "apps", "benchmarks", "saved_models"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def test_the_table_is_that_of_the_cards() -> None:
    rows = {row[0].strip(" `"): row for row in (line.split("|")[1:-1] for line in README.splitlines() if line.startswith("| `"))}
    for card in zoo.list_models():
        _, _, size, result, minutes, command = (cell.strip() for cell in rows[card.name])
        assert size == f"{card.parameters:,} parameters, {card.size / 1e6:.1f} MB"
        for name, value in re.findall(r"(\w+) ([\d.]+)", result):
            metric = card.metric(name)
            assert metric is not None
            assert value == f"{metric.value:.4g}", f"{card.name}: {name}"
        seconds = card.training.seconds
        assert minutes == (f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.1f} min")
        assert command.strip("`") == card.training.command


def test_the_pictures_are_there() -> None:
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")


# Runs the words after `python` on each line of JSON as a program, one after the other, so that TensorFlow is imported once;
# prints each exit code and what the program wrote on standard output and standard error.
RUN = """
import io, json, runpy, sys, traceback
from contextlib import redirect_stderr, redirect_stdout
for option, program, *words in map(json.loads, sys.stdin):
    sys.argv, code, out, err = [program, *words], 0, io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            if option == "-m":
                runpy.run_module(program, run_name="__main__", alter_sys=True)
            else:
                exec(program, {"__name__": "__main__"})
        except SystemExit as stopped:
            code = stopped.code
        except Exception:
            traceback.print_exc()
            code = 1
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""


@pytest.fixture(scope="module")
def results(checkout: Path) -> dict[str, tuple[int, str, str]]:
    """What became of the README's Python and of each of its commands `python -m ...`, in one process of their own."""
    programs = {PYTHON: ["-c", PYTHON]} | {line: shlex.split(line)[1:] for line in RUNS}
    lines = "\n".join(map(json.dumps, programs.values()))
    result = subprocess.run([sys.executable, "-c", RUN], input=lines, cwd=checkout, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return dict(zip(programs, map(json.loads, result.stdout.splitlines()), strict=True))


def test_the_python_runs(results: dict[str, tuple[int, str, str]], checkout: Path) -> None:
    code, out, err = results[PYTHON]
    assert code == 0, err
    assert str([card.name for card in cards.list_models()]) in out
    assert (checkout / "tune.mid").read_bytes().startswith(b"MThd")
    assert (checkout / "choir.musicxml").read_text(encoding="utf-8").count("<part id=") == 4
    assert (checkout / "tune.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("command", RUNS)
def test_the_command_runs(results: dict[str, tuple[int, str, str]], command: str) -> None:
    code, out, err = results[command]
    assert code == 0, err
    assert out.strip()


@pytest.mark.parametrize("command", OTHERS)
def test_tensorflows_own_program_runs_a_model(command: str, checkout: Path) -> None:
    program, *words = shlex.split(command)
    assert program == "saved_model_cli"
    found = Path(sys.executable).with_name(program)
    result = subprocess.run([found, *words], cwd=checkout, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "probability" in result.stdout


@pytest.mark.parametrize("command", TRAININGS)
def test_the_training_command_is_understood(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its data are not there, and that is what it says: the flags are right. Training itself is tested app by app."""
    _, _, module, *words = shlex.split(command)
    monkeypatch.chdir(tmp_path)
    assert APPS[module.removeprefix("apps.")].main(words) == 2
    data = words[words.index("--data") + 1]
    assert data in capsys.readouterr().err


def test_the_speed_table_is_that_of_the_results() -> None:
    (table,) = re.findall(r"<!-- speed table.*?-->\n(.*?)\n\n", README, re.DOTALL)
    (picture,) = re.findall(r"\((benchmarks/results/.*?)\.png\)", README)
    results = json.loads((ROOT / f"{picture}.json").read_text(encoding="utf-8"))
    ratios = {(row["work"], row["peer"]): row["ratio"] for row in results["rows"]}
    rows = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    assert len(rows) >= 5
    assert results["quiet"], "measured while nothing else ran"
    for work, _, peer, ratio, command in rows:
        value = ratios[work, peer.rpartition(":")[0]]
        assert ratio == (f"{value:.1f}" if value < 10 else f"{value:,.0f}")
        assert command.startswith("python -m benchmarks ")
        assert work in [each.work for each in comparisons.GROUPS[command.split()[-1]]]
