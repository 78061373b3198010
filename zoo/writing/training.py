"""Training the network that predicts the next byte, from a text to the published model: its loss, its stages, and `train`.

1. learn: the network learns the train split; the weights of the lowest validation loss are kept. All choices are made here.
   Then one scale is fitted that calibrates its logits on the validation split, since the network is too sure of itself there.
2. finish: it reads the train and the validation split a few times more, at a low learning rate. The validation split stands
   between the train and the test split, so it is the part of the text that is most like what comes next. From here on the
   validation loss is that of a text which the network learns: it chooses nothing, and says nothing of texts that are new.
   At the end the logits are multiplied by the scale of stage 1.
"""

import logging
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import tensorflow as tf

from zoo.core import commands, processor
from zoo.core.arguments import MOST_UNITS, whole
from zoo.core.calibration import temperature_scale
from zoo.core.cards import Card, Metric
from zoo.core.recipe import History, Recipe
from zoo.core.trainer import Options, Publication, Session
from zoo.core.training import in_float32
from zoo.writing import data as texts
from zoo.writing import graph, metrics, pipeline, tiny_shakespeare
from zoo.writing.about import about
from zoo.writing.dataset import Text
from zoo.writing.model import Writer
from zoo.writing.network import Config, WritingLSTM, build

DATA = "tiny_shakespeare"  # the default
TASK = "next-character prediction"

# docs/writing.md tells how long this takes, what it reaches and what else was tried.
RECIPE = Recipe(epochs=22, batch_size=32, learning_rate=4e-3, warmup_steps=100, weight_decay=0.05, average=0.995)
FINISHING: dict[str, Any] = {"epochs": 2, "learning_rate": 1e-3, "warmup_steps": 20, "average": 0.99}  # the rest as in RECIPE
# For a first look: a small network, a few minutes.
QUICK_RECIPE = Recipe(epochs=4, batch_size=32, learning_rate=5e-3, warmup_steps=30, weight_decay=0.01, average=0.98)
QUICK: dict[str, Any] = {"byte_width": 64, "units": 128, "head_width": 32, "memory": 256} | {
    "ngram_dropout": 0.3,
    "dropout": 0.1,
    "weight_dropout": 0.0,
}

# The stages in their order, what the log says of each, and the pictures of their learning curves.
STAGES = {"learn": "learning the train split", "finish": "finishing, on the train and the validation split"}
CURVES = {"learn": "curves.png", "finish": "finishing.png"}
FITTED = 100_000  # bytes of the validation split to which the scale of the logits is fitted: more only take memory

_log = logging.getLogger(__name__)


def loss(following: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The cross-entropy of each byte in nats: int32 [n, t] and logits float32 [n, t, 256] -> float32 [n, t]."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(following, logits)


def train(data: str = DATA, *, network: str = "writing_lstm", units: int | None = None, **options: Unpack[Options]) -> Card:
    """Trains a network that predicts what comes next in a text, and publishes it.

    Args:
        data: "tiny_shakespeare", or a text file, or a folder of text files.
        network: its name in the registry.
        units: of each LSTM layer; None: those of the model to start from, or the defaults of `zoo.writing.network.Config`.
        options: see `zoo.core.trainer.Options`.

    Returns:
        The card of the model.

    Raises:
        UserError: for a text that cannot be learned from, and what `Session` refuses.
        zoo.core.training.Stopped: when `progress` returned False.
    """
    units = None if units is None else whole("units", units, 1, MOST_UNITS)
    session = Session(network, data, options, {"units": units}, list(STAGES))
    session.check_size("units", units)
    shards = processor.shards(RECIPE.batch_size)  # before TensorFlow computes anything
    text = texts.load(data)
    chosen = replace(session.recipe(QUICK_RECIPE if session.quick else RECIPE), precision=session.precision())
    if session.before:
        config = Config.of(session.before.architecture)
    else:
        config = Config(**(QUICK if session.quick else {}) | ({"units": units} if units else {}))
    architecture = {"network": network, **asdict(config)}
    session.check_replaceable(TASK, architecture)
    model = session.build(chosen, lambda: build(config))
    histories = _learned(session, model, text, chosen, shards)
    model = in_float32(model, lambda: build(config))
    evaluation = commands.shell_line(commands.program("writing"), ["evaluate", "--model", str(session.out), "--data", data])

    def measure(writer: Writer, folder: Path) -> list[Metric]:
        return list(metrics.text_metrics(writer, text, "test", evaluation))

    publication = Publication(TASK, architecture, _description(text), text.describe(), _limits(text), Writer, about)
    return session.publish(model, publication, chosen, histories, graph.endpoints(model), measure)


def _learned(session: Session, model: WritingLSTM, text: Text, recipe: Recipe, shards: int) -> dict[str, History]:
    """Trains the network in place, in both stages; gives what happened in each, by the name of its picture."""
    validation, histories = text.split("validation"), {}

    def fit(stage: str, content: bytes, recipe: Recipe) -> None:
        _log.info("stage %d of %d: %s", list(STAGES).index(stage) + 1, len(STAGES), STAGES[stage])
        batches = pipeline.batches(content, validation, recipe.batch_size, recipe.seed)
        histories[CURVES[stage]] = session.fit(model, loss, batches, recipe, shards, stage)

    fit("learn", text.split("train"), recipe)
    scale = temperature_scale(*_predictions(model, validation[-FITTED:]))
    fit("finish", text.learned(), replace(recipe, **FINISHING | ({"epochs": 1} if session.quick else {})))
    model.scale_logits(scale)
    _log.info("logits multiplied by %.3f, which calibrated them before the last stage", scale)
    return histories


def _predictions(model: WritingLSTM, text: bytes) -> tuple[np.ndarray, np.ndarray]:
    """The logits of each byte of a text but the first, float32 [n, 256], and the bytes themselves, int [n]."""
    predict = tf.function(lambda ids: model(ids, training=False), reduce_retracing=True)
    pieces = [
        (predict(ids).numpy()[counted := weight.numpy() > 0], following.numpy()[counted])
        for ids, following, weight in pipeline.held_out(text)
    ]
    logits, following = zip(*pieces, strict=True)
    return np.concatenate(logits), np.concatenate(following)


def _description(text: Text) -> str:
    what = "plays of Shakespeare" if text.source.is_ours(tiny_shakespeare.NAME) else "a text"
    return f"An LSTM that learned {what} byte by byte: it predicts what comes next, and writes on."


def _limits(text: Text) -> list[str]:
    """What to know of the model before one trusts it."""
    published = text.source.is_ours(tiny_shakespeare.NAME)
    style = "English of Shakespeare's plays, with names in capitals and a colon before each speech" if published else "its text"
    return [
        f"It knows {style}, and nothing else: other texts surprise it from their first line to their last.",
        "It writes words and lines in the style of what it read. They have no plan, and what they say is not true of anything.",
        "It has learned the validation split as well, in the last stage of its training: only figures of the test split are of "
        "text that it has not seen.",
        "It can repeat a run of its training text: the metrics tell how long the longest one was.",
        "The probability of a word is that of its letters and of no further letter: a search finds the most probable words, and "
        "may miss one whose first letters are improbable.",
    ]
