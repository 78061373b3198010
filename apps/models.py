"""The pretrained models: what there is, what each card says, and whether the files are the published ones."""

import argparse
import sys
from pathlib import Path

from zoo import registry
from zoo.core import cards
from zoo.core.errors import UserError

from . import cli

EXAMPLE = "list"  # in the list of apps


def show_list(arguments: argparse.Namespace) -> None:
    """Prints a line for each model."""
    for card in _models():
        metric = card.headline
        split = "" if metric is None or metric.split == "test" else f" ({metric.split})"
        result = f"{metric.name} {metric.value:.4g}{split}" if metric else "not measured"
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
    folder = registry.find(arguments.model)
    if arguments.json:
        print(cards.read_card(folder).to_json(), end="")
    else:
        if not (folder / cards.README).is_file():
            raise UserError(f"{folder} has no {cards.README}: restore the folder, or see --json")
        page = (folder / cards.README).read_text(encoding="utf-8")
        print(page.partition("\n---\n")[2].lstrip() if page.startswith("---\n") else page, end="")  # no front matter


def verify(arguments: argparse.Namespace) -> None:
    """Checks the sha256 of every file of one model, or of all."""
    folders = [registry.find(arguments.model)] if arguments.model else [cards.find(card.name) for card in _models()]
    for folder in folders:
        card = cards.verify(folder)
        print(f"{Path(folder).name}: {len(card.files)} files are as published")


def page(arguments: argparse.Namespace) -> None:
    """Writes a model's card and page anew, from the same figures."""
    from zoo.core import export

    folder = registry.find(arguments.model)
    network = registry.of(cards.read_card(folder))
    if network is None:
        raise UserError(f"{folder} holds no network of this project, and its page stays as it is: name another model")
    export.renew_page(folder, registry.resolve(network.loader), registry.resolve(network.about))
    print(f"wrote {folder / cards.README} and {folder / cards.CARD}")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser, commands = cli.app("models", __doc__)
    cli.command(
        commands, "list", show_list, "list the pretrained models, one a line", "python -m apps.models list", tensorflow=False
    )

    example = "python -m apps.models show folk_lstm"
    command = cli.command(commands, "show", show, "show a model's card", example, tensorflow=False)
    command.add_argument("model", metavar="NAME|PATH")
    cli.add_json_flag(command)

    example = "python -m apps.models verify"
    command = cli.command(commands, "verify", verify, "check every file's sha256", example, tensorflow=False)
    command.add_argument("model", nargs="?", metavar="NAME|PATH", help="one model instead of all")

    example = "python -m apps.models page out/mine"
    command = cli.command(commands, "page", page, "write a model's card and page anew, with the same figures", example)
    command.add_argument("model", metavar="NAME|PATH")
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
