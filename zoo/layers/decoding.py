"""Beam search and sampling inside a TensorFlow graph, for any network that gives the logits of the next token.

The search follows several sequences ("beams") of each example. In each step it extends them by one token and keeps the most
probable ones. A sequence that ends, and is among the most probable ones, is set aside; with one beam the search is greedy.
All examples are searched at once, in a `tf.while_loop`. Some end long before others: from time to time the loop goes on with
those alone that have not ended, so that the network computes nothing for the others.

Long sequences have low probabilities, so ended sequences are compared by a score, in which the logarithm of the probability is
divided by a power of the length (Wu et al. 2016, arXiv 1609.08144, equation 14):

    score = log_probability / ((5 + length) / 6) ^ length_penalty       (the length counts the end)
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

IMPOSSIBLE = -1e8  # the log probability of a sequence that the search has not found is below
NEVER = -1e9  # the logarithm of a probability of zero; finite, so that nothing becomes NaN

STILL_MANY = 0.8  # as long as more than this share of the examples go on, none is left out: that costs time, too

# The last token of each sequence, int32 [n * beams], the network's state, what it reads of each example, and the number of tokens
# before that one, int32 [] -> the logits of the next token, float32 [n * beams, vocabulary], and the new state. Of n examples at
# first there are fewer later, those whose search has not ended.
Step = Callable[[tf.Tensor, Any, Any, tf.Tensor], tuple[tf.Tensor, Any]]
# The tokens so far, int32 [n * beams, longest], zero from place `at` on, and `at`, int32 [] -> which may follow, bool
# [n * beams, vocabulary]. Where none may, the sequence is given up. For n see `Step`.
Allowed = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


class Appended(NamedTuple):
    """A tensor of a network's state that the search leaves as it is, though it changes the order of the beams.

    Its first axis is n, and its third axis may grow with each step. It is for caches, which are large: to move them all in each
    step costs much. `zoo.layers.decoder.Cache` is an example.
    """

    tensor: tf.Tensor


class Found(NamedTuple):
    """What `beam_search` gives, the best sequence of each example first.

    Attributes:
        ids: int32 [n, beams, t], those after `start`, with the end where a sequence has one; zero after it.
        log_probability: float32 [n, beams], the sum over all tokens; below IMPOSSIBLE where there are fewer sequences than beams.
        score: float32 [n, beams].
    """

    ids: tf.Tensor
    log_probability: tf.Tensor
    score: tf.Tensor


class _Beams(NamedTuple):
    """Sequences of each example: int32 [n, beams, longest] and float32 [n, beams] each."""

    ids: tf.Tensor
    log_probability: tf.Tensor
    score: tf.Tensor


class _Progress(NamedTuple):
    """The variables of the loop, of the m examples that are searched."""

    at: tf.Tensor  # tokens so far
    last: tf.Tensor  # int32 [m * beams]
    state: Any
    open: _Beams
    ended: _Beams


def beam_search(
    step: Step,
    state: Any,
    shared: Any,
    start: tf.Tensor,
    end: int,
    beams: int,
    longest: int | tf.Tensor,
    length_penalty: float | tf.Tensor,
    allowed: Allowed | None = None,
) -> Found:
    """Searches for the most probable sequences.

    It goes on until, for each example, `beams` sequences have ended and no open one has a better score than the worst of these.
    (The score of an open one may still rise, but only if its further tokens are more probable than those before.)
    Sequences without an end come after all that have one; they are `longest` tokens long.

    Args:
        step: the network.
        state: its state before the first token: a nest of lists, tuples and dictionaries of tensors whose first axis is
            n * beams, and of `Appended`. The beams of an example follow one another.
        shared: what `step` reads of each example, such as an encoder's output: a nest of tensors whose first axis is n, so that
            the beams of an example share it.
        start: the token before the first, int32 [n].
        end: the token that ends a sequence.
        beams: the number of sequences that are followed, at least 1.
        longest: the number of tokens at most, the end included; int or int32 [].
        length_penalty: the exponent, at least 0. The higher, the longer are the results; with 0 the score is the log probability.
        allowed: which tokens may follow; None: all. The probabilities are those of the network all the same.
    """
    longest = tf.convert_to_tensor(longest, tf.int32)
    n = tf.shape(start)[0]

    def penalty(length: tf.Tensor) -> tf.Tensor:
        return ((5.0 + tf.cast(length, tf.float32)) / 6.0) ** length_penalty

    def many_go_on(progress: _Progress) -> tf.Tensor:
        goes_on = tf.cast(_goes_on(progress), tf.float32)
        return (progress.at < longest) & (tf.reduce_sum(goes_on) > STILL_MANY * tf.cast(tf.size(goes_on), tf.float32))

    def advance(before: _Progress, of_examples: Any) -> tuple[_Progress]:
        at, m = before.at, tf.shape(before.open.score)[0]
        logits, state = step(before.last, before.state, of_examples, at)
        logits = tf.cast(logits, tf.float32)
        every = tf.reduce_logsumexp(logits, 1, keepdims=True)
        if allowed is not None:
            so_far = tf.reshape(before.open.ids, [m * beams, longest])
            logits = tf.where(allowed(so_far, at), logits, NEVER)
        # An example whose search has ended finds nothing more, however long the others take: so it does not depend on them.
        goes_on = _goes_on(before)[:, None]
        open_ones = tf.where(goes_on, before.open.log_probability, NEVER)
        parent, token, total = _candidates(open_ones, logits, every, beams)
        ids = tf.gather(before.open.ids, parent, axis=1, batch_dims=1)
        ids = tf.where(tf.range(longest) == at, token[..., None], ids)
        possible = total > NEVER / 2
        ends = possible & (token == end) & (tf.range(tf.shape(token)[1]) < beams)
        score = total / penalty(at + 1)
        ended = _best(before.ended, _only(ends, _Beams(ids, total, score)))
        candidates = _only(possible & (token != end), _Beams(ids, total, score))
        kept = tf.math.top_k(candidates.log_probability, beams).indices
        following = _Beams(*(tf.gather(each, kept, axis=1, batch_dims=1) for each in candidates))
        rows = tf.reshape(tf.gather(parent, kept, axis=1, batch_dims=1) + tf.range(m)[:, None] * beams, [-1])
        last = tf.reshape(tf.gather(token, kept, axis=1, batch_dims=1), [-1])
        state = _mapped(state, lambda each: tf.gather(each, rows), lambda each: each)
        return (_Progress(at + 1, last, state, following, ended),)

    def search(examples: tf.Tensor, found: _Beams, of_examples: Any, progress: _Progress) -> tuple[Any, ...]:
        """Advances some examples, int32 [m], until few of them go on, writes down what they found, and leaves the others out."""
        (progress,) = tf.while_loop(
            many_go_on, lambda before: advance(before, of_examples), (progress,), (shapes,), parallel_iterations=1
        )
        pairs = zip(found, _chosen(progress, beams), strict=True)
        found = _Beams(*(tf.tensor_scatter_nd_update(all_of_them, examples[:, None], new) for all_of_them, new in pairs))
        left = tf.where(_goes_on(progress))[:, 0]

        def kept(of_examples: tf.Tensor) -> tf.Tensor:
            return tf.gather(of_examples, left)

        return kept(examples), found, _mapped(of_examples, kept, kept), _part(progress, left, beams)

    ids, none = tf.zeros([n, beams, longest], tf.int32), tf.fill([n, beams], NEVER)
    # At first the beams of an example are equal, so only one of them counts.
    first = tf.tile(tf.where(tf.range(beams) == 0, 0.0, NEVER)[None], [n, 1])
    begin = _Progress(tf.constant(0), tf.repeat(start, beams), state, _Beams(ids, first, first), _Beams(ids, none, none))
    of_beams = _Beams(*(tf.TensorShape(shape) for shape in ([None, beams, None], [None, beams], [None, beams])))
    of_state, of_shared = _shapes(state), _shapes(shared)
    shapes = _Progress(tf.TensorShape([]), tf.TensorShape([None]), of_state, of_beams, of_beams)
    _, found, _, last = tf.while_loop(
        lambda examples, _found, _shared, progress: (tf.size(examples) > 0) & (progress.at < longest),
        search,
        (tf.range(n), _chosen(begin, beams), shared, begin),
        (tf.TensorShape([None]), of_beams, of_shared, shapes),
        parallel_iterations=1,
    )
    return Found(found.ids[..., : last.at], found.log_probability, found.score)


def sample(step: Step, state: Any, shared: Any, start: tf.Tensor, end: int, each: int, longest: int | tf.Tensor) -> tf.Tensor:
    """Draws sequences, each token by its probability.

    Args:
        step, state, shared, start, end: as for `beam_search`, with `each` in place of `beams`.
        each: how many sequences of each example.
        longest: the number of tokens at most, the end included; int or int32 [].

    Returns:
        int32 [n * each, t], those after `start`, with the end where a sequence has one; zero after it.
    """
    longest = tf.convert_to_tensor(longest, tf.int32)

    def goes_on(at: tf.Tensor, _last: tf.Tensor, _state: Any, ids: tf.Tensor) -> tf.Tensor:
        return (at < longest) & ~tf.reduce_all(tf.reduce_any(ids == end, 1))

    def advance(at: tf.Tensor, last: tf.Tensor, state: Any, ids: tf.Tensor) -> tuple[Any, ...]:
        logits, state = step(last, state, shared, at)
        drawn = tf.random.categorical(tf.cast(logits, tf.float32), 1, tf.int32)[:, 0]
        has_ended = tf.reduce_any(ids == end, 1)
        ids = tf.where(tf.range(longest) == at, tf.where(has_ended, 0, drawn)[:, None], ids)
        return at + 1, tf.where(has_ended, end, drawn), state, ids

    last = tf.repeat(start, each)
    begin = tf.constant(0), last, state, tf.zeros([tf.size(last), longest], tf.int32)
    shapes = tf.TensorShape([]), tf.TensorShape([None]), _shapes(state), tf.TensorShape([None, None])
    at, _, _, ids = tf.while_loop(goes_on, advance, begin, shapes, parallel_iterations=1)
    return ids[:, :at]


def _shapes(nest: Any) -> Any:
    """The shapes that tensors may take in a loop in which examples leave and what is `Appended` grows."""
    return _mapped(
        nest,
        lambda each: tf.TensorShape([None, *each.shape[1:]]),
        lambda each: tf.TensorShape([None, each.shape[1], None, *each.shape[3:]]),
    )


def _goes_on(progress: _Progress) -> tf.Tensor:
    """Whether an open sequence of each example has a better score than the worst ended one, bool [n]."""
    return progress.open.score[:, 0] > progress.ended.score[:, -1]


def _candidates(totals: tf.Tensor, logits: tf.Tensor, every: tf.Tensor, beams: int) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """The most probable continuations, twice as many as beams: so `beams` of them stay open, however many end.

    Args:
        totals: the log probability of each beam, [n, beams].
        logits: of each next token, [n * beams, vocabulary].
        every: the logarithm of the sum of exp(logits) over all tokens, [n * beams, 1].
        beams: their number.

    Returns:
        The beam and the token of each continuation, int32 [n, k], and its log probability, float32 [n, k].
    """
    n, each = tf.shape(totals)[0], tf.minimum(2 * beams, tf.shape(logits)[1])
    # No beam has more than these among the most probable ones of all beams.
    largest, token = tf.math.top_k(logits, each)
    sums = tf.reshape(tf.reshape(totals, [-1, 1]) + largest - every, [n, beams * each])
    total, index = tf.math.top_k(sums, tf.minimum(2 * beams, beams * each))
    token = tf.gather(tf.reshape(token, [n, beams * each]), index, axis=1, batch_dims=1)
    return index // each, token, tf.maximum(total, NEVER)


def _part(progress: _Progress, examples: tf.Tensor, beams: int) -> _Progress:
    """Some examples alone, by their indices, int64 [k]."""
    rows = tf.reshape(examples[:, None] * beams + tf.range(beams, dtype=tf.int64), [-1])

    def kept(of_examples: tf.Tensor) -> tf.Tensor:
        return tf.gather(of_examples, examples)

    state = _mapped(progress.state, lambda of_beams: tf.gather(of_beams, rows), kept)
    opened, ended = (_Beams(*map(kept, each)) for each in (progress.open, progress.ended))
    return _Progress(progress.at, tf.gather(progress.last, rows), state, opened, ended)


def _only(chosen: tf.Tensor, beams: _Beams) -> _Beams:
    """The same sequences; those that are not chosen, bool [n, k], get a probability of zero."""
    log_probability, score = (tf.where(chosen, each, NEVER) for each in beams[1:])
    return _Beams(beams.ids, log_probability, score)


def _mapped(state: Any, function: Callable[[tf.Tensor], Any], of_appended: Callable[[tf.Tensor], Any]) -> Any:
    """A function of each tensor of a state, and another one of what is `Appended`, in the same structure."""
    if isinstance(state, Appended):
        return Appended(of_appended(state.tensor))
    if isinstance(state, dict):
        return {name: _mapped(each, function, of_appended) for name, each in state.items()}
    if isinstance(state, list | tuple):
        parts = [_mapped(each, function, of_appended) for each in state]
        return type(state)(*parts) if hasattr(state, "_fields") else type(state)(parts)
    return function(state)


def _best(ended: _Beams, candidates: _Beams) -> _Beams:
    """As many of the sequences of both as the first has, by their scores."""
    together = _Beams(*(tf.concat(pair, 1) for pair in zip(ended, candidates, strict=True)))
    score, chosen = tf.math.top_k(together.score, tf.shape(ended.score)[1])
    ids, log_probability = (tf.gather(each, chosen, axis=1, batch_dims=1) for each in together[:2])
    return _Beams(ids, log_probability, score)


def _chosen(progress: _Progress, beams: int) -> _Beams:
    """The ended sequences, and where these are too few, open ones."""
    both = _Beams(*(tf.concat(pair, 1) for pair in zip(progress.ended, progress.open, strict=True)))
    has_ended = tf.math.count_nonzero(progress.ended.score > NEVER / 2, 1, keepdims=True, dtype=tf.int32)
    place = tf.range(beams)[None]
    chosen = tf.where(place < has_ended, place, beams + place - has_ended)
    ids, log_probability, score = (tf.gather(each, chosen, axis=1, batch_dims=1) for each in both)
    return _Beams(tf.where((log_probability > NEVER / 2)[..., None], ids, 0), log_probability, score)
