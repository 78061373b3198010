"""Masked words: some words of a window are hidden, and a network predicts them from the words around them."""

import numpy as np
import tensorflow as tf

from zoo.text.words import MASK, RESERVED

SHARE = 0.15  # of a window's words that are chosen, as in BERT
# Of the chosen words so many become MASK, so many become a random word, and the rest stay as they are. For texts outside of
# pretraining have no MASK.
MASKED, REPLACED = 0.8, 0.1
# Half of all words are "the", "," and the like, which teach little. The weight of a word that is more frequent than this is the
# square root of FREQUENT / frequency, as word2vec subsamples frequent words (Mikolov et al. 2013, arXiv 1310.4546).
FREQUENT = 3e-4


def weights(words: np.ndarray, targets: int, size: int) -> np.ndarray:
    """The weight with which each word is chosen to be masked, float32 [size].

    It is 0 for the reserved entries and for words that are no targets.

    Args:
        words: the ids of all words of all texts, [words].
        targets: words with an id from this on are no targets.
        size: the number of entries of the vocabulary.
    """
    share = np.bincount(words, minlength=size) / len(words)
    weight = np.minimum(1.0, np.sqrt(FREQUENT / np.maximum(share, 1e-12)))
    weight[: len(RESERVED)] = 0
    weight[targets:] = 0
    return weight.astype(np.float32)


def mask_words(
    words: tf.Tensor, weight: tf.Tensor, targets: int, seed: tf.Tensor
) -> tuple[dict[str, tf.Tensor], tf.Tensor, tf.Tensor]:
    """Masks words of windows.

    Args:
        words: ids, int32 [b, t], 0 where padded.
        weight: the weight with which each word is chosen, float32 [size], see `weights`.
        targets: the random words have ids below this.
        seed: int32 [2]; the same seed masks the same words.

    Returns:
        Three values, with k = SHARE of t, at least 1. The inputs: {"word": the masked windows, int32 [b, t], "at": the places of
        the masked words, int32 [b, k]}. The masked words, int32 [b, k]. And float32 [b, k], 1 for each masked word and 0 where a
        window has fewer than k: SHARE of its own words are masked, or fewer if not so many have a weight.
    """
    shape = tf.shape(words)
    most = tf.maximum(tf.cast(tf.round(SHARE * tf.cast(shape[1], tf.float32)), tf.int32), 1)
    seeds = tf.unstack(tf.random.split(seed, 3))
    # The largest values of log(weight) + Gumbel noise are a weighted sample without replacement (Kool et al. 2019, arXiv
    # 1903.06059).
    noise = -tf.math.log(-tf.math.log(tf.random.stateless_uniform(shape, seeds[0], 1e-9, 1.0)))
    key, at = tf.math.top_k(tf.math.log(tf.gather(weight, words)) + noise, most)
    length = tf.math.count_nonzero(words, 1, keepdims=True, dtype=tf.float32)
    enough = tf.cast(tf.range(most), tf.float32) < tf.round(SHARE * length)
    counts = tf.logical_and(enough, tf.math.is_finite(key))
    hidden = tf.gather(words, at, batch_dims=1)
    chance = tf.random.stateless_uniform(tf.shape(at), seeds[1])
    other = tf.random.stateless_uniform(tf.shape(at), seeds[2], len(RESERVED), targets, tf.int32)
    shown = tf.where(chance < MASKED, RESERVED.index(MASK), tf.where(chance < MASKED + REPLACED, other, hidden))
    row = tf.repeat(tf.range(shape[0])[:, None], most, axis=1)
    shown = tf.tensor_scatter_nd_update(words, tf.stack([row, at], -1), tf.where(counts, shown, hidden))
    return {"word": shown, "at": at}, tf.where(counts, hidden, 0), tf.cast(counts, tf.float32)
