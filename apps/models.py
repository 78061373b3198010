"""The pretrained zoo: what there is, what each model's card says, and whether its files are as published."""

import argparse
import sys
from pathlib import Path

from zoo.core import cards
from zoo.core.errors import UserError

from . import cli


def show_list(arguments: argparse.Namespace) -> None:
    """Prints a line for each model."""
    for card in _models():
        metric = next((m for m in card.metrics if m.split == "test"), None)
        result = f"{metric.name} {metric.value:.4g}" if metric else "not measured on a test split"
        print(f"{card.name:22} {card.parameters:>10,} parameters {card.size / 1e6:6.1f} MB  {result:28} {card.description}")


def _models() -> list[cards.Card]:
    """The cards of all pretrained models. Raises UserError where there are none."""
    models = cards.list_models()
    if not models:
        raise UserError(
            f"there is no model in {cards.saved_models()}: name a folder of models in {cards.MODELS}, or install intro-zoo anew"
        )
    return models


def show(arguments: argparse.Namespace) -> None:
    """Prints a model's card."""
    folder = cards.find(arguments.model)
    if arguments.json:
        print(cards.read_card(folder).to_json(), end="")
    else:
        if not (folder / cards.README).is_file():
            raise UserError(f"{folder} has no {cards.README}: restore the folder, or see --json")
        print((folder / cards.README).read_text(encoding="utf-8"), end="")


def verify(arguments: argparse.Namespace) -> None:
    """Checks the sha256 of every file of one model or of all."""
    folders = [cards.find(arguments.model)] if arguments.model else [cards.find(card.name) for card in _models()]
    for folder in folders:
        card = cards.verify(folder)
        print(f"{Path(folder).name}: {len(card.files)} files are as published")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser, commands = cli.app("models", __doc__)
    cli.command(commands, "list", show_list, "a line for each pretrained model", "python -m apps.models list", tensorflow=False)

    example = "python -m apps.models show folk_lstm"
    command = cli.command(commands, "show", show, "a model's card", example, tensorflow=False)
    command.add_argument("model", metavar="NAME|PATH")
    cli.add_json_flag(command)

    example = "python -m apps.models verify"
    command = cli.command(commands, "verify", verify, "check every file's sha256", example, tensorflow=False)
    command.add_argument("model", nargs="?", metavar="NAME|PATH", help="one model instead of all")
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
