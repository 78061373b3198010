"""What `python -m apps.sentiment` does with a network as a whole: train one and measure one."""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from zoo.core import cards
from zoo.core.errors import UserError
from zoo.sentiment.labels import MOST_STARS, STARS

from . import cli

NETWORK = "sentiment_transformer"
# What each does, beside its name, is what a user reads as it begins.
STAGES = {
    "pretrain": "pretraining, by guessing hidden words and those of sentences not read",
    "finetune": "fine-tuning, by judging texts",
    "selftrain": "self-training, by judging texts without labels, too, as stage 2 would",
}
CURVES = {"pretrain": "pretraining.png", "finetune": "fine-tuning.png"}  # of what is not the last stage
WORST = 5  # mistakes that `evaluate` shows
SHOWN = 160  # characters of each


def train(arguments: argparse.Namespace) -> None:
    """Trains a transformer, in its stages or one of them, and publishes it at --out after the last."""
    from dataclasses import asdict, replace

    import tensorflow as tf

    from zoo.core import curves, export, processor
    from zoo.core.csv_forms import AS_FOUND
    from zoo.sentiment import data as reviews
    from zoo.sentiment import dataset, metrics, network
    from zoo.sentiment import graph as sentiment_graph
    from zoo.sentiment import stages as sentiment_stages
    from zoo.sentiment import training as sentiment_recipes
    from zoo.sentiment.model import TextClassifier
    from zoo.text import encoded as texts
    from zoo.text.words import WordVocabulary

    state = cli.begin_training(arguments, NETWORK, [arguments.stage] if arguments.stage else list(STAGES))
    start = cards.find_network(arguments.start, NETWORK) if arguments.start else None
    cli.check_size("--width", arguments.width, "width", cards.read_card(start) if start else None)
    size = sentiment_recipes.sizes(arguments.quick, arguments.width)
    shards = processor.shards(sentiment_recipes.FINETUNING.batch_size)
    of_data = AS_FOUND if arguments.data == "imdb" and arguments.unlabelled else cli.csv_format(arguments)
    data = reviews.load(arguments.data, arguments.text_column, arguments.label_column, csv_format=of_data, stars=arguments.stars)
    dataset.check_trainable(data)
    task, about = "text classification", {"network": NETWORK, "classes": list(data.classes)}
    export.check_writable(arguments.out, task, about)
    unlabelled = _unlabelled(arguments, data)
    stages = [name for name in STAGES if not (name == "pretrain" and start) and (name != "selftrain" or unlabelled)]
    earlier = _stages_before(arguments, stages, state)
    pretraining, finetuning = _recipes(arguments)
    (train_texts, labels), (validation, held_out) = data.split("train"), data.split("validation")
    histories = []
    with tempfile.TemporaryDirectory() as folder:
        if start:
            config = network.Config.of(cards.read_card(start).architecture)
            vocabulary = WordVocabulary(start / "assets")
        else:
            cli.notice("learning the vocabulary")
            words = texts.learn_vocabulary([*train_texts, *unlabelled], sentiment_recipes.MOST_WORDS, Path(folder))
            config = network.Config(words, targets=min(network.Config.targets, words), **size)
            vocabulary = WordVocabulary(Path(folder))
        corpus = sentiment_stages.Corpus(vocabulary, train_texts, labels, unlabelled, validation, held_out)

        def begin(stage: str) -> sentiment_stages.Session:
            cli.notice(f"stage {stages.index(stage) + 1} of {len(stages)}: {STAGES[stage]}")
            # A stage alone takes up what those before it have left.
            return sentiment_stages.Session(state, arguments.resume or stage in earlier, arguments.log_dir, shards)

        if start:
            reading: Any = sentiment_stages.published(start, config)
        else:
            reading, history = sentiment_stages.pretrain(corpus, config, pretraining, begin("pretrain"))
            histories.append(history)
        if arguments.stage == "pretrain":
            cli.notice(f"pretrained; go on with --stage finetune and the same --out {arguments.out}")
            return
        session = begin("finetune")
        config = replace(config, outputs=len(data.classes) if len(data.classes) > 2 else 1)
        learned = sentiment_stages.learn_evidence(corpus, config, reading, arguments.seed)
        first, learned = sentiment_stages.initial_network(corpus, config, finetuning, reading, learned)
        model, history = sentiment_stages.finetune(corpus, config, finetuning, session, first, learned)
        histories.append(history)
        if arguments.stage == "finetune" and unlabelled:
            cli.notice(f"fine-tuned; go on with --stage selftrain and the same --out {arguments.out}")
            return
        if unlabelled:
            session = begin("selftrain")
            model, history = sentiment_stages.finetune(corpus, config, finetuning, session, first, learned, teacher=model)
            histories.append(history)
        config = model.config

        # The stand-in has no test split; its validation split is IMDB's, so the command measures the same with the real data.
        split = "validation" if data.source.stand_in else "test"
        command = _evaluating(arguments, split)
        card = export.draft(
            model,
            task=task,
            description=_description(data),
            architecture={"network": NETWORK, **asdict(config), **about},
            dataset=data.describe(),
            recipe=finetuning,
            history=sentiment_stages.joined(histories),
            command=arguments.command_line,
            limits=_limits(data),
        )

        def draw(out: Path) -> None:
            for stage, each in zip(stages, histories, strict=True):
                curves.draw_curves(each, out / ("curves.png" if stage == stages[-1] else CURVES[stage]))

        def measure(out: Path) -> Any:
            exported = TextClassifier(card, tf.saved_model.load(str(out)), out)
            return metrics.review_metrics(exported, metrics.evaluate(exported, data, split), command)

        card = export.publish(
            arguments.out,
            card,
            write=lambda out: export.write_saved_model(model, sentiment_graph.endpoints(model, config, vocabulary), out),
            measure=measure,
            extra=draw,
        )
    cli.end_training(card, arguments)


