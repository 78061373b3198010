"""Captions of pictures: train the captioner, evaluate it, say what pictures show and where the network looked."""

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo import registry
from zoo.core import cards
from zoo.core.errors import UserError

from . import cli

if TYPE_CHECKING:
    from zoo.captions.model import Caption

NAME = "captioner"
EXAMPLE = "predict drawing.png --picture out/attention.png"  # in the list of apps
DATA = "scenes, few_scenes, or a folder of pictures with a CSV file of captions (%(default)s)"
SPLITS = "test", "validation", "all", "held_out", "drawings"  # of zoo.captions.data, which imports TensorFlow
MOST_SCENES = 10_000


def train(arguments: argparse.Namespace) -> None:
    """Trains a captioner and publishes it at --out."""
    from zoo.captions import training

    card = training.train(
        arguments.data,
        image=arguments.image,
        csv_format=cli.csv_format(arguments),
        **cli.training_options(arguments),
    )
    cli.show_published(card, arguments)


def evaluate(arguments: argparse.Namespace) -> None:
    """Prints the metrics of a captioner on a split of a data set."""
    import zoo
    from zoo.captions import data as caption_data
    from zoo.captions import metrics

    model: Any = zoo.load(cards.find_network(arguments.model, *registry.of_app("captions")))
    name, split = (caption_data.DRAWINGS, "test") if arguments.split == "drawings" else (arguments.data, arguments.split)
    captions = caption_data.load(name, real=True, csv_format=cli.csv_format(arguments), side=model.image)
    if split is None:
        own = captions.scenes is None
        split = "all" if own and captions.fingerprint() != model.card.dataset.sha256 else "test"
    cli.show_metrics(metrics.caption_metrics(model, captions, split, arguments.command_line), arguments)


def predict(arguments: argparse.Namespace) -> None:
    """Prints captions of each picture, and why a picture cannot be read."""
    import zoo

    if arguments.text is not None and not arguments.picture:
        raise UserError("--text is the caption whose attention is drawn: say where with --picture")
    paths, errors = cli.pictures(arguments.pictures)
    given = len(paths) + len(errors)
    if arguments.picture and given != 1:
        raise UserError(f"--picture shows one picture, and these are {given}: give one")
    cli.check_png("--picture", arguments.picture, *paths)
    model: Any = zoo.load(cards.find_network(arguments.model, *registry.of_app("captions")))
    if given > 1:  # the error of a single picture is the last line of the command
        for error in errors:
            cli.notice(str(error))
    for path in paths:
        try:
            (captions,) = model.caption([path], arguments.n)
        except UserError as error:
            errors.append(error)
            if given > 1:
                cli.notice(str(error))
            continue
        show(path, captions, arguments.json)
        if arguments.picture:
            draw(model, path, arguments.text, arguments.picture)
    if errors:
        raise errors[0] if given == 1 else UserError(f"{len(errors)} of {given} pictures were not read: the lines above say why")


def show(path: Path, captions: "list[Caption]", as_json: bool) -> None:
    """Prints the captions of a picture: a line for each, or one JSON object."""
    if as_json:
        print(json.dumps({"image": str(path), "captions": [caption._asdict() for caption in captions]}))
    elif len(captions) == 1:
        print(f"{path}: {captions[0].text}")
    else:
        for caption in captions:
            print(f"{path}: {math.exp(caption.log_probability):6.1%}  {caption.text}")


def draw(model: Any, path: Path, text: str | None, out: Path) -> None:
    """Draws where the model looks in a picture at each word of a caption, of its best one where none is given."""
    from zoo.captions import pictures, reading

    pixels, _ = reading.read(path)
    pictures.draw_attention(pixels, model.attend(pixels, text), out)
    cli.notice(f"wrote {out}")


def scenes(arguments: argparse.Namespace) -> None:
    """Draws scenes as those of the training and writes them with their captions, in the form that `train` reads."""
    from zoo.captions import examples

    files = examples.write(arguments.out, arguments.n, arguments.seed)
    print(f"{arguments.out}: {len(files) - 1} pictures and {files[-1].name}")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser, commands = cli.app("captions", __doc__)
    example = "python -m apps.captions train --data my_pictures --image 128 --out out/mine"
    command = cli.command(commands, "train", train, "train on pictures with captions", example)
    cli.add_training_flags(command, NAME, "scenes")
    command.add_argument("--image", type=cli.positive, metavar="N", help="pixels of a picture on each side, a multiple of 8 (96)")
    cli.add_csv_flags(command)
    cli.add_precision_flag(command)

    example = "python -m apps.captions evaluate --split held_out --json"
    command = cli.command(commands, "evaluate", evaluate, "measure on a data set", example)
    cli.add_model_flag(command, NAME)
    command.add_argument("--data", default="scenes", metavar="NAME|PATH", help=DATA)
    help_ = (
        "the part of the data (test; all of your own data that the model did not learn from). Of scenes: held_out, combinations "
    )
    help_ += "never seen; drawings, made by other means"
    command.add_argument("--split", choices=SPLITS, help=help_)
    cli.add_csv_flags(command)
    cli.add_json_flag(command)

    example = "python -m apps.captions predict drawing.png --picture out/attention.png"
    command = cli.command(commands, "predict", predict, "say what pictures show", example)
    help_ = "a picture (PNG, JPEG ...) of any size, or a folder of pictures"
    command.add_argument("pictures", nargs="+", type=Path, metavar="PICTURE|FOLDER", help=help_)
    command.add_argument("--n", type=cli.whole(1, 5), default=1, metavar="N", help="captions of each picture, the best first (1)")
    help_ = "draw where the network looks in the picture at each word"
    command.add_argument("--picture", type=Path, metavar="PATH.png", help=help_)
    command.add_argument("--text", metavar="CAPTION", help="with --picture: of this caption instead of the network's own")
    cli.add_model_flag(command, NAME)
    cli.add_json_flag(command)

    example = "python -m apps.captions scenes --n 20 --out out/scenes"
    command = cli.command(commands, "scenes", scenes, "draw scenes with their captions, to look at or to train on", example)
    command.add_argument("--n", type=cli.whole(1, MOST_SCENES), default=20, metavar="N", help="how many (%(default)s)")
    command.add_argument("--out", type=Path, default=Path("out") / "scenes", metavar="PATH", help="a new folder (%(default)s)")
    cli.add_seed_flag(command)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
