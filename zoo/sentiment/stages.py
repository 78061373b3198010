"""The stages in which a sentiment transformer is trained. After an interruption each goes on from its checkpoint.

1. pretrain: the network learns to read from all texts, labelled or not. It predicts masked words, and the words of sentences that
   it was not shown.
2. finetune: it learns the classes of the labelled texts. First NB-SVM fits weights of n-grams to the labels; the network takes
   them as evidence. Then a linear classifier of the pretrained network's vectors becomes its head.
3. selftrain, where there are unlabelled texts: a new network begins from the pretrained one. Its targets are the labels and, for
   the unlabelled texts, the probabilities that the network of stage 2 gives (self-training; Xie et al. 2020, arXiv 1911.04252).

At the end the probabilities are calibrated on the validation split.
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
from zoo.sentiment.network import Config, Network, Pretraining, SentimentTransformer
from zoo.text import masked_words
from zoo.text.encoded import EncodedTexts, batches, by_length, in_windows
from zoo.text.words import WordVocabulary


@dataclass(frozen=True)
class Corpus:
    """The texts that the stages train and validate on.

    Args:
        vocabulary: the words that have an id.
        train: the n labelled training texts.
        labels: their class numbers, int64 [n].
        unlabelled: further training texts, perhaps none.
        validation: the v texts of the validation split.
        validation_labels: their class numbers, int64 [v].
    """

    vocabulary: WordVocabulary
    train: Sequence[bytes]
    labels: np.ndarray
    unlabelled: Sequence[bytes]
    validation: Sequence[bytes]
    validation_labels: np.ndarray

    @cached_property
    def encoded(self) -> EncodedTexts:
        """All training texts: first the labelled ones, then the unlabelled ones."""
        return EncodedTexts.of([*self.train, *self.unlabelled], self.vocabulary)

    @cached_property
    def encoded_validation(self) -> EncodedTexts:
        """The texts of the validation split."""
        return EncodedTexts.of(self.validation, self.vocabulary)


# fit(stage, model, loss, data, recipe) trains a network in place, like `zoo.core.training.train`; each stage has its checkpoint.
Fit = Callable[[str, keras.Model, Callable[[Any, Any], tf.Tensor], TrainingData, Recipe], History]


def pretrain(corpus: Corpus, config: Config, recipe: Recipe, fit: Fit) -> tuple[Pretraining, History]:
    """The first stage. The labels serve only to weight the words of unread sentences: see `two_views.class_dependence`."""
    model = training.seeded(recipe, lambda: Pretraining(config))
    texts, words = corpus.encoded, corpus.encoded.words.numpy()
    unread = model.unread_head.units
    # The bias begins with the frequencies of the words, so that the weights need to learn only how a text differs from them.
    model.unread_head.bias.assign(np.log(np.bincount(words, minlength=unread)[:unread] + 1) - np.log(len(words) + unread))
    hidden = masked_words.weights(words, config.targets, config.words)
    dependence = two_views.class_dependence(texts.between(0, len(corpus.train)), corpus.labels, config.words)[:unread]
    # Squared, so that words which depend on the class count most; docs/sentiment.md compares both.
    asked = masked_words.weights(words, unread, config.words)[:unread] * dependence**2
    data = two_views.batches(texts, corpus.encoded_validation, hidden, asked, config.targets, config.window, recipe)
    return model, fit("pretrain", model, pretraining_loss, data, recipe)


def learn_evidence(
    corpus: Corpus, config: Config, start: Pretraining | SentimentTransformer, seed: int
) -> naive_bayes.FittedEvidence:
    """The evidence of n-grams that the network of the next stages takes as an input.

    Args:
        corpus: the labelled texts, to which the weights of the n-grams are fitted.
        config: the architecture.
        start: the pretrained network, or a published one. From a published one the n-grams and their weights are taken, provided
            that both have two classes.
        seed: of the folds.
    """
    wanted = targets(corpus.labels, config.classes)
    if _takes_over(start, config):
        return naive_bayes.rescale(evidence(start), corpus.train, wanted)
    return naive_bayes.learn(corpus.train, corpus.labels, wanted, seed)


def _takes_over(start: Pretraining | SentimentTransformer, config: Config) -> TypeGuard[SentimentTransformer]:
    return isinstance(start, SentimentTransformer) and start.config.outputs == config.outputs == 1


def initial_network(
    corpus: Corpus,
    config: Config,
    recipe: Recipe,
    start: Pretraining | SentimentTransformer,
    learned: naive_bayes.FittedEvidence,
) -> tuple[Network, naive_bayes.FittedEvidence]:
    """The network from which the second and the third stage begin, and the evidence with its weight in the logits.

    The head and that weight are a linear classifier of the pretrained network's vectors: see zoo.sentiment.linear_probe.

    Args:
        corpus: the texts.
        config: the architecture; its `ngrams` are not used.
        recipe: its precision is used.
        start: the pretrained network, or a published one, perhaps of other classes.
        learned: from `learn_evidence`.
    """
    model = training.seeded(recipe, lambda: Network(config))
    before = start.network if isinstance(start, SentimentTransformer) else start
    for ours, theirs in ((model.word, before.word), (model.encoder, before.encoder), (model.pooling, before.pooling)):
        ours.set_weights(theirs.get_weights())
    if _takes_over(start, config):
        model.evidence_projection.set_weights(start.network.evidence_projection.get_weights())
        model.head.set_weights(start.network.head.get_weights())
        return model, learned
    texts = corpus.encoded.between(0, len(corpus.train)).with_evidence(learned.word_evidence)
    probe = linear_probe.fit(_vectors(model, texts, config), learned.logits, targets(corpus.labels, config.classes))
    model.head.set_weights([probe.kernel, probe.bias])
    return model, learned.weighted(probe.evidence_weight)


def finetune(
    corpus: Corpus,
    config: Config,
    recipe: Recipe,
    fit: Fit,
    start: Network,
    learned: naive_bayes.FittedEvidence,
    teacher: SentimentTransformer | None = None,
) -> tuple[SentimentTransformer, History]:
    """The second stage or, with a teacher, the third one. Then it calibrates the logits on the validation split.

    Args:
        corpus: the texts.
        config: the architecture; its `ngrams` are not used.
        recipe: of this stage.
        fit: trains the network.
        start: from `initial_network`.
        learned: from `initial_network`.
        teacher: the result of the second stage. Its probabilities for the unlabelled texts become targets.

    Returns:
        The network to publish, whose config tells the number of n-grams; and what happened in training.
    """
    model = training.seeded(recipe, lambda: Network(config))
    model.set_weights(start.get_weights())
    wanted, of_texts = targets(corpus.labels, config.classes), learned.word_evidence
    if teacher:
        soft_labels, of_unlabelled = _soft_labels(teacher, corpus, recipe, learned.evidence)
        wanted, of_texts = np.concatenate([wanted, soft_labels]), np.concatenate([of_texts, of_unlabelled])
    held_out = targets(corpus.validation_labels, config.classes)
    validation = corpus.encoded_validation.with_evidence(learned.evidence.at_words(corpus.validation))
    data = batches(
        corpus.encoded.between(0, len(wanted)).with_evidence(of_texts), wanted, validation, held_out, config.window, recipe
    )
    history = fit("selftrain" if teacher else "finetune", model, classification_loss, data, recipe)

    whole = SentimentTransformer(replace(config, ngrams=len(learned.evidence.known)))
    whole.network.set_weights(model.get_weights())
    whole.ngram_hashes.assign(learned.evidence.known)
    whole.ngram_weights.assign(learned.evidence.weights)
    whole.evidence_scale.assign(learned.evidence.scale)
    scale, bias = calibrate(logits(whole.network, validation, config.window), held_out)
    whole.calibration_scale.assign(scale)
    whole.calibration_bias.assign(bias)
    return whole, history


def _soft_labels(
    teacher: SentimentTransformer, corpus: Corpus, recipe: Recipe, evidence: naive_bayes.Evidence
) -> tuple[np.ndarray, np.ndarray]:
    """The teacher's probabilities for the unlabelled texts, shaped as `targets`, and the evidence at their words."""
    evidence_of_words = evidence.at_words(corpus.unlabelled)
    # In bfloat16 the same network is several times as fast as the published one, which is float32.
    network = training.seeded(recipe, lambda: Network(teacher.config))
    network.set_weights(teacher.network.get_weights())
    labelled = len(corpus.train)
    unlabelled = corpus.encoded.between(labelled, labelled + len(corpus.unlabelled)).with_evidence(evidence_of_words)
    calibrated = teacher.calibrated(logits(network, unlabelled, teacher.config.window)).numpy()
    return 1 / (1 + np.exp(-calibrated)) if teacher.config.outputs == 1 else softmax(calibrated, axis=1), evidence_of_words


