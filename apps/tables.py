"""What `python -m apps.perceptron` and `python -m apps.mlp` share: train on a table, evaluate, judge the rows of a file."""

import argparse
import importlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.core import cards
from zoo.core.errors import UserError

from . import cli

DATA = "breast_cancer"
WIDE = 0.05  # of an interval: wider ones are told among the limits
HELP = "iris, wine, breast_cancer, diabetes, or a CSV file with a header and --target"


@dataclass(frozen=True)
class App:
    """A network for tables.

    Args:
        name: of the network, of its module in zoo.models and of its app.
        what: it is, with its article.
        doc: what the app does.
        model: the default of --model.
    """

    name: str
    what: str
    doc: str
    model: str

    @property
    def network(self) -> Any:
        """The module of the network."""
        return importlib.import_module(f"zoo.tables.{self.name}")


def train(app: App, arguments: argparse.Namespace) -> None:
    """Trains a network and publishes it at --out."""
    from dataclasses import asdict, fields, replace

    import tensorflow as tf

    from zoo.core import curves, export, training
    from zoo.tables import boundary, encodings, graph, separability
    from zoo.tables import data as tables
    from zoo.tables import metrics as table_metrics
    from zoo.tables import output as outputs
    from zoo.tables.encoder import Encoder
    from zoo.tables.kinds import NUMBER, Schema
    from zoo.tables.model import TableModel

    state = cli.begin_training(arguments, app.name)
    start = cards.find_network(arguments.start, app.name) if arguments.start else None
    before = cards.read_card(start) if start else None
    cli.check_size("--hidden", arguments.hidden, "hidden", before)
    known = Schema.of(before.architecture) if before else None
    table = tables.load(arguments.data, arguments.target, arguments.task, known, cli.csv_format(arguments), _hints(arguments))
    table.check_trainable()
    for split in ("validation", "test"):
        table_metrics.check(table, split)
    remarks = table.remarks()
    for remark in remarks:
        cli.notice(f"{table.source.name}: {remark}")
    schema, (learned, targets) = table.schema, table.split("train")
    weights = _class_weights(arguments, schema, targets)
    n = len(targets)
    if start and before:
        known_columns, output = encodings.read(start)
        encoder = Encoder(known_columns)
        sizes = {field.name: before.architecture[field.name] for field in fields(app.network.Config)}
        config = app.network.Config(**{name: tuple(size) if isinstance(size, list) else size for name, size in sizes.items()})
    else:
        spread = (
            {} if schema.classes else {"mean": float(targets.mean(dtype=float)), "deviation": float(targets.std(dtype=float))}
        )
        output = outputs.Output(len(schema.classes), **spread)
        intervals = app.network.intervals(n, schema.kinds.count(NUMBER), output)
        kinds = zip(schema.names, schema.kinds, strict=True)
        encoder = Encoder([encodings.learn(name, kind, learned[name], intervals) for name, kind in kinds])
        config = app.network.config(n, encoder.width, output)
        config = replace(config, hidden=arguments.hidden) if arguments.hidden else config
    recipe = replace(app.network.recipe(n, output, arguments.quick), seed=arguments.seed)
    recipe = replace(recipe, epochs=arguments.epochs or recipe.epochs)
    task, architecture = f"{schema.task} of rows", {"network": app.name, **asdict(config), **schema.told()}
    export.check_writable(arguments.out, task, architecture)
    model = training.seeded(recipe, lambda: app.network.build(config))
    model.lookup_tables = encoder.tables  # where the export finds them
    if start:
        export.restore(model, start)
    data = tables.batches(table, recipe, encoder, encoder.width, weights)
    history = training.train(model, outputs.loss(output), data, recipe, state, arguments.resume, arguments.log_dir)

    held_out, truth = table.split("test")
    z = model(tables.encoded(encoder, held_out), training=False)
    (said,) = (values.numpy() for values in outputs.predictions(output, z).values())
    own, beside = table_metrics.of_answers(said, truth, schema), table_metrics.baselines(table, "test")
    chance = table_metrics.interval(said, truth, schema)
    limits = [*remarks, *_limits(app, table, own, beside, chance)]
    if weights is not None:
        limits.append(
            "Trained with balanced class weights, as if the classes were equally frequent: its probabilities of rare classes are "
            "higher than their shares in the data."
        )
    if app.name == "perceptron" and schema.classes:
        small = separability.small(len(targets), encoder.width, len(schema.classes))
        limits.insert(
            0,
            separability.verdict(tables.encoded(encoder, learned), targets, schema.classes) if small else separability.TOO_LARGE,
        )
        cli.notice(limits[0])
    card = export.draft(
        model,
        task=task,
        description=_description(app, schema),
        architecture=architecture,
        dataset=table.describe(),
        recipe=recipe,
        history=history,
        command=arguments.command_line,
        limits=limits,
    )
    command = _evaluating(app, arguments)

    def draw(folder: Path) -> None:
        encodings.write(folder, encoder.columns, output)
        curves.draw_curves(history, folder / "curves.png")
        table_metrics.draw_importance(folder, table, "test", folder / "importance.png")
        if schema.classes:
            table_metrics.draw_confusion(folder, table, "test", folder / "confusion.png")
        if app.name == "perceptron" and len(schema.classes) in (2, 3):
            trained = TableModel(card, tf.saved_model.load(str(folder)), folder)
            boundary.draw(trained, table, "test", folder / "boundary.png", limits[0])

    card = export.publish(
        arguments.out,
        card,
        write=lambda folder: export.write_saved_model(model, graph.endpoints(model, encoder, output), folder),
        measure=lambda folder: table_metrics.table_metrics(folder, table, "test", command, beside),
        extra=draw,
    )
    cli.end_training(card, arguments)


