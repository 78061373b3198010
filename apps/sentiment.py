"""The sentiment of film reviews: train the transformer, evaluate it, let it read texts and say which words decided."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from apps import cli
from zoo import cards
from zoo.errors import UserError

NAME = "sentiment_transformer"
DATA = "imdb, or a CSV file with the columns text and label (%(default)s)"
DECIDING = 8  # words that --explain shows of a text
SHOWN = 60  # characters of a text that are shown beside its result
AT_ONCE = 1 << 16  # bytes of standard input


def train(arguments: argparse.Namespace) -> None:
    """Trains a transformer and publishes it at --out."""
    from dataclasses import asdict, replace

    from zoo import evaluation, export, processor, training
    from zoo.data import reviews
    from zoo.models import sentiment_transformer as network

    export.check_writable(arguments.out)
    shards = processor.shards(network.RECIPE.batch_size)
    start = cards.find_network(arguments.start, NAME) if arguments.start else None
    data = reviews.load(arguments.data)
    reviews.check_trainable(data)
    epochs = arguments.epochs or (network.QUICK_EPOCHS if arguments.quick else network.RECIPE.epochs)
    precision = processor.precision(arguments.precision)
    recipe = replace(network.RECIPE, seed=arguments.seed, epochs=epochs, precision=precision)
    state = cli.state_folder(arguments.out)
    with tempfile.TemporaryDirectory() as folder:
        if start:
            config = network.Config.of(cards.read_card(start).architecture)
            vocabulary = start / "assets"
        else:
            cli.notice("learning the vocabulary")
            texts, _ = data.split("train")
            words, pairs = reviews.learn_vocabulary(texts, network.MOST_WORDS, network.MOST_PAIRS, Path(folder))
            config = network.Config(words, pairs, **(network.QUICK if arguments.quick else {}))
            vocabulary = Path(folder)
        tokenizer = network.Tokenizer(config, vocabulary)
        model = training.seeded(recipe, lambda: network.build(config))
        if start:
            export.restore(model, start)
        batches = reviews.batches(data, tokenizer, recipe)
        history = training.train(model, network.loss, batches, recipe, state, arguments.resume, arguments.log_dir, shards)
        model = training.in_float32(model, lambda: network.build(config))

        # The stand-in has no test split; its validation split is IMDB's, so the command measures the same with the real data.
        split = "validation" if data.source.stand_in else "test"
        flag = " --split validation" if data.source.stand_in else ""
        command = f"python -m apps.sentiment evaluate --model {arguments.out} --data {arguments.data}{flag}"
        card = export.draft(
            model,
            task="text classification",
            description="A small transformer that reads whether a film review in English is positive, learned from labels alone.",
            architecture={"network": NAME, **asdict(config)},
            dataset=data.describe(),
            recipe=recipe,
            history=history,
            command=arguments.command_line,
            limits=[
                "English film reviews only: other languages and other kinds of text get a probability too, which means little.",
                f"It reads the first {config.beginning} and the last {config.end} words of a long text, not the middle.",
                'Of a single sentence it is unsure and often wrong ("Not bad at all."): it has read reviews and their pieces.',
                "Learned from reviews of at most 4 or at least 7 of 10 stars: a lukewarm review is pushed to one side.",
                "Irony, quoted opinions and a plot told at length mislead it; names of films and actors carry weights too.",
            ],
        )
        export.publish(
            arguments.out,
            card,
            write=lambda out: export.write_saved_model(model, network.endpoints(model, tokenizer), out),
            measure=lambda out: evaluation.review_metrics(out, data, split, command),
            extra=lambda out: training.draw_curves(history, out / "curves.png"),
        )
    export.forget(state)
    print(arguments.out)


def evaluate(arguments: argparse.Namespace) -> None:
    """Prints the metrics of a network on a split of a data set."""
    from zoo import evaluation
    from zoo.data import reviews

    folder = cards.find_network(arguments.model, NAME)
    data = reviews.load(arguments.data, real=True)
    learned_from_it = data.fingerprint() == cards.read_card(folder).dataset.sha256
    split = arguments.split or ("test" if learned_from_it or arguments.data == "imdb" else "all")
    cli.show_metrics(evaluation.review_metrics(folder, data, split, arguments.command_line), arguments)


def predict(arguments: argparse.Namespace) -> None:
    """Prints the probability that each text is positive: of the arguments, or of each line of standard input."""
    import zoo

    if not arguments.text and (sys.stdin is None or sys.stdin.isatty()):
        raise UserError("no text: give one or more, each in quotes, or lines on standard input (... < reviews.txt)")
    folder = cards.find_network(arguments.model, NAME)
    model = zoo.load(folder)
    given = [text.encode("utf-8", errors="surrogateescape") for text in arguments.text]
    seen = 0
    for texts in [given] if given else lines(sys.stdin.buffer):
        seen += len(texts)
        probabilities = model.predict(texts).tolist()
        explained = model.explain(texts) if arguments.explain else [None] * len(texts)
        for text, probability, weights in zip(texts, probabilities, explained, strict=True):
            show(text, probability, weights, arguments.json)
        sys.stdout.flush()
    if not seen:
        raise UserError("standard input is empty: give one or more texts, each in quotes, or lines on standard input")


def lines(stream: BinaryIO) -> Iterator[list[bytes]]:
    """The lines of a stream as they arrive, without their ends: those complete by now together, whatever their bytes."""
    rest = bytearray()
    while chunk := stream.read1(AT_ONCE):  # type: ignore[attr-defined]
        rest += chunk
        if b"\n" in chunk:
            complete, _, tail = bytes(rest).rpartition(b"\n")
            rest = bytearray(tail)
            yield [line.removesuffix(b"\r") for line in complete.split(b"\n")]
    if rest:
        yield [bytes(rest).removesuffix(b"\r")]


def show(text: bytes, probability: float, weights: list[tuple[str, float]] | None, as_json: bool) -> None:
    """Prints one result: a line, and with weights a second one of the words that decided; or one JSON object."""
    label = "positive" if probability >= 0.5 else "negative"
    if as_json:
        result: dict[str, Any] = {"probability": probability, "label": label}
        print(json.dumps(result if weights is None else result | {"tokens": weights}))
        return
    # No control character of a text reaches the terminal.
    start = "".join(c if c.isprintable() else " " for c in text[: 4 * SHOWN].decode("utf-8", errors="replace"))
    print(f"{probability:.4f}  {label}  {start if len(start) <= SHOWN else start[: SHOWN - 3] + '...'}".rstrip())
    if weights is not None:
        deciding = sorted(weights, key=lambda pair: -abs(pair[1]))[:DECIDING]
        print("        " + "  ".join(f"{token} {weight:+.2f}" for token, weight in deciding))


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser, commands = cli.app("sentiment", __doc__)
    command = cli.command(commands, "train", train, "train on labelled reviews", "python -m apps.sentiment train --out out/mine")
    cli.add_training_flags(command, NAME, "imdb")
    cli.add_precision_flag(command)

    example = "python -m apps.sentiment evaluate --json"
    command = cli.command(commands, "evaluate", evaluate, "measure on a split of the data", example)
    cli.add_model_flag(command, NAME)
    command.add_argument("--data", default="imdb", metavar="NAME|PATH", help=DATA)
    command.add_argument(
        "--split",
        choices=("test", "validation", "all"),
        help="the part of the data (test; all of a file that the model did not learn from)",
    )
    cli.add_json_flag(command)

    example = 'python -m apps.sentiment predict --explain "A fine film." "Dull from the first minute."'
    command = cli.command(commands, "predict", predict, "judge texts, or the lines of standard input", example)
    command.add_argument("text", nargs="*", metavar="TEXT", help="a review, in quotes; without any: each line of standard input")
    command.add_argument("--explain", action="store_true", help=f"show the {DECIDING} words that decided, with their weights")
    cli.add_model_flag(command, NAME)
    cli.add_json_flag(command)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
