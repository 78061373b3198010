"""Training a sentiment transformer, from labelled texts to the published model: its sizes, its recipes, its stages."""

import logging
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Unpack

import keras
import tensorflow as tf

from zoo.core import checkpoints, commands, processor
from zoo.core.arguments import whole, with_width
from zoo.core.cards import Card, Metric
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.errors import UserError
from zoo.core.names import unknown
from zoo.core.recipe import History, Recipe, TrainingData
from zoo.core.trainer import Options, Publication, Session
from zoo.sentiment import data as review_data
from zoo.sentiment import dataset, graph, imdb, metrics, stages
from zoo.sentiment import files as review_files
from zoo.sentiment.about import about
from zoo.sentiment.dataset import Reviews
from zoo.sentiment.labels import MOST_STARS
from zoo.sentiment.model import TextClassifier
from zoo.sentiment.network import Config, SentimentTransformer
from zoo.text.encoded import learn_vocabulary
from zoo.text.words import WordVocabulary

DATA = "imdb"  # the default
TASK = "text classification"

# docs/sentiment.md tells how long each stage takes and what it reaches.
PRETRAINING = Recipe(epochs=14, batch_size=128, learning_rate=1e-3, warmup_steps=500, weight_decay=0.01, clip_norm=1.0)
FINETUNING = Recipe(
    epochs=2, batch_size=32, learning_rate=2e-4, warmup_steps=100, weight_decay=0.01, clip_norm=1.0, average=0.998, patience=1
)
MOST_WORDS = 20_000  # entries of the vocabulary

# With `quick`: a small network, and one pass over the texts in each stage.
WIDTHS = 8, 2048  # the least and the most
QUICK = {"width": 64, "blocks": 1, "heads": 2, "hidden": 128}
QUICK_PRETRAINING_EPOCHS, QUICK_EPOCHS = 1, 1

# The stages in their order, and what the log says of each.
STAGES = {
    "pretrain": "pretraining, on masked words and on the words of sentences that are left out",
    "finetune": "fine-tuning, on the labelled texts",
    "selftrain": "self-training, also on texts without labels, with the predictions of the last stage as targets",
}
CURVES = {"pretrain": "pretraining.png", "finetune": "fine-tuning.png"}  # those of the last stage are curves.png
_log = logging.getLogger(__name__)


def train(
    data: str = DATA,
    *,
    network: str = "sentiment_transformer",
    text: str = "text",
    label: str = "label",
    stars: int | None = None,
    unlabelled: str | Path | None = None,
    width: int | None = None,
    stage: str | None = None,
    csv_format: Format = AS_FOUND,
    **options: Unpack[Options],
) -> Card | None:
    """Trains a transformer that classifies texts, and publishes it. See zoo.sentiment.stages for what it does.

    Args:
        data: "imdb", or a CSV file with a column of texts and one of labels.
        network: its name in the registry.
        text: the name of the column of texts.
        label: the name of the column of labels.
        stars: the labels are ratings from 1 to so many stars; None: each different label is a class.
        unlabelled: a CSV file with further texts, without labels, in a column of the same name. None: those of IMDB, or none if
            `data` is a file.
        width: of the embeddings, a multiple of 4 from 8 to 2048; the feed-forward layers are twice as wide. None: 256, or 64
            with `quick`.
        stage: "pretrain", "finetune" or "selftrain", to run one stage after the earlier ones; None: all stages.
        csv_format: how the CSV files are written, where this cannot be found in the files.
        options: see `zoo.core.trainer.Options`. `epochs` counts for pretraining if `stage` is "pretrain", else for the others.

    Returns:
        The card of the model; None after a stage that is not the last one. Its checkpoint is kept for the next stage.

    Raises:
        UserError: for texts that cannot be learned from, a stage before its turn, and what `Session` refuses.
        zoo.core.training.Stopped: when `progress` returned False.
    """
    if stage is not None and stage not in STAGES:
        raise unknown("stage", str(stage), tuple(STAGES))
    width = None if width is None else whole("width", width, *WIDTHS)
    stars = None if stars is None else whole("stars", stars, 2, MOST_STARS)
    own: dict[str, Any] = {"stars": stars, "unlabelled": unlabelled, "width": width, "stage": stage}
    own |= {"csv_format": csv_format.named_by_user}
    columns = {name: column if column != name else None for name, column in (("text", text), ("label", label))}
    session = Session(network, data, options, {**columns, **own}, [stage] if stage else list(STAGES))
    session.check_size("width", width)
    chosen = with_width(QUICK if session.quick else {}, width, Config.heads)
    shards = processor.shards(FINETUNING.batch_size)
    # IMDB is no file: then the format is that of the file of unlabelled texts.
    reviews = review_data.load(data, text, label, csv_format=AS_FOUND if data == DATA and unlabelled else csv_format, stars=stars)
    dataset.check_trainable(reviews)
    session.check_replaceable(TASK, {"network": network, "classes": list(reviews.classes)})
    further = _unlabelled_texts(session, reviews, unlabelled, text, csv_format)
    course = _course(session, stage, bool(further), shards)
    pretraining, finetuning = _recipes(session, stage)
    (train_texts, labels), (validation, validation_labels) = reviews.split("train"), reviews.split("validation")
    with tempfile.TemporaryDirectory() as folder:
        config, vocabulary = _vocabulary(session, [*train_texts, *further], chosen, Path(folder))
        config = replace(config, outputs=len(reviews.classes) if len(reviews.classes) > 2 else 1)
        corpus = stages.Corpus(vocabulary, train_texts, labels, further, validation, validation_labels)
        model, histories = _trained(course, corpus, config, pretraining, finetuning)
        if model is None:
            return None
        evaluation = _evaluation(session.out, data, _measured_split(reviews), text, label, stars, csv_format)
        return _published(session, model, vocabulary, reviews, finetuning, histories, evaluation)


