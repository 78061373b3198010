"""The metrics of models for tables, and of baselines on the same splits.

Two baselines are scikit-learn's, with default settings: LogisticRegression or Ridge on standardised numbers and one-hot
categories, and HistGradientBoosting on numbers, NaN where missing, and numbered categories. The third baseline looks at no
column: it always predicts the most frequent class of the training rows, or their mean. A model that does not beat it has learned
nothing.
"""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binomtest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from zoo.core import confusion, progress
from zoo.core import metrics as evaluation
from zoo.core.cards import Metric
from zoo.core.errors import UserError
from zoo.tables import importance
from zoo.tables.data import Table
from zoo.tables.kinds import BOOLEAN, DATE, NUMBER, TRUE
from zoo.tables.model import predict_columns
from zoo.tables.schema import Columns, Schema, input_names

MOST_BASELINE_ROWS = 100_000  # training rows of the baselines, drawn at random if there are more
MOST_NUMBERED = 255  # categories of a column that gradient boosting accepts
LONG_WORK = 1_000_000  # cells times trees a step; for more, the baselines take seconds and show a bar
CONFIDENCE = 0.95
RESAMPLES = 1000  # of the bootstrap
LEAST_RESAMPLED = 10  # rows; for fewer there is no interval of R2


def predictor(model: Path, schema: Schema) -> Callable[[Columns], np.ndarray]:
    """A function from columns to the predictions of an exported model: probabilities [n] or [n, classes], or values [n]."""
    import tensorflow as tf

    saved_model = tf.saved_model.load(str(model))
    given = input_names(schema.names)
    return lambda columns: predict_columns(
        saved_model, {key: columns[name] for key, name in zip(given, schema.names, strict=True)}
    )


def of_predictions(predictions: np.ndarray, targets: np.ndarray, schema: Schema) -> dict[str, float]:
    """The metrics of a model's predictions by their names; the first one is compared with the baselines.

    Args:
        predictions: probabilities [n] or [n, classes], or values [n].
        targets: class numbers or values, [n].
        schema: of the table.

    Raises:
        UserError: if a prediction is not a finite number.
    """
    predictions = predictions.astype(float)  # squares of large values are beyond float32
    wrong = ~np.isfinite(predictions.reshape(len(predictions), -1)).all(1)
    if wrong.any():
        raise UserError(
            f"the prediction for {wrong.sum():,} of {len(predictions):,} rows is not a finite number: correct their cells that "
            "are far larger than those of the other rows"
        )
    if not schema.classes:
        targets = targets.astype(float)
        return {
            "r2": float(r2_score(targets, predictions)),
            "root_mean_squared_error": float(root_mean_squared_error(targets, predictions)),
            "mean_absolute_error": float(mean_absolute_error(targets, predictions)),
        }
    if predictions.ndim == 1:
        return evaluation.binary_metrics(predictions, targets)
    return evaluation.class_metrics(predictions, targets)


def loss(predictions: np.ndarray, targets: np.ndarray, schema: Schema) -> float:
    """The loss of predictions: the cross-entropy in nats a row, or 1 - R2."""
    predictions = predictions.astype(float)
    if not schema.classes:
        return 1 - float(r2_score(targets.astype(float), predictions))
    if predictions.ndim == 1:
        predictions = np.stack([1 - predictions, predictions], axis=1)
    else:
        predictions = predictions / predictions.sum(1, keepdims=True)
    return float(log_loss(targets, predictions, labels=range(len(schema.classes))))


def check(table: Table, split: str) -> None:
    """Raises UserError if a split has too few rows for its metrics: less than two, or of two classes only one."""
    targets, classes = table.outcomes(split), table.schema.classes
    absent = [name for number, name in enumerate(classes) if number not in targets] if len(classes) == 2 else []
    if len(targets) < 2 or absent:
        has = f"{len(targets):,} row{'s' * (len(targets) != 1)}" + (
            f", none of them {absent[0]!r}" if absent and len(targets) else ""
        )
        raise UserError(
            f"{table.source.name}: its {split} split has {has}, too few to measure on; bring more than "
            f"{len(table.targets):,} rows" + (f", three or more {absent[0]!r} among them" if absent else "")
        )


