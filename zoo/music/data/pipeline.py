"""Batches for a network that predicts the next token of a score.

Scores are encoded once. In each epoch they are transposed at random, and batched with others of about the same length.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import tensorflow as tf

from zoo.core.errors import UserError
from zoo.core.recipe import TrainingData, fixed
from zoo.music.analysis import voice_leading
from zoo.music.language import features, grammar, lookahead, outline
from zoo.music.language.joined import GRID, joined
from zoo.music.language.tokens import ANY, TokenVocabulary
from zoo.music.notation.score import Score

# Training cuts a score into passages of at most so many tokens. A time step of an LSTM takes little longer for twice the rows, so
# many short rows train faster than a few long ones. The inputs of a passage still say what came before it.
PASSAGE = 384
# Inputs are padded to one of these lengths, so that the compiled training step is traced for few shapes.
LENGTHS = (*range(64, PASSAGE + 1, 64), 512, 640, 768, 1024, 1280)
LARGEST_SHIFT = 6  # semitones
# A user may leave open how many bars a piece has, and of which type it is. So training leaves them open with these probabilities.
# The outline of a piece (zoo.music.language.outline) is open with its length; of the other pieces, the form of some.
OPEN_LENGTH = 0.5
OPEN_FORM = 0.25
OPEN_TYPE = 0.2
OF_OUTLINE = ("left", "ending", "form", "character")  # the features that are 0 where length and outline are open
# The probability that the melody of a training piece in parts is not given. The network learns to compose melodies from these
# pieces, and to harmonise given melodies from the others.
UNKNOWN_MELODY = 0.5

Ranges = Sequence[tuple[int, int]]  # the lowest and the highest MIDI pitch of each voice

Batch = tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]  # inputs, tokens, weights


@dataclass(frozen=True)
class EncodedScore:
    """A score, or a passage of it, as arrays.

    Attributes:
        token: the ids of the tokens, <start> and <end> among them, int32 [t + 1].
        inputs: the features after each token (zoo.music.language.features), int32 [t + 1, ...] each.
        is_melody: whether each token is one of voice 0 of a score in parts, bool [t + 1].
        shifts: the transpositions in semitones that keep each voice of the score within its range; 0 is among them.
        first: whether it begins with <start>: it is a whole score or its first passage.
    """

    token: np.ndarray
    inputs: dict[str, np.ndarray]
    is_melody: np.ndarray
    shifts: range
    first: bool = True


def ranges(scores: Sequence[Score], vocabulary: TokenVocabulary) -> Ranges:
    """The range of each voice, within which it may be transposed.

    Four parts have the ranges of a choir. Another number of parts have the ranges that they have in the scores. Voices that are
    no parts may have all pitches of the vocabulary.
    """
    if not vocabulary.parts:
        return [vocabulary.pitches] * vocabulary.voices
    if vocabulary.voices == len(voice_leading.RANGES):
        return voice_leading.RANGES
    pitches: list[list[int]] = [[] for _ in range(vocabulary.voices)]
    for score in scores:
        for note in score.notes:
            pitches[note.voice].append(note.pitch)
    return [(min(each), max(each)) if each else vocabulary.pitches for each in pitches]


def shifts(score: Score, ranges: Ranges) -> range:
    """The transpositions, from -6 to 5 semitones, that keep every voice within its range.

    0 is always among them. It is the only one where the score itself is not within the ranges.
    """
    low, high = -LARGEST_SHIFT, LARGEST_SHIFT - 1
    for note in score.notes:
        lowest, highest = ranges[note.voice]
        low, high = max(low, lowest - note.pitch), min(high, highest - note.pitch)
    return range(low, high + 1) if low <= 0 <= high else range(1)


def encode(scores: Sequence[Score], vocabulary: TokenVocabulary, ranges: Ranges) -> list[EncodedScore]:
    """The tokens and the inputs of each score. ValueError for a score that the vocabulary cannot say."""
    tables = grammar.Tables(vocabulary)
    tokens = [np.array(vocabulary.encode(score), np.int32) for score in scores]
    encoded: dict[int, EncodedScore] = {}
    by_length = np.argsort([len(token) for token in tokens], kind="stable")
    for rows in (by_length[i : i + 256] for i in range(0, len(by_length), 256)):
        melody = lookahead.melody([[note for note in scores[i].notes if not note.voice] for i in rows]) if tables.parts else None
        plan = outline.of([scores[i] for i in rows])
        inputs = features.trace(tables, grammar.padded([tokens[i] for i in rows]), melody, plan)
        for row, i in enumerate(rows):
            length = len(tokens[i])
            own = {name: values[row, :length] for name, values in inputs.items()}
            is_melody = np.array(vocabulary.part_of_tokens(tokens[i])) == 0
            encoded[i] = EncodedScore(tokens[i], own, is_melody, shifts(scores[i], ranges))
    return [encoded[i] for i in range(len(scores))]


def passages(score: EncodedScore) -> list[EncodedScore]:
    """The score cut into passages of about equal length, in which PASSAGE tokens at most are predicted.

    A passage begins with the last token of the one before it, from which its own first token is predicted.
    """
    size = len(score.token) - 1
    count = -(-size // PASSAGE)
    edges = [size * i // count for i in range(count + 1)]
    return [
        replace(
            score,
            token=score.token[a : b + 1],
            inputs={name: values[a : b + 1] for name, values in score.inputs.items()},
            is_melody=score.is_melody[a : b + 1],
            first=not a,
        )
        for a, b in pairwise(edges)
    ]


def transposed(token: np.ndarray, shift: int, vocabulary: TokenVocabulary) -> np.ndarray:
    """The ids of the same music and its tonic, `shift` semitones higher."""
    pitches, tonics = vocabulary.index[f"pitch={vocabulary.pitches[0]}"], vocabulary.index["tonic=C"]
    is_pitch = (token >= pitches) & (token < pitches + 1 + vocabulary.pitches[1] - vocabulary.pitches[0])
    is_tonic = (token >= tonics) & (token < tonics + 12)
    return np.where(is_pitch, token + shift, np.where(is_tonic, tonics + (token - tonics + shift) % 12, token))


def pipeline(
    train: Sequence[Score],
    validation: Sequence[Score],
    vocabulary: TokenVocabulary,
    batch_size: int,
    seed: int,
    transpose: bool = True,
) -> TrainingData:
    """Training and validation batches (x, y, weight) of scores.

    - x: the features after each token except the last (zoo.music.language.features), int32 [batch_size, t, ...] each.
    - y: the token that follows each of these, int32 [batch_size, t].
    - weight: 1 for every token that is to be predicted, <end> among them, else 0, float32 [batch_size, t].

    Training: in each epoch every passage occurs once, transposed at random. Its batches depend on `seed` and the number of the
    epoch only. Controls that were drawn at random have weight 0: the tonic of a transposed score, and a type that was left open.
    Of pieces in parts, the melody is given or not, at random; the tokens of a given melody have weight 0.

    Validation: whole scores, not transposed. The controls have weight 0; length and outline are left open. Pieces in parts
    occur twice, without and with a given melody.

    A batch holds rows of about the same length, padded to one of LENGTHS; rows of weight 0 fill a batch that is not full.

    With the type GRID in the vocabulary, each score occurs twice: as it is, and joined, with that type
    (zoo.music.language.joined). The token of the type GRID is given and has weight 0.

    Args:
        train: the scores of the training split.
        validation: the scores of the validation split.
        vocabulary: the tokens.
        batch_size: rows of a batch.
        seed: of everything random.
        transpose: whether to transpose in training.

    Raises:
        UserError: a split without scores.
    """
    if not train or not validation:
        raise UserError(f"{len(train)} scores to train on and {len(validation)} to validate on: each must be at least 1")
    if GRID in vocabulary.types:
        train, validation = (
            [each for score in scores for each in (score, replace(joined(score), type=GRID))] for scores in (train, validation)
        )
    limits = ranges(train, vocabulary)
    kept = [passage for score in encode(train, vocabulary, limits) for passage in passages(score)]
    held_out = encode(validation, vocabulary, limits)
    signature = (
        {
            name: tf.TensorSpec([None, None, *shape], tf.int32)
            for name, shape in features.shapes(vocabulary.voices, vocabulary.parts).items()
        },
        tf.TensorSpec([None, None], tf.int32),
        tf.TensorSpec([None, None], tf.float32),
    )

    def dataset(batches: Callable[[], Iterator[Batch]]) -> tf.data.Dataset:
        return fixed(tf.data.Dataset.from_generator(batches, output_signature=signature).prefetch(2))

    return TrainingData(
        train=lambda epoch: dataset(lambda: _train_batches(kept, vocabulary, batch_size, (seed, epoch), transpose)),
        validation=dataset(lambda: _validation_batches(held_out, vocabulary, batch_size)),
        steps=len(_plan(kept, batch_size, np.random.default_rng(0))),
    )


def _plan(scores: Sequence[EncodedScore], batch_size: int, rng: np.random.Generator | None) -> list[tuple[int, np.ndarray]]:
    """(length, indices of the scores) of each batch: shuffled, or in the given order where `rng` is None."""
    longest = max((len(each.token) - 1 for each in scores), default=0)
    lengths = np.array([*LENGTHS, max(longest, LENGTHS[-1] + 1)])
    bucket = np.searchsorted(lengths, [len(each.token) - 1 for each in scores])
    batches = []
    for b, length in enumerate(lengths):
        members = np.flatnonzero(bucket == b)
        if rng is not None:
            rng.shuffle(members)
        batches += [(int(length), members[i : i + batch_size]) for i in range(0, len(members), batch_size)]
    if rng is not None:
        batches = [batches[i] for i in rng.permutation(len(batches))]
    return batches


def _train_batches(
    scores: Sequence[EncodedScore], vocabulary: TokenVocabulary, batch_size: int, seed: tuple[int, int], transpose: bool
) -> Iterator[Batch]:
    """The training batches of an epoch; see `pipeline`."""
    rng = np.random.default_rng(seed)
    any_type, grid = (vocabulary.index.get(f"type={name}", -1) for name in (ANY, GRID))
    for length, members in _plan(scores, batch_size, rng):
        inputs, token, weight = _blank(batch_size, length, vocabulary)
        for row, i in enumerate(members):
            shift = int(rng.integers(scores[i].shifts.start, scores[i].shifts.stop)) if transpose else 0
            end = _fill(row, _moved(scores[i], shift, vocabulary), inputs, token, weight)
            if rng.random() < OPEN_LENGTH:
                for name in OF_OUTLINE:
                    inputs[name][row] = 0
            elif rng.random() < OPEN_FORM:
                inputs["form"][row] = 0
            untyped = vocabulary.types and GRID not in vocabulary.types and rng.random() < OPEN_TYPE
            if untyped:
                known = inputs["controls"][row, :end, 3]
                known[known > 0] = any_type
            if scores[i].first:
                weight[row, 1] = shift == 0
                if untyped:
                    weight[row, 3], token[row, 4], inputs["token"][row, 4] = 0, any_type, any_type
                if token[row, 4] == grid:
                    weight[row, 3] = 0
            if vocabulary.parts:
                _tell_melody(rng.random() >= UNKNOWN_MELODY, row, scores[i], inputs, weight)
        yield inputs, token[:, 1:], weight


def _validation_batches(scores: Sequence[EncodedScore], vocabulary: TokenVocabulary, batch_size: int) -> Iterator[Batch]:
    """The validation batches; see `pipeline`."""
    for known in (False, True) if vocabulary.parts else (False,):
        for length, members in _plan(scores, batch_size, None):
            inputs, token, weight = _blank(batch_size, length, vocabulary)
            for row, i in enumerate(members):
                _fill(row, scores[i], inputs, token, weight)
                if vocabulary.parts:
                    _tell_melody(known, row, scores[i], inputs, weight)
            weight[:, : vocabulary.controls] = 0
            for name in OF_OUTLINE:
                inputs[name][:] = 0
            yield inputs, token[:, 1:], weight


def _blank(batch_size: int, length: int, vocabulary: TokenVocabulary) -> Batch:
    """A batch of zeros: the inputs, the tokens with <start>, the weights."""
    shapes = features.shapes(vocabulary.voices, vocabulary.parts)
    inputs = {name: np.zeros((batch_size, length, *shape), np.int32) for name, shape in shapes.items()}
    return inputs, np.zeros((batch_size, length + 1), np.int32), np.zeros((batch_size, length), np.float32)


def _fill(row: int, score: EncodedScore, inputs: dict[str, np.ndarray], token: np.ndarray, weight: np.ndarray) -> int:
    """Writes a score into a row, and returns the number of its tokens after the first."""
    end = len(score.token) - 1
    token[row, : end + 1], weight[row, :end] = score.token, 1
    for name, values in score.inputs.items():
        inputs[name][row, :end] = values[:-1]
    return end


def _tell_melody(known: bool, row: int, score: EncodedScore, inputs: dict[str, np.ndarray], weight: np.ndarray) -> None:
    """Keeps the melody among the inputs of a row and gives its tokens weight 0, or removes it from the inputs."""
    if known:
        weight[row, : len(score.is_melody) - 1][score.is_melody[1:]] = 0
    else:
        inputs["ahead"][row] = 0


def _moved(score: EncodedScore, shift: int, vocabulary: TokenVocabulary) -> EncodedScore:
    """The score `shift` semitones higher, its inputs included."""
    if not shift:
        return score
    inputs = dict(score.inputs)
    for name in ("token", "controls", "recalled"):
        inputs[name] = transposed(inputs[name], shift, vocabulary)
    for name in ("held", "moved") if vocabulary.parts else ("held",):
        inputs[name] = np.where(inputs[name] > 0, inputs[name] + shift, 0)
    if vocabulary.parts:
        pitch = inputs["ahead"][..., :1]
        inputs["ahead"] = np.concatenate([np.where(pitch > 0, pitch + shift, 0), inputs["ahead"][..., 1:]], -1)
    return replace(score, token=transposed(score.token, shift, vocabulary), inputs=inputs)
