import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

import zoo
from apps import writing

LINES = ("The cat sat on the mat.\n", "The dog ran in the fog.\n", "A hen can pen a letter.\n", "It's the bee's knees!\n")
LONG = "".join(LINES[i * i % 7 % 4] for i in range(1750))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "tiny_shakespeare.txt"  # as the data set of ours is called
    path.write_text(LONG)
    return path


@pytest.fixture(scope="module")
def trained(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network that has really learned. Do not change it."""
    out = tmp_path_factory.mktemp("models") / "mine"
    flags = ["--quick", "--units", "32", "--epochs", "25", "--precision", "float32"]
    assert writing.main(["train", "--data", str(book), "--out", str(out), *flags]) == 0
    return out


@pytest.mark.slow
def test_training_learns_and_publishes(trained: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = zoo.load(trained).card
    assert card.task == "next-character prediction"
    assert card.dataset.own
    assert "a text byte by byte" in card.description
    assert card.metric("nats_per_character").command.endswith(f"--data {book}")
    assert card.metric("nats_per_character").value < 2.2  # guessing among the letters that occur gives about 3
    assert card.usage["zoo.load"].output
    assert {"predict", "next", "generate", "score"} == card.signatures.keys() < card.usage.keys()
    assert {"curves.png", "finishing.png", "README.md", "saved_model.pb"} <= card.files.keys()
    capsys.readouterr()
    assert writing.main(["evaluate", "--json", "--model", str(trained), "--data", str(book)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() >= {"nats_per_character", "bits_per_byte", "baseline_nats_per_character", "split", "n", "model"}
    assert found["nats_per_character"] == pytest.approx(card.metric("nats_per_character").value, abs=1e-4)
    assert writing.main(["evaluate", "--model", str(trained), "--data", str(book), "--split", "validation"]) == 0
    assert "the last stage of training reads the validation split" in capsys.readouterr().err


@pytest.mark.slow
def test_predict_shows_a_table_and_a_picture(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "out" / "surprise.png"
    assert writing.main(["predict", "The cat sat on the", "--model", str(trained), "--picture", str(picture)]) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert len(lines) == 5
    assert all(line.endswith("%") for line in lines)
    assert "where the text surprised" in shown.err
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert writing.main(["predict", "The cat sat on the", "--model", str(trained), "--json", "--n", "3"]) == 0
    words = json.loads(capsys.readouterr().out)["words"]
    assert [each["probability"] for each in words] == sorted((each["probability"] for each in words), reverse=True)
    assert len(words) == 3


@pytest.mark.slow
def test_predict_reads_standard_input(trained: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False, buffer=io.BytesIO(b"\xff the")))
    assert writing.main(["predict", "--model", str(trained)]) == 0
    assert capsys.readouterr().out


@pytest.mark.slow
def test_generate_goes_on_from_the_prompt_and_overwrites_nothing(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["generate", "--model", str(trained), "--prompt", "The cat", "--length", "40", "--seed", "7"]
    assert writing.main(flags) == 0
    text = capsys.readouterr().out
    assert text.startswith("The cat")
    assert len(text) == 48
    assert writing.main([*flags, "--n", "2"]) == 0
    assert capsys.readouterr().out.split(f"\n{writing.BETWEEN}\n")[0] == text[:-1]
    out = tmp_path / "new" / "scene.txt"
    for _ in range(2):  # the same text again is the same file
        assert writing.main([*flags, "--out", str(out)]) == 0
        assert capsys.readouterr().out == f"{out}\n"
        assert out.read_text() == text[:-1]
    assert writing.main([*flags, "--seed", "8", "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out.with_name('scene-2.txt')}\n"
    assert out.read_text() == text[:-1]
    assert writing.main([*flags, "--n", "2", "--out", str(out)]) == 0
    assert {path.name for path in out.parent.iterdir()} >= {"scene-1.txt", "scene-2.txt"}


@pytest.mark.slow
def test_score_tells_known_text_from_other_text(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known, other = tmp_path / "known.txt", tmp_path / "other.txt"
    known.write_text(LONG[:500])
    other.write_text("Quite unlike anything: zygotes, quizzes, jazz?" * 5)
    assert writing.main(["score", str(known), str(other), "--model", str(trained), "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["file"] for each in found] == [str(known), str(other)]
    assert found[0]["characters"] == 500
    assert found[0]["nats_per_character"] < found[1]["nats_per_character"]
    page = tmp_path / "why.html"
    assert writing.main(["score", str(known), "--model", str(trained), "--picture", str(page)]) == 0
    assert "500 characters" in capsys.readouterr().out
    assert "nats a character" in page.read_text(encoding="utf-8")


def test_similarity_shows_the_shared_runs(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("Zzz! " + LONG[100:200] + " Zzz!")
    assert writing.main(["similarity", str(mine), "--data", str(book)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[0] == "100"
    assert lines[-1] == f"90.9% of {mine} is in shared runs of 50 bytes or more"
    assert writing.main(["similarity", str(mine), "--data", str(book), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["runs"][0] == {"characters": 100, "text": LONG[100:200]}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["predict", "a", "--picture", "x.pdf"], "is written as .html or .png"),
        (["predict", "a", "--model", "writing_lsmt"], "no model is called 'writing_lsmt'"),
        (["generate", "--out", "."], "--out . is a folder: name a file"),
        (["predict", "", "--picture", "x.png"], "--picture: the text is empty"),
        (["similarity", "long.txt"], "long.txt has 200,001 bytes, and at most 200,000 are compared"),
        (["score", "missing.txt"], "missing.txt does not exist: name a text file"),
        (["score", "empty.txt"], "empty.txt is empty: give a text to score"),
        (["score", "picture.png"], "picture.png is a picture, not a text file"),
        (["score", "other.txt", "empty.txt", "--picture", "x.png"], "shows one text: give one file"),
        (["similarity", "empty.txt"], "empty.txt is empty: give a text to compare"),
        (["similarity", "other.txt", "--data", "tiny_shakespear"], "did you mean tiny_shakespeare"),
        (["train", "--data", "other.txt"], "other.txt has 5 characters, and a network learns from 10,000 or more"),
    ],
)
def test_mistakes_are_told_in_one_line(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "other.txt").write_bytes(b"other")
    (tmp_path / "long.txt").write_bytes(b"x" * 200_001)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    before = sorted(tmp_path.iterdir())
    assert writing.main(words) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert len(shown.err.splitlines()) == 1
    assert shown.out == ""
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "standard input is empty: give a text"),
        (b"\x89PNG\r\n\x1a\n", "standard input is a picture, not a text file"),
        (b"the\0cat", "standard input is not a text file"),
    ],
)
@pytest.mark.parametrize("command", ["predict", "score"])
def test_standard_input_that_is_no_text_is_refused(
    command: str, content: bytes, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False, buffer=io.BytesIO(content)))
    assert writing.main([command]) == 2
    assert message in capsys.readouterr().err


def test_without_a_text_one_is_asked_for(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert writing.main(["predict"]) == 2
    assert "no text: give one in quotes, or on standard input" in capsys.readouterr().err