def _unlabelled(arguments: argparse.Namespace, data: Any) -> list[bytes]:
    """The texts of --unlabelled, or those that IMDB brings."""
    from zoo.sentiment import files as review_files
    from zoo.sentiment import imdb

    if arguments.unlabelled:
        found = review_files.rows(arguments.unlabelled, [arguments.text_column], cli.csv_format(arguments))
        texts = [text.encode() for (text,) in found]
        if not texts:
            raise UserError(f"{arguments.unlabelled} has no text in its column {arguments.text_column!r}")
        return texts
    return imdb.unlabelled() if data.source.name == imdb.SOURCE and not arguments.quick and not arguments.start else []


def _stages_before(arguments: argparse.Namespace, stages: list[str], state: Path) -> list[str]:
    """Those before the one asked for. Raises UserError where that is none of this training's, or one before it is missing."""
    from zoo.core import checkpoints

    if not arguments.stage:
        return []
    if arguments.stage == "pretrain" and "pretrain" not in stages:
        raise UserError("--stage pretrain begins from nothing: leave out --from, or pretrain with the data of your own alone")
    if arguments.stage not in stages:
        raise UserError("--stage selftrain learns from texts without labels, and there are none: give some with --unlabelled")
    earlier = stages[: stages.index(arguments.stage)]
    for before in earlier:
        if not (state / before / checkpoints.CHECKPOINT).is_file():
            raise UserError(
                f"--out {arguments.out} has not gone through --stage {before}: run that first, or leave out --stage for all"
            )
    return earlier


def _recipes(arguments: argparse.Namespace) -> tuple[Any, Any]:
    """That of pretraining, and that of the stages that judge; --epochs is for pretraining only where no other stage runs."""
    from dataclasses import replace

    from zoo.core import processor
    from zoo.sentiment import training as recipes

    shared = {"seed": arguments.seed, "precision": processor.precision(arguments.precision)}
    pretraining, finetuning = replace(recipes.PRETRAINING, **shared), replace(recipes.FINETUNING, **shared)
    if arguments.quick:
        pretraining = replace(pretraining, epochs=recipes.QUICK_PRETRAINING_EPOCHS)
        finetuning = replace(finetuning, epochs=recipes.QUICK_EPOCHS)
    if arguments.epochs and arguments.stage == "pretrain":
        pretraining = replace(pretraining, epochs=arguments.epochs)
    elif arguments.epochs:
        finetuning = replace(finetuning, epochs=arguments.epochs)
    return pretraining, finetuning


