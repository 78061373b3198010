"""The metrics of models of tables, and those of scikit-learn's linear model and gradient boosting on the same splits.

The baselines read the same columns in their own way and with their default settings: LogisticRegression or Ridge on standardised
numbers and one number a category, HistGradientBoosting on numbers with gaps and numbered categories.
"""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from zoo import evaluation, importance, loading
from zoo.cards import Metric
from zoo.data.table_kinds import BOOLEAN, DATE, NUMBER, TRUE, Columns, Schema, input_names
from zoo.data.tables import Table
from zoo.errors import UserError

MOST_BASELINE_ROWS = 100_000  # of the training split, drawn at random from more
MOST_NUMBERED = 255  # categories that gradient boosting takes as such


def answering(model: Path, schema: Schema) -> Callable[[Columns], np.ndarray]:
    """What an exported model says of the rows of columns: probabilities [n] or [n, classes], or values [n]."""
    import tensorflow as tf

    saved_model = tf.saved_model.load(str(model))
    given = input_names(schema.names)

    return lambda columns: loading.answers(
        saved_model, {key: columns[name] for key, name in zip(given, schema.names, strict=True)}
    )


def of_answers(said: np.ndarray, targets: np.ndarray, schema: Schema) -> dict[str, float]:
    """The metrics of what a model said of rows with these targets; the first is the one that is compared.

    Raises UserError where it said of a row what is no finite number.
    """
    said = said.astype(float)  # squares of large values are beyond float32
    wrong = ~np.isfinite(said.reshape(len(said), -1)).all(1)
    if wrong.any():
        raise UserError(
            f"the model's answer to {wrong.sum():,} of {len(said):,} rows is not a finite number: correct their cells that are "
            "far larger than those of the other rows"
        )
    if not schema.classes:
        targets = targets.astype(float)
        return {
            "r2": float(r2_score(targets, said)),
            "root_mean_squared_error": float(root_mean_squared_error(targets, said)),
            "mean_absolute_error": float(mean_absolute_error(targets, said)),
        }
    if said.ndim == 1:
        return evaluation.binary_metrics(said, targets)
    return evaluation.class_metrics(said, targets)


def loss(said: np.ndarray, targets: np.ndarray, schema: Schema) -> float:
    """What is to be low: the cross-entropy in nats a row, or 1 - R2."""
    said = said.astype(float)
    if schema.classes:
        said = np.stack([1 - said, said], axis=1) if said.ndim == 1 else said / said.sum(1, keepdims=True)
        return float(log_loss(targets, said, labels=range(len(schema.classes))))
    return 1 - float(r2_score(targets.astype(float), said))


def check(table: Table, split: str) -> None:
    """Raises UserError where a split has too few rows for its metrics: not two, or of two classes not both."""
    targets = table.outcomes(split)
    if len(targets) < 2 or (len(table.schema.classes) == 2 and len(set(targets.tolist())) < 2):
        both = " with both classes" if len(table.schema.classes) == 2 else ""
        raise UserError(
            f"{table.source.name}: its {split} split has {len(targets)} rows, which are too few{both}; bring more than "
            f"{len(table.targets):,} rows"
        )


def has_baselines(table: Table) -> bool:
    """Whether the train split has what scikit-learn's models need to learn: two rows, and of classes not one alone."""
    targets = table.outcomes("train")
    return len(targets) > 1 and (not table.schema.classes or len(set(targets.tolist())) > 1)


def baselines(table: Table, split: str) -> dict[str, float]:
    """Accuracy or R2 of scikit-learn's two, which learn from the train split: `logistic_regression_accuracy` or `ridge_r2`,
    and `gradient_boosting_accuracy` or `gradient_boosting_r2`. Nothing for a table without what `has_baselines` asks for.
    """
    if not has_baselines(table):
        return {}
    (columns, targets), (held_out, held_out_targets) = table.split("train"), table.split(split)
    if len(targets) > MOST_BASELINE_ROWS:
        chosen = np.random.default_rng(0).permutation(len(targets))[:MOST_BASELINE_ROWS]
        columns, targets = {name: cells[chosen] for name, cells in columns.items()}, targets[chosen]
    x, categories = _numbered(table.schema, columns, columns)
    test, _ = _numbered(table.schema, held_out, columns)
    gaps = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler())
    parts = [("numbers", gaps, ~categories), ("categories", OneHotEncoder(handle_unknown="ignore"), categories)]
    few = categories & (np.nan_to_num(x).max(0) < MOST_NUMBERED)
    if table.schema.classes:
        linear, boosting = LogisticRegression(max_iter=1000), HistGradientBoostingClassifier
        names = "logistic_regression_accuracy", "gradient_boosting_accuracy"
    else:
        linear, boosting = Ridge(), HistGradientBoostingRegressor
        names = "ridge_r2", "gradient_boosting_r2"
    models = make_pipeline(ColumnTransformer(parts), linear), boosting(categorical_features=few, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a thousand steps are near enough
        return {
            name: float(model.fit(x, targets).score(test, held_out_targets)) for name, model in zip(names, models, strict=True)
        }


def _numbered(schema: Schema, columns: Columns, learned: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Columns as float64 [n, m], NaN where missing or new, and which of the m are numbered categories, bool [m].

    Categories have their place among those of `learned`. Of a date there are the day, the month and the weekday.
    """
    parts, categories = [], []
    for name, kind in zip(schema.names, schema.kinds, strict=True):
        cells = columns[name]
        if kind == NUMBER:
            parts.append(cells.astype(float))
            categories.append(False)
        elif kind == DATE:
            days = cells.astype(str).astype("datetime64[D]")
            gone = np.isnat(days)
            months, weekdays = days.astype("datetime64[M]").astype(int) % 12, (days.astype(int) + 3) % 7
            parts += [np.where(gone, np.nan, values) for values in (days.astype(float), months, weekdays)]
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


def table_metrics(
    model: Path, table: Table, split: str, command: str, beside: dict[str, float] | None = None
) -> Sequence[Metric]:
    """The metrics of an exported model on a split of a table, and those of the baselines.

    Args:
        model: the folder.
        table: of the model's columns and target.
        split: the part of it.
        command: what measures them again.
        beside: what `baselines` gave for the split, if it is known.
    """
    check(table, split)
    columns, targets = table.split(split)
    values = of_answers(answering(model, table.schema)(columns), targets, table.schema)
    return evaluation.as_metrics(
        {**values, **(baselines(table, split) if beside is None else beside)}, split, len(targets), command
    )


def draw_importance(model: Path, table: Table, split: str, path: Path) -> None:
    """Draws how much worse a model gets on a split when a column is shuffled, as a PNG."""
    check(table, split)
    columns, targets = table.split(split)
    found = importance.measure(
        answering(model, table.schema),
        lambda said, truth: loss(said, truth, table.schema),
        columns,
        targets,
    )
    unit = "rise of the cross-entropy, nats a row" if table.schema.classes else "fall of R2"
    title = f"What {table.schema.target} is read from: {table.source.name}, {split} split, n = {found.n:,}"
    importance.draw(found, unit, title, path)