def _class_weights(arguments: argparse.Namespace, schema: Any, targets: Any) -> Any:
    """The weight of a row of each class, float [classes], as --class-weights asks for; None where every row counts the same."""
    import numpy as np

    if not arguments.class_weights:
        return None
    if not schema.classes:
        raise UserError(f"--class-weights {arguments.class_weights}: {schema.target} is a number, without classes; leave it out")
    counts = np.bincount(targets, minlength=len(schema.classes))
    return len(targets) / (len(counts) * counts)


def _description(app: App, schema: Any) -> str:
    columns = f"{len(schema.names)} column{'s' * (len(schema.names) != 1)}"
    if not schema.classes:
        return f"{app.what} that predicts {schema.target} from {columns}."
    if len(schema.classes) == 2:
        return f"{app.what} that tells {schema.classes[1]} from {schema.classes[0]} by {columns}."
    return f"{app.what} that tells {len(schema.classes)} classes of {schema.target} apart by {columns}."


def _limits(app: App, table: Any, own: dict[str, float], beside: dict[str, float], chance: dict[str, float]) -> Iterator[str]:
    """What to know of a model before one trusts it."""
    if app.name == "perceptron":
        yield (
            "A perceptron draws flat boundaries: classes that no plane separates stay mixed up."
            if table.schema.classes
            else "A linear unit adds up what each column says by itself: what two columns say together it does not hear."
        )
    name, value = next(iter(own.items()))
    low, high = chance.get(f"{name}_95_low"), chance.get(f"{name}_95_high")
    n = len(table.outcomes("test"))
    for rival, other in beside.items():
        if rival.endswith(f"_{name}") and not rival.startswith("majority") and other - value > 0.01:
            who = rival.removesuffix(f"_{name}").replace("_", " ")
            yield f"{who.capitalize()} is better on the test split: {name} {other:.4f} beside {value:.4f}. " + (
                f"That lies within the 95 % interval of this model, {low:.4f} to {high:.4f}, since the split has {n:,} rows only."
                if high is not None and other <= high
                else _reason(app, who)
            )
    simplest = beside.get("majority_class_accuracy") if table.schema.classes else 0.0  # R2 of the mean
    if simplest is not None and value <= simplest:
        yield "Not better on the test split than always saying " + (
            "the most frequent class; if rare classes matter, try --class-weights balanced."
            if table.schema.classes
            else "the mean."
        )
    if low is None:
        yield f"The test split has {n:,} rows only: its figures are little more than chance."
    if low is not None and high is not None and high - low > WIDE:
        yield f"The test split has {n:,} rows only: the {name} of new rows lies between {low:.2f} and {high:.2f} (95 % interval)."
    if not table.schema.numeric:
        yield "A text that the training rows do not have, or once only, tells it nothing; `predict` counts those that are new."
    yield (
        "A missing number is read as its column's mean, and `predict` counts such cells; a row unlike all that it learned from "
        "gets an answer, too."
    )
    if table.source.name == DATA and _bundled(table.source):
        yield "Trained on one small table; for learning about networks, not for a decision about anyone's health."


def _hints(arguments: argparse.Namespace) -> Any:
    """What the flags say of the cells of the file."""
    from zoo.tables.column_survey import Hints

    return Hints(
        arguments.decimal or "",
        arguments.thousands or "",
        arguments.day_first,
        tuple(arguments.missing or ()),
        tuple(arguments.ignore or ()),
        dict(arguments.kind or ()),
    )