def _evaluating(arguments: argparse.Namespace, split: str) -> str:
    """The command that measures again what the card tells."""
    columns = ["--text-column", arguments.text_column, "--label-column", arguments.label_column]
    columns += ["--stars", str(arguments.stars)] if arguments.stars else []
    return cli.reproducing(
        "python -m apps.sentiment",
        [
            *("evaluate", "--model", str(arguments.out), "--data", arguments.data),
            *([] if arguments.data == "imdb" else [*columns, *cli.csv_words(arguments)]),
            *(["--split", split] if split != "test" else []),
        ],
    )


def _description(data: Any) -> str:
    from zoo.sentiment import imdb

    if data.source.name == imdb.SOURCE:
        return "A small transformer that reads whether a film review in English is positive; it learned from reviews alone."
    return f"A small transformer that tells texts of {len(data.classes)} classes apart: {', '.join(data.classes[:10])}."


def _limits(data: Any) -> list[str]:
    from zoo.sentiment import imdb

    limits = [
        "It knows the words and the style of the texts it learned from: others get a probability too, which means little. "
        "The signature `known` tells how many of a text's words it knows. Where that is none, there is nothing to judge: "
        "`zoo.load` gives NaN, and the number that the signature `predict` gives means nothing.",
        "Irony, quoted opinions, comparisons and a plot told at length mislead it; names carry weights, too.",
        'A single sentence with a negation ("It is not bad at all") it may well read the wrong way: '
        "it has learned from whole texts.",
        "Of a text of more than 32 KiB the middle is left out.",
    ]
    if data.source.name == imdb.SOURCE:
        limits.append("Learned from reviews of at most 4 or at least 7 of 10 stars: a lukewarm review is pushed to one side.")
    return limits


def evaluate(arguments: argparse.Namespace) -> None:
    """Prints the metrics of a network on a split of a data set, which classes it confuses, and its worst mistakes."""
    import zoo
    from zoo.sentiment import data as reviews
    from zoo.sentiment import dataset, metrics

    folder = cards.find_network(arguments.model, NETWORK)
    card = cards.read_card(folder)
    data = reviews.load(
        arguments.data, arguments.text_column, arguments.label_column, True, cli.csv_format(arguments), arguments.stars
    )
    learned_from_it = data.fingerprint() == card.dataset.sha256
    split = arguments.split or ("test" if learned_from_it or arguments.data == "imdb" else "all")
    model: Any = zoo.load(folder)
    evaluation = metrics.evaluate(model, dataset.of_classes(data, model.classes), split)
    cli.show_metrics(metrics.review_metrics(model, evaluation, arguments.command_line), arguments)
    if arguments.json:
        return
    classes = evaluation.reviews.classes
    wide = max(12, *(len(name) + 2 for name in classes))
    print(f"\n{'taken for:':>{wide}}" + "".join(f"{name:>{wide}}" for name in classes))
    for name, row in zip(classes, evaluation.confusion(), strict=True):
        print(f"{name:>{wide}}" + "".join(f"{count:>{wide},}" for count in row))
    worst = evaluation.worst(arguments.mistakes)
    if worst:
        print("\nworst mistakes:")
    for i in worst:
        taken, truth = classes[evaluation.predicted[i]], classes[evaluation.labels[i]]
        print(f"{evaluation.probabilities[i].max():.4f} {taken}, but {truth}: {shown(evaluation.texts[i], SHOWN)}")


def shown(text: bytes, most: int) -> str:
    """The beginning of a text without what could harm a terminal."""
    start = "".join(c if c.isprintable() else " " for c in text[: 4 * most].decode("utf-8", errors="replace"))
    return start if len(start) <= most else start[: most - 3] + "..."


def add_column_flags(command: cli.Parser) -> None:
    """--text-column and --label-column of a CSV file, and how it is written."""
    command.add_argument("--text-column", default="text", metavar="NAME", help="a CSV file's column of texts (%(default)s)")
    command.add_argument("--label-column", default="label", metavar="NAME", help="its column of labels (%(default)s)")
    command.add_argument(
        "--stars",
        nargs="?",
        type=cli.whole(2, MOST_STARS),
        const=STARS,
        metavar="N",
        help=f"its labels are stars from 1 to N ({STARS}): the lowest third of the scale, 1 and 2 of 5, is negative, the highest "
        "third positive, and what is between is left out (without --stars each rating is a class)",
    )
    cli.add_csv_flags(command)