def has_baselines(table: Table) -> bool:
    """Whether the train split suffices for scikit-learn's models: two rows or more, and two classes or more."""
    targets = table.outcomes("train")
    return len(targets) > 1 and (not table.schema.classes or len(set(targets.tolist())) > 1)


def baselines(table: Table, split: str) -> dict[str, float]:
    """The metrics of three simpler models on a split; they learn from the train split.

    For classes they are `logistic_regression_accuracy`, `gradient_boosting_accuracy` and `majority_class_accuracy`; for a number
    `ridge_r2`, `gradient_boosting_r2` and `mean_value_root_mean_squared_error`, the error of always predicting the mean of the
    training rows. Empty if `has_baselines` is false.
    """
    if not has_baselines(table):
        return {}
    (columns, targets), (held_out, held_out_targets) = table.split("train"), table.split(split)
    if table.schema.classes:
        majority = np.bincount(targets).argmax()
        simplest = {"majority_class_accuracy": float((held_out_targets == majority).mean())}
    else:
        errors = held_out_targets.astype(float) - targets.mean(dtype=float)
        simplest = {"mean_value_root_mean_squared_error": float(np.sqrt(np.square(errors).mean()))}
    if len(targets) > MOST_BASELINE_ROWS:
        chosen = np.random.default_rng(0).permutation(len(targets))[:MOST_BASELINE_ROWS]
        columns, targets = {name: cells[chosen] for name, cells in columns.items()}, targets[chosen]
    x, categories = _numbered(table.schema, columns, columns)
    test, _ = _numbered(table.schema, held_out, columns)
    models = _models(table.schema, x, categories)
    units = len(table.schema.classes) if len(table.schema.classes) > 2 else 1
    scores = {}
    bar = progress.bar(models.items(), unit="model", leave=False, disable=x.size * units < LONG_WORK)
    # With one thread a core, gradient boosting nearly stops while another process works: its threads wait for each other in busy
    # loops, and the one that they wait for has lost its core. A single thread gives the same figures.
    with warnings.catch_warnings(), threadpool_limits(1, user_api="openmp"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # a thousand steps come close enough
        for name, model in bar:
            bar.set_description(f"for comparison: {name.rpartition('_')[0].replace('_', ' ')}")
            scores[name] = float(model.fit(x, targets).score(test, held_out_targets))
    return scores | simplest


def _models(schema: Schema, x: np.ndarray, categories: np.ndarray) -> dict[str, Any]:
    """The linear model and gradient boosting for what `_numbered` gave, by the names of their metrics."""
    numbers = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler())
    parts = [("numbers", numbers, ~categories), ("categories", OneHotEncoder(handle_unknown="ignore"), categories)]
    few = categories & (np.nan_to_num(x).max(0) < MOST_NUMBERED)
    encoded = ColumnTransformer(parts)
    if schema.classes:
        return {
            "logistic_regression_accuracy": make_pipeline(encoded, LogisticRegression(max_iter=1000)),
            "gradient_boosting_accuracy": HistGradientBoostingClassifier(categorical_features=few, random_state=0),
        }
    return {
        "ridge_r2": make_pipeline(encoded, Ridge()),
        "gradient_boosting_r2": HistGradientBoostingRegressor(categorical_features=few, random_state=0),
    }


