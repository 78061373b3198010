"""Labelled reviews from any source, their splits, the vocabulary they give and the tf.data pipeline that trains on them."""

import csv
import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from zoo.cards import DataSet
from zoo.data import sources
from zoo.data.sources import Source
from zoo.errors import UserError
from zoo.models import sentiment_transformer
from zoo.models.sentiment_transformer import PADDING, START, UNKNOWN, VOCABULARIES, Tokenizer
from zoo.training import Recipe, TrainingData, fixed

SPLITS = ("train", "validation", "test")
LABELS = {"0": 0, "neg": 0, "negative": 0, "1": 1, "pos": 1, "positive": 1}
READ_AT_ONCE = 500  # texts that are split into words together
LENGTH_STEP = 32  # batches are padded to a multiple of this, so that few shapes of tensors occur
CUT = 0.5  # the share of the training texts that are cut to a piece
SHORTEST_PIECE = 6  # tokens
POOL = 50  # batches whose texts are sorted by length together: enough to pad little, few enough to stay a shuffle


@dataclass(frozen=True)
class Reviews:
    """Labelled texts.

    Args:
        texts: n reviews, each of any bytes.
        labels: float32 [n], 1 for a positive review and 0 for a negative one.
        splits: [n], each "train", "validation" or "test".
        source: where they came from.
    """

    texts: list[bytes]
    labels: np.ndarray
    splits: np.ndarray
    source: Source

    def split(self, name: str) -> tuple[list[bytes], np.ndarray]:
        """Texts and labels of "train", "validation" or "test", or of all of them: "all"; in the order of the texts' hashes.

        So the order in a file, often one label after the other, plays no part, and neither does the way the texts came.
        """
        chosen = [i for i in range(len(self.texts)) if name in ("all", self.splits[i])]
        chosen.sort(key=lambda i: (sources.share(self.texts[i]), self.texts[i], self.labels[i]))
        return [self.texts[i] for i in chosen], self.labels[chosen]

    def describe(self) -> DataSet:
        """What a card says of the data."""
        sizes = {name: int((self.splits == name).sum()) for name in SPLITS}
        return DataSet(self.source.name, self.source.version, self.source.how, sizes, self.fingerprint(), self.source.licence)

    def fingerprint(self) -> str:
        """The sha256 of the texts with their labels, whatever their order."""
        return sources.fingerprint(bytes([int(y)]) + text for text, y in zip(self.texts, self.labels, strict=True))


def words(texts: list[bytes]) -> Iterator[list[bytes]]:
    """The words and punctuation marks of each text, by the network's own rules."""
    for i in range(0, len(texts), READ_AT_ONCE):
        yield from sentiment_transformer.split(tf.constant(texts[i : i + READ_AT_ONCE])).to_list()


def shares(texts: list[bytes]) -> np.ndarray:
    """A number in [0, 1) for each text, the same for texts of the same words: they must fall into the same split."""
    return np.array([sources.share(b" ".join(text)) for text in words(texts)])


def load(name_or_path: str, real: bool = False) -> Reviews:
    """The reviews of `imdb`, or a CSV file of the user's with the columns text and label.

    Args:
        name_or_path: which.
        real: refuse a stand-in, as every evaluation must.

    Raises:
        UserError: an unknown name, a file that cannot be used, or, with `real`, data that are not at hand.
    """
    from zoo.data import imdb  # here, since it builds Reviews

    if name_or_path == "imdb":
        reviews = imdb.load(real)
    elif name_or_path.endswith(".csv") or Path(name_or_path).exists():
        reviews = read_csv(Path(name_or_path))
    else:
        raise UserError(f"no data set is called {name_or_path!r}: there is imdb, or give a .csv file with columns text and label")
    sources.announce(reviews.source)
    return reviews


