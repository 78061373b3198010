import io
import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import zoo
from apps import cli, sentiment
from apps.sentiment import Prediction
from tests.handed_over import handed_over
from zoo.sentiment import training

GOOD = ["wonderful", "moving", "clever", "funny", "gripping", "charming"]
BAD = ["dull", "tedious", "clumsy", "silly", "wooden", "hollow"]
TEMPLATES = [
    "The {} story held us to the end.",
    "What a {} film!",
    "I found the acting {} and the music {}.",
    "Nothing here is {}, say some; to me all of it was {}.",
    "A {} script, {} pictures and a {} end.",
]


def sentences(n: int) -> list[tuple[str, int]]:
    """Texts of our own whose adjectives tell their labels."""
    choose = random.Random(0)
    result = []
    for i in range(n):
        template, label = choose.choice(TEMPLATES), i % 2
        adjectives = [choose.choice((BAD, GOOD)[label]) for _ in range(template.count("{}"))]
        result.append((f"{template.format(*adjectives)} Seen on day {i}.", label))
    return result


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "own.csv"
    path.write_text("text,label\n" + "".join(f'"{text}",{label}\n' for text, label in sentences(320)))
    return path


@pytest.fixture(scope="module")
def unlabelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More of them without labels, in which two adjectives keep company with the good and the bad ones."""
    texts = [text.replace("Seen on", f"{('Murky', 'Zestful')[label]}, and seen on") for text, label in sentences(200)]
    path = tmp_path_factory.mktemp("data") / "more.csv"
    path.write_text("day;text\n" + "".join(f'{i};"{text}"\n' for i, text in enumerate([*texts, "", " "])))
    return path


def learning_fast(patch: pytest.MonkeyPatch) -> None:
    """In fewer steps than the recipe warms up."""
    quick = {"learning_rate": 5e-3, "warmup_steps": 10, "batch_size": 32}  # one size of batch, so that XLA compiles little
    patch.setattr(training, "PRETRAINING", replace(training.PRETRAINING, **quick))
    patch.setattr(training, "FINETUNING", replace(training.FINETUNING, **quick, average=0.9))


@pytest.fixture(scope="module")
def trained(table: Path, unlabelled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small transformer that has really learned, in all three stages. Do not change it."""
    out = tmp_path_factory.mktemp("models") / "own"
    with pytest.MonkeyPatch.context() as patch:
        learning_fast(patch)
        assert sentiment.main(["train", *in_stages(table, unlabelled), "--out", str(out)]) == 0
    return out


def in_stages(table: Path, unlabelled: Path) -> list[str]:
    """The flags of the training of `trained`."""
    flags = ["--quick", "--epochs", "4", "--precision", "float32"]
    return [*flags, "--data", str(table), "--unlabelled", str(unlabelled)]


