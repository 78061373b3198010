"""Element-wise functions that XLA compiles to one pass over memory. Their gradients recompute values instead of storing them.

TensorFlow runs GELU, layer normalisation or softmax as five to ten operations. Each reads and writes the whole tensor, and most
of the results are kept for the gradient. On a CPU this takes as long as the matrix products between them.
"""

import functools
from collections.abc import Callable
from typing import Any

import tensorflow as tf

FLOAT = tf.float32  # the precision inside the functions, whatever that of their arguments and results

Function = Callable[..., tf.Tensor]


def fused(function: Function, gradient: Function | None = None) -> Function:
    """The same function, compiled, with a compiled gradient.

    It is meant for training: for each new shape of the arguments it is compiled again. Integer and boolean arguments have no
    gradient.

    Args:
        function: a function of any number of tensors.
        gradient: (result, upstream) -> the gradient by the first argument, which must be the only one with a gradient. None: the
            gradients are computed from the arguments, and nothing else is kept for them.
    """
    forward = tf.function(function, jit_compile=True, autograph=False)

    @tf.function(jit_compile=True, autograph=False)
    def backward(arguments: tuple[tf.Tensor, ...], result: tf.Tensor | None, upstream: tf.Tensor) -> list[tf.Tensor]:
        if gradient:
            return [gradient(result, upstream)]
        sources = [argument for argument in arguments if argument.dtype.is_floating]
        with tf.GradientTape() as tape:
            tape.watch(sources)
            again = function(*arguments)
        return tape.gradient(again, sources, upstream)

    @tf.custom_gradient
    def run(*arguments: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], Any]]:
        result = forward(*arguments)

        def gradients(upstream: tf.Tensor) -> list[tf.Tensor | None]:
            found = backward((), result, upstream) if gradient else backward(arguments, None, upstream)
            by_argument = iter(found)
            return [next(by_argument, None) if argument.dtype.is_floating else None for argument in arguments]

        return result, gradients

    return run


def layer_norm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: float) -> tf.Tensor:
    """(x - mean) / sqrt(variance + epsilon) * gamma + beta over the last axis (Ba et al. 2016, arXiv 1607.06450)."""
    values = tf.cast(x, FLOAT)
    centred = values - tf.reduce_mean(values, -1, keepdims=True)
    variance = tf.reduce_mean(centred * centred, -1, keepdims=True)
    normal = centred * tf.math.rsqrt(variance + epsilon)
    return tf.cast(normal * tf.cast(gamma, FLOAT) + tf.cast(beta, FLOAT), x.dtype)


def biased_gelu(x: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    """z Phi(z) for z = x + bias, with Phi the normal distribution (Hendrycks and Gimpel 2016, arXiv 1606.08415)."""
    z = tf.cast(x, FLOAT) + tf.cast(bias, FLOAT)
    return tf.cast(0.5 * z * (1 + tf.math.erf(z * 0.5**0.5)), x.dtype)


def attention_weights(scores: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """The softmax of scores [n, heads, t, s] over the last axis; where the mask is False the weight is zero.

    Args:
        scores: of t queries and s keys.
        mask: bool, of the shape of the scores; an axis may be 1. A query needs a True for its weights to mean something.
    """
    # A large finite number, so that a row of padding alone does not become NaN. An addition costs half as much as a selection.
    absent = tf.where(mask, 0.0, -1e9)
    return tf.cast(tf.nn.softmax(tf.cast(scores, FLOAT) + absent), scores.dtype)


def attention_gradient(weights: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
    """The gradient of `attention_weights` by the scores: w (u - sum(w u)), from the weights w, which are kept anyway."""
    values = tf.cast(weights, FLOAT)
    product = values * tf.cast(upstream, FLOAT)
    return tf.cast(product - values * tf.reduce_sum(product, -1, keepdims=True), weights.dtype)


def smoothed_cross_entropy(logits: tf.Tensor, target: tf.Tensor, smoothing: float) -> tf.Tensor:
    """The cross-entropy of each row in nats, with smoothed targets (Szegedy et al. 2016, arXiv 1512.00567).

    Args:
        logits: [n, classes].
        target: the class of each row, int32 [n].
        smoothing: the share of the probability that goes to all classes alike; the target has the rest.

    Returns:
        float32 [n].
    """
    values, classes = tf.cast(logits, FLOAT), logits.shape[-1]
    even = smoothing / classes
    wanted = tf.where(tf.range(classes) == target[:, None], 1 - smoothing + even, even)
    return tf.reduce_logsumexp(values, -1) - tf.reduce_sum(wanted * values, -1)


@functools.cache
def fused_layer_norm(epsilon: float) -> Function:
    """`layer_norm` of (x, gamma, beta), fused. All layers share one function, so that it is compiled once for each shape."""
    return fused(functools.partial(layer_norm, epsilon=epsilon))


@functools.cache
def fused_smoothed_cross_entropy(smoothing: float) -> Function:
    """`smoothed_cross_entropy` of (logits, target), fused. No tensor of the size of the logits is made in float32."""
    return fused(functools.partial(smoothed_cross_entropy, smoothing=smoothing))


fused_biased_gelu = fused(biased_gelu)
fused_attention_weights = fused(attention_weights, attention_gradient)
