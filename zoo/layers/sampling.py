"""Drawing the next token from a network's logits, inside a graph."""

import tensorflow as tf

from zoo.core.sampling import Sampling

COLDEST = 1e-6  # temperatures at or below it mean: take the most probable token
FORBIDDEN = -1e9  # the logit of a token that may not follow; finite, so that nothing becomes NaN


def draw(logits: tf.Tensor, allowed: tf.Tensor, uniform: tf.Tensor, sampling: Sampling) -> tf.Tensor:
    """Draws one token a row: first the temperature, then top-k, then top-p.

    Args:
        logits: float32 [n, vocabulary].
        allowed: bool [n, vocabulary], at least one a row.
        uniform: float32 [n] in [0, 1), the random numbers; the seed of `sampling` is not used.

    Returns:
        The tokens, int32 [n]; at a temperature of COLDEST or less the most probable ones.
    """
    masked = tf.where(allowed, logits, FORBIDDEN)
    shifted = masked - tf.reduce_max(masked, -1, keepdims=True)
    likely = keep_likely(tf.nn.softmax(shifted / tf.maximum(sampling.temperature, COLDEST)), sampling.top_k, sampling.top_p)
    return tf.where(sampling.temperature <= COLDEST, tf.argmax(masked, -1, output_type=tf.int32), pick(likely, uniform))


def keep_likely(probabilities: tf.Tensor, top_k: tf.Tensor, top_p: tf.Tensor) -> tf.Tensor:
    """Sets to zero, in each row, all but the `top_k` most probable tokens and all but the smallest set that reaches `top_p`.

    Source: nucleus sampling, Holtzman et al. 2020, arXiv 1904.09751. Of equally probable tokens the lower id comes first.

    Args:
        probabilities: float32 [n, vocabulary].
        top_k: int32 []; 0 is no limit.
        top_p: float32 [] in (0, 1]; 1 is no limit.
    """

    def ahead() -> tf.Tensor:
        """Whether the token of the last axis is more probable than that of the axis before: bool [n, vocabulary, vocabulary]."""
        # All pairs: at a few hundred tokens XLA compares them faster on a CPU than it sorts.
        size = probabilities.shape[1]
        mine, other = probabilities[:, :, None], probabilities[:, None, :]
        earlier = tf.range(size)[None, :] < tf.range(size)[:, None]
        return (other > mine) | ((other == mine) & earlier)

    def among_k() -> tf.Tensor:
        return tf.reduce_sum(tf.cast(ahead(), tf.int32), -1) < top_k

    def within_p() -> tf.Tensor:
        return tf.reduce_sum(tf.where(ahead(), probabilities[:, None, :], 0.0), -1) < top_p

    every = tf.ones_like(probabilities, tf.bool)
    kept = tf.cond(top_k > 0, among_k, lambda: every) & tf.cond(top_p < 1.0, within_p, lambda: every)
    return tf.where(kept, probabilities, 0.0)


def pick(weights: tf.Tensor, uniform: tf.Tensor) -> tf.Tensor:
    """The token of each row at which the cumulated weights exceed a share of their sum.

    Args:
        weights: float32 [n, vocabulary], of at least 0, not all of them 0.
        uniform: float32 [n], the shares.
    """
    reached = tf.cumsum(weights, -1)
    # Rounding can lift `uniform` to 1. Then, too, the threshold stays below the sum, and a token of weight 0 is not picked.
    threshold = tf.minimum(uniform, 1.0 - 1e-6)[:, None] * reached[:, -1:]
    return tf.reduce_sum(tf.cast(reached <= threshold, tf.int32), -1)


def noise(seed: tf.Tensor, n: tf.Tensor, length: int | tf.Tensor) -> tf.Tensor:
    """Uniform numbers float32 [n, length] in [0, 1). Row i depends on i and the seed (int64 []) only, not on n."""
    return tf.map_fn(
        lambda i: tf.random.stateless_uniform([length], tf.stack([seed, i]), alg="philox"),
        tf.range(tf.cast(n, tf.int64)),
        fn_output_signature=tf.TensorSpec([length if isinstance(length, int) else None], tf.float32),
    )
