"""Texts as word ids in memory, and the tf.data pipeline that makes batches of them."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf

from zoo.core.recipe import Recipe, TrainingData, fixed
from zoo.text.words import RESERVED, UNKNOWN, VOCABULARY, WordVocabulary, cut, split_in_parts

HELD_OUT_AT_ONCE = 32  # texts of the validation split in a batch
LENGTH_STEP = 32  # windows are padded to a multiple of this, so that tensors have few different shapes
CUT = 0.5  # the share of the training texts that are cut to a piece
SHORTEST_PIECE = 3  # words: the lower bound of the length that is drawn for a piece
SENTENCE_ENDS = b".", b"!", b"?"
LONGEST_PIECE = 1536  # words: longer texts are cut in any case, which bounds the memory of a training step
POOL = 50  # batches whose texts are sorted by length together: enough for little padding, few enough for a good shuffle


def words(texts: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The words and punctuation marks of each text, as the network splits it."""
    for part in split_in_parts(texts):
        yield from part.to_list()


def learn_vocabulary(texts: Sequence[bytes], most: int, folder: Path) -> int:
    """Writes the file of a vocabulary: the words that occur in most texts, the most common ones first.

    Args:
        texts: the training texts, with and without labels, but none of another split.
        most: the largest number of entries, the reserved ones included.
        folder: where the file is written.

    Returns:
        The size of the vocabulary. A word that occurs in a single text is left out: it could only help to memorise that text.
    """
    counts = Counter[bytes]()
    for tokens in words(texts):
        counts.update(set(tokens))
    ranked = sorted((-count, word) for word, count in counts.items() if count > 1)
    entries = [*(name.encode() for name in RESERVED), *(word for _, word in ranked)][:most]
    (folder / VOCABULARY).write_bytes(b"".join(entry + b"\n" for entry in entries))
    return len(entries)


class EncodedTexts:
    """Texts as word ids in one tensor, 4 bytes a word, from which batches are gathered.

    Args:
        words: the ids of all texts, one text after the other, int32 [words].
        lengths: the number of words of each text, int64 [n].
        sentences: the places in `words` where sentences begin, ascending, int64 [sentences]; each text begins with a sentence.
        evidence: further inputs at each word, or None (zoo.sentiment.naive_bayes.Evidence.at_words), float16 [words, ...].
    """

    def __init__(self, words: tf.Tensor, lengths: np.ndarray, sentences: np.ndarray, evidence: np.ndarray | None = None) -> None:
        self.words, self.lengths, self.sentences = words, lengths, sentences
        self.starts = np.cumsum(lengths) - lengths
        self.evidence = None if evidence is None else tf.constant(evidence)

    @classmethod
    def of(cls, texts: Sequence[bytes], vocabulary: WordVocabulary) -> "EncodedTexts":
        """Encodes texts of any bytes with a vocabulary."""
        parts = [vocabulary.ids(part) for part in split_in_parts(texts)]
        words, lengths = (
            tf.concat([part.flat_values for part in parts], 0),
            np.concatenate([part.row_lengths() for part in parts]),
        )
        marks = vocabulary.ids(tf.ragged.constant([SENTENCE_ENDS])).flat_values
        ends = np.isin(words, marks[marks != RESERVED.index(UNKNOWN)])
        begins = np.append(True, ends[:-1] & ~ends[1:])[: len(ends)]  # several marks end one sentence
        begins[(np.cumsum(lengths) - lengths)[lengths > 0]] = True
        return cls(words, lengths, np.flatnonzero(begins))

    def between(self, first: int, last: int) -> "EncodedTexts":
        """The texts with the indices from `first` to `last` - 1."""
        begin, size = self.lengths[:first].sum(), self.lengths[first:last].sum()
        inside = (self.sentences >= begin) & (self.sentences < begin + size)
        return EncodedTexts(self.words[begin : begin + size], self.lengths[first:last], self.sentences[inside] - begin)

    def with_evidence(self, evidence: np.ndarray) -> "EncodedTexts":
        """The same texts with evidence at each word, float16 [words, ...]."""
        return EncodedTexts(self.words, self.lengths, self.sentences, evidence)

    def gather(self, values: tf.Tensor, starts: tf.Tensor, sizes: tf.Tensor, t: tf.Tensor) -> tf.Tensor:
        """Slices of the values of all words, padded with 0: [..., t, ...].

        Args:
            values: the ids of all words, or other values of them, [words, ...].
            starts: where each slice begins, int64 [...].
            sizes: the number of words of each slice, int64 [...].
            t: the length to which the slices are padded.
        """
        place = tf.range(t)
        inside = place < sizes[..., None]
        found = tf.gather(values, tf.where(inside, starts[..., None] + place, 0))
        for _ in values.shape[1:]:
            inside = inside[..., None]
        return tf.where(inside, found, 0)


