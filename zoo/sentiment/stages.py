"""How a sentiment transformer comes to be, in stages of which each goes on after an interruption.

1. pretrain: it learns to read from all texts, labelled or not, by guessing hidden words and those of unread sentences.
2. finetune: it learns to judge the labelled texts. First NB-SVM learns from them what n-grams say, which the network then hears,
   and a linear classifier of what it has read becomes its last layer.
3. selftrain, where there are unlabelled texts: it begins again from the pretrained network, and learns both the labels and what
   the network of the second stage thinks of the unlabelled texts (self-training; Xie et al. 2020, arXiv 1911.04252).

At the end its probabilities are calibrated on the validation split.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeGuard

import keras
import numpy as np
import tensorflow as tf
from scipy.special import softmax

from zoo.core import export, training
from zoo.core.calibration import calibrate
from zoo.core.recipe import History, Recipe, TrainingData
from zoo.sentiment import linear_probe, naive_bayes, two_views
from zoo.sentiment.network import MOST_NGRAMS, Config, Network, Pretraining, SentimentTransformer, loss, pretraining_loss
from zoo.text import masked_words
from zoo.text.encoded import Encoded, batches, by_length, in_windows
from zoo.text.words import Vocabulary


@dataclass(frozen=True)
class Material:
    """What the stages learn from.

    Args:
        vocabulary: the ids of words.
        train: the labelled training texts.
        labels: their class numbers, int64 [n].
        unlabelled: further texts, perhaps none.
        validation: the texts of the validation split.
        held_out: their class numbers.
    """

    vocabulary: Vocabulary
    train: Sequence[bytes]
    labels: np.ndarray
    unlabelled: Sequence[bytes]
    validation: Sequence[bytes]
    held_out: np.ndarray

    @cached_property
    def encoded(self) -> Encoded:
        """All that may be learned from: labelled, then unlabelled texts."""
        return Encoded.of([*self.train, *self.unlabelled], self.vocabulary)

    @cached_property
    def encoded_validation(self) -> Encoded:
        """The texts of the validation split."""
        return Encoded.of(self.validation, self.vocabulary)


@dataclass(frozen=True)
class Session:
    """The arguments of `zoo.core.training.train` that all stages share; `state` gets a folder for each."""

    state: Path
    resume: bool
    log_dir: Path | None
    shards: int

    def run(
        self, stage: str, model: keras.Model, loss: Callable[[Any, Any], tf.Tensor], data: TrainingData, recipe: Recipe
    ) -> History:
        """Trains one stage; with `resume` it goes on from where its checkpoint stands, perhaps its end.

        A stage that an interruption kept from beginning begins. Raises UserError where no stage has begun.
        """
        folder = self.state / stage
        begun = {path.parent for path in self.state.glob(f"*/{training.CHECKPOINT}")}
        resume = self.resume and (folder in begun or not begun)
        log_dir = self.log_dir / stage if self.log_dir else None
        return training.train(model, loss, data, recipe, folder, resume, log_dir, self.shards)


def pretrain(material: Material, config: Config, recipe: Recipe, session: Session) -> tuple[Pretraining, History]:
    """The first stage: a network that has learned to read, which knows of the labels only what words depend on them."""
    model = training.seeded(recipe, lambda: Pretraining(config))
    texts, words = material.encoded, material.encoded.words.numpy()
    unread = model.guess.units
    model.guess.bias.assign(np.log(np.bincount(words, minlength=unread)[:unread] + 1) - np.log(len(words) + unread))
    hidden = masked_words.weights(words, config.targets, config.words)
    telling = two_views.telling(texts.between(0, len(material.train)), material.labels, config.words)[:unread]
    # Squared, so that what tells much counts most: with it a linear classifier of the texts' vectors made fewer errors.
    asked = masked_words.weights(words, unread, config.words)[:unread] * telling**2
    data = two_views.batches(texts, material.encoded_validation, hidden, asked, config.targets, config.window, recipe)
    return model, session.run("pretrain", model, pretraining_loss, data, recipe)


def hear(material: Material, config: Config, start: Pretraining | SentimentTransformer, seed: int) -> naive_bayes.Learned:
    """What the network of the next stages hears of n-grams.

    Args:
        material: the texts, from whose labels it is learned.
        config: the architecture.
        start: a published network, whose n-grams and what they say are taken over where both tell two classes apart; or another.
        seed: of the folds.
    """
    wanted = targets(material.labels, config.classes)
    if _takes_over(start, config):
        return naive_bayes.adapt(evidence(start), material.train, wanted)
    return naive_bayes.learn(material.train, material.labels, wanted, MOST_NGRAMS, seed)


def _takes_over(start: Pretraining | SentimentTransformer, config: Config) -> TypeGuard[SentimentTransformer]:
    return isinstance(start, SentimentTransformer) and start.config.outputs == config.outputs == 1


def begin(
    material: Material,
    config: Config,
    recipe: Recipe,
    start: Pretraining | SentimentTransformer,
    learned: naive_bayes.Learned,
) -> tuple[Network, naive_bayes.Learned]:
    """The network with which the second and the third stage begin, and what it hears of n-grams: see zoo.sentiment.linear_probe.

    Args:
        material: the texts.
        config: the architecture but for `ngrams`.
        recipe: gives the precision.
        start: the pretrained network; or a published one, which has learned from other texts, perhaps of other classes.
        learned: from `hear`.
    """
    model = training.seeded(recipe, lambda: Network(config))
    before = start.network if isinstance(start, SentimentTransformer) else start
    for ours, theirs in ((model.word, before.word), (model.encoder, before.encoder), (model.mean, before.mean)):
        ours.set_weights(theirs.get_weights())
    if _takes_over(start, config):
        model.evidence.set_weights(start.network.evidence.get_weights())
        model.judge.set_weights(start.network.judge.get_weights())
        return model, learned
    texts = material.encoded.between(0, len(material.train)).hearing(learned.heard)
    probe = linear_probe.fit(_vectors(model, texts, config), learned.together, targets(material.labels, config.classes))
    model.judge.set_weights([probe.kernel, probe.bias])
    return model, learned.trusted(probe.trust)


def judge(
    material: Material,
    config: Config,
    recipe: Recipe,
    session: Session,
    start: Network,
    learned: naive_bayes.Learned,
    teacher: SentimentTransformer | None = None,
) -> tuple[SentimentTransformer, History]:
    """The second stage or, with a teacher, the third; and the calibration. Its network knows the n-grams that it hears.

    Args:
        material: the texts.
        config: the architecture but for `ngrams`.
        recipe: of this stage.
        session: where its state is.
        start: from `begin`.
        learned: from `begin`.
        teacher: what the second stage gave: its opinions of the unlabelled texts are learned beside the labels.
    """
    model = training.seeded(recipe, lambda: Network(config))
    model.set_weights(start.get_weights())
    wanted, of_texts = targets(material.labels, config.classes), learned.heard
    if teacher:
        opinions, of_unlabelled = _opinions(teacher, material, recipe, learned.evidence)
        wanted, of_texts = np.concatenate([wanted, opinions]), np.concatenate([of_texts, of_unlabelled])
    held_out = targets(material.held_out, config.classes)
    validation = material.encoded_validation.hearing(learned.evidence.at_words(material.validation))
    data = batches(
        material.encoded.between(0, len(wanted)).hearing(of_texts), wanted, validation, held_out, config.window, recipe
    )
    history = session.run("selftrain" if teacher else "finetune", model, loss, data, recipe)

    whole = SentimentTransformer(replace(config, ngrams=len(learned.evidence.known)))
    whole.network.set_weights(model.get_weights())
    whole.known.assign(learned.evidence.known)
    whole.table.assign(learned.evidence.table)
    whole.evidence_scale.assign(learned.evidence.scale)
    scale, bias = calibrate(logits(whole.network, validation, config.window), held_out)
    whole.scale.assign(scale)
    whole.bias.assign(bias)
    return whole, history


def _opinions(
    teacher: SentimentTransformer, material: Material, recipe: Recipe, said: naive_bayes.Evidence
) -> tuple[np.ndarray, np.ndarray]:
    """What the teacher thinks of the unlabelled texts, as `targets`, and what n-grams say at their words."""
    heard = said.at_words(material.unlabelled)
    reading = training.seeded(recipe, lambda: Network(teacher.config))  # in the recipe's precision: several times as fast
    reading.set_weights(teacher.network.get_weights())
    labelled = len(material.train)
    unlabelled = material.encoded.between(labelled, labelled + len(material.unlabelled)).hearing(heard)
    calibrated = teacher.calibrated(logits(reading, unlabelled, teacher.config.window)).numpy()
    return 1 / (1 + np.exp(-calibrated)) if teacher.config.outputs == 1 else softmax(calibrated, axis=1), heard


def evidence(model: SentimentTransformer) -> naive_bayes.Evidence:
    """What n-grams say to a published network."""
    return naive_bayes.Evidence(model.known.numpy(), model.table.numpy(), model.evidence_scale.numpy())


def targets(labels: np.ndarray, classes: int) -> np.ndarray:
    """Class numbers as the probabilities that a network shall give: float32 [n, 1] of two classes, else [n, classes]."""
    if classes == 2:
        return labels[:, None].astype(np.float32)
    return np.eye(classes, dtype=np.float32)[labels]


def logits(network: Network, texts: Encoded, window: int) -> np.ndarray:
    """The network's, float32 [n, outputs]."""
    return _of_each(network, texts, window, network.judge.units)


def _vectors(network: Network, texts: Encoded, config: Config) -> np.ndarray:
    """What the network judges, float32 [n, width]."""
    return _of_each(network.vector, texts, config.window, config.width)


def _of_each(function: Callable[..., tf.Tensor], texts: Encoded, window: int, size: int) -> np.ndarray:
    """What a function of the network's inputs gives for each text, float32 [n, size]."""
    read = tf.function(lambda words: function(words, training=False), reduce_retracing=True)
    result = np.zeros((len(texts.lengths), size), np.float32)
    for chosen in by_length(texts.lengths):
        starts, sizes = tf.constant(texts.starts[chosen]), tf.constant(texts.lengths[chosen])
        result[chosen] = tf.cast(read(in_windows(texts, starts, sizes, window)), tf.float32).numpy()
    return result


def published(folder: Path, config: Config) -> SentimentTransformer:
    """An exported model, to go on from. Raises UserError where the folder holds another one."""
    model = SentimentTransformer(config)
    export.restore(model, folder)
    return model


def together(histories: Sequence[History]) -> History:
    """The epochs of all stages, for a card."""
    return replace(histories[-1], epochs=[row for history in histories for row in history.epochs])
