"""Which known words, pairs and triples of words a text has. They are known by their hashes: no table of strings is needed."""

from typing import NamedTuple

import tensorflow as tf

LONGEST = 3  # words of an n-gram
# Of the hashes, so that no product leaves int64 and each fits int32. Of a million known n-grams one in 2,200 shares its hash with
# another, and of what is unknown one in 2,200 is taken for a known n-gram.
PRIME = 2**31 - 1
FACTOR = 1_000_003  # an odd prime, by which an n-gram's hash depends on the order of its words


class NGrams(NamedTuple):
    """N-grams of some texts, one after the other; int64 [g] each.

    Args:
        text: the index of its text.
        first: the place of its first word among the words of all texts.
        size: its number of words.
        number: what tells it from others: its hash (`hashed`), or its place among the known ones (`ngrams`).
    """

    text: tf.Tensor
    first: tf.Tensor
    size: tf.Tensor
    number: tf.Tensor

    @property
    def last(self) -> tf.Tensor:
        """The place of its last word."""
        return self.first + self.size - 1


def hashed(words: tf.RaggedTensor) -> NGrams:
    """All n-grams of up to LONGEST words of texts, string [n, (t)], as often as they occur, with hashes from 0 to PRIME - 1."""
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
    """The known n-grams of texts, string [n, (t)], as often as they occur; the others are left out.

    Args:
        words: of the texts.
        known: the hashes of the known n-grams, each once, the smallest first, int32 [known]; one at least.
    """
    found = hashed(words)
    wanted = tf.cast(found.number, tf.int32)
    place = tf.minimum(tf.searchsorted(known, wanted, out_type=tf.int64), tf.size(known, tf.int64) - 1)
    kept = tf.where(tf.gather(known, place) == wanted)[:, 0]
    return NGrams(*(tf.gather(each, kept) for each in found._replace(number=place)))


def sum_weights(found: NGrams, weights: tf.Tensor, texts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """What the n-grams of texts say: one that a text has counts once, however often.

    Args:
        found: the n-grams.
        weights: what each known one says, [known, outputs].
        texts: their number, int64 [].

    Returns:
        The sums, float32 [n, outputs], and each n-gram's part of them, float32 [g, outputs]: its occurrences share it.
    """
    rows = weights.shape[0]
    key, number, count = tf.unique_with_counts(found.text * rows + found.number)
    weight = tf.cast(tf.gather(weights, key % rows), tf.float32)
    sums = tf.math.unsorted_segment_sum(weight, key // rows, texts)
    return sums, tf.gather(weight / tf.cast(count, tf.float32)[:, None], number)


def evidence_at_words(found: NGrams, weights: tf.Tensor, parts: tf.Tensor, words: tf.Tensor) -> tf.Tensor:
    """What the n-grams say that end at each word.

    Args:
        found: the n-grams.
        weights: what each known one says, [known, outputs].
        parts: their parts in the sums of their texts, from `sum_weights`.
        words: the number of words of all texts, int64 [].

    Returns:
        float32 [words, LONGEST + 1, outputs]: what the n-gram of one word says, that of two, ..., 0 where it is not
        known or the text begins too late for it; and last the sum of their parts.
    """
    weight = tf.cast(tf.gather(weights, found.number), tf.float32)
    by_size = tf.math.unsorted_segment_sum(weight, found.last * LONGEST + found.size - 1, words * LONGEST)
    together = tf.math.unsorted_segment_sum(parts, found.last, words)
    outputs = weights.shape[1]
    return tf.concat([tf.reshape(by_size, [-1, LONGEST, outputs]), together[:, None]], 1)
