"""The perceptron on a table: train it, evaluate it, let it judge rows, see its boundary."""

import argparse
import json
import sys
from pathlib import Path

from apps import cli
from zoo import cards
from zoo.errors import UserError

NAME = "perceptron"


def train(arguments: argparse.Namespace) -> None:
    """Trains a perceptron and publishes it at --out."""
    from dataclasses import asdict, replace

    from zoo import evaluation, export, training
    from zoo.data import tables
    from zoo.models import perceptron

    export.check_writable(arguments.out)
    table = tables.load(arguments.data, arguments.target)
    recipe = replace(perceptron.RECIPE, seed=arguments.seed)
    if arguments.quick:
        recipe = replace(recipe, epochs=20)
    if arguments.epochs:
        recipe = replace(recipe, epochs=arguments.epochs)
    config = perceptron.PerceptronConfig(len(table.names))
    features, _ = table.split("train")
    model = training.seeded(recipe, lambda: perceptron.build(config, features.mean(0), features.var(0)))
    if arguments.start:
        export.restore(model, cards.find_network(arguments.start, NAME))
    state = cli.state_folder(arguments.out)
    data = tables.batches(table, recipe)
    history = training.train(model, perceptron.loss, data, recipe, state, arguments.resume, arguments.log_dir)

    card = export.draft(
        model,
        task="classification of rows",
        description=f"One sigmoid unit that tells {table.classes[1]} from {table.classes[0]} by {len(table.names)} numbers.",
        architecture={"network": NAME, **asdict(config), "names": table.names, "classes": table.classes},
        dataset=table.describe(),
        recipe=recipe,
        history=history,
        command=arguments.command_line,
        limits=[
            "A perceptron draws one flat boundary: classes that no plane separates stay mixed up.",
            "Trained on one small table; for learning about networks, not for a decision about anyone's health.",
        ],
    )
    target = ["--target", arguments.target] if arguments.target else []
    command = " ".join(["python -m apps.perceptron evaluate --model", str(arguments.out), "--data", arguments.data, *target])
    export.publish(
        arguments.out,
        card,
        write=lambda folder: export.write_saved_model(model, perceptron.endpoints(model, config), folder),
        measure=lambda folder: evaluation.table_metrics(folder, table, "test", command),
        extra=lambda folder: training.draw_curves(history, folder / "curves.png"),
    )
    export.forget(state)
    print(arguments.out)


def evaluate(arguments: argparse.Namespace) -> None:
    """Prints the metrics of a perceptron on a split of a table."""
    import zoo
    from zoo import boundary, evaluation
    from zoo.data import tables

    if arguments.picture and arguments.picture.suffix.lower() != ".png":
        raise UserError(f"--picture {arguments.picture}: the picture is a PNG file, give a name that ends in .png")
    folder = cards.find_network(arguments.model, NAME)
    table = tables.load(arguments.data, arguments.target)
    architecture = cards.read_card(folder).architecture
    table.check(architecture["names"], architecture["classes"])
    metrics = evaluation.table_metrics(folder, table, arguments.split, arguments.command_line)
    cli.show_metrics(metrics, arguments)
    if arguments.picture:
        boundary.draw(zoo.load(folder), table, arguments.split, arguments.picture)
        cli.notice(f"wrote {arguments.picture}")


def predict(arguments: argparse.Namespace) -> None:
    """Prints the probability of each row of a CSV file."""
    import zoo
    from zoo.data import tables

    model = zoo.load(cards.find_network(arguments.model, NAME))
    names = model.card.architecture["names"]
    classes = model.card.architecture["classes"]
    rows = tables.read_features(arguments.file, names)
    for probability in model.predict(rows).tolist():
        if arguments.json:
            print(json.dumps({"probability": probability, "class": classes[probability >= 0.5]}))
        else:
            print(f"{probability:.4f}  {classes[probability >= 0.5]}")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser, commands = cli.app(NAME, __doc__)
    command = cli.command(commands, "train", train, "train on a table", "python -m apps.perceptron train --out out/mine")
    cli.add_training_flags(command, NAME, "breast_cancer")
    command.add_argument("--target", metavar="COLUMN", help="the column of a CSV file that holds the class")

    example = "python -m apps.perceptron evaluate --json"
    command = cli.command(commands, "evaluate", evaluate, "measure on a split of the data", example)
    cli.add_model_flag(command, NAME)
    command.add_argument("--data", default="breast_cancer", metavar="NAME|PATH", help="breast_cancer or a CSV file (%(default)s)")
    command.add_argument("--target", metavar="COLUMN", help="the column of a CSV file that holds the class")
    cli.add_split_flag(command)
    command.add_argument("--picture", type=Path, metavar="PATH.png", help="draw the boundary among the points")
    cli.add_json_flag(command)

    command = cli.command(
        commands, "predict", predict, "judge the rows of a CSV file", "python -m apps.perceptron predict patients.csv"
    )
    command.add_argument("file", type=Path, metavar="FILE.csv", help="a header with the features' names, then rows of numbers")
    cli.add_model_flag(command, NAME)
    cli.add_json_flag(command)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
