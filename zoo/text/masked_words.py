"""An exercise in reading: windows of words, some of them hidden, to be guessed from those around them."""

import numpy as np
import tensorflow as tf

from zoo.text.words import MASK, RESERVED

SHARE = 0.15  # of a window's words that are hidden, as in BERT
# Of the hidden words so many become MASK, so many a word drawn by chance, the rest stay: texts to judge have no MASK.
MASKED, REPLACED = 0.8, 0.1
# Half of all words are "the", "," and the like, from which little is learned. A word more frequent than this is hidden less
# often, by the root of the quotient: word2vec's way to thin out what is frequent (Mikolov et al. 2013, arXiv 1310.4546).
FREQUENT = 3e-4


def weights(words: np.ndarray, targets: int, size: int) -> np.ndarray:
    """How readily each word of a vocabulary of `size` entries is hidden, float32 [size], from the ids of all texts.

    0 for the reserved entries and for words that are no targets.
    """
    share = np.bincount(words, minlength=size) / len(words)
    weight = np.minimum(1.0, np.sqrt(FREQUENT / np.maximum(share, 1e-12)))
    weight[: len(RESERVED)] = 0
    weight[targets:] = 0
    return weight.astype(np.float32)


def hide(words: tf.Tensor, weight: tf.Tensor, targets: int, seed: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor, tf.Tensor]:
    """Hides words of windows.

    Args:
        words: ids, int32 [b, t], 0 where padded.
        weight: how readily each word is hidden, float32 [size].
        targets: ids below this can be guessed.
        seed: int32 [2]; the same seed hides the same words.

    Returns:
        ({"word": the windows with words hidden, "at": their places, int32 [b, k]}, the hidden words, int32 [b, k], which of them
        count, float32 [b, k]) with k = SHARE of t, at least 1: SHARE of a window's own words do, if that many can be hidden.
    """
    shape = tf.shape(words)
    most = tf.maximum(tf.cast(tf.round(SHARE * tf.cast(shape[1], tf.float32)), tf.int32), 1)
    seeds = tf.unstack(tf.random.split(seed, 3))
    # The largest of log(weight) + Gumbel noise are a sample without replacement by weight (Kool et al. 2019, arXiv 1903.06059).
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
