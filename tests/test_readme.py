"""The README is true: its table is that of the cards, its Python runs, and so do its commands, which show what they print.

Every block of code is held against something: what is quick runs, on files like those that it names; trainings run until they
would train; and of what needs another program, the words are checked.
"""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_digits

import zoo
from apps import digits, mlp, music, perceptron, sentiment
from benchmarks import comparisons
from zoo.core import cards, training
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Note
from zoo.sentiment import stages as sentiment_stages

ROOT = Path(zoo.__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
SHELL = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines()]
WINDOWS = [line for language, text in BLOCKS if language == "bat" for line in text.splitlines()]
(PYTHON,) = [text for language, text in BLOCKS if language == "python"]
SHOWN = {  # each command, and what it is said to print
    command: output.rstrip("\n")
    for language, text in BLOCKS
    if language == "console"
    for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", text, re.MULTILINE)
}
TRAININGS = [line for line in SHELL if " train " in line]
OF_THE_DEMO = "python -m apps.demo"  # has a test of its own
RUNS = [line for line in SHELL if line.startswith("python -m apps.") and line not in (*TRAININGS, OF_THE_DEMO)]
OTHERS = [line for line in SHELL if line not in (*TRAININGS, *RUNS, OF_THE_DEMO)]
APPS = {"digits": digits, "mlp": mlp, "music": music, "perceptron": perceptron, "sentiment": sentiment}


def test_every_block_of_code_is_of_a_kind_that_is_held_against_something() -> None:
    assert {language for language, _ in BLOCKS} == {"sh", "bat", "python", "console"}
    assert len(SHOWN) >= 4
    assert len(TRAININGS) >= 7
    folders = [shlex.split(line)[shlex.split(line).index("--out") + 1] for line in TRAININGS]
    assert len(set(folders)) == len(folders), "one training would replace the model of another"


def yours(folder: Path) -> None:
    """Files like those that the README's commands name."""
    random = np.random.default_rng(0)
    rows = [f"{a:.3f},{b:.3f},{'high' if a + b > 0 else 'low'}" for a, b in random.normal(size=(60, 2))]
    (folder / "table.csv").write_text("\n".join(["first,second,column", *rows]), encoding="utf-8")
    stars = [f"film number {i} is {'fine and warm' if i % 2 else 'dull and loud'},{5 if i % 2 else 1}" for i in range(80)]
    (folder / "reviews.csv").write_text("\n".join(["review,stars", *stars]), encoding="utf-8")
    notes = tuple(Note(24 * i, 24, 62 + step) for i, step in enumerate((0, 2, 4, 5, 7, 5, 4, 2) * 4))
    tune = Score(notes, key=Key.parse("D"))
    tune.save(folder / "my_tune.mid")
    (folder / "folder_of_midi").mkdir()
    for i in range(30):
        drawn = tuple(Note(24 * at, 24, 62 + int(step)) for at, step in enumerate(random.integers(0, 12, 32)))
        Score(drawn, key=Key.parse("D")).save(folder / "folder_of_midi" / f"{i}.mid")
    seven = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(seven).text((70, 40), "7", font=ImageFont.load_default(120), fill=20)
    seven.save(folder / "photo.png")
    (folder / "folder_of_photos").mkdir()
    seven.save(folder / "folder_of_photos" / "seven.png")
    pictures, labels = load_digits(return_X_y=True)
    for i, (pixels, label) in enumerate(zip(pictures[:150].reshape(-1, 8, 8), labels, strict=False)):
        (folder / "folder_of_digits" / str(label)).mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray((255 - 15 * np.pad(pixels, 1)).astype(np.uint8)).resize((40, 40))
        picture.save(folder / "folder_of_digits" / str(label) / f"{i}.png")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the commands find the project and files of a user, and write nothing into the repository."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("zoo", "apps", "benchmarks", "saved_models", "docs", "Makefile", "requirements.txt"):
        (folder / name).symlink_to(ROOT / name)
    yours(folder)
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


def test_the_links_lead_somewhere_and_the_pictures_are_there() -> None:
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")
    for target in re.findall(r"(?<!!)\[[^\]]*\]\((?!https?:)(.*?)\)", README):
        assert (ROOT / target).exists(), target