def read_csv(path: Path) -> Reviews:
    """Reviews from the columns text and label (0 or 1, neg or pos, negative or positive) of a CSV file in UTF-8.

    80, 10 and 10 % of them are for training, validation and test, by their content. Raises UserError for a file that is
    missing, empty or no such table, and for an unknown label.
    """
    rows = list(csv_rows(path, ("text", "label")))
    labels = np.zeros(len(rows), np.float32)
    for i, (_, label) in enumerate(rows):
        key = label.strip().lower()
        if key not in LABELS:
            raise UserError(f"{path}, row {i + 2}: the label {label!r} is none of {', '.join(LABELS)}")
        labels[i] = LABELS[key]
    texts = [text.encode("utf-8") for text, _ in rows]
    share = shares(texts)
    splits = np.select([share < 0.1, share < 0.2], ["validation", "test"], "train")
    return Reviews(texts, labels, splits, Source(path.stem, "as given", "a CSV file of the user's", "the user's own"))


def check_trainable(reviews: Reviews) -> None:
    """Raises UserError when there are too few reviews to train and test on: a split has not both labels."""
    for name in SPLITS:
        absent = name == "test" and reviews.source.stand_in
        if not absent and len(set(reviews.split(name)[1])) < 2:
            n = len(reviews.texts)
            raise UserError(f"{reviews.source.name}: its {name} split has not both labels; {n} reviews are too few, bring more")


def csv_rows(path: Path, columns: Iterable[str]) -> Iterator[list[str]]:
    """The named columns of each row of a CSV file in UTF-8 with a header. Raises UserError where that is not what it is."""
    csv.field_size_limit(sys.maxsize)  # a review may be longer than the module's 128 KiB
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [column for column in columns if column not in (reader.fieldnames or [])]
            if missing:
                raise UserError(f"{path} has no column {missing[0]!r}: it needs a header with {', '.join(columns)}")
            for number, row in enumerate(reader, start=2):
                if None in row or None in row.values():
                    raise UserError(f"{path}, row {number}: not as many cells as the header has")
                yield [row[column] for column in columns]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} cannot be read as a CSV file in UTF-8: {error}") from error


def learn_vocabulary(texts: list[bytes], most_words: int, most_pairs: int, folder: Path) -> tuple[int, int]:
    """Writes the words, and the pairs of words, that most of the texts contain, the most common ones first.

    Args:
        texts: those of the training split, and of no other.
        most_words: entries of the vocabulary of words at most, padding and unknown included.
        most_pairs: likewise of pairs.
        folder: gets the two files, as the network reads them.

    Returns:
        The sizes of the two vocabularies. What only one text contains is left out: it would teach nothing but that text.
    """
    single, double = Counter[bytes](), Counter[bytes]()
    for tokens in words(texts):
        single.update(set(tokens))
        double.update({b" ".join(two) for two in zip([START.encode(), *tokens], tokens, strict=False)})
    sizes = []
    for file, counts, most in zip(VOCABULARIES, (single, double), (most_words, most_pairs), strict=True):
        ranked = sorted((-count, entry) for entry, count in counts.items() if count > 1)
        entries = [PADDING.encode(), UNKNOWN.encode(), *(entry for _, entry in ranked)][:most]
        (folder / file).write_bytes(b"".join(entry + b"\n" for entry in entries))
        sizes.append(len(entries))
    return sizes[0], sizes[1]


def encode(texts: list[bytes], tokenizer: Tokenizer) -> tuple[tf.RaggedTensor, tf.RaggedTensor]:
    """The ids of the words and of the pairs of all texts, int32 [n, (t)] each."""
    parts = [
        tokenizer.ids(tokenizer.tokens(tf.constant(texts[i : i + READ_AT_ONCE]))) for i in range(0, len(texts), READ_AT_ONCE)
    ]
    return tf.concat([part[0] for part in parts], 0), tf.concat([part[1] for part in parts], 0)


