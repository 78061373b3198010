"""Training a network for tables: from a CSV file, or a table of scikit-learn, to the published model."""

import importlib
import logging
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Unpack

import keras
import numpy as np

from zoo.core import commands
from zoo.core.cards import Card, Metric
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.errors import UserError
from zoo.core.names import unknown
from zoo.core.recipe import Recipe
from zoo.core.trainer import Options, Publication, Session
from zoo.tables import boundary, encodings, graph, metrics, recipes, separability
from zoo.tables import data as tables
from zoo.tables.about import about
from zoo.tables.choices import Choices
from zoo.tables.data import Table
from zoo.tables.encoder import Encoder
from zoo.tables.kinds import CLASSIFICATION, NUMBER, REGRESSION
from zoo.tables.limits import BALANCED, limits_of
from zoo.tables.model import TableModel, loaded
from zoo.tables.output import Output, loss, output_for, predictions
from zoo.tables.reading.hints import NO_HINTS, Hints
from zoo.tables.recipes import Plan
from zoo.tables.schema import Schema

DATA = "breast_cancer"  # the default
NAMES = {"perceptron": "A perceptron", "mlp": "A multilayer perceptron"}  # in descriptions
_log = logging.getLogger(__name__)


def train(
    data: str = DATA,
    target: str | None = None,
    *,
    network: str = "mlp",
    task: str | None = None,
    hidden: tuple[int, ...] | None = None,
    activations: tuple[str, ...] | None = None,
    dropout: float | None = None,
    l2: float | None = None,
    intervals: int | None = None,
    recipe: Recipe | None = None,
    class_weights: str | None = None,
    csv_format: Format = AS_FOUND,
    hints: Hints = NO_HINTS,
    **options: Unpack[Options],
) -> Card:
    """Trains a network that predicts a column of a table from the others, and publishes it.

    Args:
        data: a name of `zoo.tables.data.NAMED`, or a CSV file with a header.
        target: the column of a CSV file to predict.
        network: the module of this package that holds the network, "perceptron" or "mlp".
        task: "classification" or "regression"; None: the values of the target decide.
        hidden: the units of an MLP's hidden layers; None: a choice that depends on the number of rows.
        activations: of each hidden layer, see `zoo.tables.activations.ACTIVATIONS`; None: ReLU.
        dropout: the share of each hidden layer that a step leaves out, from 0 to below 1; None: as for `hidden`.
        l2: the factor of the squared weights of the hidden layers in the loss; None: 0.
        intervals: the most intervals that a number is cut into, see `zoo.tables.encoder`; None: as for `hidden`.
        recipe: the hyperparameters of the training; its seed is that of `options`. None: as for `hidden`.
        class_weights: "balanced": each class counts the same, however rare it is; None: each row counts the same.
        csv_format: how the CSV file is written; what is not given is found.
        hints: what the cells of the CSV file mean where they leave it open.
        options: see `zoo.core.trainer.Options`.

    Returns:
        The card of the model.

    Raises:
        UserError: for a table that cannot be learned from, and what `Session` refuses.
        zoo.core.training.Stopped: when `progress` returned False.
    """
    choices = Choices(hidden, activations, dropout, l2, intervals, recipe)
    if task not in (None, CLASSIFICATION, REGRESSION):
        raise unknown("task", str(task), (CLASSIFICATION, REGRESSION))
    own: dict[str, Any] = {"target": target, "task": task, **choices.given, "class_weights": class_weights}
    own |= {"csv_format": csv_format.named_by_user, "hints": hints if hints != NO_HINTS else None}
    session = Session(network, data, options, own)
    session.check_size("hidden", choices.hidden)
    if session.start and (kept := choices.of_layers):
        raise UserError(f"{kept[0]}: the layers are those of {session.start.name}, the model to start from; leave it out")
    if options.get("precision") == "bfloat16":
        raise UserError(
            "precision bfloat16: a network for tables is too small to gain by it, and learns in float32; leave it out"
        )
    known = Schema.of(session.before.architecture) if session.before else None
    table = tables.load(data, target, task, known, csv_format, hints)
    table.check_trainable()
    for split in ("validation", "test"):
        metrics.check(table, split)
    remarks = table.remarks()
    for remark in remarks:
        _log.info("%s: %s", table.source.name, remark)
    kind = f"{table.schema.task} of rows"
    module, schema = importlib.import_module(f"zoo.tables.{network}"), table.schema
    weights = _class_weights(class_weights, schema, table.split("train")[1])
    encoder, output, config, plan = _sizes(session, module, table, choices)
    recipe = session.recipe(replace(plan.recipe, epochs=plan.quick_epochs) if session.quick else plan.recipe)
    architecture = {"network": network, **asdict(config), **schema.to_card()}
    session.check_replaceable(kind, architecture)
    model = session.build(recipe, lambda: module.build(config))
    model.lookup_tables = encoder.tables  # where the export finds them
    batches = tables.batches(table, recipe, encoder, encoder.width, weights)
    history = session.fit(model, loss(output), batches, recipe)

    baselines = metrics.baselines(table, "test")
    limits = [*remarks, *_limits(network, table, model, encoder, output, baselines), *([BALANCED] if weights is not None else [])]
    if network == "perceptron" and schema.classes:
        limits.insert(0, _separability(table, encoder))
        _log.info("%s", limits[0])
    evaluation = _evaluation(session.app, session.out, data, csv_format)

    def measure(exported: TableModel, folder: Path) -> list[Metric]:
        return list(metrics.table_metrics(folder, table, "test", evaluation, baselines))

    def draw(exported: TableModel, folder: Path) -> None:
        encodings.write(folder, encoder.columns, output)
        metrics.draw_importance(folder, table, "test", folder / "importance.png")
        if schema.classes:
            metrics.draw_confusion(folder, table, "test", folder / "confusion.png")
        if network == "perceptron" and len(schema.classes) in (2, 3):
            boundary.draw(exported, table, "test", folder / "boundary.png", limits[0])

    return session.publish(
        model,
        Publication(kind, architecture, _description(network, schema), table.describe(), limits, loaded, about),
        recipe,
        history,
        graph.endpoints(model, encoder, output),
        measure,
        draw,
    )


