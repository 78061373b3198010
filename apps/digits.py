"""Handwritten digits: train the deep MLP, evaluate it, read pictures with it."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo import registry
from zoo.core import cards
from zoo.core.errors import UserError

from . import cli

if TYPE_CHECKING:
    from zoo.digits.reading import Digit, Reading

EXAMPLE = "predict three.png --show"  # in the list of apps
NAME = "digits_mlp"
DATA = "mnist, sklearn_digits, or a folder with pictures in subfolders 0 to 9 (%(default)s)"
MOST_PICTURES = 40  # in one PNG


def train(arguments: argparse.Namespace) -> None:
    """Trains a network and publishes it at --out."""
    from zoo.digits import training

    card = training.train(arguments.data, hidden=arguments.hidden, **cli.training_options(arguments))
    cli.show_published(card, arguments)


def evaluate(arguments: argparse.Namespace) -> None:
    """Prints the metrics of a network on a split of a data set."""
    import zoo
    from zoo.digits import data as digits
    from zoo.digits import metrics as digits_metrics
    from zoo.digits import pictures as digit_pictures

    cli.check_png("--picture", arguments.picture)
    folder = cards.find_network(arguments.model, *registry.of_app("digits"))
    data = digits.load(arguments.data, real=True)
    learned_from_it = data.fingerprint() == cards.read_card(folder).dataset.sha256
    split = arguments.split or ("test" if learned_from_it or data.source.is_ours("mnist") else "all")
    model: Any = zoo.load(folder)
    cli.show_metrics(digits_metrics.digit_metrics(model, data, split, arguments.command_line), arguments)
    if arguments.picture:
        images, labels = data.split(split)
        digit_pictures.draw_errors(images, labels, model.predict(images), arguments.picture)
        cli.notice(f"wrote {arguments.picture}")


def predict(arguments: argparse.Namespace) -> None:
    """Prints the digits in each picture, and why a picture cannot be read."""
    import zoo

    paths, errors = cli.pictures(arguments.images)
    cli.check_png("--out", arguments.out, *paths)
    model = zoo.load(cards.find_network(arguments.model, *registry.of_app("digits")))
    given = len(paths) + len(errors)
    if given > 1:  # the error of a single picture is the last line of the command
        for error in errors:
            cli.notice(str(error))
    digits: list[tuple[str, Digit]] = []  # each with its title
    for path in paths:
        try:
            reading = model.read(path)
        except UserError as error:
            errors.append(error)
            if given > 1:
                cli.notice(str(error))
            continue
        _show(path, reading, arguments)
        alone = len(reading.digits) == 1
        digits += [(path.name if alone else f"{path.name}, digit {n}", digit) for n, digit in enumerate(reading.digits, start=1)]
    if arguments.out and digits:
        _draw(digits, arguments.out)
    if errors:
        raise errors[0] if given == 1 else UserError(f"{len(errors)} of {given} pictures were not read: the lines above say why")


def _show(path: Path, reading: "Reading", arguments: argparse.Namespace) -> None:
    """Prints what is read in a picture, and on standard error how it was read."""
    from zoo.digits import pictures as digit_pictures

    for text in reading.notices:
        cli.notice(f"{path}: {text}")
    if arguments.json:
        print(json.dumps({"image": str(path), **_result(reading)}))
    else:
        print(f"{path}: {_words(reading)}")
    if arguments.show:
        for digit in reading.digits:
            cli.notice(digit_pictures.as_text(digit.image, digit.probabilities))


def _draw(digits: "list[tuple[str, Digit]]", out: Path) -> None:
    """Draws what the network saw as a PNG."""
    import numpy as np

    from zoo.digits import pictures as digit_pictures

    if len(digits) > MOST_PICTURES:
        cli.notice(f"{out} shows the first {MOST_PICTURES} of {len(digits)} digits")
    names, shown = zip(*digits[:MOST_PICTURES], strict=True)
    images, probabilities = (np.stack([getattr(digit, name) for digit in shown]) for name in ("image", "probabilities"))
    digit_pictures.draw_predictions(names, images, probabilities, out)


def _result(reading: "Reading") -> dict[str, object]:
    """What --json prints of a picture. The values of a single digit also stand outside the list."""
    digits = [
        {
            "label": digit.label,
            "probability": digit.probability,
            "runner_up": digit.runner_up,
            "runner_up_probability": float(digit.probabilities[digit.runner_up]),
        }
        for digit in reading.digits
    ]
    alone = digits[0] if len(digits) == 1 else {"probability": reading.probability}
    return {**alone, "number": reading.number, "digits": digits}


def _words(reading: "Reading") -> str:
    """The digits of a picture and their probabilities in a line of text."""
    first, *others = reading.digits
    if not others:
        second = first.runner_up
        return f"{first.label} ({first.probability:.4f}), then {second} ({first.probabilities[second]:.4f})"
    each = ", ".join(f"{digit.label} ({digit.probability:.4f})" for digit in reading.digits)
    return f"{reading.number} ({reading.probability:.4f}): {each}"


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser, commands = cli.app("digits", __doc__)
    example = "python -m apps.digits train --data my_digits --from digits_mlp --out out/mine"
    command = cli.command(commands, "train", train, "train on digits", example)
    cli.add_training_flags(command, NAME, "mnist")
    command.add_argument(
        "--hidden",
        type=cli.sizes,
        metavar="N,N...",
        help="units of the hidden layers (1900,1400,1000,500; with --from, that model's)",
    )
    cli.add_precision_flag(command)

    command = cli.command(
        commands, "evaluate", evaluate, "measure on a data set", "python -m apps.digits evaluate --data sklearn_digits --json"
    )
    cli.add_model_flag(command, NAME)
    command.add_argument("--data", default="mnist", metavar="NAME|PATH", help=DATA)
    command.add_argument(
        "--split",
        choices=("test", "validation", "all"),
        help="the part of the data (test; all of a data set that the model did not learn from)",
    )
    command.add_argument("--picture", type=Path, metavar="PATH.png", help="draw the images that it reads wrong")
    cli.add_json_flag(command)

    example = "python -m apps.digits predict three.png seven.jpg --show --out seen.png"
    command = cli.command(commands, "predict", predict, "read pictures of digits", example)
    help_ = "a picture (PNG, JPEG ...) of one digit or more, or a folder of such pictures"
    command.add_argument("images", nargs="+", type=Path, metavar="IMAGE|FOLDER", help=help_)
    command.add_argument("--show", action="store_true", help="draw on the terminal what the network saw, with all probabilities")
    command.add_argument("--out", type=Path, metavar="PATH.png", help="draw the same as a picture")
    cli.add_model_flag(command, NAME)
    cli.add_json_flag(command)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
