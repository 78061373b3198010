"""Training a network that writes music, from scores to the published model."""

import importlib
import logging
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Unpack

import tensorflow as tf

from zoo.core import commands, processor
from zoo.core.arguments import MOST_UNITS, whole
from zoo.core.cards import Card, Metric
from zoo.core.recipe import Recipe
from zoo.core.trainer import Options, Publication, Session
from zoo.core.training import in_float32
from zoo.music import graph, metrics
from zoo.music.about import about
from zoo.music.data import pipeline, sets
from zoo.music.language import lookback
from zoo.music.language.tokens import VOCABULARY, TokenVocabulary
from zoo.music.model import MOST_BARS, Composer
from zoo.music.network import Config
from zoo.music.outlines import Outlines

NETWORK, TASK = "music_lstm", "music generation"
MODULES = {NETWORK: "network"}  # the module of this package that builds a network; without an entry its name is the network's

# docs/music.md tells how long each recipe takes and how the loss falls.
RECIPE = Recipe(epochs=8, batch_size=64, learning_rate=5e-3, warmup_steps=100, weight_decay=0.01, average=0.995)
# Entries of the configuration. Without them the first models could not tell how far a voice had gone, nor the second time that
# a bar is played from the fifth, and they did not know where a piece was to end.
MELODIES: dict[str, Any] = {"span_width": 8, "matches": lookback.LONGEST_MATCH + 1} | {
    "outline_width": 8,
    "character_width": 8,
    "max_length": 3072,
}
# The chorales are few: the network overfits unless it also drops recurrent weights.
PARTS_RECIPE = Recipe(epochs=34, batch_size=32, learning_rate=5e-3, warmup_steps=100, weight_decay=0.05, average=0.99)
_OF_PARTS = {"span_width": 8, "motion_width": 8, "outline_width": 8, "max_length": 6144}
PARTS: dict[str, Any] = {"units": 320, "dropout": 0.5, "weight_dropout": 0.5} | _OF_PARTS
# For a first look: a small network, a few minutes.
QUICK_RECIPE = Recipe(epochs=4, batch_size=16, learning_rate=5e-3, warmup_steps=50, weight_decay=0.01, average=0.99)
QUICK: dict[str, Any] = {"units": 128, "token_width": 48}

_log = logging.getLogger(__name__)


def recipe(vocabulary: TokenVocabulary, quick: bool) -> tuple[Recipe, dict[str, Any]]:
    """The hyperparameters for music in these tokens, and the entries of the network's configuration that are not the defaults."""
    if quick:
        return QUICK_RECIPE, MELODIES | QUICK
    return (PARTS_RECIPE, PARTS) if vocabulary.parts else (RECIPE, MELODIES)


def loss(token: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The cross-entropy of each token in nats: int32 [n, t] and logits float32 [n, t, vocabulary] -> float32 [n, t]."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(token, logits)


def train(
    data: str = sets.FOLK,
    *,
    network: str = NETWORK,
    melody: bool = False,
    units: int | None = None,
    **options: Unpack[Options],
) -> Card:
    """Trains a network that writes music, and publishes it.

    Args:
        data: "folk", "chorales", or a folder of MIDI, ABC or MusicXML files.
        network: its name in the registry, which is also that of its module in this package (see MODULES).
        melody: of a folder, whether to take only the melody of each file, where most of them have several voices.
        units: of each LSTM layer; None: a choice that depends on the music.
        options: see `zoo.core.trainer.Options`.

    Returns:
        The card of the model.

    Raises:
        UserError: for data that cannot be learned from, and what `Session` refuses.
        zoo.core.training.Stopped: when `progress` returned False.
    """
    units = None if units is None else whole("units", units, 1, MOST_UNITS)
    session = Session(network, data, options, {"melody": melody, "units": units})
    build = importlib.import_module(f"zoo.music.{MODULES.get(network, network)}").build
    session.check_size("units", units)
    shards = processor.shards(RECIPE.batch_size)
    known = TokenVocabulary.of_model(session.start) if session.start else None
    music = sets.load(data, known, melody or None)
    _log.info("%s", music.report)
    vocabulary, scores = music.vocabulary, music.scores
    chosen, entries = recipe(vocabulary, session.quick)
    chosen = replace(session.recipe(chosen), precision=session.precision())
    if session.before:
        config = Config.of(session.before.architecture)
    else:
        config = Config.fitting(vocabulary, **entries | ({"units": units} if units else {}))
    architecture = {"network": network, **asdict(config)}
    session.check_replaceable(TASK, architecture)
    batches = pipeline.pipeline(scores["train"], scores["validation"], vocabulary, chosen.batch_size, chosen.seed)
    model = session.build(chosen, lambda: build(config))
    history = session.fit(model, loss, batches, chosen, shards)
    model = in_float32(model, lambda: build(config))
    split = "test" if scores["test"] else "validation"
    evaluation = _evaluation(session.out, data, melody, split)

    def measure(composer: Composer, folder: Path) -> list[Metric]:
        return metrics.music_metrics(composer, music, split, evaluation)

    outlines = Outlines(scores["train"], vocabulary, MOST_BARS, config.outline_width > 0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / VOCABULARY
        vocabulary.save(file)
        return session.publish(
            model,
            Publication(TASK, architecture, _description(vocabulary), music.describe(), _limits(vocabulary), Composer, about),
            chosen,
            history,
            graph.endpoints(model, vocabulary, file, outlines),
            measure,
        )


def _evaluation(out: Path, data: str, melody: bool, split: str) -> str:
    """The command that measures again what the card tells."""
    words = ["evaluate", "--model", str(out), "--data", data]
    words += ["--melody"] if melody else []
    words += [] if split == "test" else ["--split", split]
    return commands.shell_line(commands.program("music"), words)


def _description(vocabulary: TokenVocabulary) -> str:
    if vocabulary.parts:
        return "An LSTM that composes for several parts of one note at a time, and harmonises melodies; every bar is complete."
    what = "polyphonic music" if vocabulary.polyphonic else "melodies"
    controls = "a type, metre, key and mode" if vocabulary.types else "a metre, key and mode"
    return f"An LSTM that composes {what} of {controls} of your choice; every bar is complete."


def _limits(vocabulary: TokenVocabulary) -> list[str]:
    """What to know of a model before one publishes its music."""
    limits = [
        "It knows the style of its training pieces only, and can repeat a phrase of one of them: "
        f"`{commands.program('music')} similarity` tells before you publish.",
        "The network writes no loudness: the commands add a player's.",
    ]
    if vocabulary.parts:
        limits.append(
            "Of four parts, ranges are kept and parallel fifths and octaves avoided; other rules of voice leading are learned, "
            "not enforced. There are no words, and the phrases have no fermatas."
        )
    elif not vocabulary.polyphonic:
        limits.append("The form is learned, not enforced: parts may not come back where a dancer expects them.")
    return limits
