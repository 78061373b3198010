"""A long short-term memory layer that learns about twice as fast on a CPU as `keras.layers.LSTM`, and computes the same.

Keras multiplies each step's input by the kernel within the loop, and its gradient adds up two kernel-sized matrices at each
step. Here the inputs of all steps are multiplied before the loop, and the kernels' gradients are one product each after it.
Hochreiter and Schmidhuber (1997), with the forget gate of Gers et al. (2000); gates in Keras' order: input, forget, candidate,
output.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import tensorflow as tf


class _Trace(NamedTuple):
    """What the gradient needs of the forward loop, each with time first."""

    gates: tf.Tensor  # [t, n, 4 units], after their activations
    cells: tf.Tensor  # [t, n, units]
    hidden: tf.Tensor  # [t, n, units]


@keras.saving.register_keras_serializable("intro_zoo")
class LSTM(keras.layers.LSTM):
    """`keras.layers.LSTM` with its default activations, for whole sequences from a zero state: [n, t, width] -> [n, t, units].

    Args:
        units: the size of the state.
        kwargs: `name` and the like, as of any layer.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(units, return_sequences=True, **kwargs)

    def build(self, sequences_shape: tuple[int | None, ...]) -> None:
        """Makes the weights, named and initialised as Keras does."""
        super().build(sequences_shape)

    def call(self, sequences: tf.Tensor, training: bool = False) -> tf.Tensor:
        """The hidden states after each step."""
        weights = (self.cell.kernel, self.cell.recurrent_kernel, self.cell.bias)
        kernel, recurrent, bias = (tf.convert_to_tensor(weight) for weight in weights)
        if training:
            return _with_gradient(sequences, kernel, recurrent, bias)
        return tf.transpose(_forward(sequences, kernel, recurrent, bias).hidden, [1, 0, 2])

    def compute_output_shape(self, sequences_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """[n, t, units]."""
        return (*sequences_shape[:2], self.units)


def _forward(x: tf.Tensor, kernel: tf.Tensor, recurrent: tf.Tensor, bias: tf.Tensor) -> _Trace:
    inputs = tf.transpose(tf.tensordot(x, kernel, 1) + bias, [1, 0, 2])
    steps, n, units = tf.shape(inputs)[0], tf.shape(inputs)[1], recurrent.shape[0]

    def step(i: tf.Tensor, h: tf.Tensor, c: tf.Tensor, gates: Any, cells: Any, hidden: Any) -> tuple[Any, ...]:
        z = inputs[i] + tf.matmul(h, recurrent)
        first, candidate, last = tf.split(z, [2 * units, units, units], axis=1)
        first, candidate, output = tf.sigmoid(first), tf.tanh(candidate), tf.sigmoid(last)
        c = first[:, units:] * c + first[:, :units] * candidate
        h = output * tf.tanh(c)
        gates = gates.write(i, tf.concat([first, candidate, output], 1))
        return i + 1, h, c, gates, cells.write(i, c), hidden.write(i, h)

    def array(width: int) -> tf.TensorArray:
        return tf.TensorArray(x.dtype, steps, element_shape=[None, width])

    zero = tf.zeros([n, units], x.dtype)
    first = (tf.constant(0), zero, zero, array(4 * units), array(units), array(units))
    _, _, _, gates, cells, hidden = tf.while_loop(lambda i, *_: i < steps, step, first)
    return _Trace(gates.stack(), cells.stack(), hidden.stack())


@tf.custom_gradient
def _with_gradient(
    x: tf.Tensor, kernel: tf.Tensor, recurrent: tf.Tensor, bias: tf.Tensor
) -> tuple[tf.Tensor, Callable[[tf.Tensor], tuple[tf.Tensor, ...]]]:
    trace = _forward(x, kernel, recurrent, bias)

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, ...]:
        d_inputs = _backward(trace, tf.transpose(upstream, [1, 0, 2]), recurrent)
        d_z = tf.transpose(d_inputs, [1, 0, 2])
        before = tf.pad(trace.hidden[:-1], [[1, 0], [0, 0], [0, 0]])
        d_x = tf.tensordot(d_z, kernel, [[2], [1]])
        d_kernel = tf.tensordot(x, d_z, [[0, 1], [0, 1]])
        d_recurrent = tf.tensordot(before, d_inputs, [[0, 1], [0, 1]])
        return d_x, d_kernel, d_recurrent, tf.reduce_sum(d_z, [0, 1])

    return tf.transpose(trace.hidden, [1, 0, 2]), gradient


def _backward(trace: _Trace, upstream: tf.Tensor, recurrent: tf.Tensor) -> tf.Tensor:
    """The gradient with respect to the gates before their activations, [t, n, 4 units], from that of the hidden states."""
    steps, n, units = tf.shape(upstream)[0], tf.shape(upstream)[1], recurrent.shape[0]
    # Everything that does not wait for the loop is computed for all steps at once.
    i, f, g, o = tf.split(trace.gates, 4, axis=2)
    tanh_c = tf.tanh(trace.cells)
    before = tf.pad(trace.cells[:-1], [[1, 0], [0, 0], [0, 0]])
    of_cell = tf.concat([g * i * (1 - i), before * f * (1 - f), i * (1 - g * g)], 2)
    of_output = tanh_c * o * (1 - o)
    through = o * (1 - tanh_c * tanh_c)

    def step(t: tf.Tensor, d_h: tf.Tensor, d_c: tf.Tensor, result: Any) -> tuple[Any, ...]:
        d_h += upstream[t]
        d_c += d_h * through[t]
        d_z = tf.concat([tf.tile(d_c, [1, 3]) * of_cell[t], d_h * of_output[t]], 1)
        return t - 1, tf.matmul(d_z, recurrent, transpose_b=True), d_c * f[t], result.write(t, d_z)

    zero = tf.zeros([n, units], upstream.dtype)
    result = tf.TensorArray(upstream.dtype, steps, element_shape=[None, 4 * units])
    *_, result = tf.while_loop(lambda t, *_: t >= 0, step, (steps - 1, zero, zero, result))
    return result.stack()
