"""The known words, pairs and triples of words of a text, and the sums of their weights.

N-grams are stored as hashes, so that no table of strings is needed.
"""

from typing import NamedTuple

import tensorflow as tf

LONGEST = 3  # words of an n-gram
# The modulus of the hashes: each hash fits into int32, and each product into int64. Among a million known n-grams one in 2,200
# shares its hash with another, and one in 2,200 unknown n-grams is taken for a known one.
PRIME = 2**31 - 1
FACTOR = 1_000_003  # an odd prime, which makes the hash of an n-gram depend on the order of its words


class NGrams(NamedTuple):
    """The g n-grams of some texts, one after the other; each field is int64 [g].

    Args:
        text: the index of the text.
        first: the place of the first word among the words of all texts.
        size: the number of words.
        number: the hash (from `hashed`), or the place among the known n-grams (from `ngrams`).
    """

    text: tf.Tensor
    first: tf.Tensor
    size: tf.Tensor
    number: tf.Tensor

    @property
    def last(self) -> tf.Tensor:
        """The place of the last word."""
        return self.first + self.size - 1


def hashed(words: tf.RaggedTensor) -> NGrams:
    """All n-grams of up to LONGEST words, as often as they occur, of texts string [n, (t)]. Hashes are from 0 to PRIME - 1."""
    text, place = words.value_rowids(), tf.range(tf.size(words.flat_values, tf.int64))
    word = tf.strings.to_hash_bucket_fast(words.flat_values, PRIME)
    found, hashes = [], word
    for size in range(1, LONGEST + 1):
        count = tf.maximum(tf.size(word) - size + 1, 0)
        if size > 1:
            hashes = (hashes[:count] * FACTOR + word[size - 1 :]) % PRIME
        within = tf.equal(text[:count], text[size - 1 :])
        first = tf.boolean_mask(place[:count], within)
        number = tf.boolean_mask(hashes[:count], within)
        found.append(NGrams(tf.gather(text, first), first, tf.fill(tf.shape(first), tf.constant(size, tf.int64)), number))
    return NGrams(*(tf.concat(parts, 0) for parts in zip(*found, strict=True)))


def ngrams(words: tf.RaggedTensor, known: tf.Tensor) -> NGrams:
    """The known n-grams of texts, each as often as it occurs; all others are left out.

    Args:
        words: of the texts, string [n, (t)].
        known: the hashes of the known n-grams, int32 [known], ascending, without duplicates; at least one.
    """
    found = hashed(words)
    wanted = tf.cast(found.number, tf.int32)
    place = tf.minimum(tf.searchsorted(known, wanted, out_type=tf.int64), tf.size(known, tf.int64) - 1)
    kept = tf.where(tf.gather(known, place) == wanted)[:, 0]
    return NGrams(*(tf.gather(each, kept) for each in found._replace(number=place)))


def sum_weights(found: NGrams, weights: tf.Tensor, texts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """The sums of the weights of the n-grams of each text. An n-gram counts once in a text, however often it occurs.

    Args:
        found: the n-grams.
        weights: the weight of each known n-gram, [known, outputs].
        texts: the number of texts, int64 [].

    Returns:
        The sums, float32 [n, outputs], and what each n-gram adds to them, float32 [g, outputs]: all its occurrences in a text
        share its weight equally.
    """
    rows = weights.shape[0]
    key, number, count = tf.unique_with_counts(found.text * rows + found.number)
    weight = tf.cast(tf.gather(weights, key % rows), tf.float32)
    sums = tf.math.unsorted_segment_sum(weight, key // rows, texts)
    return sums, tf.gather(weight / tf.cast(count, tf.float32)[:, None], number)


def evidence_at_words(found: NGrams, weights: tf.Tensor, parts: tf.Tensor, words: tf.Tensor) -> tf.Tensor:
    """The evidence at each word, from the n-grams that end there.

    Args:
        found: the n-grams.
        weights: the weight of each known n-gram, [known, outputs].
        parts: what each n-gram adds to the sum of its text, [g, outputs], from `sum_weights`.
        words: the number of words of all texts, int64 [].

    Returns:
        float32 [words, LONGEST + 1, outputs]. The first LONGEST numbers are the weights of the n-grams of one word, of two, and
        so on, 0 where there is no known one. The last number is the sum of their parts.
    """
    weight = tf.cast(tf.gather(weights, found.number), tf.float32)
    by_size = tf.math.unsorted_segment_sum(weight, found.last * LONGEST + found.size - 1, words * LONGEST)
    together = tf.math.unsorted_segment_sum(parts, found.last, words)
    outputs = weights.shape[1]
    return tf.concat([tf.reshape(by_size, [-1, LONGEST, outputs]), together[:, None]], 1)
