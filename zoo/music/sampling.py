"""Sampling whole batches of token sequences inside one compiled TensorFlow graph.

The network comes as a `step`: one token of each sequence in, the logits of the next token out. One `tf.while_loop` runs the steps
of all sequences, and XLA compiles it as a whole. So no token costs a call from Python, and the loop is hundreds of times faster
than one in Python (`python -m benchmarks sampling`).

The loop steps the grammar (zoo.music.language.grammar) along with the network and masks the tokens that may not follow. Among the
others, those that keep to the outline of the piece (zoo.music.language.outline) and to the rules of part writing
(zoo.music.language.part_writing) go first.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf
from keras import ops

from zoo.core.sampling import Sampling
from zoo.layers.sampling import COLDEST, FORBIDDEN, keep_likely, pick
from zoo.music.language import features, grammar, lookahead, lookback, outline, part_writing
from zoo.music.language.lookahead import Melody
from zoo.music.language.outline import Outline
from zoo.music.language.tokens import END, PAD, START

OPEN = -1  # in `forced`: the network chooses this token itself

# The features of a step, int32 [n, ...] each, and the network's states -> logits float32 [n, vocabulary] and the next states.
Step = Callable[[dict[str, tf.Tensor], Any], tuple[tf.Tensor, Any]]


class Sample(NamedTuple):
    """What `sample` gives.

    Attributes:
        tokens: int32 [n, length], those after <start>; zero after <end>.
        log_probability: float32 [n], the sum over the tokens that were drawn: not those forced or of a given melody.
        refused: int32 [n], the index of the first forced token that the grammar does not allow at its place, or -1.
    """

    tokens: tf.Tensor
    log_probability: tf.Tensor
    refused: tf.Tensor


class _Progress(NamedTuple):
    """The variables of the loop of `sample`."""

    step: tf.Tensor
    token: tf.Tensor
    grammar: grammar.State
    memory: lookback.Memory
    network: Any
    ended: tf.Tensor
    tokens: tf.TensorArray
    log_probability: tf.Tensor
    refused: tf.Tensor


def started(tables: grammar.Tables, n: tf.Tensor) -> grammar.State:
    """The grammar's state of n pieces after <start>."""
    return grammar.advance(tables, grammar.start(n, tables.voices, ops), tf.fill([n], START), ops)


def choose(logits: tf.Tensor, allowed: tf.Tensor, recalled: tf.Tensor, uniform: tf.Tensor, sampling: Sampling) -> tf.Tensor:
    """Draws one token a row: grammar, then temperature, then top-k, then top-p.

    Tokens that would repeat an earlier bar keep the probability that the network gives them; temperature, top-k and top-p are
    for the others. Each token decides again whether a tune goes on repeating itself. A temperature a little below 1 would
    sharpen that choice every time, and within a few bars the tune would repeat one bar for ever.

    Args:
        logits: float32 [n, vocabulary].
        allowed: bool [n, vocabulary], at least one a row.
        recalled: int32 [n, k], tokens of earlier bars at the same place, 0 for none.
        uniform: float32 [n] in [0, 1), the random numbers; the seed of `sampling` is not used.

    Returns:
        The tokens, int32 [n]; at a temperature of COLDEST or less the most probable ones.
    """
    masked = tf.where(allowed, logits, FORBIDDEN)
    repeats = allowed & tf.reduce_any(tf.one_hot(tf.where(recalled > 0, recalled, -1), logits.shape[1], True, False), 1)
    repeated = tf.where(repeats, tf.nn.softmax(masked), 0.0)
    others = tf.where(repeats, FORBIDDEN, masked)
    shifted = others - tf.reduce_max(others, -1, keepdims=True)
    new = keep_likely(tf.nn.softmax(shifted / tf.maximum(sampling.temperature, COLDEST)), sampling.top_k, sampling.top_p)
    new = tf.where(allowed & ~repeats, new, 0.0)  # where nothing else is allowed, all had the same probability
    share = (1.0 - tf.reduce_sum(repeated, -1, keepdims=True)) / tf.maximum(tf.reduce_sum(new, -1, keepdims=True), 1e-9)
    likely = repeated + share * new
    return tf.where(sampling.temperature <= COLDEST, tf.argmax(masked, -1, output_type=tf.int32), pick(likely, uniform))