def shuffled_by_length(lengths: np.ndarray, batch_size: int, seed: list[int]) -> Iterator[np.ndarray]:
    """Batches of indices in a random order whose texts are of like length: each pool of POOL batches is sorted by it."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(lengths))
    size = batch_size * POOL
    pools = [order[i : i + size] for i in range(0, len(order), size)]
    ordered = np.concatenate([pool[np.argsort(lengths[pool], kind="stable")] for pool in pools])
    chunks = [ordered[i : i + batch_size] for i in range(0, len(ordered), batch_size)]
    return (chunks[i] for i in random.permutation(len(chunks)))


def windows(lengths: np.ndarray, seed: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Where to cut each text, (start, size) in tokens: a share of CUT of them to a piece at a random place, the rest not at all.

    The logarithm of a piece's size is uniform from SHORTEST_PIECE on. A network that has read whole reviews only is far too sure
    of a short text; pieces teach it what a sentence tells, and what it does not.
    """
    random = np.random.default_rng([*seed, 1])
    smallest = np.minimum(SHORTEST_PIECE, np.maximum(lengths, 1))
    pieces = np.exp(random.uniform(np.log(smallest), np.log(np.maximum(lengths, 1)))).astype(np.int64)
    sizes = np.where(random.random(len(lengths)) < CUT, np.clip(pieces, np.minimum(smallest, lengths), lengths), lengths)
    return random.integers(0, lengths - sizes + 1), sizes


def batches(reviews: Reviews, tokenizer: Tokenizer, recipe: Recipe) -> TrainingData:
    """Batches ({"word", "pair"} int32 [b, t], labels [b], weights [b]) of texts of like length, shuffled anew each epoch.

    The texts are read once, into ids that stay in memory (some 70 MB for IMDB's); so each epoch only gathers, cuts and pads.
    Half of the training texts are cut to a piece (`windows`), anew each epoch; those of the validation split are whole.
    """
    train, validation = (_Encoded(*reviews.split(name), tokenizer) for name in ("train", "validation"))

    def epoch(number: int) -> tf.data.Dataset:
        seed = [recipe.seed % 2**32, number]
        starts, sizes = windows(train.lengths, seed)
        return train.batches(list(shuffled_by_length(sizes, recipe.batch_size, seed)), starts, sizes)

    by_length = np.argsort(validation.lengths, kind="stable")
    held_out = validation.batches([by_length[i : i + 64] for i in range(0, len(by_length), 64)])
    return TrainingData(epoch, held_out, math.ceil(len(train.lengths) / recipe.batch_size))


class _Encoded:
    """A split as ids, from which batches are gathered."""

    def __init__(self, texts: list[bytes], labels: np.ndarray, tokenizer: Tokenizer) -> None:
        self.words, self.pairs = encode(texts, tokenizer)
        self.labels = tf.constant(labels)
        self.lengths = self.words.row_lengths().numpy()

        self.gather = tf.function(self._gather, autograph=False)  # built once: its ragged operations take a second to build

    def batches(
        self, chosen: list[np.ndarray], starts: np.ndarray | None = None, sizes: np.ndarray | None = None
    ) -> tf.data.Dataset:
        first = tf.constant(np.zeros_like(self.lengths) if starts is None else starts)
        count = tf.constant(self.lengths if sizes is None else sizes)

        def batch(index: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor, tf.Tensor]:
            return self.gather(index, tf.gather(first, index), tf.gather(count, index))

        rows = tf.ragged.constant(chosen, dtype=tf.int64, row_splits_dtype=tf.int64)
        return fixed(tf.data.Dataset.from_tensor_slices(rows).map(batch, num_parallel_calls=1).prefetch(4))

    def _gather(self, index: tf.Tensor, first: tf.Tensor, count: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor, tf.Tensor]:
        """The batch of the texts [b]: of each so many tokens from the first one on."""
        words, pairs = tf.gather(self.words, index), tf.gather(self.pairs, index)
        place = tf.ragged.range(words.row_lengths()) - first[:, None]
        inside = (place >= 0) & (place < count[:, None])
        words, pairs = tf.ragged.boolean_mask(words, inside), tf.ragged.boolean_mask(pairs, inside)
        inputs = sentiment_transformer.padded(words, pairs, LENGTH_STEP)
        return inputs, tf.gather(self.labels, index), tf.ones_like(index, tf.float32)