@pytest.mark.slow
def test_training_learns_and_publishes(trained: Path, table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = zoo.load(trained)
    card = model.card
    assert card.task == "text classification"
    assert card.architecture["network"] == "sentiment_transformer"
    assert 100 < card.architecture["ngrams"] < 1000, "as many as these few texts have in common"
    # The hashes of the n-grams are no parameters.
    counted = sum(int(np.prod(v.shape)) for v in model.saved_model.variables if v.dtype.is_floating)
    assert card.parameters == counted
    assert card.metric("accuracy").split == "test"
    files = {"assets/words.txt", "pretraining.png", "fine-tuning.png", "curves.png", "README.md", "saved_model.pb"}
    assert files <= set(card.files)
    assert not (trained.parent / ".own.training").exists()
    assert sentiment.main(["evaluate", "--json", "--model", str(trained), "--data", str(table)]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result.keys() == {"accuracy", "auc", "calibration_error", "f1", "split", "n", "model"}
    assert result["accuracy"] == card.metric("accuracy").value
    assert result["accuracy"] > 0.95
    assert result["auc"] > 0.98
    assert result["split"] == "test"
    assert result["n"] == card.dataset.splits["test"]


@pytest.mark.slow
def test_training_from_a_model_keeps_its_vocabulary_and_begins_with_its_weights(
    trained: Path, table: Path, tmp_path: Path
) -> None:
    flags = ["--from", str(trained), "--epochs", "1", "--precision", "float32", "--data", str(table)]
    after = handed_over(lambda: sentiment.main(["train", *flags, "--out", str(tmp_path / "more")]))
    before = zoo.load(trained)
    assert after.architecture == before.card.architecture  # a vocabulary of the table alone would have fewer words
    assert 0 < after.moved(before) < 0.1


@pytest.mark.slow
def test_predict_prints_a_line_for_each_text(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["A wonderful, moving film!", "A dull, tedious film!", "<p>A dull, <b>tedious</b> film&#33;</p>"]
    assert sentiment.main(["predict", "--model", str(trained), *texts]) == 0
    lines = capsys.readouterr().out.splitlines()
    wanted = zoo.load(trained).predict(texts)
    np.testing.assert_allclose(wanted[2], wanted[1], atol=1e-6)
    for line, text, probability in zip(lines, texts, wanted, strict=True):
        label, own = ("positive", probability) if probability >= 0.5 else ("negative", 1 - probability)
        assert line == f"{label}  {sentiment.percent(float(own)):>8}  {text}"
    assert [line.split()[0] for line in lines] == ["positive", "negative", "negative"]


def test_a_probability_below_one_is_never_shown_as_certain() -> None:
    assert [sentiment.percent(p) for p in (0.5, 0.9424, 0.99949, 0.9996, 1.0)] == [
        *("50.0 %", "94.2 %", "99.9 %", "> 99.9 %", "> 99.9 %"),
    ]


NOTHING = ["", "  ", "<p><br></p>", "?!", "\u6620\u753b", "&nbsp;"]


@pytest.mark.slow
def test_where_no_word_is_known_there_is_nothing_to_judge(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "why.html"
    arguments = ["predict", "--model", str(trained), "--out", str(page), *NOTHING, "A moving film."]
    assert sentiment.main(arguments) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert [line.startswith("nothing to judge") for line in lines[:7]] == [True] * 6 + [False]
    notices = shown.err.splitlines()
    assert notices[0] == "text 1: nothing to judge, the text is empty"
    assert notices[3] == "text 4: nothing to judge, it has no word that the model knows"
    assert "<h2>nothing to judge</h2>" in page.read_text(encoding="utf-8")
    assert sentiment.main([*arguments, "--json"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for answer in answers[:6]:
        assert [answer[key] for key in ("label", "probability", "probabilities")] == [None] * 3
    assert answers[6]["label"] == "positive"
    np.testing.assert_allclose(sum(answers[6]["probabilities"].values()), 1)
    assert answers[6]["probability"] == answers[6]["probabilities"]["positive"]
    model = zoo.load(trained)
    assert np.isnan(model.predict([*NOTHING, "A moving film."])).tolist() == [True] * 6 + [False]


def test_three_classes_are_told_with_their_own_probability() -> None:
    prediction = Prediction(b"Goal!", ("art", "politics", "sport"), np.array([0.125, 0.25, 0.625]), None)
    assert str(prediction) == "sport       62.5 %  Goal!"
    assert json.loads(prediction.as_json()) == {
        "label": "sport",
        "probabilities": {"art": 0.125, "politics": 0.25, "sport": 0.625},
    }
    assert prediction.explanation().prediction == "sport 62.5 %"
    nothing = Prediction(b"", ("art", "politics", "sport"), np.full(3, np.nan), [])
    assert (nothing.label, str(nothing)) == (None, "nothing to judge")


@pytest.mark.slow
def test_explain_shows_the_words_that_decided(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sentiment.main(["predict", "--explain", "--json", "--model", str(trained), "The clever story was hollow."]) == 0
    tokens = json.loads(capsys.readouterr().out)["tokens"]
    assert [token for token, _ in tokens] == ["the", "clever", "story", "was", "hollow", "."]
    weights = dict(map(tuple, tokens))
    assert max(weights, key=lambda token: weights[token]) == "clever"
    assert min(weights, key=lambda token: weights[token]) == "hollow"
    assert sentiment.main(["predict", "--explain", "--model", str(trained), "A wonderful film."]) == 0
    assert "wonderful +" in capsys.readouterr().out.splitlines()[1]


@pytest.mark.slow
def test_standard_input_gives_a_result_for_each_line_of_any_bytes(
    trained: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [b"A charming film", b"", b"clumsy\0 and dull", b"\xff\xfe broken", "😀 grand".encode(), b"x" * 10_000_000]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\r\n".join(lines))))
    assert sentiment.main(["predict", "--json", "--model", str(trained)]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(answers) == len(lines)
    assert answers[0]["label"] == "positive"
    assert [answer["label"] is None for answer in answers] == [False, True, False, True, True, True]
    assert all(0 <= answer["probability"] <= 1 for answer in answers if answer["label"])


class Slow(io.RawIOBase):
    """A stream that gives its pieces one by one, as a pipe does."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        piece = self.pieces.pop(0) if self.pieces else b""
        buffer[: len(piece)] = piece
        return len(piece)


def test_lines_are_given_as_they_arrive() -> None:
    stream = io.BufferedReader(Slow([b"one\ntw", b"o", b"\r\n\nthree\nfo", b"ur"]))
    assert list(cli.lines(stream)) == [[b"one"], [b"two", b"", b"three"], [b"four"]]
    assert list(cli.lines(io.BufferedReader(Slow([])))) == []


def test_control_characters_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    text = b"\x1b[31mred\x00 \xff" + b"word " * 50
    sentiment.show(Prediction(text, ("negative", "positive"), np.float32(0.25), None), as_json=False)
    line = capsys.readouterr().out
    assert line.startswith("negative    75.0 %   [31mred")
    assert line.endswith("...\n")
    assert len(line) < 90
    assert "\x1b" not in line


def test_no_text_and_a_terminal_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert sentiment.main(["predict"]) == 2
    error = capsys.readouterr().err
    assert "no text: give one or more" in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["train", "--data", "nope"], "no data set is called 'nope'"),
        (["train", "--from", "nope"], "no model is called 'nope'"),
        (["evaluate", "--model", "nope"], "no model is called 'nope'"),
        (["predict", "--model", "nope", "A text."], "no model is called 'nope'"),
    ],
)
def test_an_unknown_name_is_one_line(flags: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert sentiment.main(flags) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


@pytest.mark.slow
def test_another_kind_of_model_is_refused(small_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for flags in (["predict", "A text.", "--model"], ["evaluate", "--model"], ["train", "--from"]):
        assert sentiment.main([*flags, str(small_model)]) == 2
        assert f"{small_model} is a perceptron, not a sentiment_transformer" in capsys.readouterr().err


@pytest.mark.slow
def test_imdb_without_data_is_not_evaluated(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sentiment.main(["evaluate", "--model", str(trained)]) == 2
    assert "IMDB is not prepared" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.slow
def test_a_folder_that_is_no_model_is_not_replaced(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "note.txt").write_text("mine")
    assert sentiment.main(["train", "--data", str(table), "--out", str(tmp_path)]) == 2
    assert "is not a model" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.slow
def test_resume_without_a_checkpoint_is_one_line(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sentiment.main(["train", "--quick", "--resume", "--data", str(table), "--out", str(tmp_path / "new")]) == 2
    assert "there is no checkpoint" in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
def test_stages_give_what_one_command_gives(
    trained: Path,
    table: Path,
    unlabelled: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    learning_fast(monkeypatch)
    out = tmp_path / "parts"
    command = ["train", *in_stages(table, unlabelled), "--out", str(out), "--stage"]
    for stage, missing in (("finetune", "pretrain"), ("selftrain", "finetune")):
        assert sentiment.main([*command, stage]) == 2
        assert f"has not gone through the stage {missing}" in capsys.readouterr().err.splitlines()[-1]
        epochs = ["--epochs", "1"] if missing == "pretrain" else []  # the flag counts for the stage that is asked for
        assert sentiment.main([*command, missing, *epochs]) == 0
        assert f"go on with --stage {stage} and the same --out {out}" in capsys.readouterr().err
        assert not out.exists()
    # The last stage from Python.
    options = {"unlabelled": unlabelled, "quick": True, "epochs": 4, "precision": "float32", "stage": "selftrain"}
    last = handed_over(lambda: zoo.train("sentiment_transformer", table, out=out, **options))
    for own, published in last.weights(zoo.load(trained)):
        np.testing.assert_array_equal(own, published)
    wanted = f"zoo.train('sentiment_transformer', '{table}', unlabelled='{unlabelled}', stage='selftrain', out="
    assert last.command.startswith(wanted)


@pytest.mark.slow
def test_texts_without_labels_teach_what_their_words_mean(trained: Path) -> None:
    zestful, murky = zoo.load(trained).predict(["Zestful.", "Murky."])
    assert zestful > 0.5 > murky


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "flags", "message"),
    [
        (None, ["--stage", "selftrain"], "there are none: name a file of such texts"),
        ("review\nfine\n", [], "has no column 'text': there are 'review'"),
        ("text\n\n \n", [], "has no text in its column 'text'"),
    ],
)
def test_no_texts_without_labels_are_one_line(
    rows: str | None, flags: list[str], message: str, table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if rows:
        (tmp_path / "more.csv").write_text(rows)
        flags = [*flags, "--unlabelled", str(tmp_path / "more.csv")]
    assert sentiment.main(["train", "--quick", "--data", str(table), "--out", str(tmp_path / "new"), *flags]) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "new").exists()


@pytest.fixture(scope="module")
def stars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes, in columns of other names, between semicolons."""
    choose, words = random.Random(1), {"1": BAD, "3": ["ordinary", "passable", "average", "middling"], "5": GOOD}
    rows = [
        f'"{choose.choice(TEMPLATES[:2]).format(choose.choice(words[star]))} Day {i}, seat {choose.randrange(999)}.";{star}'
        for i in range(110)
        for star in words
    ]
    path = tmp_path_factory.mktemp("data") / "stars.csv"
    path.write_text("\n".join(["review;stars", *rows]))
    return path


@pytest.mark.slow
def test_three_classes_of_a_table_of_ones_own(
    stars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, columns = tmp_path / "stars", ["--data", str(stars), "--text-column", "review", "--label-column", "stars"]
    learning_fast(monkeypatch)
    assert sentiment.main(["train", "--quick", "--width", "48", "--epochs", "3", *columns, "--out", str(out)]) == 0
    card = zoo.load(out).card
    assert (card.architecture["width"], card.architecture["hidden"]) == (48, 96)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [*(m.name for m in card.metrics), str(out)]
    for flags, told in (
        (["--from", str(out), "--width", "64"], "has 48; leave out one of the two"),
        (["--width", "9"], "name a multiple"),
    ):
        assert sentiment.main(["train", *flags, *columns, "--out", str(tmp_path / "other")]) == 2
        assert told in capsys.readouterr().err
    assert zoo.load(out).classes == ("1", "3", "5")
    assert sentiment.main(["evaluate", *columns, "--model", str(out), "--mistakes", "1"]) == 0
    printed = capsys.readouterr().out
    assert float(printed.split("accuracy")[1].split()[0]) > 0.9
    assert printed.split("taken for:")[1].split()[:3] == ["1", "3", "5"]
    assert sentiment.main(["predict", "--json", "--model", str(out), "An ordinary film!", "A gripping film!"]) == 0
    predictions = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [prediction["label"] for prediction in predictions] == ["3", "5"]
    assert sum(predictions[0]["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    # IMDB's classes are not these.
    own = tmp_path / "own.csv"
    own.write_text("text,label\n" + "".join(f"A film {i}.,{i % 2}\n" for i in range(10)))
    assert sentiment.main(["evaluate", "--model", str(out), "--data", str(own)]) == 2
    assert "which the model does not know: it tells 1, 3, 5" in capsys.readouterr().err


@pytest.mark.slow
def test_stars_are_compared_with_a_model_of_negative_and_positive(
    trained: Path, stars: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["evaluate", "--json", "--model", str(trained), "--data", str(stars)]
    flags += ["--text-column", "review", "--label-column", "stars"]
    assert sentiment.main(flags) == 2
    assert "has the label '1', which the model does not know" in capsys.readouterr().err.splitlines()[-1]
    assert sentiment.main([*flags, "--stars"]) == 0
    captured = capsys.readouterr()
    assert "data: 110 rows of " in captured.err
    result = json.loads(captured.out)
    assert result["n"] == 220
    assert result["accuracy"] > 0.9


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("review,label\nfine,1\ndull,0\n", "no column"),
        ("text,label\nfine,1\ngood,1\n", "has only the label 'positive'"),
        ("text,label\nfine,1\ndull,0\n", "too few"),
        ("", "own.csv"),
    ],
)
def test_a_table_that_cannot_be_learned_from_is_one_line(
    content: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.csv"
    path.write_text(content)
    assert sentiment.main(["train", "--quick", "--data", str(path), "--out", str(tmp_path / "new")]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert message in error
    assert "Traceback" not in error
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
def test_a_text_of_unknown_words_is_told(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sentiment.main(["predict", "--model", str(trained), "A charming film.", "映画 とても 良い"]) == 0
    streams = capsys.readouterr()
    assert len(streams.out.splitlines()) == 2
    assert streams.out.splitlines()[1].startswith("nothing to judge")
    assert "text 2: nothing to judge, it has no word that the model knows" in streams.err
    assert "text 1" not in streams.err


@pytest.mark.slow
@pytest.mark.parametrize(("name", "beginning"), [("why.html", b"<!doctype html>"), ("why.png", b"\x89PNG")])
def test_explanations_are_written_as_a_page_or_a_picture(trained: Path, tmp_path: Path, name: str, beginning: bytes) -> None:
    out = tmp_path / name
    assert sentiment.main(["predict", "--model", str(trained), "--out", str(out), "A charming film.", "A dull <b>film</b>."]) == 0
    assert out.read_bytes().startswith(beginning)
    if name.endswith("html"):
        assert "charming" in out.read_text()
        assert "<b>film" not in out.read_text()
    assert sentiment.main(["predict", "--model", str(trained), "--out", str(out), "A dull film."]) == 0  # again
    own = b"<!doctype html>\n<p>my homepage</p>\n"
    out.write_bytes(own)
    assert sentiment.main(["predict", "--model", "is not looked for", "--out", str(out), "A dull film."]) == 2
    assert out.read_bytes() == own