def _recipes(session: Session, stage: str | None) -> tuple[Recipe, Recipe]:
    """The recipe of pretraining, and that of the other stages."""
    precision = session.precision()
    pretraining, finetuning = (replace(recipe, precision=precision, seed=session.seed) for recipe in (PRETRAINING, FINETUNING))
    if session.quick:
        pretraining = replace(pretraining, epochs=QUICK_PRETRAINING_EPOCHS)
        finetuning = replace(finetuning, epochs=QUICK_EPOCHS)
    if stage == "pretrain":
        return session.recipe(pretraining), finetuning
    return pretraining, session.recipe(finetuning)


def _unlabelled_texts(
    session: Session, reviews: Reviews, unlabelled: str | Path | None, text: str, csv_format: Format
) -> list[bytes]:
    """The texts of a user's file, or those that IMDB brings."""
    if unlabelled:
        texts = [content.encode() for (content,) in review_files.rows(Path(unlabelled), [text], csv_format)]
        if not texts:
            raise UserError(f"{unlabelled} has no text in its column {text!r}")
        return texts
    return imdb.unlabelled() if reviews.source.is_ours(imdb.SOURCE) and not session.quick and not session.start else []


def _vocabulary(session: Session, texts: Sequence[bytes], chosen: dict[str, int], folder: Path) -> tuple[Config, WordVocabulary]:
    """The sizes and the vocabulary: those of the model to start from, or new ones; `folder` gets the new file."""
    if session.start and session.before:
        return Config.of(session.before.architecture), WordVocabulary(session.start / "assets")
    _log.info("learning the vocabulary")
    words = learn_vocabulary(texts, MOST_WORDS, folder)
    return Config(words, targets=min(Config.targets, words), **chosen), WordVocabulary(folder)


@dataclass(frozen=True)
class _Course:
    """The stages of one training.

    Args:
        session: where they are kept.
        names: the stages of this training, in their order.
        last: the stage after which it ends.
        earlier: the stages whose checkpoints it takes up, because only a later one is asked for.
        shards: parts of each batch, see `zoo.core.processor`.
    """

    session: Session
    names: list[str]
    last: str
    earlier: list[str]
    shards: int

    def announce(self, stage: str) -> None:
        """Logs that a stage begins."""
        _log.info("stage %d of %d: %s", self.names.index(stage) + 1, len(self.names), STAGES[stage])

    def fit(
        self, stage: str, model: keras.Model, loss: Callable[[Any, Any], tf.Tensor], data: TrainingData, recipe: Recipe
    ) -> History:
        """Trains one stage, see `Session.fit`."""
        resume = self.session.resume or stage in self.earlier
        return self.session.fit(model, loss, data, recipe, self.shards, stage, resume)


