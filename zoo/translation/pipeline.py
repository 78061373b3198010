"""Training batches of sentences in several languages.

An example is one sentence in L languages, and one batch trains all L (L - 1) directions (zoo.translation.network). Examples of
about the same length come into one batch, so that little of it is padding.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import tensorflow as tf

from zoo.core.errors import UserError
from zoo.core.recipe import TrainingData, fixed
from zoo.text.subwords import END, PADDING, Subwords
from zoo.translation.network import marker, others

# Of merges in training, see zoo.text.subwords.Subwords.encode. Provilkov et al. 2020 take 0.1, which makes sentences longer by a
# quarter, and the training as well. This makes them longer by an eighth.
DROPOUT = 0.05
# Batches are padded to one of these lengths, because training compiles its functions anew for each shape.
LENGTHS = (8, 12, 16, 20, 24, 28, 32, 40, 48, 64, 96, 128, 192, 256)
LONGEST = 192  # subwords of a sentence, with END; it has more where merges are dropped
MULTIPLE = 4  # a batch has a multiple of so many examples, so that its shards are equal

Batch = tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]  # inputs, ids of the targets, weights
Plan = tuple[int, int, np.ndarray]  # rows, length, and the indices of the examples of a batch
_log = logging.getLogger(__name__)


class Encoded:
    """The sentences of some examples in subwords.

    Args:
        texts: of each of L languages its n sentences.
        subwords: the vocabulary.
        dropout: of merges.
        random: what draws them.
    """

    def __init__(
        self,
        texts: Mapping[str, Sequence[bytes]],
        subwords: Subwords,
        dropout: float = 0.0,
        random: np.random.Generator | None = None,
    ) -> None:
        self.markers = np.array([subwords.marker(marker(language)) for language in texts], np.int32)
        languages = [subwords.encode_all(sentences, dropout, random) for sentences in texts.values()]
        self._ids = [ids for ids, _ in languages]
        self._lengths = np.stack([lengths for _, lengths in languages], 1)
        self._begins = np.cumsum(self._lengths, axis=0) - self._lengths
        self.longest: np.ndarray = self._lengths.max(1) + 1  # the length of each example, int [n], with END

    def padded(self, examples: np.ndarray, rows: int, t: int) -> np.ndarray:
        """The ids of some examples, int32 [rows, L, t], with END after each sentence; the rows that are left are padding."""
        ids = np.full((rows, len(self._ids), t), PADDING, np.int32)
        for row, example in enumerate(examples):
            for language, of_language in enumerate(self._ids):
                begin, size = self._begins[example, language], self._lengths[example, language]
                ids[row, language, :size] = of_language[begin : begin + size]
                ids[row, language, size] = END
        return ids


def plan(lengths: np.ndarray, tokens: float, random: np.random.Generator | None = None) -> list[Plan]:
    """Which examples come into one batch.

    Each length of LENGTHS has one number of rows, so the batches have few shapes. Examples that do not fill a batch of their
    length come into one of the next length, and the last batch has fewer examples than rows.

    Args:
        lengths: of the examples, int [n], none above the last of LENGTHS.
        tokens: as many as a batch has in each language, about; padding counts.
        random: shuffles examples and batches; None: all in order.

    Returns:
        (rows, length, the indices of the examples, at most as many as rows) of each batch.
    """
    order = np.arange(len(lengths)) if random is None else random.permutation(len(lengths))
    bucket = np.searchsorted(LENGTHS, lengths[order])
    most = -(-len(lengths) // MULTIPLE) * MULTIPLE
    batches, left = [], order[:0]
    last = bucket.max(initial=0)
    for b, t in enumerate(LENGTHS[: last + 1]):
        rows = min(most, max(MULTIPLE, round(tokens / t / MULTIPLE) * MULTIPLE))
        members = np.concatenate([left, order[bucket == b]])
        whole = len(members) if b == last else len(members) // rows * rows
        batches += [(rows, t, members[i : min(i + rows, whole)]) for i in range(0, whole, rows)]
        left = members[whole:]
    return batches if random is None else [batches[i] for i in random.permutation(len(batches))]


def pipeline(
    train: Mapping[str, Sequence[bytes]],
    validation: Mapping[str, Sequence[bytes]],
    subwords: Subwords,
    batch_size: int,
    seed: int,
    dropout: float = DROPOUT,
) -> TrainingData:
    """Training and validation batches (x, y, weight).

    - x: {"ids": those of the sentences, int32 [n, L, t], with END and then PADDING after each; "markers": those of the
      languages, int32 [n, L]}.
    - y: those of the targets, int32 [n, L, L - 1, t]: of each sentence the other languages in their order.
    - weight: 1 for each id of a target, END among them, and 0 for padding, float32 [n, L, L - 1, t].

    In each epoch every example occurs once, but for a few that do not fill a batch; it is cut into other subwords each time. The
    batches depend on `seed` and the number of the epoch only. Examples with a sentence of more than LONGEST subwords are left
    out, and the log tells how many they are.

    Args:
        train: of each language its sentences; those at the same place are translations of each other.
        validation: likewise, in the same languages.
        subwords: the vocabulary.
        batch_size: a batch has as many subwords as so many examples of mean length; of shorter ones it has more.
        seed: of everything random.
        dropout: the probability that a merge is left out.

    Raises:
        UserError: a split without a sentence that is short enough.
    """
    known, lengths = Encoded(validation, subwords), Encoded(train, subwords).longest
    short, held_out = _short_enough(lengths, "training"), _short_enough(known.longest, "validation")
    tokens, languages = batch_size * float(lengths[short].mean()), len(train)

    def epoch_of(epoch: int) -> tuple[Encoded, list[Plan]]:
        random = np.random.default_rng((seed, epoch))
        encoded = Encoded(train, subwords, dropout, random)
        fits = short[encoded.longest[short] <= LENGTHS[-1]]
        return encoded, [(rows, t, fits[each]) for rows, t, each in plan(encoded.longest[fits], tokens, random)]

    first = epoch_of(0)
    # The lengths, and so the number of batches, differ a little between epochs. The number of the first one holds for all.
    steps = len(first[1])

    def train_batches(epoch: int) -> Iterator[Batch]:
        encoded, batches = epoch_of(epoch) if epoch else first
        for step in range(steps):
            yield _batch(encoded, *batches[step % len(batches)])

    def validation_batches() -> Iterator[Batch]:
        for rows, t, each in plan(known.longest[held_out], tokens):
            yield _batch(known, rows, t, held_out[each])

    signature = (
        {"ids": tf.TensorSpec([None, languages, None], tf.int32), "markers": tf.TensorSpec([None, languages], tf.int32)},
        tf.TensorSpec([None, languages, languages - 1, None], tf.int32),
        tf.TensorSpec([None, languages, languages - 1, None], tf.float32),
    )

    def dataset(batches: Callable[[], Iterator[Batch]]) -> tf.data.Dataset:
        return fixed(tf.data.Dataset.from_generator(batches, output_signature=signature).prefetch(2))

    return TrainingData(lambda epoch: dataset(lambda: train_batches(epoch)), dataset(validation_batches), steps)


def _batch(encoded: Encoded, rows: int, t: int, examples: np.ndarray) -> Batch:
    ids = encoded.padded(examples, rows, t)
    wanted = ids[:, others(ids.shape[1])]
    return {"ids": ids, "markers": np.tile(encoded.markers, (rows, 1))}, wanted, (wanted != PADDING).astype(np.float32)


def _short_enough(lengths: np.ndarray, split: str) -> np.ndarray:
    """The indices of the examples of a split whose sentences have at most LONGEST subwords."""
    short = np.flatnonzero(lengths <= LONGEST)
    if not len(short):
        raise UserError(f"the {split} split has no example whose sentences have at most {LONGEST} subwords: bring shorter ones")
    if len(short) < len(lengths):
        _log.warning("left out %d %s examples with a sentence of over %d subwords", len(lengths) - len(short), split, LONGEST)
    return short