def _sizes(session: Session, module: Any, table: Table, choices: Choices) -> tuple[Encoder, Output, Any, Plan]:
    """The encoder of the columns, what is predicted, the config of the network, and the plan of the training.

    Encoder, output and config are those of the model to start from, if there is one.
    """
    schema, (learned, targets) = table.schema, table.split("train")
    output = output_for(len(schema.classes), targets)
    plan = choices.planned(recipes.plan(session.network, len(targets), schema.kinds.count(NUMBER), output))
    if session.start and session.before:
        known, output = encodings.read(session.start)
        return Encoder(known), output, module.Config.of(session.before.architecture), plan
    encoder = Encoder(encodings.learned(schema, learned, plan.intervals))
    config = module.Config(encoder.width, output.units, **plan.sizes)
    return encoder, output, choices.sized(config, session.network), plan


def _class_weights(wanted: str | None, schema: Schema, targets: np.ndarray) -> np.ndarray | None:
    """The weight of a row of each class, float [classes]; None where every row counts the same."""
    if wanted is None:
        return None
    if wanted != "balanced":
        raise UserError(f"class weights {wanted!r}: say balanced, or leave them out")
    if not schema.classes:
        raise UserError(f"class weights {wanted}: {schema.target} is a number, without classes; leave them out")
    counts = np.bincount(targets, minlength=len(schema.classes))
    return len(targets) / (len(counts) * counts)


def _limits(
    network: str, table: Table, model: keras.Model, encoder: Encoder, output: Output, baselines: dict[str, float]
) -> Iterator[str]:
    """What the test split shows of the trained network, for the card."""
    rows, truth = table.split("test")
    logits = model(tables.encoded(encoder, rows), training=False)
    (predicted,) = (values.numpy() for values in predictions(output, logits).values())
    own, interval = (of(predicted, truth, table.schema) for of in (metrics.of_predictions, metrics.interval))
    return limits_of(network, table, own, baselines, interval)


def _separability(table: Table, encoder: Encoder) -> str:
    """Whether planes can separate the classes of the training rows, in a sentence."""
    (rows, targets), classes = table.split("train"), table.schema.classes
    if not separability.small(len(targets), encoder.width, len(classes)):
        return separability.TOO_LARGE
    return separability.verdict(tables.encoded(encoder, rows), targets, classes)


def _description(network: str, schema: Schema) -> str:
    name = NAMES.get(network, f"A {network}")
    read = f"{len(schema.names)} column{'s' * (len(schema.names) != 1)}"
    if not schema.classes:
        return f"{name} that predicts {schema.target} from {read}."
    if len(schema.classes) == 2:
        return f"{name} that tells {schema.classes[1]} from {schema.classes[0]} by {read}."
    return f"{name} that tells {len(schema.classes)} classes of {schema.target} apart by {read}."


def _evaluation(app: str, out: Path, data: str, csv_format: Format) -> str:
    """The command that measures again what the card states."""
    return commands.shell_line(commands.program(app), ["evaluate", "--model", str(out), "--data", data, *csv_format.words()])
