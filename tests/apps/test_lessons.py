from pathlib import Path

import pytest
from PIL import Image

import zoo
from apps import lessons
from zoo.core.files import is_ours
from zoo.lessons import lesson

ROOT = Path(zoo.__file__).resolve().parent.parent
GALLERY = ROOT / "docs" / "lessons"
PAGE = (GALLERY / lessons.GALLERY).read_text(encoding="utf-8")
MOST_LINES = 160


def test_the_list_names_all_lessons_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert lessons.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [[str(i), name] for i, name in enumerate(lesson.NAMES, start=1)]
    assert len(lines) == 24
    assert lines[1].endswith("Activation functions, and why a network needs them")


def test_every_lesson_is_a_module_and_every_module_a_lesson() -> None:
    around = {"__init__", "lesson", "drawing", "gallery", "grammar", "tune_reading"}
    assert {path.stem for path in (ROOT / "zoo" / "lessons").glob("*.py")} - around == set(lesson.NAMES)


@pytest.mark.parametrize("name", lesson.NAMES)
def test_the_page_is_that_of_the_module(name: str) -> None:
    """A lesson whose text has changed is to be run again: `python -m apps.lessons all --out docs/lessons`."""
    each = lesson.load(name)
    assert f"- [{each.number}. {each.title}](#{each.number}-{each.title[:3].lower().replace(' ', '-')}" in PAGE
    assert f"## {each.number}. {each.title}\n\n{each.text}\n\n![{each.title}]({name}.png)\n\n| measured | |\n" in PAGE
    assert f"**Try:** {each.question}\n" in PAGE
    with Image.open(GALLERY / f"{name}.png") as picture:
        assert picture.width == 1000
    source = (ROOT / "zoo" / "lessons" / f"{name}.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) < MOST_LINES


@pytest.mark.slow
def test_show_prints_the_page_and_the_numbers_and_draws_the_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "new" / "picture.png"
    assert lessons.main(["show", "2", "--out", str(picture)]) == 0
    output = capsys.readouterr()
    first = picture.read_bytes()
    each = lesson.load("activations")
    assert output.out.startswith(f"2. {each.title}\n\n{each.text}\n\n")
    assert output.out.endswith(f"\nTry: {each.question}\n")
    assert "accuracy, relu " in output.out
    assert output.err == f"wrote {picture}\n"
    assert lessons.main(["show", "ACTIVATIONS", "--out", str(picture)]) == 0
    assert picture.read_bytes() == first, "the same every time"
    picture.write_bytes(first[:-1])
    assert lessons.main(["show", "activations", "--out", str(picture)]) == 2
    assert picture.read_bytes() == first[:-1]


@pytest.mark.slow
def test_all_writes_a_page_with_every_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lesson, "NAMES", ("losses", "activations"))
    assert lessons.main(["all", "--out", str(tmp_path)]) == 0
    output = capsys.readouterr()
    assert output.out == f"{tmp_path / 'README.md'}\n"
    assert "2 lessons in " in output.err
    assert {path.name for path in tmp_path.iterdir()} == {"README.md", "losses.png", "activations.png"}
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert text.index("\n- [1. ") < text.index("\n- [2. ") < text.index("\n## 1. ") < text.index("\n## 2. ")
    assert "| accuracy, relu | 1 |" in text


def test_a_page_and_pictures_of_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lesson, "NAMES", ("losses", "activations"))
    for name in (lessons.GALLERY, "losses.png"):
        (tmp_path / name).write_text("mine")
        assert lessons.main(["all", "--out", str(tmp_path)]) == 2
        assert f"--out {tmp_path / name} exists, and is not as a command of this project left it" in capsys.readouterr().err
        assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
        (tmp_path / name).unlink()


def test_the_published_page_and_pictures_may_be_made_anew() -> None:
    """Else `lessons all --out docs/lessons` refuses. A page that was edited by hand is to be made by that command."""
    for name in (lessons.GALLERY, *(f"{name}.png" for name in lesson.NAMES)):
        assert is_ours(GALLERY / name), name


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["show", "nonsense"], "no lesson is called 'nonsense': there are perceptron, activations"),
        (["show", "25"], "no lesson is called '25'"),
        (["show", "lsmt"], "no lesson is called 'lsmt': did you mean lstm?"),
        (["show", "transformer"], "no lesson is called 'transformer': did you mean transformer_block?"),
        (["show", "0"], "no lesson is called '0'"),
        (["show", "losses", "--out", "losses.jpg"], "--out losses.jpg: the picture is a PNG file"),
    ],
)
def test_bad_input_is_one_line(flags: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert lessons.main(flags) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert message in output.err
    assert len(output.err.splitlines()) == 1
