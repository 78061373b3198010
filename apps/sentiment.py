"""The sentiment of film reviews, or classes of your own texts: train the transformer, evaluate it, classify texts and explain."""

import argparse
import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo import registry
from zoo.core import cards
from zoo.core.files import check_file
from zoo.sentiment.labels import MOST_STARS, STARS

from . import cli

if TYPE_CHECKING:
    from zoo.sentiment.metrics import Evaluation
    from zoo.sentiment.pictures import Explanation

EXAMPLE = 'predict --explain "A fine film."'  # in the list of apps
NAME = "sentiment_transformer"
STAGES = "pretrain", "finetune", "selftrain"  # of zoo.sentiment.training, which imports TensorFlow
DATA = "imdb, or a CSV file with a column of texts and one of labels (%(default)s)"
DECIDING = 8  # words that --explain shows of a text
SHOWN = 60  # characters of a text that are shown with its result
WORST = 5  # mistakes that `evaluate` shows
SHOWN_MISTAKE = 160  # characters of each
MOST_EXPLAINED = 50  # texts in the file of explanations
KNOWN = 0.5  # with a lower share of known words a notice says that the prediction means little
NOTHING = "nothing to judge"  # shown for a text without a known word


class Prediction:
    """The prediction for one text, ready to be shown.

    Args:
        text: the text.
        classes: the names of the classes.
        output: of the model: the probability of the second of two classes, or those of all; NaN for a text without a known word.
        weights: the tokens of the text, and how much each speaks for the class `toward`; None without an explanation.
    """

    def __init__(self, text: bytes, classes: tuple[str, ...], output: Any, weights: list[tuple[str, float]] | None) -> None:
        self.text, self.classes, self.weights = text, classes, weights
        values = [1 - float(output), float(output)] if output.ndim == 0 else output.tolist()
        self.probabilities: dict[str, float] | None = None
        self.label: str | None = None
        if not math.isnan(values[-1]):
            self.probabilities = dict(zip(classes, values, strict=True))
            self.label = classes[max(range(len(classes)), key=lambda i: (values[i], i))]
        # The weights of two classes are those of the second one, whichever is predicted.
        self.toward = classes[1] if len(classes) == 2 else self.label or ""

    def as_json(self) -> str:
        """One JSON object in one line. For a text without a known word the label and the probabilities are null."""
        result: dict[str, Any] = {"label": self.label}
        if len(self.classes) == 2:
            result["probability"] = self.probabilities and self.probabilities[self.toward]
        result["probabilities"] = self.probabilities
        return json.dumps(result if self.weights is None else result | {"tokens": self.weights})

    @property
    def summary(self) -> str:
        """The label and its probability."""
        if self.label is None or self.probabilities is None:
            return NOTHING
        return f"{self.label:{max(map(len, self.classes))}}  {percent(self.probabilities[self.label]):>8}"

    def __str__(self) -> str:
        """One line: the label, its probability and the beginning of the text."""
        return f"{self.summary}  {shown(self.text, SHOWN)}".rstrip()

    def explanation(self) -> "Explanation":
        """The explanation, for a picture or a page."""
        from zoo.sentiment.pictures import Explanation

        return Explanation(" ".join(self.summary.split()), self.toward, self.weights or [])


def percent(probability: float) -> str:
    """A probability in per cent with one decimal. A probability below 1 is never shown as 100 %."""
    shown = f"{probability:.1%}".replace("%", " %")
    return "> 99.9 %" if shown == "100.0 %" else shown


def train(arguments: argparse.Namespace) -> None:
    """Trains a transformer, in its stages or one of them, and publishes it at --out after the last."""
    from zoo.sentiment import training

    card = training.train(
        arguments.data,
        text=arguments.text_column,
        label=arguments.label_column,
        stars=arguments.stars,
        unlabelled=arguments.unlabelled,
        width=arguments.width,
        stage=arguments.stage,
        csv_format=cli.csv_format(arguments),
        **cli.training_options(arguments),
    )
    if card:
        cli.show_published(card, arguments)
        return
    done, following = ("pretrained", "finetune") if arguments.stage == "pretrain" else ("fine-tuned", "selftrain")
    cli.notice(f"{done}; go on with --stage {following} and the same --out {arguments.out}")


def evaluate(arguments: argparse.Namespace) -> None:
    """Prints the metrics of a network on a split of a data set, its confusion matrix, and its worst mistakes."""
    import zoo
    from zoo.sentiment import data as reviews
    from zoo.sentiment import dataset, metrics

    folder = cards.find_network(arguments.model, *registry.of_app("sentiment"))
    data = reviews.load(
        arguments.data, arguments.text_column, arguments.label_column, True, cli.csv_format(arguments), arguments.stars
    )
    model: Any = zoo.load(folder)
    learned_from_it = data.fingerprint() == model.card.dataset.sha256
    split = arguments.split or ("test" if learned_from_it or arguments.data == "imdb" else "all")
    evaluation = metrics.evaluate(model, dataset.of_classes(data, model.classes), split)
    cli.show_metrics(metrics.review_metrics(model, evaluation, arguments.command_line), arguments)
    if not arguments.json:
        show_mistakes(evaluation, arguments.mistakes)


