"""Which words, pairs and triples of words a text has. Each falls into one of many buckets by its hash, whether known or not."""

from typing import NamedTuple

import tensorflow as tf

LONGEST = 3  # words of an n-gram
PRIME = 2**31 - 1  # of the hashes, so that no product leaves int64
FACTOR = 1_000_003  # an odd prime, by which an n-gram's hash depends on the order of its words


class NGrams(NamedTuple):
    """All n-grams of some texts, one after the other; int64 [g] each.

    Args:
        text: the index of its text.
        first: the place of its first word among the words of all texts.
        size: its number of words.
        bucket: the number of its bucket.
    """

    text: tf.Tensor
    first: tf.Tensor
    size: tf.Tensor
    bucket: tf.Tensor

    @property
    def last(self) -> tf.Tensor:
        """The place of its last word."""
        return self.first + self.size - 1


def ngrams(words: tf.RaggedTensor, buckets: int) -> NGrams:
    """The n-grams of up to LONGEST words of texts, string [n, (t)]; as often as they occur."""
    text, place = words.value_rowids(), tf.range(tf.size(words.flat_values, tf.int64))
    word = tf.strings.to_hash_bucket_fast(words.flat_values, PRIME)
    found, hashes = [], word
    for size in range(1, LONGEST + 1):
        count = tf.maximum(tf.size(word) - size + 1, 0)
        if size > 1:
            hashes = (hashes[:count] * FACTOR + word[size - 1 :]) % PRIME
        within = tf.equal(text[:count], text[size - 1 :])
        first = tf.boolean_mask(place[:count], within)
        bucket = tf.boolean_mask(hashes[:count], within) % buckets
        found.append(NGrams(tf.gather(text, first), first, tf.fill(tf.shape(first), tf.constant(size, tf.int64)), bucket))
    return NGrams(*(tf.concat(parts, 0) for parts in zip(*found, strict=True)))


def weigh(found: NGrams, table: tf.Tensor, texts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """What the n-grams of texts say: a bucket that a text has counts once, however often.

    Args:
        found: the n-grams.
        table: what each bucket says, [buckets, outputs].
        texts: their number, int64 [].

    Returns:
        The sums, float32 [n, outputs], and each n-gram's part of them, float32 [g, outputs]: occurrences of a bucket share it.
    """
    buckets = table.shape[0]
    key, number, count = tf.unique_with_counts(found.text * buckets + found.bucket)
    says = tf.cast(tf.gather(table, key % buckets), tf.float32)
    sums = tf.math.unsorted_segment_sum(says, key // buckets, texts)
    return sums, tf.gather(says / tf.cast(count, tf.float32)[:, None], number)


def at_words(found: NGrams, table: tf.Tensor, parts: tf.Tensor, words: tf.Tensor) -> tf.Tensor:
    """What the n-grams say that end at each word.

    Args:
        found: the n-grams.
        table: what each bucket says, [buckets, outputs].
        parts: their parts in the sums of their texts, from `weigh`.
        words: the number of words of all texts, int64 [].

    Returns:
        float32 [words, LONGEST + 1, outputs]: what the n-gram of one word says, that of two, ..., 0 where the text begins too
        late for it; and last the sum of their parts.
    """
    says = tf.cast(tf.gather(table, found.bucket), tf.float32)
    by_size = tf.math.unsorted_segment_sum(says, found.last * LONGEST + found.size - 1, words * LONGEST)
    together = tf.math.unsorted_segment_sum(parts, found.last, words)
    outputs = table.shape[1]
    return tf.concat([tf.reshape(by_size, [-1, LONGEST, outputs]), together[:, None]], 1)
