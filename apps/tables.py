"""What `python -m apps.perceptron` and `python -m apps.mlp` share: train on a table, evaluate, predict the rows of a file."""

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo import registry
from zoo.core import cards
from zoo.core.errors import UserError

from . import cli


@dataclass(frozen=True)
class App:
    """An app for tables.

    Args:
        name: of the app, and of the network that it trains.
        doc: what the app does.
        model: the default of --model.
    """

    name: str
    doc: str
    model: str

    @property
    def data_sets(self) -> tuple[str, ...]:
        """The names of tables that the network learns from, the default first."""
        return registry.named(self.name).data_sets


def train(app: App, arguments: argparse.Namespace) -> None:
    """Trains a network and publishes it at --out."""
    from zoo.tables import training

    card = training.train(
        arguments.data,
        arguments.target,
        network=app.name,
        task=arguments.task,
        hidden=arguments.hidden,
        class_weights=arguments.class_weights,
        csv_format=cli.csv_format(arguments),
        hints=_hints(arguments),
        **cli.training_options(arguments),
    )
    cli.show_published(card, arguments)


def _hints(arguments: argparse.Namespace) -> Any:
    """What the flags say of the cells of the file."""
    from zoo.tables.reading.hints import Hints

    return Hints(
        arguments.decimal or "",
        arguments.thousands or "",
        arguments.day_first,
        tuple(arguments.missing or ()),
        tuple(arguments.ignore or ()),
        dict(arguments.kind or ()),
    )


def evaluate(app: App, arguments: argparse.Namespace) -> None:
    """Prints the metrics of a model on a split of a table, and draws its boundary and what it reads the target from."""
    import zoo
    from zoo.core import confusion
    from zoo.tables import boundary, limits
    from zoo.tables import data as tables
    from zoo.tables import metrics as table_metrics
    from zoo.tables.schema import Schema

    pictures = {f"--{name}": getattr(arguments, name, None) for name in ("picture", "importance", "confusion")}
    cli.check_pngs(pictures)
    folder = cards.find_network(arguments.model, *registry.of_app(app.name))
    card = cards.read_card(folder)
    data = arguments.data or card.dataset.name
    if not arguments.data and not limits.bundled(card.dataset):
        raise UserError(f"{arguments.model} learned from a file of yours, {data}: name it with --csv")
    table = tables.load(data, arguments.target, None, Schema.of(card.architecture), cli.csv_format(arguments))
    if arguments.confusion and not table.schema.classes:
        raise UserError(f"--confusion {arguments.confusion}: {arguments.model} predicts a number, which is not taken for a class")
    learned_from_it = table.describe().sha256 == card.dataset.sha256
    if learned_from_it and table.describe().splits != card.dataset.splits and arguments.split != tables.ALL:
        cli.notice(
            f"{arguments.model} was trained when rows were dealt to the splits in another way: it has learned rows of this "
            "split, so that its figures are too good; those of its card are right"
        )
    if arguments.split == tables.ALL and learned_from_it:
        cli.notice(f"{arguments.model} learned from 60 % of these rows: its figures on all of them are too good")
    elif not learned_from_it:
        rivals = "; scikit-learn's models do, from its training split; --split all measures every row"
        more = "" if arguments.split == tables.ALL else rivals
        cli.notice(f"{arguments.model} did not learn from this table{more}")
    if arguments.split != tables.ALL and not table_metrics.has_baselines(table):
        cli.notice(
            f"the train split of {table.source.name} has too few rows for scikit-learn's models, or a single class: they are "
            "left out"
        )
    beside: dict[str, float] | None = (
        {} if arguments.split == tables.ALL else None
    )  # they would be measured on rows that they learned from
    cli.show_metrics(table_metrics.table_metrics(folder, table, arguments.split, arguments.command_line, beside), arguments)
    if table.schema.classes and not arguments.json:
        text = confusion.as_text(table_metrics.confusion_of(folder, table, arguments.split), table.schema.classes)
        print(f"\n{text}" if text else "\nmany classes: --confusion PATH.png draws what is taken for what")
    if arguments.confusion:
        table_metrics.draw_confusion(folder, table, arguments.split, arguments.confusion)
        cli.notice(f"wrote {arguments.confusion}")
    if getattr(arguments, "picture", None):
        model: Any = zoo.load(folder)
        boundary.draw(model, table, arguments.split, arguments.picture)
        cli.notice(f"wrote {arguments.picture}")
    if arguments.importance:
        table_metrics.draw_importance(folder, table, arguments.split, arguments.importance)
        cli.notice(f"wrote {arguments.importance}")


def predict(app: App, arguments: argparse.Namespace) -> None:
    """Prints what the model says of each row of a CSV file."""
    import numpy as np

    import zoo
    from zoo.tables.reading import files
    from zoo.tables.schema import Schema

    model = zoo.load(cards.find_network(arguments.model, *registry.of_app(app.name)))
    schema = Schema.of(model.card.architecture)
    columns = files.read_columns(arguments.file, schema, cli.csv_format(arguments))
    if not len(columns[schema.names[0]]):
        raise UserError(f"{arguments.file} has no rows: it needs a header and a row for each example")
    for text in model.notices(columns):
        cli.notice(f"{arguments.file}: {text}")
    said = model.predict(columns)
    for i in np.flatnonzero(~np.isfinite(said.reshape(len(said), -1)).all(1)).tolist():
        cli.notice(
            f"{arguments.file}: the answer to row {i + 1} after the header is not a finite number: its cells are too large for "
            "what the model computes"
        )
    for values in said.tolist():
        answer = _answer(schema, values)
        if arguments.json:
            print(json.dumps(answer))
        elif None in answer.values():
            print("nan")
        elif schema.classes:
            print(f"{answer['probability']:.4f}  {answer['class']}")
        else:
            print(f"{answer['value']:.6g}")


