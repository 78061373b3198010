"""What the cards of networks for tables say beyond their figures."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo.core import metrics
from zoo.core.about import About
from zoo.core.classifier import Classifier
from zoo.core.metrics import Meaning
from zoo.tables import encodings
from zoo.tables.encodings import ColumnEncoding
from zoo.tables.kinds import BOOLEAN, CATEGORY, DATE, NUMBER
from zoo.tables.model import TableModel
from zoo.tables.schema import Schema, input_names

MOST_LISTED = 40  # columns whose cells are written out in an example
LINE = 100  # characters

_RIVALS = "the same measure of scikit-learn's {}, on the same splits"
MEANINGS = {
    "accuracy": Meaning(
        f"{metrics.MEANINGS['accuracy'].text}; reference: always saying the most frequent class",
        "higher",
        "majority_class_accuracy",
    ),
    "accuracy_95_low": Meaning("lower end of the accuracy's 95 % interval (Wilson 1927)"),
    "accuracy_95_high": Meaning("upper end of the accuracy's 95 % interval"),
    "balanced_accuracy": Meaning("mean of the classes' recalls, so that rare classes count as much", "higher"),
    "recall_*": Meaning("share of the rows of this class that are taken for it", "higher"),
    "logistic_regression_accuracy": Meaning(_RIVALS.format("logistic regression"), "higher"),
    "gradient_boosting_accuracy": Meaning(_RIVALS.format("gradient boosting"), "higher"),
    "majority_class_accuracy": Meaning("accuracy of always saying the most frequent class", "higher"),
    "r2": Meaning("share of the target's variance that is explained; 0 is as good as the mean", "higher"),
    "r2_95_low": Meaning("lower end of R2's 95 % interval (bootstrap)"),
    "r2_95_high": Meaning("upper end of R2's 95 % interval"),
    "root_mean_squared_error": Meaning(
        "square root of the mean squared error, in the target's unit; reference: always saying the mean",
        "lower",
        "mean_value_root_mean_squared_error",
    ),
    "mean_value_root_mean_squared_error": Meaning("root_mean_squared_error of always saying the mean", "lower"),
    "mean_absolute_error": Meaning("mean distance from the true value, in the target's unit", "lower"),
    "ridge_r2": Meaning(_RIVALS.format("ridge regression"), "higher"),
    "gradient_boosting_r2": Meaning(_RIVALS.format("gradient boosting"), "higher"),
}

_DATA = {
    "breast_cancer": "Wolberg, W., Mangasarian, O., Street, N. and Street, W. (1993). Breast Cancer Wisconsin (Diagnostic). UCI "
    "Machine Learning Repository. doi 10.24432/C5DW2B. (The data set.)",
    "iris": "Fisher, R. A. (1936). The use of multiple measurements in taxonomic problems. Annals of Eugenics 7(2), 179-188. "
    "(The data set.)",
    "wine": "Aeberhard, S. and Forina, M. (1992). Wine. UCI Machine Learning Repository. doi 10.24432/C5PC7J. (The data set.)",
    "diabetes": "Efron, B., Hastie, T., Johnstone, I. and Tibshirani, R. (2004). Least angle regression. Annals of Statistics "
    "32(2), 407-499. (The data set.)",
}
_NAMES = {"perceptron": "perceptrons", "mlp": "multilayer perceptrons"}
_LAYERS = {"perceptron": "one weighted sum", "mlp": "dense layers with ReLU"}
_PAPERS = {
    "perceptron": "Rosenblatt, F. (1958). The perceptron: a probabilistic model for information storage and organization in the "
    "brain. Psychological Review 65(6), 386-408.",
    "mlp": "Gorishniy, Y., Rubachev, I. and Babenko, A. (2022). On embeddings for numerical features in tabular deep learning. "
    "NeurIPS. arXiv 2203.05556.",
}


def about(model: TableModel | Classifier, folder: Path) -> About:
    """What the card of a network for tables says; the examples of its use come from what it learned of the columns."""
    card = model.card
    network, schema = card.architecture["network"], Schema.of(card.architecture)
    published = not card.dataset.own
    references = [_DATA.get(card.dataset.name) if published else None, _PAPERS.get(network)]
    ends = (
        "a sigmoid gives the probability of the second of two classes"
        if len(schema.classes) == 2
        else "a softmax gives the probability of each class"
        if schema.classes
        else "a linear unit gives the value"
    )
    layers = _LAYERS.get(network, f"the layers of {network}")
    structure = f"The columns become numbers inside the graph (numbers are standardised), then follow {layers}, and {ends}."
    code, signatures = _examples(card.signatures, schema, folder)
    kind = "classification" if schema.classes else "regression"
    return About(
        structure=structure,
        intended_use=f"For learning about {_NAMES.get(network, network)} on tables"
        + (". Not for a decision about anyone." if published else ", and for rows like those that it learned from."),
        citation=tuple(reference for reference in references if reference),
        tags=(f"tabular-{kind}", network),
        code=code,
        signatures=signatures,
        meanings=MEANINGS,
    )


def _examples(described: Mapping[str, Any], schema: Schema, folder: Path) -> tuple[str, dict[str, str]]:
    """The code that uses `zoo.load`, and that of the signatures, on two rows."""
    result = next(iter(described["predict" if "predict" in described else "columns"]["outputs"]))
    shown = f'print(output["{result}"].numpy().round(3))'
    if "columns" not in described:  # older models
        width = len(schema.names)
        code = f"print(model.predict([[0.0] * {width}]).round(3))"
        return code, {"predict": f'output = signatures["predict"](features=tf.constant([[0.0] * {width}]))\n{shown}'}
    inputs = input_names(schema.names)
    if len(inputs) > MOST_LISTED:
        of_library = "rows = {name: [None] for name in model.names}  # a row in which every cell is missing"
        of_signature = (
            'columns = signatures["columns"].structured_input_signature[1].values()\n'
            'gaps = {tf.float32: tf.constant([float("nan")]), tf.string: tf.constant([""])}  # every cell is missing\n'
            "rows = {column.name: gaps[column.dtype] for column in columns}"
        )
    else:
        cells = [_cells(column) for column in encodings.read(folder)[0]]
        of_library = f"# numbers: the mean of the training rows, and one standard deviation more\n{_rows(schema.names, cells)}"
        of_signature = f"{_rows(inputs, cells)}\nrows = {{name: tf.constant(cells) for name, cells in rows.items()}}"
    code = f"{of_library}\nprint(model.predict(rows).round(3))"
    signatures = {
        "columns": f'{of_signature}\noutput = signatures["columns"](**rows)\n{shown}',
        "predict": "features = tf.stack([rows[name] for name in rows], axis=1)  # the same columns, in their order\n"
        f'output = signatures["predict"](features=features)\n{shown}',
    }
    return code, signatures


def _cells(column: ColumnEncoding) -> str:
    """Two cells of a column, as Python code."""
    if column.kind == NUMBER:
        return f"[{_number(column.mean)}, {_number(column.mean + column.deviation)}]"
    if column.kind == CATEGORY:
        return json.dumps([*column.vocabulary, "", ""][:2], ensure_ascii=False)
    return {BOOLEAN: '["true", "false"]', DATE: '["2024-01-31", "2024-07-01"]'}[column.kind]


def _number(value: float) -> str:
    return repr(float(f"{value:.3g}"))


def _rows(names: Sequence[str], cells: Sequence[str]) -> str:
    """A dictionary in Python code, a few columns a line."""
    items = [f"{json.dumps(name, ensure_ascii=False)}: {each}" for name, each in zip(names, cells, strict=True)]
    lines = [""]
    for item in items:
        if lines[-1] and len(lines[-1]) + len(item) > LINE:
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else '    '}{item},"
    return "\n".join(["rows = {", *lines, "}"])