def evidence(model: SentimentTransformer) -> naive_bayes.Evidence:
    """The evidence of n-grams that a published network holds."""
    return naive_bayes.Evidence(model.ngram_hashes.numpy(), model.ngram_weights.numpy(), model.evidence_scale.numpy())


def inputs(model: SentimentTransformer, texts: Sequence[bytes], vocabulary: WordVocabulary) -> dict[str, tf.Tensor]:
    """The inputs of a published network for some texts: the ids of their words in windows, and the evidence at each word.

    Returns:
        {"word": int32 [n, windows, t], "evidence": float16 [n, windows, t, LONGEST + 1, outputs]}, 0 where padded.
    """
    encoded = EncodedTexts.of(texts, vocabulary).with_evidence(evidence(model).at_words(texts))
    return in_windows(encoded, encoded.starts, encoded.lengths, model.config.window)


def pretraining_loss(wanted: dict[str, tf.Tensor], logits: dict[str, tf.Tensor]) -> tf.Tensor:
    """The loss of each text in pretraining, float32 [n]: two mean cross-entropies in nats, added up.

    The first is the mean over the masked words of the text, the second the weighted mean over the words of its unread sentences.

    Args:
        wanted: "hidden" int32 [n, windows, k], the masked words, and "counts" float32 [n, windows, k], 0 where padded; "unread"
            int32 [n, p], the different words of the unread sentences, and "weight" float32 [n, p], 0 where padded.
        logits: of `Pretraining`.
    """
    hidden = tf.nn.sparse_softmax_cross_entropy_with_logits(wanted["hidden"], logits["hidden"])
    counts, weight = wanted["counts"], wanted["weight"]
    of_hidden = tf.math.divide_no_nan(tf.reduce_sum(counts * hidden, [1, 2]), tf.reduce_sum(counts, [1, 2]))
    unread = tf.reduce_logsumexp(logits["unread"], 1, keepdims=True) - tf.gather(logits["unread"], wanted["unread"], batch_dims=1)
    return of_hidden + tf.math.divide_no_nan(tf.reduce_sum(weight * unread, 1), tf.reduce_sum(weight, 1))


