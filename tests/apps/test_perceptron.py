import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import zoo
from apps import perceptron
from zoo.tables import data as tables
from zoo.tables import model as tables_model


@pytest.fixture
def points(tmp_path: Path) -> Path:
    """A CSV file of two clouds that a line separates."""
    random = np.random.default_rng(0)
    rows = ["x,colour,y"]
    for _ in range(150):
        blue = random.random() < 0.5
        x, y = random.normal([3, 30] if blue else [-3, 10], [1, 4])
        rows.append(f"{x:.4f},{'blue' if blue else 'amber'},{y:.4f}")
    path = tmp_path / "points.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.mark.slow
def test_train_reaches_logistic_regression_on_the_same_split(small_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert perceptron.main(["evaluate", "--model", str(small_model), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["accuracy"] >= result["logistic_regression_accuracy"] - 0.02
    assert result["split"] == "test"
    assert result["n"] == 114
    assert 0 <= result["calibration_error"] < 0.2
    assert result["auc"] > 0.98
    metric = zoo.load(small_model).card.metric("accuracy")
    assert metric.value == result["accuracy"]


@pytest.mark.slow
def test_train_evaluate_and_predict_on_a_csv_file(points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mine"
    flags = ["--data", str(points), "--target", "colour"]
    assert perceptron.main(["train", *flags, "--out", str(out), "--epochs", "30"]) == 0
    assert perceptron.main(["evaluate", *flags, "--model", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["accuracy"] > 0.95
    rows = tmp_path / "rows.csv"
    rows.write_text("y,note,x\n30,a,3\n10,b,-3\n")
    assert perceptron.main(["predict", str(rows), "--model", str(out)]) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["blue", "amber"]


@pytest.mark.slow
def test_training_from_a_model_starts_at_its_weights(small_model: Path, tmp_path: Path) -> None:
    out = tmp_path / "more"
    assert perceptron.main(["train", "--from", str(small_model), "--epochs", "1", "--out", str(out)]) == 0
    before, after = zoo.load(small_model), zoo.load(out)
    features, labels = tables.load("breast_cancer").split("train")
    accuracy = [((model.predict(features) > 0.5) == labels).mean() for model in (before, after)]
    assert accuracy[1] > 0.95  # one epoch from nothing gives less
    assert accuracy[1] > accuracy[0] - 0.02


@pytest.mark.parametrize(
    ("content", "target", "message"),
    [
        (None, "c", "cannot be read as a CSV file"),
        ("", "c", "has no rows"),
        ("a,c\n", "c", "has no rows"),
        ("a,c\n1,x\n2,y\n", None, "name the target column, one of a, c"),
        ("a,c\n1,x\n2,y\n", "d", "has no column 'd': there are 'a', 'c'"),
        ("a,c\n" + "1,x\n2,y\n" * 9 + "foo,y\n", "c", "row 20, column 'a': 'foo' is not a number"),
        ("a,c\n1,x\n2\n", "c", "row 3: 1 cell, but the header has 2"),
        ("a,c\n1,x\n2,x\n", "c", "column 'c' is 'x' in every row"),
        ("a,c\n1,x\n", "c", "has 1 row"),
        ("a,c\n,x\n,y\n", "c", "a is empty in every row"),
        ("a,a,c\n1,1,x\n2,2,y\n", "c", "has 2 columns called 'a'"),
        ("c\nx\ny\n", "c", "has no column besides 'c'"),
        ("a,c\n1,x\n2,y\n", "c", "too few"),
        (b"\xff\xfe\x00", "c", "it is not in UTF-16"),
    ],
)
def test_a_bad_csv_file_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes | None, target: str | None, message: str
) -> None:
    path = tmp_path / "data.csv"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    out = tmp_path / "out"
    flags = ["--target", target] if target else []
    assert perceptron.main(["train", "--data", str(path), "--out", str(out), *flags]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert message in error
    assert not out.exists()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["train", "--data", "nope"], "no data set is called 'nope'"),
        (["evaluate", "--model", "nope"], "no model is called 'nope'"),
        (["predict", "nope.csv", "--model", "nope"], "no model is called 'nope'"),
    ],
)
def test_an_unknown_name_is_one_line(flags: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert perceptron.main(flags) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


def test_training_replaces_no_model_of_another_target_and_no_checkpoint(
    points: Path, small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All that is refused is refused before the training, in a line."""
    out, state = tmp_path / "out", tmp_path / ".out.training"
    shutil.copytree(small_model, out)
    flags = ["train", "--csv", str(points), "--target", "colour", "--out", str(out)]
    assert perceptron.main(flags) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert "holds a perceptron for classification of rows, target 'diagnosis', and this is a perceptron for" in error
    assert "target 'colour'" in error
    (out / "points.csv").write_bytes(points.read_bytes())
    assert perceptron.main(["train", "--csv", str(out / "points.csv"), "--target", "colour", "--out", str(out)]) == 2
    assert "holds files that are not the model's and would be lost: move points.csv" in capsys.readouterr().err
    (out / "points.csv").unlink()
    state.mkdir()
    (state / "checkpoint.npz").write_text("hours of work")
    assert perceptron.main(["train", "--out", str(out)]) == 2
    assert f"an interrupted training left {state / 'checkpoint.npz'}: resume that training" in capsys.readouterr().err
    assert (state / "checkpoint.npz").read_text() == "hours of work"
    for log_dir in (out, out / "log", state / "log"):
        assert perceptron.main(["train", "--out", str(out), "--resume", "--log-dir", str(log_dir)]) == 2
        assert "the folder of summaries" in capsys.readouterr().err
    assert zoo.load(out).card == zoo.load(small_model).card
    assert not list(tmp_path.rglob("log"))


@pytest.mark.slow
def test_a_model_may_take_the_place_of_the_one_that_it_began_from(small_model: Path, tmp_path: Path) -> None:
    out = tmp_path / "own"
    shutil.copytree(small_model, out)
    assert perceptron.main(["train", "--from", str(out), "--epochs", "1", "--out", str(out)]) == 0
    before, after = zoo.load(small_model), zoo.load(out)
    assert after.card.training.command.endswith(f"--from {out} --epochs 1 --out {out}")
    features, labels = tables.load("breast_cancer").split("train")
    accuracy = [((model.predict(features) > 0.5) == labels).mean() for model in (before, after)]
    assert accuracy[1] > accuracy[0] - 0.02  # one epoch from nothing gives less
    assert [path.name for path in tmp_path.iterdir()] == ["own"]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["train", "--epochs", "0"], "'0' is not a whole number of at least 1"),
        (["nonsense"], "invalid choice"),
        ([], "required: COMMAND"),
    ],
)
def test_bad_flags_are_one_line_and_exit_code_2(flags: list[str], message: str) -> None:
    result = subprocess.run([sys.executable, "-m", "apps.perceptron", *flags], capture_output=True, text=True)
    assert result.returncode == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_perceptron_says_whether_a_plane_could_do_better(small_model: Path, points: Path, tmp_path: Path) -> None:
    assert any("are linearly separable: one plane" in limit for limit in zoo.load(small_model).card.limits)
    lines = points.read_text().splitlines()
    near = tmp_path / "mixed.csv"
    near.write_text("\n".join([*lines, *(f"{i / 100},{'blue' if i % 2 else 'amber'},20" for i in range(40))]) + "\n")
    out = tmp_path / "mixed"
    assert perceptron.main(["train", "--csv", str(near), "--target", "colour", "--epochs", "2", "--out", str(out)]) == 0
    card = zoo.load(out).card
    assert any("not linearly separable: no plane tells amber from blue" in limit for limit in card.limits)
    assert "boundary.png" in card.files


@pytest.mark.slow
def test_three_classes_are_probabilities_of_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "iris"
    assert perceptron.main(["train", "--data", "iris", "--epochs", "80", "--out", str(out)]) == 0
    metrics = {metric.name: metric.value for metric in zoo.load(out).card.metrics}
    assert metrics["accuracy"] >= 0.9
    rows = tmp_path / "rows.csv"
    table = tables.load("iris")
    rows.write_text(",".join(table.schema.names) + "\n5.1,3.5,1.4,0.2\n6.5,3,5.8,2.2\n")
    capsys.readouterr()
    assert perceptron.main(["predict", str(rows), "--model", str(out), "--json"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["class"], second["class"]) == ("setosa", "virginica")
    assert sum(first["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert first["probability"] == first["probabilities"]["setosa"]
    features = zoo.load(out).predict(table.features)
    np.testing.assert_allclose(zoo.load(out).predict(table.columns), features, rtol=1e-6)
    assert perceptron.main(["evaluate", "--model", str(out), "--picture", str(tmp_path / "regions.png")]) == 0
    picture = (tmp_path / "regions.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    flags = ["evaluate", "--model", str(out), "--picture"]
    assert perceptron.main([*flags, str(tmp_path / "regions.png")]) == 0  # again
    assert (tmp_path / "regions.png").read_bytes() == picture
    (tmp_path / "mine.png").write_text("mine")
    for taken, told in (
        (tmp_path / "mine.png", "is not as a command of this project left it"),
        (out / "boundary.png", "is in the folder of a model"),
        (tmp_path, "the picture is a PNG file"),
    ):
        capsys.readouterr()
        assert perceptron.main([*flags, str(taken)]) == 2
        printed = capsys.readouterr()
        assert (printed.out, printed.err.count("\n")) == ("", 1)
        assert told in printed.err
    assert (tmp_path / "mine.png").read_text() == "mine"
    assert perceptron.main([*flags, "a.png", "--importance", "a.png"]) == 2
    assert "--picture and --importance are both a.png: name two files" in capsys.readouterr().err
    zoo.load(out)  # whose files are as they were


@pytest.fixture(scope="module")
def flowers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the name of a table of scikit-learn's, and classes that are hard to write; beside it a model of it, "out"."""
    random = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("own") / "iris.csv"
    rows = [f"{random.normal(6 * (i % 2)):.4f},{random.normal():.4f},{('$a^$', 'blå')[i % 2]}\n" for i in range(150)]
    path.write_text("x,y,kind\n" + "".join(rows), encoding="utf-8")
    out = path.parent / "out"
    assert perceptron.main(["train", "--csv", str(path), "--target", "kind", "--epochs", "3", "--out", str(out)]) == 0
    return path


@pytest.mark.slow
def test_a_file_named_as_a_table_of_scikit_learn_is_not_taken_for_it(flowers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = flowers.parent / "out"
    assert (model / "boundary.png").exists()  # with a class that looks like a broken formula
    assert perceptron.main(["evaluate", "--model", str(model)]) == 2
    assert "learned from a file of yours, iris: name it with --csv" in capsys.readouterr().err
    assert perceptron.main(["evaluate", "--model", str(model), "--csv", str(flowers)]) == 0


@pytest.mark.slow
def test_a_file_that_the_model_did_not_learn_from_is_measured_as_a_whole(
    flowers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, *rows = flowers.read_text(encoding="utf-8").splitlines(keepends=True)
    path, model = tmp_path / "new.csv", str(flowers.parent / "out")
    path.write_text(header + "".join(rows[:20]), encoding="utf-8")
    assert perceptron.main(["evaluate", "--model", model, "--csv", str(path), "--split", "all", "--json"]) == 0
    captured = capsys.readouterr()
    values = json.loads(captured.out)
    assert values["n"] == 20
    assert values["split"] == "all"
    assert not [name for name in values if name.startswith(("logistic", "gradient", "majority"))]
    assert "did not learn from this table" in captured.err
    assert perceptron.main(["evaluate", "--model", model, "--csv", str(flowers), "--split", "all", "--json"]) == 0
    assert "learned from 60 % of these rows: its figures on all of them are too good" in capsys.readouterr().err


@pytest.mark.slow
def test_a_model_of_other_splits_is_not_measured_on_rows_that_it_learned_without_a_word(
    flowers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old"
    shutil.copytree(flowers.parent / "out", old)
    said = "was trained when rows were dealt to the splits in another way"
    assert perceptron.main(["evaluate", "--model", str(old), "--csv", str(flowers)]) == 0
    assert said not in capsys.readouterr().err
    card = json.loads((old / "card.json").read_text(encoding="utf-8"))
    card["dataset"]["splits"]["test"] += 1
    (old / "card.json").write_text(json.dumps(card), encoding="utf-8")
    assert perceptron.main(["evaluate", "--model", str(old), "--csv", str(flowers)]) == 0
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_numbers_that_stand_for_a_gap_are_gaps_in_rows_too(tmp_path: Path) -> None:
    path, out = tmp_path / "a.csv", tmp_path / "out"
    path.write_text(
        "a,b,y\n" + "".join(f"{i % 7},{i % 11 if i % 5 else -999},{'no' if i % 7 < 3 else 'yes'}\n" for i in range(60))
    )
    assert (
        perceptron.main(["train", "--csv", str(path), "--target", "y", "--missing=-999", "--epochs", "1", "--out", str(out)]) == 0
    )
    model = zoo.load(out)
    expected = model.predict({"a": [1], "b": [None]})
    for rows in ([[1, -999]], np.array([[1, -999.0]]), np.array([[1, np.nan]])):
        np.testing.assert_array_equal(model.predict(rows), expected)
    np.testing.assert_array_equal(model.predict({"a": [1], "b": np.array([-999])}), expected)


@pytest.mark.slow
def test_a_table_too_small_to_measure_on_is_told(flowers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "few.csv"
    path.write_text("".join(flowers.read_text(encoding="utf-8").splitlines(keepends=True)[:3]), encoding="utf-8")
    assert perceptron.main(["evaluate", "--model", str(flowers.parent / "out"), "--csv", str(path), "--json"]) == 2
    message = "its test split has 0 rows, too few to measure on; bring more than 2 rows, three or more '$a^$' among them"
    assert message in capsys.readouterr().err


@pytest.mark.slow
def test_evaluate_shows_which_class_is_taken_for_which(flowers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, picture = flowers.parent / "out", tmp_path / "confusion.png"
    assert (model / "confusion.png").exists()
    flags = ["evaluate", "--model", str(model), "--csv", str(flowers)]
    assert perceptron.main([*flags, "--confusion", str(picture)]) == 0
    out = capsys.readouterr().out
    assert "majority_class_accuracy          0.5000" in out
    assert "recall_blå" in out
    assert "taken for:\ntrue class" in out
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert perceptron.main([*flags, "--confusion", "a.jpg"]) == 2


@pytest.mark.slow
def test_an_answer_that_is_no_number_is_null_and_told(
    flowers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("x,y\n6,0\n3e38,-3e38\n")
    monkeypatch.setattr(tables_model.TableModel, "predict", lambda self, inputs: np.array([0.75, np.nan], np.float32))
    flags = ["predict", str(path), "--model", str(flowers.parent / "out")]
    assert perceptron.main([*flags, "--json"]) == 0
    captured = capsys.readouterr()
    said = [json.loads(line) for line in captured.out.splitlines()]
    assert said == [{"probability": 0.75, "class": "blå"}, {"probability": None, "class": None}]
    assert "the answer to row 2 after the header is not a finite number" in captured.err
    assert perceptron.main(flags) == 0
    assert capsys.readouterr().out == "0.7500  blå\nnan\n"


@pytest.mark.slow
def test_an_output_of_ascii_shows_other_letters_by_their_numbers(
    flowers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, written = tmp_path / "rows.csv", io.BytesIO()
    path.write_text("x,y\n6,0\n")
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert perceptron.main(["predict", str(path), "--model", str(flowers.parent / "out")]) == 0
    assert written.getvalue().endswith(b"bl\\xe5\n")