def shuffled_by_length(lengths: np.ndarray, batch_size: int, seed: list[int]) -> Iterator[np.ndarray]:
    """Batches of indices in a random order. Their texts have similar lengths: each pool of POOL batches is sorted by length."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(lengths))
    size = batch_size * POOL
    pools = [order[i : i + size] for i in range(0, len(order), size)]
    ordered = np.concatenate([pool[np.argsort(lengths[pool], kind="stable")] for pool in pools])
    chunks = [ordered[i : i + batch_size] for i in range(0, len(ordered), batch_size)]
    return (chunks[i] for i in random.permutation(len(chunks)))


def by_length(lengths: np.ndarray) -> list[np.ndarray]:
    """Batches of the indices of all texts, the shortest ones first, for evaluation, where the order has no influence."""
    order = np.argsort(lengths, kind="stable")
    return [order[i : i + HELD_OUT_AT_ONCE] for i in range(0, len(order), HELD_OUT_AT_ONCE)]


def pieces(texts: EncodedTexts, seed: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """The piece of each text that is trained on: (start, size) in words. Of the texts a share of CUT is cut.

    A piece begins with a random sentence of its text. It ends with the sentence in which it reaches a random length, or with the
    text; the logarithm of this length is uniformly distributed, from SHORTEST_PIECE to the length of the text. A network that was
    trained on whole reviews alone is overconfident on short texts. No piece is longer than LONGEST_PIECE.
    """
    random = np.random.default_rng([*seed, 1])
    lengths, begins = texts.lengths, texts.sentences
    drawn = np.exp(random.uniform(np.log(SHORTEST_PIECE), np.log(np.maximum(lengths, SHORTEST_PIECE)))).astype(np.int64)
    first, after = np.searchsorted(begins, texts.starts), np.searchsorted(begins, texts.starts + lengths)
    begin = (
        begins[np.minimum(random.integers(first, np.maximum(after, first + 1)), len(begins) - 1)] if len(begins) else texts.starts
    )
    ends = np.append(begins, len(texts.words))
    end = ends[np.searchsorted(ends, np.minimum(begin + drawn, texts.starts + lengths))]
    cut = (random.random(len(lengths)) < CUT) & (lengths > 0)
    uncut = random.integers(0, np.maximum(lengths - LONGEST_PIECE, 0) + 1)
    return np.where(cut, begin - texts.starts, uncut), np.minimum(np.where(cut, end - begin, lengths), LONGEST_PIECE)


def batches(
    train: EncodedTexts, targets: np.ndarray, validation: EncodedTexts, held_out: np.ndarray, window: int, recipe: Recipe
) -> TrainingData:
    """Batches (`in_windows`, targets [b, outputs], weights [b]) of texts of similar length. Each epoch has another order.

    Half of the training texts are cut to a piece (`pieces`), other ones in each epoch. Those of the validation split stay whole.

    Args:
        train: the n texts to train on.
        targets: the probability of the second of two classes, or of each class, float32 [n, outputs].
        validation: the v texts of the validation split.
        held_out: their targets, float32 [v, outputs].
        window: the longest window, in words.
        recipe: its batch size and its seed are used.
    """

    def epoch(number: int) -> tf.data.Dataset:
        seed = [recipe.seed % 2**32, number]
        starts, sizes = pieces(train, seed)
        return _batches(train, targets, list(shuffled_by_length(sizes, recipe.batch_size, seed)), starts, sizes, window)

    whole = np.zeros_like(validation.lengths), validation.lengths
    return TrainingData(
        epoch,
        _batches(validation, held_out, by_length(validation.lengths), *whole, window),
        math.ceil(len(train.lengths) / recipe.batch_size),
    )


def _batches(
    texts: EncodedTexts, targets: np.ndarray, chosen: list[np.ndarray], starts: np.ndarray, sizes: np.ndarray, window: int
) -> tf.data.Dataset:
    first, count, target = tf.constant(texts.starts + starts), tf.constant(sizes), tf.constant(targets)

    def batch(index: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        inputs = in_windows(texts, tf.gather(first, index), tf.gather(count, index), window)
        return inputs, tf.gather(target, index), tf.ones_like(index, tf.float32)

    rows = tf.ragged.constant(chosen, dtype=tf.int64, row_splits_dtype=tf.int64)
    return fixed(tf.data.Dataset.from_tensor_slices(rows).map(batch, num_parallel_calls=1).prefetch(4))


def padded(longest: tf.Tensor, window: int) -> tf.Tensor:
    """The length to which windows of up to `longest` words are padded: a multiple of LENGTH_STEP, at most `window`."""
    steps = (tf.maximum(longest, 1) + LENGTH_STEP - 1) // LENGTH_STEP
    return tf.minimum(steps * LENGTH_STEP, window)


def in_windows(texts: EncodedTexts, starts: tf.Tensor, sizes: tf.Tensor, window: int) -> dict[str, tf.Tensor]:
    """The inputs of the network for pieces of texts: each piece is cut into windows.

    Args:
        texts: the texts.
        starts: the place of the first word of each piece in `texts.words`, int64 [b].
        sizes: the number of words of each piece, int64 [b].
        window: the longest window, in words.

    Returns:
        {"word": int32 [b, windows, t], "evidence": float16 [b, windows, t, ...]}, both 0 where padded. Texts without evidence
        have the first one only.
    """
    windows, in_each = cut(sizes, window)
    of_each = tf.RaggedTensor.from_row_lengths(in_each, windows).to_tensor()  # [b, windows]
    t = padded(tf.reduce_max(of_each), window)
    begin = starts[:, None] + tf.cumsum(of_each, 1, exclusive=True)
    values = {"word": texts.words} | ({} if texts.evidence is None else {"evidence": texts.evidence})
    return {name: texts.gather(each, begin, of_each, t) for name, each in values.items()}
