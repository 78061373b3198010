"""Training a translator, from sentences in several languages to the published model: its sizes, its recipe, its loss."""

import logging
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Unpack

import tensorflow as tf

from zoo.core import commands, processor
from zoo.core.arguments import whole, with_width
from zoo.core.cards import Card, Metric
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.recipe import Recipe
from zoo.core.trainer import Options, Publication, Session
from zoo.core.training import in_float32
from zoo.layers import fused
from zoo.text import subwords
from zoo.text.subwords import SubwordGraph, Subwords
from zoo.translation import casing, dataset, graph, metrics, multi30k
from zoo.translation import data as translation_data
from zoo.translation.about import about
from zoo.translation.casing import Casing
from zoo.translation.dataset import Sentences
from zoo.translation.model import Translator
from zoo.translation.network import Config, TranslationTransformer, from_architecture, marker
from zoo.translation.pipeline import pipeline

DATA = multi30k.NAME  # the default
NETWORK, TASK = "translation_transformer", "translation"

# docs/translation.md tells how long it takes and what it reaches.
RECIPE = Recipe(
    epochs=20,
    batch_size=96,
    learning_rate=1.5e-3,
    warmup_steps=1000,
    weight_decay=0.01,
    average=0.999,
    late_dropout=(0.6, 0.1),
)
SUBWORDS = 6000  # entries of the vocabulary
SMOOTHING = 0.1  # of the probability goes to all subwords alike (Szegedy et al. 2016, arXiv 1512.00567)

# With `quick`: a small network, for a first look.
WIDTHS = 8, 2048  # the least and the most
QUICK: dict[str, Any] = {"width": 64, "encoder_blocks": 1, "decoder_blocks": 1, "heads": 2, "hidden": 128, "dropout": 0.1}
QUICK_SUBWORDS = 2000
QUICK_RECIPE = Recipe(epochs=2, batch_size=32, learning_rate=3e-3, warmup_steps=100, weight_decay=0.01, average=0.99)

_log = logging.getLogger(__name__)


def loss(ids: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The cross-entropy of each subword with smoothed targets, in nats: int32 [...], [..., subwords] -> float32 [...]."""
    flat = fused.fused_smoothed_cross_entropy(SMOOTHING)(tf.reshape(logits, [-1, logits.shape[-1]]), tf.reshape(ids, [-1]))
    return tf.reshape(flat, tf.shape(ids))


def train(
    data: str = DATA,
    *,
    network: str = NETWORK,
    languages: Sequence[str] | None = None,
    width: int | None = None,
    csv_format: Format = AS_FOUND,
    **options: Unpack[Options],
) -> Card:
    """Trains a transformer that translates between two or more languages in all directions, and publishes it.

    Args:
        data: "multi30k", a folder with its files, or a text file with a column for each language.
        network: its name in the registry.
        languages: those to use; None: English, German and French of Multi30k, all of a file.
        width: of the embeddings, a multiple of 4 from 8 to 2048; the feed-forward layers are twice as wide. None: 256, or 64 with
            `quick`.
        csv_format: how the file is written, where this cannot be found in it.
        options: see `zoo.core.trainer.Options`. A model to start from keeps its subwords, so its languages must be among its own.

    Returns:
        The card of the model.

    Raises:
        UserError: for sentences that cannot be learned from, and what `Session` refuses.
        zoo.core.training.Stopped: when `progress` returned False.
    """
    width = None if width is None else whole("width", width, *WIDTHS)
    own = {"languages": list(languages) if languages else None, "width": width}
    session = Session(network, data, options, own | {"csv_format": csv_format.named_by_user})
    session.check_size("width", width)
    chosen = with_width(QUICK if session.quick else {}, width, Config.heads)
    shards = processor.shards(RECIPE.batch_size)
    sentences = translation_data.load(data, languages, csv_format)
    dataset.check_trainable(sentences)
    languages = _languages(session, sentences)
    session.check_replaceable(TASK, {"network": network, "languages": list(languages)})
    recipe = session.recipe(QUICK_RECIPE if session.quick else RECIPE)
    recipe = replace(recipe, precision=session.precision())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        vocabulary, cases = _reading(session, sentences, folder)
        config = Config.of(session.before.architecture) if session.before else Config(vocabulary.size, languages, **chosen)
        train, validation = (cases.prepared(sentences.split(split)) for split in ("train", "validation"))
        batches = pipeline(train, validation, vocabulary, recipe.batch_size, recipe.seed)
        model = session.build(recipe, lambda: TranslationTransformer(config))
        history = session.fit(model, loss, batches, recipe, shards)
        architecture = {"network": network, **asdict(config)}
        model = in_float32(model, lambda: from_architecture(architecture))
        measured = () if sentences.languages == config.languages else sentences.languages
        evaluation = _evaluation(session.out, data, csv_format, measured)

        def measure(translator: Translator, folder: Path) -> Sequence[Metric]:
            evaluations = metrics.evaluate(translator, sentences, "test", metrics.directions(sentences))
            return metrics.translation_metrics(evaluations, sentences, "test", evaluation)

        return session.publish(
            model,
            Publication(TASK, architecture, _description(config), sentences.describe(), _limits(sentences), Translator, about),
            recipe,
            history,
            graph.endpoints(model, SubwordGraph(folder), cases),
            measure,
        )


def _languages(session: Session, sentences: Sentences) -> tuple[str, ...]:
    """The languages of the new model. Raises UserError where the data have one that the model to start from does not know."""
    if session.before is None:
        return sentences.languages
    known = Config.of(session.before.architecture).languages
    dataset.check_languages(session.before.name, sentences.languages, known)
    return known


def _reading(session: Session, sentences: Sentences, folder: Path) -> tuple[Subwords, Casing]:
    """The subwords and the casing, whose files are written into the folder: those of the model to start from, or new ones."""
    if session.start:
        for file in (subwords.FILE, casing.FILE):
            shutil.copyfile(session.start / "assets" / file, folder / file)
        return Subwords.load(folder), Casing(folder)
    _log.info("learning the subwords")
    train = sentences.split("train")
    casing.learn(train, folder)
    cases = Casing(folder)
    texts = [text for of_language in cases.prepared(train).values() for text in of_language]
    size = QUICK_SUBWORDS if session.quick else SUBWORDS
    vocabulary = subwords.learn(texts, size, [marker(language) for language in sentences.languages])
    vocabulary.save(folder)
    return vocabulary, cases


def _evaluation(out: Path, data: str, csv_format: Format, languages: Sequence[str]) -> str:
    """The command that measures again what the card tells; `languages` are those that were learned, if not all of the model."""
    words = ["evaluate", "--model", str(out), "--data", data, *csv_format.words()]
    words += ["--languages", ",".join(languages)] if languages else []
    return commands.shell_line(commands.program("translate"), words)


def _description(config: Config) -> str:
    return f"A transformer that translates sentences between {', '.join(config.languages[:-1])} and {config.languages[-1]}."


def _limits(sentences: Sentences) -> list[str]:
    """What to know of the model before one trusts it."""
    limits = [
        "It knows the words and the style of its training sentences only. Others it translates fluently and wrongly, and the "
        "log probability is the only sign of it.",
        "It translates sentence by sentence, and does not know what a pronoun of an earlier sentence means.",
        "Nothing holds it to the source: names, numbers and negations can change. Read a translation before you publish it.",
    ]
    if sentences.source.is_ours(multi30k.NAME):
        limits.append("It learned from captions of pictures: sentences in the present tense that say who does what, and where.")
    return limits
