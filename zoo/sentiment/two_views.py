"""The data of pretraining: the network is shown some sentences of each text, with some of their words masked.

It predicts the masked words (`zoo.text.masked_words`), and which words the other sentences have: two views of one text (Johnson
and Zhang 2015, arXiv 1504.01255). Words that depend on the class of a text, such as "waste" and "superb" in a review, teach more
about it than "film" and "of" do. So the words of the other sentences are weighted by this dependence in the labelled texts.
"""

import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf
from scipy.sparse import csr_matrix

from zoo.core.recipe import Recipe, TrainingData, fixed
from zoo.sentiment.naive_bayes import log_ratios, sorted_unique
from zoo.text import masked_words
from zoo.text.encoded import EncodedTexts, by_length, in_windows, shuffled_by_length
from zoo.text.words import RESERVED

READ = 0.75  # the largest share of a text's sentences that is shown; the share is drawn anew for each text and epoch
LONGEST = 512  # words of a text that are shown at most, which bounds the memory of a training step


def class_dependence(texts: EncodedTexts, labels: np.ndarray, size: int) -> np.ndarray:
    """How much each word depends on the class of a text, float32 [size]: the largest absolute log-ratio over the classes.

    The log-ratio of a word for a class is the logarithm of its frequency in the texts of the class divided by that in the others.

    Args:
        texts: n texts of at least two classes.
        labels: their class numbers, [n].
        size: the number of entries of the vocabulary.
    """
    words = texts.words.numpy()
    present = csr_matrix((np.ones(len(words), np.float32), words, np.append(texts.starts, len(words))), (len(labels), size))
    present.sum_duplicates()
    ratios = [log_ratios(present.sign(), labels == label) for label in np.unique(labels)]
    return np.abs(ratios).max(0).astype(np.float32)


def divide(texts: EncodedTexts, targets: int, seed: list[int]) -> tuple[EncodedTexts, tf.RaggedTensor]:
    """Draws the sentences of each text that are shown: at least one, at most a share of READ.

    Args:
        texts: n texts.
        targets: only words with an id below this are predicted.
        seed: the same seed draws the same sentences.

    Returns:
        The sentences that are shown, n texts; and the different words below `targets` in the other sentences, int32 [n, (p)].
    """
    random = np.random.default_rng(seed)
    n, words = len(texts.lengths), texts.words.numpy()
    text = np.repeat(np.arange(n), texts.lengths)
    sizes, owner = np.diff(texts.sentences, append=len(words)), text[texts.sentences]
    sentences = np.bincount(owner, minlength=n)
    # The sentences of each text are shuffled, and the first ones are shown.
    shuffled = np.lexsort([random.random(len(sizes)), owner])
    place = np.empty_like(shuffled)
    place[shuffled] = np.arange(len(sizes)) - np.repeat(np.cumsum(sentences) - sentences, sentences)
    chosen = place < np.ceil(random.uniform(0, READ, n) * sentences)[owner]
    read = np.repeat(chosen, sizes)
    kept = sizes[chosen]
    view = EncodedTexts(tf.constant(words[read]), np.bincount(text[read], minlength=n), np.cumsum(kept) - kept)
    asked = ~read & (words >= len(RESERVED)) & (words < targets)
    keys = sorted_unique(text[asked] * targets + words[asked])
    found = tf.constant((keys % targets).astype(np.int32))
    return view, tf.RaggedTensor.from_row_lengths(found, np.bincount(keys // targets, minlength=n))


def batches(
    train: EncodedTexts,
    validation: EncodedTexts,
    hidden: np.ndarray,
    unread: np.ndarray,
    targets: int,
    window: int,
    recipe: Recipe,
) -> TrainingData:
    """Batches of texts of similar length for `zoo.sentiment.network.Pretraining`. Each epoch draws other sentences.

    Args:
        train: the texts to train on.
        validation: the texts of the validation split; their sentences are always the same.
        hidden: the weight with which each word is chosen to be masked, float32 [size]; see `masked_words.weights`.
        unread: the weight of each word in the loss of unread sentences, float32 [p]; only words with an id below p are predicted.
        targets: only words with an id below this are masked.
        window: the longest window, in words.
        recipe: its batch size and its seed are used.
    """
    mask_weight, weight = tf.constant(hidden), tf.constant(unread)

    def exercise(texts: EncodedTexts, seed: list[int], order: Callable[[np.ndarray], list[np.ndarray]]) -> tf.data.Dataset:
        view, others = divide(texts, len(unread), seed)
        spare = np.maximum(view.lengths - LONGEST, 0)
        first = tf.constant(view.starts + np.random.default_rng([*seed, 1]).integers(0, spare + 1))
        sizes = np.minimum(view.lengths, LONGEST)
        count = tf.constant(sizes)

        def batch(number: tf.Tensor, index: tf.Tensor) -> tuple[dict[str, tf.Tensor], dict[str, tf.Tensor], tf.Tensor]:
            words = in_windows(view, tf.gather(first, index), tf.gather(count, index), window)["word"]
            n, windows, t = tf.unstack(tf.shape(words))
            one = tf.random.fold_in(tf.constant(seed), tf.cast(number, tf.int32))
            x, hidden, counts = masked_words.mask_words(tf.reshape(words, [n * windows, t]), mask_weight, targets, one)
            x, hidden, counts = tf.nest.map_structure(lambda each: tf.reshape(each, [n, windows, -1]), (x, hidden, counts))
            asked = tf.gather(others, index)
            counting = asked.with_flat_values(tf.gather(weight, asked.flat_values)).to_tensor()
            y = {"hidden": hidden, "counts": counts, "unread": asked.to_tensor(), "weight": counting}
            return x, y, tf.ones([n])

        rows = tf.ragged.constant(order(sizes), dtype=tf.int64, row_splits_dtype=tf.int64)
        # Two calls at a time: to mask the words of a batch takes a tenth of a training step.
        return fixed(tf.data.Dataset.from_tensor_slices(rows).enumerate().map(batch, num_parallel_calls=2).prefetch(4))

    def epoch(number: int) -> tf.data.Dataset:
        seed = [recipe.seed % 2**31, number]
        return exercise(train, seed, lambda sizes: list(shuffled_by_length(sizes, recipe.batch_size, seed)))

    return TrainingData(epoch, exercise(validation, [0, 0], by_length), math.ceil(len(train.lengths) / recipe.batch_size))