def _course(session: Session, stage: str | None, unlabelled: bool, shards: int) -> _Course:
    """The stages to go through. Raises UserError where `stage` is none of this training's, or one before it is missing."""
    names = [name for name in STAGES if (name != "pretrain" or not session.start) and (name != "selftrain" or unlabelled)]
    if stage is None:
        return _Course(session, names, names[-1], [], shards)
    if stage == "pretrain" and stage not in names:
        raise UserError("pretraining begins from nothing: name no model to start from, or leave the stage out")
    if stage not in names:
        raise UserError("the stage selftrain learns from texts without labels, and there are none: name a file of such texts")
    earlier = names[: names.index(stage)]
    for before in earlier:
        if not (session.state / before / checkpoints.CHECKPOINT).is_file():
            raise UserError(f"{session.out} has not gone through the stage {before}: run that first, or all stages at once")
    return _Course(session, names, stage, earlier, shards)


def _trained(
    course: _Course, corpus: stages.Corpus, config: Config, pretraining: Recipe, finetuning: Recipe
) -> tuple[SentimentTransformer | None, dict[str, History]]:
    """The network to publish, or None after a stage that is not the last one; and what happened in each stage."""
    session, histories = course.session, dict[str, History]()
    if session.start and session.before:
        start: Any = stages.published(session.start, Config.of(session.before.architecture))
    else:
        course.announce("pretrain")
        start, histories["pretrain"] = stages.pretrain(corpus, config, pretraining, course.fit)
    if course.last == "pretrain":
        return None, histories
    course.announce("finetune")
    learned = stages.learn_evidence(corpus, config, start, session.seed)
    first, learned = stages.initial_network(corpus, config, finetuning, start, learned)
    model, histories["finetune"] = stages.finetune(corpus, config, finetuning, course.fit, first, learned)
    if "selftrain" not in course.names:
        return model, histories
    if course.last == "finetune":
        return None, histories
    course.announce("selftrain")
    model, histories["selftrain"] = stages.finetune(corpus, config, finetuning, course.fit, first, learned, teacher=model)
    return model, histories


def _published(
    session: Session,
    model: SentimentTransformer,
    vocabulary: WordVocabulary,
    reviews: Reviews,
    recipe: Recipe,
    histories: dict[str, History],
    evaluation: str,
) -> Card:
    """Publishes the model; `evaluation` is the command that measures its figures again."""

    def measure(exported: TextClassifier, folder: Path) -> Sequence[Metric]:
        return metrics.review_metrics(exported, metrics.evaluate(exported, reviews, _measured_split(reviews)), evaluation)

    *_, last = histories
    of_pictures = {"curves.png" if stage == last else CURVES[stage]: history for stage, history in histories.items()}
    architecture = {"network": session.network, **asdict(model.config), "classes": list(reviews.classes)}
    return session.publish(
        model,
        Publication(TASK, architecture, _description(reviews), reviews.describe(), _limits(reviews), TextClassifier, about),
        recipe,
        of_pictures,
        graph.endpoints(model, model.config, vocabulary),
        measure,
    )


def _measured_split(reviews: Reviews) -> str:
    """The split that gives the card's figures. IMDB's stand-in has no test split; its validation split is that of IMDB."""
    return "validation" if reviews.source.stand_in else "test"


def _evaluation(out: Path, data: str, split: str, text: str, label: str, stars: int | None, csv_format: Format) -> str:
    """The command that measures again what the card tells."""
    words = ["evaluate", "--model", str(out), "--data", data]
    if data != DATA:
        words += [
            "--text-column",
            text,
            "--label-column",
            label,
            *(["--stars", str(stars)] if stars else []),
            *csv_format.words(),
        ]
    words += ["--split", split] if split != "test" else []
    return commands.shell_line(commands.program("sentiment"), words)


def _description(reviews: Reviews) -> str:
    if reviews.source.is_ours(imdb.SOURCE):
        return "A small transformer that reads whether a film review in English is positive; it learned from reviews alone."
    return f"A small transformer that tells texts of {len(reviews.classes)} classes apart: {', '.join(reviews.classes[:10])}."


def _limits(reviews: Reviews) -> list[str]:
    """What to know of the model before one trusts it."""
    limits = [
        "It knows the words and the style of the texts it learned from: others get a probability too, which means little. "
        "The signature `known` tells how many of a text's words it knows. Where that is none, there is nothing to judge: "
        "`zoo.load` gives NaN, and the number that the signature `predict` gives means nothing.",
        "Irony, quoted opinions, comparisons and a plot told at length mislead it; names carry weights, too.",
        'A single sentence with a negation ("It is not bad at all") it may well read the wrong way: '
        "it has learned from whole texts.",
        "Of a text of more than 32 KiB the middle is left out.",
    ]
    if reviews.source.is_ours(imdb.SOURCE):
        limits.append("Learned from reviews of at most 4 or at least 7 of 10 stars: a lukewarm review is pushed to one side.")
    return limits
