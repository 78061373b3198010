"""The README is true: its table is that of the cards, its Python runs, and so do its commands, which print what they are said to.

So are the pages of docs/ that go on from it. Every block of code is held against something: what is quick runs, on files like
those that it names; trainings run until they would train; and of what needs another program, the words are checked.
"""

import functools
import importlib
import io
import json
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_digits

import zoo
from zoo import registry
from zoo.core import cards, training
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Note
from zoo.sentiment import stages as sentiment_stages

ROOT = Path(zoo.__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
# docs/extending.md has a test of its own, the code of two pages trains for long, and a wing's page waits for its first model.
PUBLISHED = {network.wing for card in zoo.list_models() if (network := registry.of(card))}
ELSEWHERE = {"extending", "sentiment", "tables"} | {network.wing for network in registry.NETWORKS.values()} - PUBLISHED
PAGES = [ROOT / "README.md", *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.stem not in ELSEWHERE)]
TEXTS = [page.read_text(encoding="utf-8") for page in PAGES]
BLOCKS = [block for text in TEXTS for block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)]
SHELL = list(dict.fromkeys(line for language, text in BLOCKS if language == "sh" for line in text.splitlines()))
PYTHON = [text for language, text in BLOCKS if language == "python"]
SHOWN = {  # each command, and what it is said to print
    command: output.rstrip("\n")
    for language, text in BLOCKS
    if language == "console"
    for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", text, re.MULTILINE)
}
TRAININGS = [line for line in SHELL if " train " in line]
OF_THE_DEMO = "python -m apps.demo"  # has a test of its own
RUNS = [line for line in SHELL if line.startswith("python -m apps.") and line not in (*TRAININGS, OF_THE_DEMO)]
OF_THE_WHEEL = [line for line in SHELL if line.startswith(("pip install .", "cd ", "intro-zoo ", "python -c "))]  # test_wheel.py
OTHERS = [line for line in SHELL if line not in (*TRAININGS, *RUNS, *OF_THE_WHEEL, OF_THE_DEMO)]


def test_every_block_of_code_is_of_a_kind_that_is_held_against_something() -> None:
    assert {language for language, _ in BLOCKS} == {"sh", "python", "console"}
    assert len(SHOWN) >= 2
    assert len(TRAININGS) >= 7
    assert len(PYTHON) >= 2
    folders = [shlex.split(line)[shlex.split(line).index("--out") + 1] for line in TRAININGS]
    assert len(set(folders)) == len(folders), "one training would replace the model of another"


def yours(folder: Path) -> None:
    """Files like those that the README's commands name."""
    random = np.random.default_rng(0)
    rows = [
        f"{rooms},{area:.1f},{9 * area + 20 * rooms:.0f}" for rooms, area in zip(range(60), random.normal(70, 9, 60), strict=True)
    ]
    (folder / "table.csv").write_text("\n".join(["rooms,area,price", *rows]), encoding="utf-8")
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
    seven.save(folder / "picture.png")
    pairs = [
        f"{n} {en}\t{n} {de}" for n in range(2, 50) for en, de in (("dogs run", "Hunde laufen"), ("men sing", "Männer singen"))
    ]
    (folder / "pairs.tsv").write_text("\n".join(["en\tde", *pairs]), encoding="utf-8")
    (folder / "book.txt").write_text("".join(f"And on day {n} it rained again.\n" for n in range(1000)), encoding="utf-8")
    (folder / "folder_of_pictures").mkdir()
    told = ["image,caption"]
    for n in range(60):
        drawn = Image.new("RGB", (120, 100), (250, 250, 250))
        ImageDraw.Draw(drawn).rectangle((10 + n // 2, 20, 50 + n, 80), fill=("red", "blue")[n % 2])
        drawn.save(folder / "folder_of_pictures" / f"{n}.png")
        told.append(f"{n}.png,a {('red', 'blue')[n % 2]} box number {n}")
    (folder / "folder_of_pictures" / "captions.csv").write_text("\n".join(told), encoding="utf-8")
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
        _, _, result, size, minutes = (cell.strip() for cell in rows[card.name])
        # tests/test_pages.py holds each figure with such a comment against the card.
        told = re.sub(rf"[\d.,]+( ?%)?<!--{card.name}\.\w+-->", "", result)
        assert told != result
        assert not re.search(r"\d\.\d|%", told), f"a figure of {card.name} has no comment that names its metric"
        assert size == f"{card.parameters:,} parameters, {card.size / 1e6:.1f} MB"
        seconds = card.training.seconds
        assert minutes == (f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.1f} min")


def ran(option: str, program: str, *words: str) -> tuple[int, str, str]:
    """The exit code of `python option program words`, and what it writes on standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        if option == "-c":
            exec(program, {"__name__": "__main__"})
            code = 0
        else:
            code = importlib.import_module(program).main(list(words))
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def results(checkout: Path) -> dict[str, tuple[int, str, str]]:
    """What became of the pages' Python and of each of their commands `python -m ...`.

    All run in this process, which loads a model once: each in one of its own would take minutes.
    """
    programs = {text: ["-c", text] for text in PYTHON} | {line: shlex.split(line, comments=True)[1:] for line in (*SHOWN, *RUNS)}
    load = functools.cache(tf.saved_model.load)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(checkout)
        patch.setattr(tf.saved_model, "load", lambda path: load(str(Path(path).resolve())))
        return {line: ran(*words) for line, words in programs.items()}


@pytest.mark.slow
def test_the_python_runs(results: dict[str, tuple[int, str, str]], checkout: Path) -> None:
    for program in PYTHON:
        code, _, err = results[program]
        assert code == 0, err
    assert str([card.name for card in cards.list_models()]) in results[PYTHON[0]][1]
    assert (checkout / "tune.mid").read_bytes().startswith(b"MThd")
    assert (checkout / "choir.musicxml").read_text(encoding="utf-8").count("<part id=") == 4


@pytest.mark.slow
@pytest.mark.parametrize("command", RUNS)
def test_the_command_runs(results: dict[str, tuple[int, str, str]], command: str) -> None:
    code, out, err = results[command]
    assert code == 0, err
    assert out.strip()


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text.replace(",", ""))]


@pytest.mark.slow
@pytest.mark.parametrize("command", SHOWN)
def test_what_a_command_is_said_to_print_is_what_it_prints(results: dict[str, tuple[int, str, str]], command: str) -> None:
    """Word for word; a number may differ a little, as another processor makes it."""
    code, out, err = results[command]
    assert code == 0, err
    shown, printed = (text.rstrip().splitlines() for text in (SHOWN[command], out))
    assert [re.sub(r"\d+", "0", line).split() for line in shown] == [re.sub(r"\d+", "0", line).split() for line in printed]
    assert numbers(SHOWN[command]) == pytest.approx(numbers(out), rel=0.02, abs=0.01)


@pytest.mark.slow
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


@pytest.mark.slow
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
        importlib.import_module(module).main(words)


def test_the_words_of_the_other_commands_are_right() -> None:
    """Those of git, make, pip, docker and curl, which no test can run: what they name is there."""
    others = [shlex.split(line, comments=True) for line in OTHERS if not line.startswith("saved_model_cli ")]
    of = {words[0]: words for words in others}
    assert list(of) == ["git", "make", "source", "python3", "pip", "mkdir", "cp", "docker", "curl"]
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {target for text in TEXTS for target in re.findall(r"make (demo|test|check|lock)\b", text)} <= set(targets)
    assert (ROOT / of["pip"][-1]).is_file()
    assert of["source"][1] == f"{of['python3'][-1]}/bin/activate"
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