def _numbered(schema: Schema, columns: Columns, learned: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Columns as float64 [n, m], NaN where missing or new, and which of the m are numbered categories, bool [m].

    Categories are numbered as they are sorted in `learned`. A date becomes its day, its month and its weekday.
    """
    parts, categories = [], []
    for name, kind in zip(schema.names, schema.kinds, strict=True):
        cells = columns[name]
        if kind == NUMBER:
            parts.append(cells.astype(float))
            categories.append(False)
        elif kind == DATE:
            days = cells.astype(str).astype("datetime64[D]")
            missing = np.isnat(days)
            months, weekdays = days.astype("datetime64[M]").astype(int) % 12, (days.astype(int) + 3) % 7
            parts += [np.where(missing, np.nan, values) for values in (days.astype(float), months, weekdays)]
            categories += [False, True, True]
        elif kind == BOOLEAN:
            true = np.array([cell.decode().lower() in TRUE for cell in cells.tolist()], float)
            parts.append(np.where(cells == b"", np.nan, true))
            categories.append(False)
        else:
            place = {text: i for i, text in enumerate(sorted(set(learned[name].tolist()) - {b""}))}
            parts.append(np.array([place.get(cell, np.nan) for cell in cells.tolist()], float))
            categories.append(True)
    return np.stack(parts, axis=1), np.array(categories)


def interval(predictions: np.ndarray, targets: np.ndarray, schema: Schema) -> dict[str, float]:
    """The ends of the 95 % confidence interval of the accuracy or R2, as far as n rows tell it.

    For the accuracy it is Wilson's score interval (1927), for R2 the percentile interval of RESAMPLES bootstrap samples (Efron
    1979).

    Args:
        predictions: for n rows, as `of_predictions` takes them.
        targets: of the rows, [n].
        schema: of the table.

    Returns:
        `accuracy_95_low` and `accuracy_95_high`, or `r2_95_low` and `r2_95_high`; empty if the rows are too few.
    """
    if schema.classes:
        right = int(np.trace(confusion.count(predictions, targets, len(schema.classes))))
        found = binomtest(right, len(targets)).proportion_ci(CONFIDENCE, method="wilson")
        return {"accuracy_95_low": float(found.low), "accuracy_95_high": float(found.high)}
    if len(targets) < LEAST_RESAMPLED:
        return {}
    truth, errors = targets.astype(float), np.square(predictions.astype(float) - targets.astype(float))
    random, values = np.random.default_rng(0), []
    for _ in range(RESAMPLES):
        drawn = random.integers(len(truth), size=len(truth))
        variance = truth[drawn].var()
        values += [1 - errors[drawn].mean() / variance] if variance else []
    if not values:
        return {}
    low, high = np.quantile(values, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return {"r2_95_low": float(low), "r2_95_high": float(high)}


def table_metrics(
    model: Path, table: Table, split: str, command: str, known_baselines: dict[str, float] | None = None
) -> Sequence[Metric]:
    """The metrics of an exported model on a split of a table with their confidence interval, and those of the baselines.

    For classes there is also the recall of each, `recall_NAME`, the share of its rows that are predicted to be of it; and their
    mean, `balanced_accuracy`.

    Args:
        model: the folder.
        table: of the model's columns and target.
        split: "train", "validation", "test" or "all".
        command: the command that measures them again.
        known_baselines: what `baselines` gave for the split; None: they are measured.
    """
    check(table, split)
    columns, targets = table.split(split)
    predictions = predictor(model, table.schema)(columns)
    values = of_predictions(predictions, targets, table.schema) | interval(predictions, targets, table.schema)
    recalls = []
    if table.schema.classes:
        matrix = confusion.count(predictions, targets, len(table.schema.classes))
        counted = zip(table.schema.classes, matrix.diagonal().tolist(), matrix.sum(1).tolist(), strict=True)
        recalls = [Metric(f"recall_{name}", right / n, split, n, command) for name, right, n in counted if n]
        values["balanced_accuracy"] = float(np.mean([metric.value for metric in recalls]))
    values |= baselines(table, split) if known_baselines is None else known_baselines
    return [*evaluation.as_metrics(values, split, len(targets), command), *recalls]


def confusion_of(model: Path, table: Table, split: str) -> np.ndarray:
    """How many rows of a split that are of one class (row) are predicted to be of another (column), int [classes, classes]."""
    columns, targets = table.split(split)
    return confusion.count(predictor(model, table.schema)(columns), targets, len(table.schema.classes))


def draw_confusion(model: Path, table: Table, split: str, path: Path) -> None:
    """Draws `confusion_of` as a PNG."""
    matrix = confusion_of(model, table, split)
    title = f"{table.source.name}, {split} split: {matrix.trace():,} of {matrix.sum():,} right"
    confusion.draw(matrix, table.schema.classes, title, path)


def draw_importance(model: Path, table: Table, split: str, path: Path) -> None:
    """Draws how much worse a model gets on a split when one column is shuffled, as a PNG; see `zoo.tables.importance`."""
    check(table, split)
    columns, targets = table.split(split)
    found = importance.measure(
        predictor(model, table.schema),
        lambda predictions, truth: loss(predictions, truth, table.schema),
        columns,
        targets,
    )
    unit = "rise of the cross-entropy, nats a row" if table.schema.classes else "fall of R2"
    title = f"What {table.schema.target} is read from: {table.source.name}, {split} split, n = {found.n:,}"
    importance.draw(found, unit, title, path)