def _answer(schema: Any, values: Any) -> dict[str, Any]:
    """What is said of one row. Of two classes the probability is that of the second, of more that of the one that is named.

    Where it is not a finite number, everything is None.
    """
    if not all(map(math.isfinite, values if isinstance(values, list) else [values])):
        keys = ["value"] if not schema.classes else ["probability", "class", *["probabilities"] * (len(schema.classes) > 2)]
        return dict.fromkeys(keys)
    if not schema.classes:
        return {"value": values}
    if len(schema.classes) == 2:
        return {"probability": values, "class": schema.classes[values >= 0.5]}
    best = max(range(len(values)), key=values.__getitem__)
    every = dict(zip(schema.classes, values, strict=True))
    return {"probability": values[best], "class": schema.classes[best], "probabilities": every}


def main(app: App, argv: list[str] | None) -> int:
    """The command line of an app."""
    parser, commands = cli.app(app.name, app.doc)
    program = f"python -m apps.{app.name}"
    example = f"{program} train --data table.csv --target column --out out/mine"
    command = cli.command(commands, "train", lambda arguments: train(app, arguments), "train on a table", example)
    cli.add_training_flags(command, app.name, app.data_sets[0])
    _add_table_flags(command)
    _add_cell_flags(command)
    command.add_argument(
        "--task",
        choices=("classification", "regression"),
        help="what to do with a target of numbers (left out: decided by its values)",
    )
    command.set_defaults(hidden=None)
    if app.name == "mlp":
        command.add_argument(
            "--hidden",
            type=cli.sizes,
            metavar="N,N...",
            help="units of the hidden layers (64,64 for few rows, 256,256 for more; with --from, those of that model)",
        )
    command.add_argument(
        "--class-weights",
        choices=("balanced",),
        help="balanced: every class counts the same in the loss, however rare (left out: every row counts the same)",
    )

    text = "measure on a split of the data, beside scikit-learn's models"
    example = f"{program} evaluate --data {app.data_sets[0]} --importance out/importance.png"
    command = cli.command(commands, "evaluate", lambda arguments: evaluate(app, arguments), text, example)
    cli.add_model_flag(command, app.model)
    command.add_argument(
        "--data",
        metavar="NAME|PATH",
        help=f"{', '.join(app.data_sets)}, or a CSV file with a header (what the model learned from)",
    )
    _add_table_flags(command)
    command.add_argument(
        "--split",
        choices=("test", "validation", "all"),
        default="test",
        help="the rows to measure; all: every row, of a table that the model did not learn from (%(default)s)",
    )
    if app.name == "perceptron":
        command.add_argument(
            "--picture", type=Path, metavar="PATH.png", help="draw the boundary of 2 or 3 classes among the points"
        )
    command.add_argument("--confusion", type=Path, metavar="PATH.png", help="draw the confusion matrix")
    command.add_argument(
        "--importance", type=Path, metavar="PATH.png", help="draw how much worse the model gets when a column is shuffled"
    )
    cli.add_json_flag(command)

    example = f"{program} predict rows.csv --model out/mine --json"
    command = cli.command(
        commands, "predict", lambda arguments: predict(app, arguments), "predict the target of each row of a CSV file", example
    )
    command.add_argument("file", type=Path, metavar="FILE.csv", help="a header with the columns' names, then rows")
    cli.add_csv_flags(command)
    cli.add_model_flag(command, app.model)
    cli.add_json_flag(command)
    return cli.run(parser, argv)


def _add_table_flags(command: cli.Parser) -> None:
    """--csv, which is --data under another name, --target, and how the file is written."""
    command.add_argument(
        "--csv", dest="data", default=argparse.SUPPRESS, metavar="FILE", help="another name of --data, for a CSV file"
    )
    command.add_argument("--target", metavar="COLUMN", help="the column of a CSV file that is to be predicted")
    cli.add_csv_flags(command)


def _add_cell_flags(command: argparse.ArgumentParser) -> None:
    """What the cells of a CSV file say, where they leave it open. The model remembers it."""
    group = command.add_argument_group(
        "cells",
        "What the cells of a CSV file say, where they leave it open; the model remembers it. For example: "
        "--decimal , --missing=-999 --ignore id --kind zip=category",
    )
    point = "the decimal sign, . or , as in 1,234 for a little more than one"
    group.add_argument("--decimal", choices=(".", ","), metavar="SIGN", help=point)
    thousands = "the sign between thousands, . or , as in 1,234 for more than a thousand"
    group.add_argument("--thousands", choices=(".", ","), metavar="SIGN", help=thousands)
    days = group.add_mutually_exclusive_group()
    days.add_argument("--day-first", action="store_true", default=None, help="01/02/2023 is in February")
    days.add_argument("--month-first", dest="day_first", action="store_false", help="01/02/2023 is in January")
    group.add_argument(
        "--missing",
        action="append",
        metavar="[COLUMN=]CELL",
        help="a cell that stands for a missing value: --missing=-999 or --missing age=0 (may be repeated)",
    )
    group.add_argument("--ignore", action="append", metavar="COLUMN", help="leave a column out (may be repeated)")
    group.add_argument(
        "--kind",
        action="append",
        type=_kind,
        metavar="COLUMN=KIND",
        help="what a column is, a number, category, boolean or date: --kind zip=category (may be repeated)",
    )


def _kind(text: str) -> tuple[str, str]:
    """An argparse type: a column and its kind."""
    from zoo.tables.kinds import KINDS

    column, _, kind = text.rpartition("=")
    if not column or kind not in KINDS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a column and its kind, as in zip=category: one of {', '.join(KINDS)}")
    return column, kind
