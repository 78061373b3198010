"""The README is true: its table is that of the cards, its Python runs, and so does every command that is quick."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import zoo
from apps import digits, music, perceptron, sentiment
from benchmarks import comparisons
from zoo import cards

ROOT = Path(zoo.__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line]
TRAININGS = [line for line in COMMANDS if " train " in line]
APPS = {"digits": digits, "music": music, "perceptron": perceptron, "sentiment": sentiment}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder in which the commands find the project, and write nothing into the repository."""
    for name in ("zoo", "apps", "benchmarks", "saved_models"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def test_the_table_is_that_of_the_cards() -> None:
    rows = {row[0].strip(" `"): row for row in (line.split("|")[1:-1] for line in README.splitlines() if line.startswith("| `"))}
    for card in zoo.list_models():
        _, _, size, result, minutes, command = (cell.strip() for cell in rows[card.name])
        assert size == f"{card.parameters:,} parameters, {card.size / 1e6:.1f} MB"
        for name, value in re.findall(r"(\w+) ([\d.]+)", result):
            metric = card.metric(name)
            assert metric is not None
            assert value == f"{metric.value:.4g}", f"{card.name}: {name}"
        assert minutes == f"{card.training.seconds / 60:.1f} min"
        assert command.strip("`") == card.training.command


def test_the_pictures_are_there() -> None:
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")


def test_the_python_runs(checkout: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    result = subprocess.run([sys.executable, "-c", program], cwd=checkout, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert str([card.name for card in cards.list_models()]) in result.stdout
    assert (checkout / "tune.mid").read_bytes().startswith(b"MThd")
    assert (checkout / "tune.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("command", [line for line in COMMANDS if line not in TRAININGS])
def test_the_command_runs(command: str, checkout: Path) -> None:
    program, *words = shlex.split(command)
    found = sys.executable if program == "python" else shutil.which(program, path=Path(sys.executable).parent)
    result = subprocess.run([found or program, *words], cwd=checkout, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()


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
