"""Translation between English, German and French, or languages of your own: train the transformer, evaluate it, translate."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo import registry
from zoo.core import cards
from zoo.core.errors import UserError

from . import cli

if TYPE_CHECKING:
    from zoo.translation.metrics import Evaluation
    from zoo.translation.model import Translator

NAME = "translation_transformer"
EXAMPLE = 'predict --from en --to de "A man in an orange hat."'  # in the list of apps
DATA = "multi30k, a folder with its files, or a file with a column for each language, named in its first row (%(default)s)"
WORST = 5  # translations that `evaluate` shows of each direction
MOST_ALTERNATIVES = 10


def languages(text: str) -> tuple[str, ...]:
    """An argparse type: names of languages with commas between them."""
    return tuple(name.strip() for name in text.split(","))


def train(arguments: argparse.Namespace) -> None:
    """Trains a transformer and publishes it at --out."""
    from zoo.translation import training

    card = training.train(
        arguments.data,
        languages=arguments.languages,
        width=arguments.width,
        csv_format=cli.csv_format(arguments),
        **cli.training_options(arguments),
    )
    cli.show_published(card, arguments)


def evaluate(arguments: argparse.Namespace) -> None:
    """Prints the metrics of a model on a split of a data set, in one direction or all, and its worst translations."""
    import zoo
    from zoo.translation import data, metrics

    model: Any = zoo.load(cards.find_network(arguments.model, *registry.of_app("translate")))
    sentences, has_test = data.as_learned(
        arguments.data, model.card, model.languages, arguments.languages, cli.csv_format(arguments)
    )
    split = arguments.split or ("test" if has_test else "all")
    evaluations = metrics.evaluate(model, sentences, split, metrics.directions(sentences, arguments.direction))
    cli.show_metrics(metrics.translation_metrics(evaluations, sentences, split, arguments.command_line), arguments)
    if not arguments.json and arguments.worst:
        show_worst(evaluations, arguments.worst)


def show_worst(evaluations: "Sequence[Evaluation]", most: int) -> None:
    """Prints the translations of each direction that are least like those by people, by chrF."""
    for evaluation in evaluations:
        source, target = evaluation.direction
        print(f"\nworst translations from {source} to {target}:")
        for i in evaluation.worst(most):
            print(f"{source}: {evaluation.sources[i]}")
            print(f"{target}: {evaluation.translations[i]}")
            print(f"{' ' * len(target)}  {evaluation.references[i]} (by a person)")


def predict(arguments: argparse.Namespace) -> None:
    """Prints the translation of each text that is given, or of each line of standard input."""
    import zoo

    cli.check_texts(arguments.text, "sentences.txt")
    cli.check_png("--picture", arguments.picture)
    if arguments.picture and len(arguments.text) != 1:
        raise UserError(f"--picture shows one translation: give one text, not {len(arguments.text) or 'standard input'}")
    if arguments.picture and not arguments.text[0].strip():
        raise UserError("--picture: the text is empty")
    model: Any = zoo.load(cards.find_network(arguments.model, *registry.of_app("translate")))
    model.translate([], arguments.source, arguments.target)  # unknown languages are told before anything is read
    seen = 0
    for texts in cli.texts(arguments.text):
        if not arguments.text and any(b"\0" in text for text in texts):
            raise UserError(f"standard input is no text: it has a NUL character after line {seen}")
        translations = show(model, texts, arguments)
        seen += len(texts)
        sys.stdout.flush()
    if arguments.picture:
        draw(model, texts[0], translations[0], arguments)


def show(model: "Translator", texts: Sequence[bytes], arguments: argparse.Namespace) -> list[str]:
    """Prints a line for each text, in order: its translation, which is empty where the text is; or all its alternatives.

    Returns:
        The best translation of each text.
    """
    source, target = arguments.source, arguments.target
    if arguments.alternatives:
        best = []
        for text in texts:
            several = model.alternatives(text, source, target, arguments.alternatives) if text.strip() else []
            show_alternatives(text, several, arguments.json)
            best.append(next((translation for translation, _ in several), ""))
        return best
    found = iter(model.translate([text for text in texts if text.strip()], source, target))
    best = [next(found) if text.strip() else "" for text in texts]
    for text, translation in zip(texts, best, strict=True):
        line = " ".join(translation.split())
        print(json.dumps({"text": readable(text), "translation": line}) if arguments.json else line)
    return best


def show_alternatives(text: bytes, alternatives: Iterable[tuple[str, float]], as_json: bool) -> None:
    """Prints the translations of a text, the most probable first, each with its log probability in nats; then a blank line."""
    if as_json:
        found = [{"translation": translation, "log_probability": value} for translation, value in alternatives]
        print(json.dumps({"text": readable(text), "alternatives": found}))
        return
    for translation, value in alternatives:
        print(f"{value:8.2f}  {' '.join(translation.split())}")
    print()


def draw(model: "Translator", text: bytes, translation: str, arguments: argparse.Namespace) -> None:
    """Writes the picture of attention between a text and its translation."""
    from zoo.translation import pictures

    pictures.draw(model.attend(text, translation, arguments.source, arguments.target), arguments.picture)
    cli.notice(f"{arguments.picture}: which word of the text each word of the translation looks at")


def readable(text: bytes) -> str:
    """A text as JSON can hold it."""
    return text.decode("utf-8", errors="replace")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser, commands = cli.app("translate", __doc__)
    example = "python -m apps.translate train --data pairs.tsv --out out/mine"
    command = cli.command(commands, "train", train, "train on sentences in two languages or more", example)
    cli.add_training_flags(command, NAME, "multi30k")
    help_ = "the languages to learn (en,de,fr of multi30k, which has cs too; all columns of a file)"
    command.add_argument("--languages", type=languages, metavar="A,B", help=help_)
    cli.add_width_flag(command, "subword")
    cli.add_csv_flags(command)
    cli.add_precision_flag(command)

    example = "python -m apps.translate evaluate --direction en-de --json"
    command = cli.command(commands, "evaluate", evaluate, "measure BLEU and chrF on a split of the data", example)
    cli.add_model_flag(command, NAME)
    command.add_argument("--data", default="multi30k", metavar="NAME|PATH", help=DATA)
    help_ = "the languages to measure (those of the model that the data have)"
    command.add_argument("--languages", type=languages, metavar="A,B", help=help_)
    command.add_argument(
        "--direction", default="all", metavar="A-B", help="from language A to language B, or all directions (%(default)s)"
    )
    command.add_argument(
        "--split",
        choices=("test", "validation", "all"),
        help="the part of the data (test; all of a file that the model did not learn from)",
    )
    command.add_argument(
        "--worst",
        type=cli.whole(0, 1000),
        default=WORST,
        metavar="N",
        help="show the N worst translations of each direction (%(default)s)",
    )
    cli.add_csv_flags(command)
    cli.add_json_flag(command)

    example = f"python -m apps.translate {EXAMPLE}"
    command = cli.command(commands, "predict", predict, "translate texts, or the lines of standard input", example)
    command.add_argument("text", nargs="*", metavar="TEXT", help="a text, in quotes; without any: each line of standard input")
    command.add_argument("--from", dest="source", required=True, metavar="LANGUAGE", help="the language of the texts: en, de, fr")
    command.add_argument("--to", dest="target", required=True, metavar="LANGUAGE", help="the language to translate into")
    command.add_argument(
        "--alternatives",
        type=cli.whole(1, MOST_ALTERNATIVES),
        metavar="N",
        help="show the N best translations, each with its log probability in nats; the search then follows more",
    )
    command.add_argument(
        "--picture", type=Path, metavar="PATH", help="draw which word of the text each word of the translation looks at (.png)"
    )
    cli.add_model_flag(command, NAME)
    cli.add_json_flag(command)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
