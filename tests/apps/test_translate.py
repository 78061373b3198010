import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import zoo
from apps import translate
from tests.translation import corpus
from zoo.core import cards
from zoo.translation.model import Attention

KNOWN = ["--from", "en", "--to", "de"]


class Known:
    """Stands for a model: it translates what is in the corpus, and turns round the letters of everything else."""

    languages = corpus.LANGUAGES
    card = SimpleNamespace(name="known", dataset=SimpleNamespace(sha256=""))

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def translate(self, texts: Iterable[str | bytes], source: str, target: str) -> list[str]:
        plain = [text.decode("utf-8", "replace") if isinstance(text, bytes) else text for text in texts]
        self.asked.append(plain)
        book = dict(zip(*(corpus.sentences()[language] for language in (source, target)), strict=True))
        return [book.get(text, text[::-1]) for text in plain]

    def alternatives(self, text: bytes, source: str, target: str, n: int) -> list[tuple[str, float]]:
        return [(f"{self.translate([text], source, target)[0]} {i}", -1.5 * (i + 1)) for i in range(n)]

    def attend(self, text: bytes, translation: str, source: str, target: str) -> Attention:
        sides = text.decode().split(), translation.split()
        return Attention(*sides, np.full([len(sides[1]), len(sides[0])], 0.1, np.float32))


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Known:
    known = Known()
    monkeypatch.setattr(zoo, "load", lambda _: known)
    monkeypatch.setattr(cards, "find_network", lambda *_: Path("known"))
    return known


