"""The command line `python -m benchmarks`, without its contests."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import benchmarks.__main__ as command
from benchmarks import comparisons, contest, machine
from benchmarks.contest import Outcome
from zoo.core import processor
from zoo.core.files import is_ours

ROOT = Path(command.__file__).resolve().parent.parent


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Contests without contenders on an idle machine; gives the folder of the results."""

    def compete(contenders: list[str], repeats: int, on_cores: int) -> list[Outcome]:
        return [Outcome((2.0,) * repeats) for _ in contenders]

    monkeypatch.setattr(contest, "compete", compete)
    monkeypatch.setattr(comparisons, "compete", compete)
    monkeypatch.setattr(machine, "busy_cores", lambda: 0.0)
    monkeypatch.setattr(command, "RESULTS", tmp_path / "results")
    return tmp_path / "results"


@pytest.mark.slow
def test_a_run_of_all_groups_writes_json_and_picture(quick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--repeats", "2", "--name", "mine"]) == 0
    assert sorted(path.name for path in quick.iterdir()) == ["mine.json", "mine.png"]
    assert (quick / "mine.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads((quick / "mine.json").read_text())
    assert found["quiet"] is True
    assert found["matrix_gflops"]["bfloat16"]["1"] == 2
    assert {row["work"] for row in found["rows"]} == {each.work for group in comparisons.GROUPS.values() for each in group}
    assert "lstm_training" in capsys.readouterr().out


@pytest.mark.slow
def test_the_files_have_the_processors_name(quick: Path) -> None:
    assert command.main(["--repeats", "1"]) == 0
    assert (quick / f"{machine.slug()}.json").is_file()


def test_a_group_writes_only_where_it_is_told(quick: Path, tmp_path: Path) -> None:
    assert command.main(["startup"]) == 0
    assert list(tmp_path.iterdir()) == []
    assert command.main(["startup", "--json", str(tmp_path / "mine.json")]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]
    assert {row["work"] for row in json.loads((tmp_path / "mine.json").read_text())["rows"]} == {"startup"}


@pytest.mark.slow
def test_figures_replace_figures_and_nothing_else(quick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for flags, name in ((["startup", "--json", str(tmp_path / "new" / "mine.json")], "new/mine.json"), ([], "")):
        path = tmp_path / name if name else quick / f"{machine.slug()}.png"
        assert command.main(["--repeats", "1", *flags]) == 0
        assert command.main(["--repeats", "1", *flags]) == 0
        path.write_text("mine")
        assert command.main(["--repeats", "1", *flags]) == 2
        assert f"{path} exists, and is not as a command of this project left it" in capsys.readouterr().err
        assert path.read_text() == "mine"


def test_the_published_figures_may_be_measured_anew() -> None:
    for path in (ROOT / "benchmarks" / "results").iterdir():
        assert is_ours(path), path


def test_a_busy_machine_is_told_once(
    quick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machine, "busy_cores", lambda: 1.5)
    assert command.main(["startup", "--json", str(tmp_path / "mine.json")]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "not to be trusted" in line]
    assert told == [f"others keep 1.5 of {processor.cores()} cores busy: these figures are not to be trusted"]
    found = json.loads((tmp_path / "mine.json").read_text())
    assert (found["quiet"], found["busy_cores"]) == (False, 1.5)


@pytest.mark.parametrize(
    "words",
    [
        ["cooking"],
        ["--repeats", "0"],
        ["--repeats", "many"],
        ["--json", "."],
        ["--name", "a/b"],
        ["--name", ""],
        ["startup", "--name", "mine"],
        ["--json", ""],
    ],
)
def test_bad_input_is_one_line_and_code_2(words: list[str], quick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = command.main(words)
    except SystemExit as stopped:
        code = int(str(stopped.code))
    assert code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not quick.exists()


def test_help_has_an_example_and_needs_no_tensorflow() -> None:
    program = (
        "import runpy, sys\nsys.argv = ['benchmarks', '--help']\n"
        "try:\n    runpy.run_module('benchmarks', run_name='__main__')\n"
        "except SystemExit:\n    assert not {'tensorflow', 'keras', 'torch', 'matplotlib'} & sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "example:\n  python -m benchmarks training" in done.stdout