def classification_loss(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The cross-entropy of each text in nats, [n], of logits [n, outputs] against `targets` [n, outputs]."""
    if logits.shape[-1] == 1:
        return tf.nn.sigmoid_cross_entropy_with_logits(targets, logits)[:, 0]
    return tf.nn.softmax_cross_entropy_with_logits(targets, logits)


def targets(labels: np.ndarray, classes: int) -> np.ndarray:
    """The targets of class numbers [n]: float32 [n, 1], 1 for the second of two classes; or one-hot, [n, classes]."""
    if classes == 2:
        return labels[:, None].astype(np.float32)
    return np.eye(classes, dtype=np.float32)[labels]


def logits(network: Network, texts: EncodedTexts, window: int) -> np.ndarray:
    """The network's logits of texts with evidence, before calibration, float32 [n, outputs]."""
    return _of_each(network, texts, window, network.head.units)


def _vectors(network: Network, texts: EncodedTexts, config: Config) -> np.ndarray:
    """The network's pooled vectors of texts with evidence, float32 [n, width]."""
    return _of_each(network.vector, texts, config.window, config.width)


def _of_each(function: Callable[..., tf.Tensor], texts: EncodedTexts, window: int, size: int) -> np.ndarray:
    """The outputs of a function of the network's inputs for n texts, float32 [n, size], computed in batches."""
    read = tf.function(lambda words: function(words, training=False), reduce_retracing=True)
    result = np.zeros((len(texts.lengths), size), np.float32)
    for chosen in by_length(texts.lengths):
        starts, sizes = tf.constant(texts.starts[chosen]), tf.constant(texts.lengths[chosen])
        result[chosen] = tf.cast(read(in_windows(texts, starts, sizes, window)), tf.float32).numpy()
    return result


def published(folder: Path, config: Config) -> SentimentTransformer:
    """The published network in a folder. Raises UserError where the folder holds another network."""
    model = SentimentTransformer(config)
    export.restore(model, folder)
    return model
