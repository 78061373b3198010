from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_info

import zoo
from zoo.tables import data as tables
from zoo.tables import metrics as table_metrics
from zoo.tables.schema import Schema

MESSY = Path(__file__).with_name("messy.csv")
NUMBER = Schema(("x",), ("number",), "y", ())
TWO = Schema(("x",), ("number",), "y", ("a", "b"))
THREE = Schema(("x",), ("number",), "y", ("a", "b", "c"))


def test_the_metrics_of_numbers_by_hand() -> None:
    values = table_metrics.of_predictions(np.array([1.0, 2, 6]), np.array([1.0, 3, 5]), NUMBER)
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
    assert set(found) == {"logistic_regression_accuracy", "gradient_boosting_accuracy", "majority_class_accuracy"}
    assert found["majority_class_accuracy"] == (truth == np.bincount(targets).argmax()).mean()


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("renewed", ["logistic_regression_accuracy", "gradient_boosting_accuracy", "majority_class_accuracy"]),
        ("spent", ["ridge_r2", "gradient_boosting_r2", "mean_value_root_mean_squared_error"]),
    ],
)
def test_the_baselines_learn_from_all_kinds_of_columns(target: str, names: list[str]) -> None:
    table = tables.load(str(MESSY), target)
    found = table_metrics.baselines(table, "test")
    assert list(found) == names
    everything = list(found.values())[:2]
    kept = ("income",)
    narrow = replace(
        table,
        schema=replace(table.schema, names=kept, kinds=("number",)),
        columns={name: table.columns[name] for name in kept},
    )
    assert min(everything) > max(list(table_metrics.baselines(narrow, "test").values())[:2]) + 0.02


def test_a_new_category_and_one_that_the_split_lacks_are_no_error() -> None:
    table = tables.load(str(MESSY), "renewed")
    town = table.columns["home town"].copy()
    town[table.rows_of("test")] = "Zürich".encode()
    assert table_metrics.baselines(replace(table, columns={**table.columns, "home town": town}), "test")


def test_a_split_with_one_class_is_refused() -> None:
    table = tables.load("breast_cancer")
    few = replace(table, columns={name: cells[:3] for name, cells in table.columns.items()}, targets=table.targets[:3])
    with pytest.raises(zoo.UserError, match=r"its test split has \d rows?, none of them 'benign', too few to measure on"):
        table_metrics.check(few, "test")


def test_the_metrics_of_huge_numbers_are_those_of_small_ones() -> None:
    predictions, truth = np.array([1, 2, 6], np.float32), np.array([1, 3, 5], np.float32)
    huge = np.float32(1e30)
    values = table_metrics.of_predictions(predictions * huge, truth * huge, NUMBER)
    assert values["r2"] == pytest.approx(1 - 2 / 8, rel=1e-5)
    assert values["root_mean_squared_error"] == pytest.approx(np.sqrt(2 / 3) * 1e30, rel=1e-5)
    assert table_metrics.loss(predictions * huge, truth * huge, NUMBER) == pytest.approx(2 / 8, rel=1e-5)


def test_the_interval_of_an_accuracy_is_wilson_s() -> None:
    """9 of 10: the example of Wilson's formula with z = 1.96, worked out by hand."""
    predictions, targets = np.array([0.9] * 9 + [0.1]), np.ones(10, int)
    z, p, n = 1.959964, 0.9, 10
    centre, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    found = table_metrics.interval(predictions, targets, TWO)
    assert found["accuracy_95_low"] == pytest.approx((centre - half) / (1 + z * z / n), abs=1e-5)
    assert found["accuracy_95_high"] == pytest.approx((centre + half) / (1 + z * z / n), abs=1e-5)


def test_the_interval_of_r2_holds_it_and_shrinks_with_the_rows() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(size=2000)
    predictions = truth + random.normal(size=2000) / 2
    widths = []
    for n in (50, 2000):
        found = table_metrics.interval(predictions[:n], truth[:n], NUMBER)
        assert found["r2_95_low"] < table_metrics.of_predictions(predictions[:n], truth[:n], NUMBER)["r2"] < found["r2_95_high"]
        widths.append(found["r2_95_high"] - found["r2_95_low"])
    assert widths[1] < widths[0] / 3
    assert table_metrics.interval(np.zeros(30), np.ones(30), NUMBER) == {}  # R2 of equal values is not defined
    assert table_metrics.interval(predictions[:9], truth[:9], NUMBER) == {}


def test_each_class_has_its_recall_with_its_number_of_rows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = tables.load("iris")
    truth = table.outcomes("test")
    predictions = np.eye(3)[truth]
    predictions[np.flatnonzero(truth == 1)[:4]] = [0, 0, 1]  # 4 of 10 versicolor are taken for virginica
    monkeypatch.setattr(table_metrics, "predictor", lambda model, schema: lambda columns: predictions)
    metrics = {metric.name: metric for metric in table_metrics.table_metrics(tmp_path, table, "test", "command", {})}
    recalls = {name: (metric.value, metric.n) for name, metric in metrics.items() if name.startswith("recall_")}
    assert recalls == {"recall_setosa": (1, 10), "recall_versicolor": (0.6, 10), "recall_virginica": (1, 10)}
    assert metrics["balanced_accuracy"].value == pytest.approx(2.6 / 3)
    assert table_metrics.confusion_of(tmp_path, table, "test").tolist() == [[10, 0, 0], [0, 6, 4], [0, 0, 10]]


def test_gradient_boosting_keeps_to_one_thread_and_long_baselines_are_announced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    threads = []

    class Boosting(table_metrics.HistGradientBoostingClassifier):
        def fit(self, x: np.ndarray, y: np.ndarray) -> "Boosting":
            threads.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "openmp")
            return super().fit(x, y)

    monkeypatch.setattr(table_metrics, "HistGradientBoostingClassifier", Boosting)
    table = tables.load("iris")
    capsys.readouterr()  # which data are used
    table_metrics.baselines(table, "test")
    assert set(threads) == {1}
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(table_metrics, "LONG_WORK", 1)
    table_metrics.baselines(table, "test")
    assert "for comparison: gradient boosting" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("schema", "predictions"), [(NUMBER, [1, np.nan, np.inf]), (THREE, [[1, 0, 0], [np.nan] * 3, [np.nan] * 3])]
)
def test_a_prediction_that_is_no_finite_number_has_no_metrics(schema: Schema, predictions: list[float]) -> None:
    with pytest.raises(zoo.UserError, match="the prediction for 2 of 3 rows is not a finite number"):
        table_metrics.of_predictions(np.array(predictions, np.float32), np.array([0, 1, 2]), schema)


def test_a_train_split_with_one_class_has_no_baselines() -> None:
    table = tables.load("breast_cancer")
    one = replace(table, targets=np.ones_like(table.targets))
    assert table_metrics.has_baselines(table)
    assert not table_metrics.has_baselines(one)
    assert table_metrics.baselines(one, "test") == {}