def show_mistakes(evaluation: "Evaluation", most: int) -> None:
    """Prints the confusion matrix, and at most so many wrong predictions, the most confident ones first."""
    classes = evaluation.reviews.classes
    wide = max(12, *(len(name) + 2 for name in classes))
    print(f"\n{'taken for:':>{wide}}" + "".join(f"{name:>{wide}}" for name in classes))
    for name, row in zip(classes, evaluation.confusion(), strict=True):
        print(f"{name:>{wide}}" + "".join(f"{count:>{wide},}" for count in row))
    worst = evaluation.worst(most)
    if worst:
        print("\nworst mistakes:")
    for i in worst:
        taken, truth = classes[evaluation.predicted[i]], classes[evaluation.labels[i]]
        print(f"{evaluation.probabilities[i].max():.4f} {taken}, but {truth}: {shown(evaluation.texts[i], SHOWN_MISTAKE)}")


def predict(arguments: argparse.Namespace) -> None:
    """Prints the prediction for each text that is given, or for each line of standard input."""
    import zoo
    from zoo.sentiment import pictures

    cli.check_texts(arguments.text, "reviews.txt")
    if arguments.out:
        pictures.check(arguments.out)
        check_file("--out", arguments.out)
    model = zoo.load(cards.find_network(arguments.model, *registry.of_app("sentiment")))
    explain = arguments.explain or arguments.out
    seen = 0
    explained: list[Explanation] = []
    for texts in cli.texts(arguments.text):
        weights = model.explain(texts) if explain else [None] * len(texts)
        for text, output, known, of_tokens in zip(texts, model.predict(texts), model.known(texts), weights, strict=True):
            seen += 1
            prediction = Prediction(text, model.classes, output, of_tokens)
            show(prediction, arguments.json)
            if prediction.label is None:
                reason = "it has no word that the model knows" if text.strip() else "the text is empty"
                cli.notice(f"text {seen}: {NOTHING}, {reason}")
            elif known < KNOWN:
                cli.notice(f"text {seen}: {1 - known:.0%} of its words are unknown, so its verdict means little")
            if arguments.out and len(explained) < MOST_EXPLAINED:
                explained.append(prediction.explanation())
        sys.stdout.flush()
    if arguments.out:
        pictures.write(explained, arguments.out)
        left = seen - len(explained)
        cli.notice(f"{arguments.out}: what decided" + (f"; only of the first {len(explained)} texts" if left else ""))


def show(prediction: Prediction, as_json: bool) -> None:
    """Prints a prediction as a JSON object or as a line; then the words that decided, if it has them, in colour on a terminal."""
    from zoo.sentiment.pictures import in_terminal

    if as_json:
        print(prediction.as_json())
        return
    print(prediction)
    if not prediction.weights or prediction.label is None:
        return
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:  # https://no-color.org
        print(in_terminal(prediction.explanation()))
    deciding = sorted(prediction.weights, key=lambda pair: -abs(pair[1]))[:DECIDING]
    print("        " + "  ".join(f"{token} {weight:+.2f}" for token, weight in deciding))


def shown(text: bytes, most: int) -> str:
    """The beginning of a text, at most `most` characters, without control characters, which could disturb a terminal."""
    start = "".join(c if c.isprintable() else " " for c in text[: 4 * most].decode("utf-8", errors="replace"))
    return start if len(start) <= most else start[: most - 3] + "..."


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser, commands = cli.app("sentiment", __doc__)
    example = "python -m apps.sentiment train --data reviews.csv --text-column review --label-column stars --out out/mine"
    command = cli.command(commands, "train", train, "train on labelled texts", example)
    cli.add_training_flags(command, NAME, "imdb")
    add_column_flags(command)
    cli.add_width_flag(command, "word")
    command.add_argument(
        "--stage",
        choices=STAGES,
        help="run only this stage; its state stays beside --out for the next one (left out: all, one after the other); "
        "--epochs counts those of pretraining with --stage pretrain, else those of the other stages",
    )
    command.add_argument(
        "--unlabelled",
        type=Path,
        metavar="PATH",
        help="a CSV file of more texts without labels to learn from, in a column of the same name (IMDB brings its own)",
    )
    cli.add_precision_flag(command)

    example = "python -m apps.sentiment evaluate --json"
    command = cli.command(commands, "evaluate", evaluate, "measure on a split of the data", example)
    cli.add_model_flag(command, NAME)
    command.add_argument("--data", default="imdb", metavar="NAME|PATH", help=DATA)
    add_column_flags(command)
    command.add_argument(
        "--split",
        choices=("test", "validation", "all"),
        help="the part of the data (test; all of a file that the model did not learn from)",
    )
    command.add_argument(
        "--mistakes",
        type=cli.whole(0, 1000),
        default=WORST,
        metavar="N",
        help="show the N worst mistakes (%(default)s)",
    )
    cli.add_json_flag(command)

    example = 'python -m apps.sentiment predict --explain "A fine film." "Dull from the first minute."'
    command = cli.command(commands, "predict", predict, "classify texts, or the lines of standard input", example)
    command.add_argument("text", nargs="*", metavar="TEXT", help="a text, in quotes; without any: each line of standard input")
    command.add_argument(
        "--explain",
        action="store_true",
        help=f"show the {DECIDING} words with the largest weights, compared with a text of as many unknown words",
    )
    command.add_argument("--out", type=Path, metavar="PATH", help="write the explanations as a page (.html) or a picture (.png)")
    cli.add_model_flag(command, NAME)
    cli.add_json_flag(command)
    return cli.run(parser, argv)


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


if __name__ == "__main__":
    sys.exit(main())