def sample(
    step: Step,
    states: Any,
    tables: grammar.Tables,
    melody: Melody,
    plan: Outline,
    forced: tf.Tensor,
    uniform: tf.Tensor,
    bars: tf.Tensor,
    sampling: Sampling,
) -> Sample:
    """Samples n sequences at once until all have ended. Call it inside `tf.function(jit_compile=True)`.

    Args:
        step: the network.
        states: its states before <start>.
        tables: those of the grammar.
        melody: what voice 0 of each piece sings; without notes where no melody is given (zoo.music.language.lookahead).
        plan: the outline of each piece.
        forced: int32 [n, length], the given tokens after <start>; OPEN where the network chooses.
        uniform: float32 [n, length] in [0, 1), the random numbers.
        bars: int32 [n], the exact number of bars of each piece; 0: as many as the network likes.
        sampling: how tokens are drawn; its seed is not used.
    """
    n, length = tf.shape(forced)[0], forced.shape[1]
    forced, uniform = tf.transpose(forced), tf.transpose(uniform)  # one row a step

    def unfinished(progress: _Progress) -> tf.Tensor:
        return (progress.step < length) & ~tf.reduce_all(progress.ended)

    def advance(before: _Progress) -> tuple[_Progress]:
        i, state, ended = before.step, before.grammar, before.ended
        recalled = lookback.recall(before.memory, state, tables.voices, ops)
        left = features.left(bars, state, ops)
        ahead = lookahead.ahead(melody, state, ops) if tables.parts else None
        inputs = features.features(before.token, state, left, recalled, before.memory.matched, ahead, plan, ops)
        logits, network = step(inputs, before.network)
        closing = tf.fill([n], i >= length - grammar.CLOSING_STEPS)
        allowed = grammar.allowed(tables, state, bars, closing, ops)
        if tables.parts:
            allowed = lookahead.allowed(tables, state, melody, allowed, closing, ops)
        preferred = outline.preferred(tables, state, plan, allowed, closing, ops)
        preferred = part_writing.preferred(tables, state, preferred, logits, ops)
        chosen = choose(logits, preferred, recalled, uniform[i], sampling)
        given = (forced[i] != OPEN) & ~ended
        wrong = given & ~tf.gather(allowed, tf.maximum(forced[i], PAD), axis=1, batch_dims=1)
        token = tf.where(ended, PAD, tf.where(given, forced[i], chosen))
        following = grammar.advance(tables, state, token, ops)
        sung = lookahead.sung(melody, state, following)
        surprise = tf.nn.sparse_softmax_cross_entropy_with_logits(token, logits)
        after = _Progress(
            step=i + 1,
            token=token,
            grammar=following,
            memory=lookback.remember(before.memory, i, state, recalled, token, ops),
            network=network,
            ended=ended | (token == END) | wrong,
            tokens=before.tokens.write(i, token),
            log_probability=before.log_probability - tf.where(given | ended | sung, 0.0, surprise),
            refused=tf.where(wrong & (before.refused < 0), i, before.refused),
        )
        return (after,)

    tokens = tf.TensorArray(tf.int32, size=length, element_shape=forced.shape[1:])
    first = _Progress(
        step=tf.constant(0),
        token=tf.fill([n], START),
        grammar=started(tables, n),
        memory=lookback.empty(n, length, ops),
        network=states,
        ended=tf.zeros([n], tf.bool),
        tokens=tokens.unstack(tf.fill([length, n], PAD)),
        log_probability=tf.zeros([n]),
        refused=tf.fill([n], -1),
    )
    (last,) = tf.while_loop(unfinished, advance, (first,))
    return Sample(tf.transpose(last.tokens.stack()), last.log_probability, last.refused)
