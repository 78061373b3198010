from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import zoo
from zoo import table_metrics
from zoo.data import tables
from zoo.data.table_kinds import Schema

MESSY = Path(__file__).parent / "data" / "messy.csv"
NUMBER = Schema(("x",), ("number",), "y", ())
TWO = Schema(("x",), ("number",), "y", ("a", "b"))
THREE = Schema(("x",), ("number",), "y", ("a", "b", "c"))


def test_the_metrics_of_numbers_by_hand() -> None:
    values = table_metrics.of_answers(np.array([1.0, 2, 6]), np.array([1.0, 3, 5]), NUMBER)
    assert values["r2"] == pytest.approx(1 - 2 / 8)
    assert values["root_mean_squared_error"] == pytest.approx(np.sqrt(2 / 3))
    assert values["mean_absolute_error"] == pytest.approx(2 / 3)


def test_the_loss_by_hand() -> None:
    assert table_metrics.loss(np.array([1.0, 2, 6]), np.array([1.0, 3, 5]), NUMBER) == pytest.approx(2 / 8)
    assert table_metrics.loss(np.array([0.25, 0.5]), np.array([0, 1]), TWO) == pytest.approx(-np.log(0.75 * 0.5) / 2)
    thirds = np.full((1, 3), 1 / 3, np.float32)
    assert table_metrics.loss(thirds, np.array([2]), THREE) == pytest.approx(np.log(3))


def test_the_linear_baseline_on_numbers_is_that_of_scikit_learn() -> None:
    table = tables.load("wine")
    (train, targets), (test, truth) = table.split("train"), table.split("validation")
    rows = [np.stack(list(columns.values()), axis=1) for columns in (train, test)]
    plain = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(rows[0], targets)
    found = table_metrics.baselines(table, "validation")
    assert found["logistic_regression_accuracy"] == plain.score(rows[1], truth)
    assert set(found) == {"logistic_regression_accuracy", "gradient_boosting_accuracy"}


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("renewed", ["logistic_regression_accuracy", "gradient_boosting_accuracy"]),
        ("spent", ["ridge_r2", "gradient_boosting_r2"]),
    ],
)
def test_the_baselines_learn_from_all_kinds_of_columns(target: str, names: list[str]) -> None:
    table = tables.load(str(MESSY), target)
    found = table_metrics.baselines(table, "test")
    assert list(found) == names
    everything = list(found.values())
    kept = ("income",)
    narrow = replace(
        table,
        schema=replace(table.schema, names=kept, kinds=("number",)),
        columns={name: table.columns[name] for name in kept},
    )
    assert min(everything) > max(table_metrics.baselines(narrow, "test").values()) + 0.05


def test_a_new_category_and_one_that_the_split_lacks_are_no_error() -> None:
    table = tables.load(str(MESSY), "renewed")
    town = table.columns["home town"].copy()
    town[table._shares >= 0.8] = "Zürich".encode()
    assert table_metrics.baselines(replace(table, columns={**table.columns, "home town": town}), "test")


def test_a_split_with_one_class_is_refused() -> None:
    table = tables.load("breast_cancer")
    few = replace(table, columns={name: cells[:3] for name, cells in table.columns.items()}, targets=table.targets[:3])
    with pytest.raises(zoo.UserError, match=r"its test split has \d rows, which are too few with both classes"):
        table_metrics.check(few, "test")


def test_the_metrics_of_huge_numbers_are_those_of_small_ones() -> None:
    said, truth = np.array([1, 2, 6], np.float32), np.array([1, 3, 5], np.float32)
    huge = np.float32(1e30)
    values = table_metrics.of_answers(said * huge, truth * huge, NUMBER)
    assert values["r2"] == pytest.approx(1 - 2 / 8, rel=1e-5)
    assert values["root_mean_squared_error"] == pytest.approx(np.sqrt(2 / 3) * 1e30, rel=1e-5)
    assert table_metrics.loss(said * huge, truth * huge, NUMBER) == pytest.approx(2 / 8, rel=1e-5)


@pytest.mark.parametrize(("schema", "said"), [(NUMBER, [1, np.nan, np.inf]), (THREE, [[1, 0, 0], [np.nan] * 3, [np.nan] * 3])])
def test_an_answer_that_is_no_finite_number_has_no_metrics(schema: Schema, said: list[float]) -> None:
    with pytest.raises(zoo.UserError, match="answer to 2 of 3 rows is not a finite number"):
        table_metrics.of_answers(np.array(said, np.float32), np.array([0, 1, 2]), schema)


def test_a_train_split_with_one_class_has_no_baselines() -> None:
    table = tables.load("breast_cancer")
    chosen = (table._shares >= 0.6) | (table.targets == 1)
    one = replace(table, columns={name: cells[chosen] for name, cells in table.columns.items()}, targets=table.targets[chosen])
    assert table_metrics.has_baselines(table)
    assert not table_metrics.has_baselines(one)
    assert table_metrics.baselines(one, "test") == {}
