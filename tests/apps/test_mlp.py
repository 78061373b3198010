"""The app for tables with columns of all kinds; what it shares with the perceptron's is tested there as well."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import zoo
from apps import mlp, perceptron
from zoo.core import cards
from zoo.tables import data as tables
from zoo.tables.reading import files as table_files

MESSY = Path(__file__).parent.parent / "tables" / "messy.csv"


@pytest.fixture(scope="module")
def member(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that tells who renews, soon trained on a messy file."""
    path = tmp_path_factory.mktemp("models") / "member"
    assert mlp.main(["train", "--csv", str(MESSY), "--target", "renewed", "--epochs", "40", "--out", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def spender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that tells how much is spent."""
    path = tmp_path_factory.mktemp("models") / "spender"
    assert mlp.main(["train", "--csv", str(MESSY), "--target", "spent", "--epochs", "40", "--out", str(path)]) == 0
    return path


def rows(path: Path, changes: list[dict[str, str]], without: tuple[str, ...] = ()) -> Path:
    """The messy file's first rows with other cells, and without some columns."""
    with MESSY.open(encoding="utf-8-sig", newline="") as file:
        kept = [{**row, **change} for row, change in zip(csv.DictReader(file), changes, strict=False)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [name for name in kept[0] if name not in without], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(kept)
    return path


@pytest.mark.slow
def test_the_card_tells_the_metrics_beside_those_of_scikit_learn(member: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = cards.verify(member)
    assert {"curves.png", "importance.png", "columns.json", "README.md"} <= card.files.keys()
    assert card.architecture["classes"] == ["no", "yes"]
    assert card.task == "classification of rows"
    (metric,) = {metric.command for metric in card.metrics}
    assert metric == f"python -m apps.mlp evaluate --model {member} --data {MESSY}"
    capsys.readouterr()
    assert mlp.main([*metric.split()[3:], "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    for each in card.metrics:
        assert values[each.name] == pytest.approx(each.value, abs=1e-6)
    assert values["accuracy"] > 0.7
    assert {"logistic_regression_accuracy", "gradient_boosting_accuracy"} <= values.keys()


@pytest.mark.slow
def test_a_rival_that_is_better_is_named_on_the_card(spender: Path) -> None:
    card = cards.read_card(spender)
    behind = [m for m in card.metrics if m.name.endswith("_r2") and m.value > card.metric("r2").value + 0.01]
    said = [limit for limit in card.limits if "is better on the test split" in limit]
    assert len(said) == len(behind)
    for metric, limit in zip(behind, said, strict=True):
        assert f"{metric.value:.4f}" in limit


@pytest.mark.slow
def test_rows_are_judged_from_a_file(member: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes = [{"age": "", "home town": "Wien"}, {"home town": ""}, {}, {"member": "?"}]
    path = rows(tmp_path / "rows.csv", changes, without=("renewed", "person", "notes"))
    assert mlp.main(["predict", str(path), "--model", str(member), "--json"]) == 0
    captured = capsys.readouterr()
    said = [json.loads(line) for line in captured.out.splitlines()]
    assert len(said) == 4
    for each in said:
        assert each["class"] == ("yes" if each["probability"] >= 0.5 else "no")
    assert "age is missing in 1 of 4 rows" in captured.err
    assert "home town is new to the model in 1 of 4 rows, the first 'Wien'" in captured.err
    assert "member is missing in 1 of 4 rows" in captured.err
    model = zoo.load(member)
    columns = table_files.read_columns(path, tables.Schema.of(model.card.architecture))
    np.testing.assert_allclose(model.predict(columns), [each["probability"] for each in said], rtol=1e-6)


@pytest.mark.slow
def test_python_takes_a_mapping_of_any_cells(spender: Path) -> None:
    model = zoo.load(spender)
    assert model.classes == ()
    assert model.names == ("age", "income", "home town", "member", "joined", "paid", "remark", "renewed")
    plain = {
        "age": [30, None, 50],
        "income": np.array([30000, 20000, 25000]),
        "home town": ["Graz", None, "Wien"],
        "member": [True, False, float("nan")],
        "joined": [np.datetime64("2022-01-30"), "2021-05-05", None],
        "paid": ["30.01.2020", np.datetime64("2020-02-05"), None],
        "remark": ['said "no"', "", "x"],
        "renewed": ["yes", "no", ""],
        "more": [1, 2, 3],
    }
    values = model.predict(plain)
    assert values.dtype == np.float32
    assert ((values > 100) & (values < 350)).all()
    text = {
        "age": [30, np.nan, 50],
        "income": [30000.0, 20000.0, 25000.0],
        "home town": [b"Graz", b"", b"Wien"],
        "member": ["true", "false", ""],
        "joined": ["2022-01-30", "2021-05-05", ""],
        "paid": ["2020-01-30", "5.2.2020", "None"],
        "remark": ['said "no"', "", "x"],
        "renewed": ["yes", "no", ""],
    }
    np.testing.assert_array_equal(model.predict(text), values)
    days = np.array(["2022-01-30T00:00", "2021-05-05T00:00", "NaT"], "datetime64[ns]")
    np.testing.assert_array_equal(model.predict({**text, "joined": days}), values)
    with pytest.raises(zoo.UserError, match="not all columns of spender are numbers: give a mapping"):
        model.predict(np.zeros((1, 8)))
    with pytest.raises(zoo.UserError, match="needs the column 'joined'"):
        model.predict({name: cells for name, cells in plain.items() if name != "joined"})
    with pytest.raises(zoo.UserError, match="takes numbers as 'age'"):
        model.predict({**plain, "age": ["old", "young", "2"]})
    with pytest.raises(zoo.UserError, match="as many cells of 'income'"):
        model.predict({**plain, "income": [1, 2]})


@pytest.mark.slow
def test_training_goes_on_from_a_model_with_its_own_vocabularies(member: Path, tmp_path: Path) -> None:
    out = tmp_path / "more"
    flags = ["train", "--from", str(member), "--csv", str(MESSY), "--epochs", "1", "--out", str(out)]
    assert mlp.main(flags) == 0
    assert (out / "columns.json").read_text() == (member / "columns.json").read_text()
    table = tables.load(str(MESSY), "renewed")
    cells, targets = table.split("validation")
    accuracy = [((zoo.load(path).predict(cells) >= 0.5) == targets).mean() for path in (member, out)]
    assert accuracy[1] > accuracy[0] - 0.1  # one epoch from nothing gives less
    assert accuracy[1] > 0.7


@pytest.mark.slow
def test_a_number_can_be_told_by_a_linear_unit_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "linear"
    assert perceptron.main(["train", "--csv", str(MESSY), "--target", "spent", "--out", str(out)]) == 0
    metrics = {metric.name: metric.value for metric in cards.read_card(out).metrics}
    assert metrics["r2"] > metrics["ridge_r2"] - 0.05
    assert not (out / "boundary.png").exists()
    capsys.readouterr()
    assert perceptron.main(["predict", str(MESSY), "--model", str(out)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 240
    assert perceptron.main(["evaluate", "--csv", str(MESSY), "--model", str(out), "--picture", str(tmp_path / "a.png")]) == 2
    assert "is not a perceptron of two or three classes" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.slow
def test_names_and_units_of_any_kind_are_learned_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw = np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32)
    path, out = tmp_path / "a.csv", tmp_path / "odd"
    names = ["größe", "2020", "self", "a b", "class", "None"]
    cells = draw * [1e20, 1e-12, 1, 1, 1, 1]
    with path.open("w", newline="", encoding="cp1252") as file:
        writer = csv.writer(file, delimiter="^")
        writer.writerow([*names, "y"])
        writer.writerows([*row, "ab"[int(a + b > 0)]] for row, (a, b, *_) in zip(cells.tolist(), draw.tolist(), strict=True))
    written = ["--delimiter", "^", "--encoding", "cp1252"]
    assert perceptron.main(["train", "--csv", str(path), "--target", "y", "--epochs", "100", "--out", str(out), *written]) == 0
    metric = cards.read_card(out).metric("accuracy")
    assert metric.value > 0.9
    assert metric.command.endswith(f"--data {path} --delimiter '^' --encoding cp1252")
    assert {"column_class", "column_None"} <= cards.read_card(out).signatures["columns"]["inputs"].keys()
    capsys.readouterr()
    assert perceptron.main(["predict", str(path), "--model", str(out), *written]) == 0
    said = [line.split()[1] for line in capsys.readouterr().out.splitlines()]
    assert np.mean([one == "ab"[int(a + b > 0)] for one, (a, b, *_) in zip(said, draw.tolist(), strict=True)]) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "without", "message"),
    [
        ([{}], ("joined",), "has no column 'joined': the model needs age, income, "),
        ([{"age": "old"}], (), "row 2, column 'age': 'old' is not a number"),
        ([{}, {"joined": "1.2.2024"}], (), "row 3, column 'joined': '1.2.2024' is not a date"),
    ],
)
def test_rows_that_the_model_cannot_read_are_one_line(
    member: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: list[dict[str, str]],
    without: tuple[str, ...],
    message: str,
) -> None:
    path = rows(tmp_path / "rows.csv", changes, without)
    assert mlp.main(["predict", str(path), "--model", str(member)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert message in line


@pytest.mark.slow
def test_a_model_of_a_file_is_measured_on_a_file(member: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mlp.main(["evaluate", "--model", str(member)]) == 2
    assert "learned from a file of yours, messy: name it with --csv" in capsys.readouterr().err
    picture = tmp_path / "importance.png"
    flags = ["evaluate", "--model", str(member), "--csv", str(MESSY), "--importance", str(picture), "--split", "validation"]
    assert mlp.main(flags) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "validation, n =" in capsys.readouterr().out
    assert mlp.main([*flags[:5], "--importance", "a.jpg"]) == 2


@pytest.mark.slow
def test_a_network_of_another_kind_is_told(member: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert perceptron.main(["evaluate", "--model", str(member)]) == 2
    assert "is an mlp, not a perceptron" in capsys.readouterr().err
    assert mlp.main(["train", "--from", "perceptron"]) == 2


@pytest.mark.slow
def test_a_boolean_that_is_neither_true_nor_false_is_told(member: Path) -> None:
    model = zoo.load(member)
    cells: dict[str, list[object]] = {name: [None] * 4 for name in model.names}
    notices = model.notices({**cells, "member": ["maybe", "YES", "", "on"]})
    assert "member is neither true nor false, and read as missing, in 2 of 4 rows, the first 'maybe'" in notices
    assert "member is missing in 1 of 4 rows" in notices


@pytest.mark.slow
def test_a_date_that_cannot_be_read_is_told(member: Path) -> None:
    model = zoo.load(member)
    cells: dict[str, list[object]] = {name: [None] * 3 for name in model.names}
    notices = model.notices({**cells, "joined": ["2022-01-30", "30.1.2022", None], "paid": ["30.01.2020", "2020-02-30", ""]})
    assert "joined is not a date like 2024-05-31, and read as missing, in 1 of 3 rows, the first '30.1.2022'" in notices
    assert "paid is not a date like 31.5.2024, and read as missing, in 1 of 3 rows, the first '2020-02-30'" in notices


@pytest.mark.slow
def test_data_frames_with_na_of_their_own_and_generators_are_read(member: Path) -> None:
    model = zoo.load(member)
    frame = pd.read_csv(MESSY, encoding="utf-8-sig").head(40)
    expected = model.predict({name: [None if cell != cell else cell for cell in frame[name]] for name in model.names})
    nullable = frame.convert_dtypes()
    assert nullable["age"].isna().any()
    assert nullable["home town"].isna().any()
    np.testing.assert_array_equal(model.predict(nullable), expected)
    frame["joined"] = pd.to_datetime(frame["joined"])
    np.testing.assert_array_equal(model.predict(frame), expected)
    missing = int(nullable["home town"].isna().sum())
    assert f"home town is missing in {missing} of 40 rows" in model.notices(nullable)
    np.testing.assert_array_equal(model.predict({name: (cell for cell in nullable[name]) for name in model.names}), expected)


@pytest.mark.slow
def test_a_model_reads_the_cells_of_new_rows_as_those_that_it_learned_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One row alone would not tell: its `1.234` is a thousand, its 01/02/2023 in February, its -9 a gap."""
    draw = np.random.default_rng(0)
    size, level = draw.uniform(800, 3000, 200), draw.integers(1, 6, 200)
    rows = ["id;size;sold;level;share;price"]
    for i, (one, other) in enumerate(zip(size.tolist(), level.tolist(), strict=True)):
        written = f"{one:,.1f}".replace(",", " ").replace(".", ",").replace(" ", ".")
        thousands = f"{round(100 * one + 5000 * other):,}".replace(",", ".")
        rows.append(f"{i};{written};{1 + i % 28:02}/{1 + i % 12:02}/2023;{-9 if i % 20 == 0 else other};{i % 40}%;{thousands} €")
    path, out = tmp_path / "rows.csv", tmp_path / "mine"
    path.write_text("\n".join(rows), encoding="utf-8")
    flags = ["train", "--csv", str(path), "--target", "price", "--missing", "level=-9", "--out", str(out), "--epochs", "60"]
    assert mlp.main(flags) == 0
    told = capsys.readouterr().err
    assert "id is an id by its name" in told
    card = cards.read_card(out)
    assert card.metric("r2").value > 0.9
    assert card.architecture["names"] == ["size", "sold", "level", "share"]
    assert card.architecture["ways"] == {
        "size": {"decimal": ",", "thousands": "."},
        "sold": {"dates": "day first"},
        "level": {"decimal": ",", "missing": ["-9"]},
        "share": {"decimal": ",", "unit": "%"},
        "price": {"decimal": ",", "thousands": ".", "unit": "€"},
    }
    assert "--missing level=-9" in card.training.command
    assert mlp.main([*card.metrics[0].command.split()[3:], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["r2"] == pytest.approx(card.metric("r2").value, abs=1e-6)

    new = tmp_path / "new.csv"
    new.write_text("size;sold;level;share\n1.234;01/02/2023;-9;5%\n", encoding="utf-8")
    assert mlp.main(["predict", str(new), "--model", str(out), "--json"]) == 0
    value = json.loads(capsys.readouterr().out)["value"]
    model = zoo.load(out)
    for cells in (
        {"size": ["1.234"], "sold": ["01/02/2023"], "level": ["-9"], "share": ["5 %"]},
        {"size": [1234.0], "sold": ["2023-02-01"], "level": [None], "share": [5]},
        {"size": [1234], "sold": ["2023-02-01"], "level": [-9], "share": [5]},
        {"size": [1234], "sold": ["2023-02-01"], "level": np.array([-9.0], object), "share": [5]},
        {"size": [b"1.234,0"], "sold": [np.datetime64("2023-02-01")], "level": ["None"], "share": ["5"]},
    ):
        np.testing.assert_allclose(model.predict(cells), [value], rtol=1e-6)
    with pytest.raises(zoo.UserError, match=r"takes numbers as 'size': '1\.5' is not a number with a decimal comma"):
        model.predict({"size": ["1.5"], "sold": [None], "level": [1], "share": [5]})
    new.write_text("size;sold;level;share\n1.5;01/02/2023;2;5%\n", encoding="utf-8")
    assert mlp.main(["predict", str(new), "--model", str(out)]) == 2
    assert "row 2, column 'size': '1.5' is not a number with a decimal comma" in capsys.readouterr().err
    assert mlp.main([*flags, "--from", str(out)]) == 2
    assert "the model knows how the cells of its columns are written: leave out missing cells" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--kind", "age"], "'age' is not a column and its kind, as in zip=category: one of number, category, boolean, date"),
        (["--decimal", ";"], "--decimal: invalid choice ';'"),
        (["--day-first", "--month-first"], "not allowed with argument --day-first"),
        (["--data", "iris", "--ignore", "x", "--missing=-9"], "iris is no CSV file: leave out missing cells, columns to ignore"),
    ],
)
def test_flags_on_cells_that_do_not_fit_are_one_line(flags: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = mlp.main(["train", *flags])
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


@pytest.mark.slow
def test_the_hidden_layers_have_the_units_that_are_asked_for(
    member: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "narrow"
    flags = ["train", "--csv", str(MESSY), "--target", "renewed", "--epochs", "2"]
    assert mlp.main([*flags, "--hidden", "5,3", "--quick", "--class-weights", "balanced", "--out", str(out)]) == 0
    card = cards.read_card(out)
    assert card.architecture["hidden"] == [5, 3]
    shapes = [tuple(v.shape) for v in zoo.load(out).saved_model.variables if len(v.shape) == 2]
    assert shapes == [(card.architecture["features"], 5), (5, 3), (3, 1)]
    assert any("Trained with balanced class weights" in limit for limit in card.limits)
    assert "--class-weights balanced" in card.training.command
    capsys.readouterr()
    assert mlp.main([*flags, "--from", str(member), "--hidden", "5,3", "--out", str(tmp_path / "other")]) == 2
    assert "hidden 5,3: member, the model to start from, has 64,64" in capsys.readouterr().err
    spent = ["train", "--csv", str(MESSY), "--target", "spent", "--class-weights", "balanced", "--out", str(tmp_path / "other")]
    assert mlp.main(spent) == 2
    assert "class weights balanced: spent is a number, without classes" in capsys.readouterr().err