def _bundled(source: Any) -> bool:
    """Whether a source, or a card's data set, is a table of scikit-learn's and not the user's file of the same name."""
    from zoo.tables import data as tables

    return source.name in tables.NAMED and source.version == tables.NAMED[source.name].version


def _reason(app: App, rival: str) -> str:
    """What may help a model whose interval does not reach the figure of a rival."""
    if rival != "gradient boosting":
        same = "It is the same kind of model" if app.name == "perceptron" else "It is the simpler model"
        return f"{same}, so this training has not found the best weights: more --epochs may help."
    if app.name == "perceptron":
        return (
            "Trees find thresholds, and what columns say together; a perceptron only adds up what each column says: apps.mlp may "
            "do better."
        )
    return (
        "Trees found thresholds or combinations of columns that this network did not: more --epochs or wider layers (--hidden) "
        "may help."
    )


def _evaluating(app: App, arguments: argparse.Namespace) -> str:
    """The command that measures again what the card tells."""
    words = ["evaluate", "--model", str(arguments.out), "--data", arguments.data, *cli.csv_words(arguments)]
    return cli.reproducing(f"python -m apps.{app.name}", words)


def evaluate(app: App, arguments: argparse.Namespace) -> None:
    """Prints the metrics of a model on a split of a table, and draws its boundary and what it reads the target from."""
    import zoo
    from zoo.core import confusion
    from zoo.tables import boundary
    from zoo.tables import data as tables
    from zoo.tables import metrics as table_metrics
    from zoo.tables.kinds import Schema

    pictures = {f"--{name}": getattr(arguments, name, None) for name in ("picture", "importance", "confusion")}
    cli.check_pngs(pictures)
    folder = cards.find_network(arguments.model, app.name)
    card = cards.read_card(folder)
    data = arguments.data or card.dataset.name
    if not arguments.data and not _bundled(card.dataset):
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
        boundary.draw(zoo.load(folder), table, arguments.split, arguments.picture)
        cli.notice(f"wrote {arguments.picture}")
    if arguments.importance:
        table_metrics.draw_importance(folder, table, arguments.split, arguments.importance)
        cli.notice(f"wrote {arguments.importance}")


def predict(app: App, arguments: argparse.Namespace) -> None:
    """Prints what the model says of each row of a CSV file."""
    import numpy as np

    import zoo
    from zoo.tables import files as table_files
    from zoo.tables.kinds import Schema

    model = zoo.load(cards.find_network(arguments.model, app.name))
    schema = Schema.of(model.card.architecture)
    columns = table_files.read_columns(arguments.file, schema, cli.csv_format(arguments))
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
    example = f"{program} train --csv table.csv --target column --out out/mine"
    command = cli.command(commands, "train", lambda arguments: train(app, arguments), "train on a table", example)
    cli.add_training_flags(command, app.name, DATA)
    _add_table_flags(command)
    _add_cell_flags(command)
    command.add_argument(
        "--task", choices=("classification", "regression"), help="what a target of numbers is (else decided by its values)"
    )
    command.set_defaults(hidden=None)
    if app.name == "mlp":
        command.add_argument(
            "--hidden",
            type=cli.sizes,
            metavar="N,N...",
            help="units of the hidden layers (64,64 of few rows, 256,256 of more; with --from, its own)",
        )
    command.add_argument(
        "--class-weights",
        choices=("balanced",),
        help="balanced: rare classes count as much as frequent ones (else every row counts the same)",
    )

    text = "measure on a split of the data, beside scikit-learn's models"
    example = f"{program} evaluate --data {DATA} --importance out/importance.png"
    command = cli.command(commands, "evaluate", lambda arguments: evaluate(app, arguments), text, example)
    cli.add_model_flag(command, app.model)
    command.add_argument("--data", metavar="NAME|PATH", help=f"{HELP} (what the model learned from)")
    _add_table_flags(command)
    command.add_argument(
        "--split",
        choices=("test", "validation", "all"),
        default="test",
        help="the part of the table; all: every row of one that the model did not learn from (%(default)s)",
    )
    if app.name == "perceptron":
        command.add_argument(
            "--picture", type=Path, metavar="PATH.png", help="draw the boundary of 2 or 3 classes among the points"
        )
    command.add_argument("--confusion", type=Path, metavar="PATH.png", help="draw which class is taken for which")
    command.add_argument("--importance", type=Path, metavar="PATH.png", help="draw how much worse it is without each column")
    cli.add_json_flag(command)

    example = f"{program} predict rows.csv --model out/mine --json"
    command = cli.command(commands, "predict", lambda arguments: predict(app, arguments), "judge the rows of a CSV file", example)
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