def given(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Standard input has this content."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@pytest.mark.slow
def test_a_trained_model_translates_and_its_figures_can_be_measured_again(
    small_translator: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts, picture = corpus.sentences(), tmp_path / "attention.png"
    flags = ["--model", str(small_translator), "--from", "fr", "--to", "en"]
    assert translate.main(["predict", *flags, *texts["fr"]]) == 0
    found = capsys.readouterr().out.splitlines()
    assert np.mean([a == b for a, b in zip(found, texts["en"], strict=True)]) > 0.4
    assert translate.main(["predict", *flags, "--alternatives", "3", "--picture", str(picture), texts["fr"][0]]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    values = [float(line.split()[0]) for line in capsys.readouterr().out.splitlines() if line]
    assert 1 <= len(values) <= 3
    assert max(values) < 0
    assert translate.main(["predict", "--model", str(small_translator), "--from", "en", "--to", "es", ""]) == 2
    assert "'es'" in capsys.readouterr().err

    card = zoo.load(small_translator).card
    table = str(small_translator.parent / "pairs.tsv")
    assert translate.main(["evaluate", "--model", str(small_translator), "--data", table, "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["split"] == "test"
    assert {metric.name: metric.value for metric in card.metrics} == pytest.approx(
        {name: value for name, value in again.items() if name not in ("split", "n", "model")}
    )
    assert card.metric("bleu_fr_en").better == "higher"


@pytest.mark.slow
def test_the_card_shows_each_signature_at_work(small_translator: Path) -> None:
    usage = zoo.load(small_translator).card.usage
    assert {"zoo.load", "alternatives", "attend", "score", "translate"} <= set(usage)
    assert all(each.output for name, each in usage.items() if name != "tf.saved_model.load"), usage


def test_texts_are_translated_in_order(model: Known, capsys: pytest.CaptureFixture[str]) -> None:
    assert translate.main(["predict", *KNOWN, "A man eats bread.", "", "abc"]) == 0
    assert capsys.readouterr().out == "Ein Mann isst Brot.\n\ncba\n"


def test_a_stream_gives_a_line_for_each_line_in_batches(
    model: Known, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"line {i}" if i % 5 else "  " * (i % 2) for i in range(20_000)]
    given(monkeypatch, "\r\n".join(lines).encode() + b"\n\n\xff\xfe")
    assert translate.main(["predict", *KNOWN]) == 0
    expected = [line[::-1] if line.strip() else "" for line in lines] + ["", "\ufffd\ufffd"]
    assert capsys.readouterr().out.split("\n")[:-1] == expected
    assert len(model.asked) < 20, "many lines at a time"
    assert "" not in [text.strip() for texts in model.asked for text in texts]


def test_a_reader_that_has_seen_enough_is_no_failure_to_tell(tmp_path: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "from tests.apps.test_translate import Known\n"
        "import zoo\nfrom apps import translate\nfrom zoo.core import cards\n"
        "zoo.load, cards.find_network = lambda _: Known(), lambda *_: 'known'\n"
        "sys.exit(translate.main(sys.argv[1:]))\n"
    )
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", program, root, "predict", *KNOWN]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root, env=os.environ
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(b"abc\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"cba\n", "a line is translated before the next one comes"
        process.stdout.close()
        process.stdin.write(b"abc\n" * 10)
        process.stdin.close()
        told = process.stderr.read().decode()
        assert process.wait() == 1
    assert "Traceback" not in told
    assert "Broken pipe" not in told


def test_alternatives_have_their_log_probabilities(
    model: Known, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert translate.main(["predict", *KNOWN, "--alternatives", "2", "abc"]) == 0
    assert capsys.readouterr().out == "   -1.50  cba 0\n   -3.00  cba 1\n\n"
    given(monkeypatch, b"abc\n\n")
    assert translate.main(["predict", *KNOWN, "--alternatives", "2", "--json"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["alternatives"][1] == {"translation": "cba 1", "log_probability": -3.0}
    assert second == {"text": "", "alternatives": []}


def test_json_has_a_line_for_each_text(model: Known, capsys: pytest.CaptureFixture[str]) -> None:
    assert translate.main(["predict", *KNOWN, "--json", "A woman sees two birds.", " "]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"text": "A woman sees two birds.", "translation": "Eine Frau sieht zwei Vögel."},
        {"text": " ", "translation": ""},
    ]


def test_a_picture_shows_the_attention_of_one_text(model: Known, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "made" / "attention.png"
    for _ in range(2):  # a command may be repeated
        assert translate.main(["predict", *KNOWN, "A man eats bread.", "--picture", str(path)]) == 0
        assert path.read_bytes().startswith(b"\x89PNG")
    out, err = capsys.readouterr()
    assert out == "Ein Mann isst Brot.\n" * 2
    assert [texts for texts in model.asked if texts] == [["A man eats bread."]] * 2, "it is translated once"
    assert f"{path}: which word of the text" in err


@pytest.mark.parametrize(
    ("words", "content", "message"),
    [
        (["predict", "--to", "de", "x"], b"", "the following arguments are required: --from"),
        (["predict", *KNOWN], b"", "standard input is empty: give one or more texts"),
        (["predict", *KNOWN], b"a\nb\0c\n", "standard input is no text: it has a NUL character"),
        (["predict", *KNOWN, "--picture", "a.jpg", "x"], b"", "--picture a.jpg: the picture is a PNG file"),
        (["predict", *KNOWN, "--picture", "a.png", "x", "y"], b"", "--picture shows one translation: give one text, not 2"),
        (["predict", *KNOWN, "--picture", "a.png"], b"x", "--picture shows one translation: give one text, not standard input"),
        (["predict", *KNOWN, "--picture", "a.png", " "], b"", "--picture: the text is empty"),
        (["predict", *KNOWN, "--alternatives", "11", "x"], b"", "'11' is not a whole number from 1 to 10"),
        (["evaluate", "--data", "multi30k"], b"", "Multi30k is not prepared in TFDS_DATA_DIR"),
        (["evaluate", "--data", "none.tsv"], b"", "none.tsv cannot be read as a CSV file"),
        (["train", "--data", "none.tsv"], b"", "none.tsv cannot be read as a CSV file"),
        (["train", "--data", "none.tsv", "--languages", "en"], b"", "none.tsv cannot be read as a CSV file"),
    ],
)
def test_bad_input_is_one_line(
    model: Known,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    content: bytes,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    given(monkeypatch, content)
    try:
        code: Any = translate.main(words)
    except SystemExit as ended:  # argparse's own way
        code = ended.code
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert message in err.splitlines()[-1]
    assert "Traceback" not in err
    assert not list(tmp_path.rglob("*.png"))


def test_evaluation_prints_numbers_or_the_worst_translations(
    model: Known, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(corpus.write(tmp_path / "pairs.tsv"))
    assert translate.main(["evaluate", "--data", path, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [found[name] for name in ("bleu", "chrf", "sacrebleu", "bleu_fr_de")] == pytest.approx([100] * 4)
    assert (found["split"], found["n"], found["model"]) == ("all", 60, "translation_transformer")
    assert translate.main(["evaluate", "--data", path, "--languages", "fr,de", "--json"]) == 0
    names = json.loads(capsys.readouterr().out).keys()
    assert {"bleu_fr_de", "bleu_de_fr"} < names
    assert "bleu_en_de" not in names
    assert translate.main(["evaluate", "--data", path, "--direction", "de-en", "--split", "test", "--worst", "1"]) == 0
    out = capsys.readouterr().out
    assert "bleu_nearest_training" in out
    assert "bleu_de_en" not in out
    worst = out[out.index("worst translations from de to en:\n") :].splitlines()
    assert len(worst) == 4
    assert worst[3].endswith("(by a person)")


def test_a_file_with_other_languages_is_told(model: Known, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.tsv"
    path.write_text("en\tes\n" + "".join(f"Word {i}.\tPalabra {i}.\n" for i in range(30)))
    assert translate.main(["evaluate", "--data", str(path)]) == 2
    assert "other has sentences in en, es: two of these languages are needed, not en alone" in capsys.readouterr().err
