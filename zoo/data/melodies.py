"""Scores -> batches for a network that predicts the next token: encoded, transposed anew each epoch, batched by length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from zoo.errors import UserError
from zoo.music import features, grammar
from zoo.music.score import Score
from zoo.music.tokens import ANY, Vocabulary
from zoo.training import TrainingData, fixed

# Inputs are padded to one of these lengths, so that a compiled training step is traced for few shapes only.
LENGTHS = (128, 192, 256, 320, 384, 448, 512, 576, 640, 768, 1024)
LARGEST_SHIFT = 6  # semitones
# How often a training piece does not say how many bars are left, and not of which type it is: a user may leave both open.
OPEN_LENGTH = 0.5
OPEN_TYPE = 0.2

Batch = tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Encoded:
    """A melody as arrays: `token` int32 [t + 1] with <start> and <end>; `heard`: what zoo.music.features tells after each token,
    int32 [t + 1, ...] each; and the `shifts` in semitones (0 among them) that keep the pitches inside the vocabulary.
    """

    token: np.ndarray
    heard: dict[str, np.ndarray]
    shifts: range


def encode(scores: Sequence[Score], vocabulary: Vocabulary) -> list[Encoded]:
    """ValueError for a score that the vocabulary cannot say."""
    tables = grammar.Tables(vocabulary)
    low, high = vocabulary.pitches
    tokens = [np.array(vocabulary.encode(score), np.int32) for score in scores]
    encoded: dict[int, Encoded] = {}
    by_length = np.argsort([len(token) for token in tokens], kind="stable")
    for rows in (by_length[i : i + 256] for i in range(0, len(by_length), 256)):
        heard = features.trace(tables, grammar.padded([tokens[i] for i in rows]))
        for row, i in enumerate(rows):
            pitches, length = [note.pitch for note in scores[i].notes], len(tokens[i])
            shifts = range(max(-LARGEST_SHIFT, low - min(pitches)), min(LARGEST_SHIFT - 1, high - max(pitches)) + 1)
            encoded[i] = Encoded(tokens[i], {name: values[row, :length] for name, values in heard.items()}, shifts)
    return [encoded[i] for i in range(len(scores))]


def transposed(token: np.ndarray, shift: int, vocabulary: Vocabulary) -> np.ndarray:
    """The ids of the same melody `shift` semitones higher, its tonic moved along."""
    pitches, tonics = vocabulary.index[f"pitch={vocabulary.pitches[0]}"], vocabulary.index["tonic=C"]
    is_pitch = (token >= pitches) & (token < pitches + 1 + vocabulary.pitches[1] - vocabulary.pitches[0])
    is_tonic = (token >= tonics) & (token < tonics + 12)
    return np.where(is_pitch, token + shift, np.where(is_tonic, tonics + (token - tonics + shift) % 12, token))


def pipeline(
    train: Sequence[Score],
    validation: Sequence[Score],
    vocabulary: Vocabulary,
    batch_size: int,
    seed: int,
    transpose: bool = True,
) -> TrainingData:
    """Training and validation batches of melodies.

    x: what zoo.music.features tells after each token but the last, int32 [batch_size, t, ...]. y: int32 [batch_size, t], the
    token after each. weight: float32, 1 for every token to be predicted, <end> among them. In validation the controls have weight
    0 and the number of bars is open. In training, the controls that were drawn by chance have weight 0: the tonic of a transposed
    melody, a type that was left out. Batches hold melodies of about one length, padded to one of LENGTHS; where a batch is not
    full, rows of weight 0 fill it. In each epoch every melody comes once, transposed by chance; its batches depend on `seed` and
    its number alone.

    Training leaves melodies longer than LENGTHS[-1] out (validation does not). UserError where nothing is left.
    """
    kept = [each for each in encode(train, vocabulary) if len(each.token) - 1 <= LENGTHS[-1]]
    held_out = encode(validation, vocabulary)
    if not kept or not held_out:
        raise UserError(f"{len(kept)} melodies to train on and {len(held_out)} to validate on: each must be at least 1")
    signature = (
        {name: tf.TensorSpec([None, None, *shape], tf.int32) for name, shape in features.shapes(vocabulary.voices).items()},
        tf.TensorSpec([None, None], tf.int32),
        tf.TensorSpec([None, None], tf.float32),
    )

    def dataset(melodies: Sequence[Encoded], epoch: int | None) -> tf.data.Dataset:
        batches = tf.data.Dataset.from_generator(
            lambda: _batches(melodies, vocabulary, batch_size, seed, epoch, transpose), output_signature=signature
        )
        return fixed(batches.prefetch(2))

    return TrainingData(
        train=lambda epoch: dataset(kept, epoch),
        validation=dataset(held_out, None),
        steps=len(_plan(kept, batch_size, np.random.default_rng(0))),
    )


def _plan(melodies: Sequence[Encoded], batch_size: int, rng: np.random.Generator | None) -> list[tuple[int, np.ndarray]]:
    """(length, indices of the melodies) of each batch; shuffled, or in the given order without `rng`."""
    longest = max((len(each.token) - 1 for each in melodies), default=0)
    lengths = np.array([*LENGTHS, max(longest, LENGTHS[-1] + 1)])
    bucket = np.searchsorted(lengths, [len(each.token) - 1 for each in melodies])
    batches = []
    for b, length in enumerate(lengths):
        members = np.flatnonzero(bucket == b)
        if rng is not None:
            rng.shuffle(members)
        batches += [(int(length), members[i : i + batch_size]) for i in range(0, len(members), batch_size)]
    if rng is not None:
        batches = [batches[i] for i in rng.permutation(len(batches))]
    return batches


def _batches(
    melodies: Sequence[Encoded], vocabulary: Vocabulary, batch_size: int, seed: int, epoch: int | None, transpose: bool
) -> Iterator[Batch]:
    rng = None if epoch is None else np.random.default_rng([seed, epoch])
    for length, members in _plan(melodies, batch_size, rng):
        token = np.zeros((batch_size, length + 1), np.int32)
        weight = np.zeros((batch_size, length), np.float32)
        shapes = features.shapes(vocabulary.voices)
        heard = {name: np.zeros((batch_size, length, *shape), np.int32) for name, shape in shapes.items()}
        for row, i in enumerate(members):
            shift = int(rng.integers(melodies[i].shifts.start, melodies[i].shifts.stop)) if rng is not None and transpose else 0
            each = _moved(melodies[i], shift, vocabulary)
            end = len(each.token) - 1
            token[row, : end + 1], weight[row, :end] = each.token, 1
            for name, values in each.heard.items():
                heard[name][row, :end] = values[:-1]
            if rng is None:
                weight[row, : vocabulary.controls] = 0
                heard["left"][row] = 0
                continue
            weight[row, 1] = shift == 0
            if rng.random() < OPEN_LENGTH:
                heard["left"][row] = 0
            if vocabulary.types and rng.random() < OPEN_TYPE:
                weight[row, 3], any_type = 0, vocabulary.index[f"type={ANY}"]
                token[row, 4] = heard["token"][row, 4] = any_type
                heard["controls"][row, 4:end, 3] = any_type
        yield heard, token[:, 1:], weight


def _moved(melody: Encoded, shift: int, vocabulary: Vocabulary) -> Encoded:
    """The melody `shift` semitones higher, and all that is heard with it."""
    if not shift:
        return melody
    heard = dict(melody.heard)
    for name in ("token", "controls", "recalled"):
        heard[name] = transposed(heard[name], shift, vocabulary)
    heard["held"] = np.where(heard["held"] > 0, heard["held"] + shift, 0)
    return Encoded(transposed(melody.token, shift, vocabulary), heard, melody.shifts)