# Runs the words after `python` on each line of JSON as a program, one after the other, so that TensorFlow is imported and each
# model loaded once; prints each exit code and what the program wrote on standard output and standard error.
RUN = """
import functools, io, json, runpy, sys, traceback
from contextlib import redirect_stderr, redirect_stdout
import zoo
from zoo import cards
loaded, zoo.load = functools.cache(zoo.load), lambda model: loaded(str(cards.find(model)))
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
    programs = {PYTHON: ["-c", PYTHON]} | {line: shlex.split(line)[1:] for line in (*SHOWN, *RUNS)}
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


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text.replace(",", ""))]


@pytest.mark.parametrize("command", SHOWN)
def test_what_a_command_is_said_to_print_is_what_it_prints(results: dict[str, tuple[int, str, str]], command: str) -> None:
    """Word for word; a number may differ a little, as another processor makes it."""
    code, out, err = results[command]
    assert code == 0, err
    shown, printed = (text.rstrip().splitlines() for text in (SHOWN[command], out))
    assert [re.sub(r"\d+", "0", line).split() for line in shown] == [re.sub(r"\d+", "0", line).split() for line in printed]
    assert numbers(SHOWN[command]) == pytest.approx(numbers(out), rel=0.02, abs=0.01)


@pytest.mark.parametrize("command", [line for line in OTHERS if line.startswith("saved_model_cli ")])
def test_tensorflows_own_program_runs_a_model(command: str, checkout: Path) -> None:
    program, *words = shlex.split(command)
    found = Path(sys.executable).with_name(program)
    result = subprocess.run([found, *words], cwd=checkout, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "probability" in result.stdout


class Reached(BaseException):
    """Raised where a training would begin; no Exception, so that no app takes it for a failure."""


def _reached(*_: object, **__: object) -> NoReturn:
    raise Reached


@pytest.mark.parametrize("command", TRAININGS)
def test_the_training_command_reads_such_data_and_would_train(
    command: str, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Training itself is tested app by app."""
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(training, "train", _reached)
    monkeypatch.setattr(sentiment_stages, "Corpus", _reached)
    _, _, module, *words = shlex.split(command)
    with pytest.raises(Reached):
        APPS[module.removeprefix("apps.")].main(words)


def test_the_words_of_the_other_commands_are_right() -> None:
    """Those of git, make, pip, docker and curl, which no test can run: what they name is there."""
    others = [shlex.split(line, comments=True) for line in OTHERS if not line.startswith("saved_model_cli ")]
    programs = [words[0] for words in others]
    assert programs == ["git", "make", "python3", "source", "pip", "mkdir", "cp", "docker", "curl"]
    of = dict(zip(programs, others, strict=True))
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"make (\w+)", README)) <= set(targets)
    assert (ROOT / of["pip"][-1]).is_file()
    assert of["source"][1] == f"{of['python3'][-1]}/bin/activate"
    assert [line.split()[1:] for line in WINDOWS[2:3]] == [of["pip"][1:]]
    assert WINDOWS[-1] in SHELL
    assert of["mkdir"][-1] == str(Path(of["cp"][-1]).parent)
    name = Path(of["cp"][2]).name
    assert (ROOT / of["cp"][2] / "saved_model.pb").is_file()
    assert Path(of["cp"][-1]).name == "1"  # a version, as TensorFlow Serving wants it
    assert f"$PWD/{of['mkdir'][-1]}:/models/{name}" in of["docker"]
    assert f"MODEL_NAME={name}" in of["docker"]
    assert of["curl"][-1].endswith(f"/v1/models/{name}:predict")
    asked = json.loads(of["curl"][2])
    predict = cards.read_card(ROOT / of["cp"][2]).signatures["predict"]
    assert {key for instance in asked["instances"] for key in instance} == set(predict["inputs"])


def test_what_look_back_is_worth_is_what_the_lesson_measured() -> None:
    page = (ROOT / "docs" / "lessons" / "README.md").read_text(encoding="utf-8")
    (alone,), (with_it,) = (re.findall(rf"whole tunes, {how} look-back \| ([\d.]+) \|", page) for how in ("without", "with"))
    assert f"{alone} nats a note instead of {with_it}" in " ".join(README.split())


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


def test_nothing_is_said_of_a_model_that_is_no_longer_published() -> None:
    for page in ("README.md", "docs/speed.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        tables = [line for line in text.splitlines() if line.startswith("|")]
        assert not [line for line in tables if "earlier" in line]
        assert "an earlier" not in text
