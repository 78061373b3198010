"""A long short-term memory layer that computes the same as `keras.layers.LSTM` and trains two to three times as fast on a CPU.

It is the LSTM of Hochreiter and Schmidhuber (1997), with the forget gate of Gers et al. (2000). The gates are in Keras' order:
input, forget, candidate, output.

Keras multiplies the input of each step by the kernel within the loop over time, and its gradient adds two matrices of the size of
the kernels at each step. Here the inputs of all steps are multiplied before the loop, and the gradient of each kernel is one
product after the loop. The loops contain only the recurrent product and the gates. The cell and its tanh are cheap, so the
gradient recomputes them instead of storing them.

With the dtype policy "mixed_bfloat16" the products, and the activations that are kept for the gradient, are in bfloat16. State,
gates and sums stay in float32, while Keras keeps the state in bfloat16.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import tensorflow as tf

FLOAT = tf.float32  # the precision of the state, the gates and all sums, whatever that of the products


class _Weights(NamedTuple):
    kernel: tf.Tensor  # [width, 4 units]
    recurrent: tf.Tensor  # [units, 4 units]
    bias: tf.Tensor  # [4 units]


class _Trace(NamedTuple):
    """The values of the forward loop that the gradient needs. Time is the first axis."""

    gates: tf.Tensor  # [t, n, 4 units], after their activations
    cells: tf.Tensor  # [t, n, units] before each step, in float32
    hidden: tf.Tensor  # [t, n, units] before each step


@keras.saving.register_keras_serializable("intro_zoo")
class LSTM(keras.layers.LSTM):
    """`keras.layers.LSTM` with the same arguments, weights and results, and one more argument.

    In these cases the loop of Keras is used: on a GPU, for which Keras has cuDNN; with other activations; without a bias; with
    recurrent dropout; with `unroll`.

    Args:
        weight_dropout: the share of the recurrent kernel's weights that are set to zero, other ones in each training step
            (Merity et al. 2017, arXiv 1708.02182).

    Raises:
        ValueError: `weight_dropout` together with an option for which the loop of Keras is used.
    """

    def __init__(self, units: int, weight_dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.weight_dropout = weight_dropout
        if weight_dropout and not self._is_like_ours():
            raise ValueError("weight_dropout needs Keras' default activations, a bias, no recurrent dropout and no unroll")

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return super().get_config() | {"weight_dropout": self.weight_dropout}

    def inner_loop(self, sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        """[n, t, width], [h, c] [n, units] each, bool [n, t] or None -> last output, all outputs [n, t, units], [h, c]."""
        if not self._is_plain():
            return super().inner_loop(sequences, initial_state, mask, training)
        if isinstance(mask, list):
            mask = mask[0]
        if training and self.dropout:
            sequences *= self.cell.get_dropout_mask(sequences[:, 0])[:, None]
        if self.go_backwards:
            sequences = tf.reverse(sequences, [1])
            mask = None if mask is None else tf.reverse(mask, [1])
        weights = [tf.convert_to_tensor(weight) for weight in (self.cell.kernel, self.cell.recurrent_kernel, self.cell.bias)]
        if training and self.weight_dropout:
            weights[1] = keras.random.dropout(weights[1], self.weight_dropout, seed=self.cell.seed_generator)
        run = _with_gradient if training else _forward_only
        outputs, h, c = run(mask)(sequences, *weights, *initial_state)
        if mask is not None:
            # A masked step repeats the output of the step before it; before the first step that is not masked the output is zero.
            counts = tf.cast(mask, tf.int32)
            shown = mask if self.zero_output_for_mask else tf.cumsum(counts, axis=1) > 0
            outputs = tf.where(shown[..., None], outputs, tf.zeros([], outputs.dtype))
        return outputs[:, -1], outputs, [h, c]

    def _is_plain(self) -> bool:
        return bool(self.weight_dropout) or (not tf.config.list_logical_devices("GPU") and self._is_like_ours())

    def _is_like_ours(self) -> bool:
        return (
            self.activation is keras.activations.tanh
            and self.recurrent_activation is keras.activations.sigmoid
            and self.use_bias
            and not self.recurrent_dropout
            and not self.unroll
        )


Run = Callable[..., tuple[tf.Tensor, tf.Tensor, tf.Tensor]]


def _forward_only(mask: tf.Tensor | None) -> Run:
    def run(x: tf.Tensor, kernel: tf.Tensor, recurrent: tf.Tensor, bias: tf.Tensor, h: tf.Tensor, c: tf.Tensor) -> Any:
        inputs = tf.transpose(x, [1, 0, 2])
        outputs, h, c, _ = _forward(inputs, _Weights(kernel, recurrent, bias), h, c, mask, keep=False)
        return tf.transpose(outputs, [1, 0, 2]), h, c

    return run


def _with_gradient(mask: tf.Tensor | None) -> Run:
    @tf.custom_gradient
    def run(x: tf.Tensor, kernel: tf.Tensor, recurrent: tf.Tensor, bias: tf.Tensor, h: tf.Tensor, c: tf.Tensor) -> Any:
        inputs, weights = tf.transpose(x, [1, 0, 2]), _Weights(kernel, recurrent, bias)
        outputs, last_h, last_c, trace = _forward(inputs, weights, h, c, mask, keep=True)

        def gradient(d_outputs: tf.Tensor, d_h: tf.Tensor, d_c: tf.Tensor) -> tuple[tf.Tensor, ...]:
            d_outputs = tf.transpose(d_outputs, [1, 0, 2])
            d_z, first_h, first_c = _backward(trace, d_outputs, d_h, d_c, recurrent, mask)
            d_z, steps = tf.reshape(d_z, [-1, d_z.shape[-1]]), tf.shape(inputs)
            d_inputs = tf.reshape(tf.matmul(d_z, kernel, transpose_b=True), steps)
            d_kernel = tf.matmul(tf.reshape(inputs, [-1, kernel.shape[0]]), d_z, transpose_a=True)
            d_recurrent = tf.matmul(tf.reshape(trace.hidden, [-1, recurrent.shape[0]]), d_z, transpose_a=True)
            d_bias = tf.cast(tf.reduce_sum(tf.cast(d_z, FLOAT), 0), bias.dtype)
            first = tf.cast(first_h, h.dtype), tf.cast(first_c, c.dtype)
            return tf.transpose(d_inputs, [1, 0, 2]), d_kernel, d_recurrent, d_bias, *first

        return (tf.transpose(outputs, [1, 0, 2]), last_h, last_c), gradient

    return run


def _cell(inputs: tf.Tensor, product: tf.Tensor, c: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """One step of the LSTM.

    Args:
        inputs: the input times the kernel, plus the bias, [n, 4 units].
        product: the hidden state times the recurrent kernel, [n, 4 units].
        c: the cell before the step, [n, units].

    Returns:
        The hidden state and the cell after the step, [n, units] each, and the gates after their activations, [n, 4 units].
    """
    z = tf.cast(inputs, FLOAT) + tf.cast(product, FLOAT)
    i, f, g, o = tf.split(z, 4, axis=1)
    i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
    c = f * c + i * g
    return tf.cast(o * tf.tanh(c), inputs.dtype), c, tf.cast(tf.concat([i, f, g, o], 1), inputs.dtype)


def _cell_gradient(
    gates: tf.Tensor, c: tf.Tensor, d_output: tf.Tensor, d_h: tf.Tensor, d_c: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """The gradient of one step.

    Args:
        gates: after their activations, [n, 4 units].
        c: the cell before the step, [n, units].
        d_output: the gradient by the output, [n, units].
        d_h: the gradient by the hidden state that the next step uses, [n, units].
        d_c: the gradient by the cell after the step, [n, units].

    Returns:
        The gradients by the gates before their activations, [n, 4 units], and by the cell before the step, [n, units].
    """
    i, f, g, o = tf.split(tf.cast(gates, FLOAT), 4, axis=1)
    tanh_c = tf.tanh(f * c + i * g)
    d_h = tf.cast(d_h, FLOAT) + tf.cast(d_output, FLOAT)
    through = d_c + d_h * o * (1 - tanh_c * tanh_c)
    d_i, d_f, d_g = through * g * (i * (1 - i)), through * c * (f * (1 - f)), through * i * (1 - g * g)
    return tf.cast(tf.concat([d_i, d_f, d_g, d_h * tanh_c * (o * (1 - o))], 1), gates.dtype), through * f


# In training XLA fuses the twenty operations of the cell. In a small network these take longer than the matrix product.
_fused_cell = tf.function(_cell, jit_compile=True, autograph=False)
_fused_cell_gradient = tf.function(_cell_gradient, jit_compile=True, autograph=False)


def _forward(
    x: tf.Tensor, weights: _Weights, h: tf.Tensor, c: tf.Tensor, mask: tf.Tensor | None, keep: bool
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, Any]:
    """The loop over time: [t, n, width] and the state -> hidden states [t, n, units], the last state, with `keep` the trace."""
    dtype, units = x.dtype, weights.recurrent.shape[0]
    steps, n = tf.shape(x)[0], tf.shape(x)[1]
    product = tf.matmul(tf.reshape(x, [-1, weights.kernel.shape[0]]), weights.kernel) + weights.bias
    inputs = tf.reshape(product, [steps, n, 4 * units])
    counts = None if mask is None else tf.transpose(mask)[..., None]

    def step(t: tf.Tensor, h: tf.Tensor, c: tf.Tensor, hidden: Any, *kept: Any) -> tuple[Any, ...]:
        next_h, next_c, gates = (_fused_cell if keep else _cell)(inputs[t], tf.matmul(h, weights.recurrent), c)
        if counts is not None:
            next_h, next_c = tf.where(counts[t], next_h, h), tf.where(counts[t], next_c, c)
        if keep:
            kept = kept[0].write(t, gates), kept[1].write(t, c)
        return t + 1, next_h, next_c, hidden.write(t, next_h), *kept

    def array(width: int, dtype: tf.DType = dtype) -> tf.TensorArray:
        return tf.TensorArray(dtype, steps, element_shape=[None, width])

    kept = (array(4 * units), array(units, FLOAT)) if keep else ()
    state = tf.cast(h, dtype), tf.cast(c, FLOAT)
    # One iteration at a time, since each depends on the one before.
    _, last_h, last_c, hidden, *kept = tf.while_loop(
        lambda t, *_: t < steps, step, (tf.constant(0), *state, array(units), *kept), parallel_iterations=1
    )
    outputs = hidden.stack()
    if not keep:
        return outputs, last_h, last_c, None
    gates, cells = kept
    before = tf.concat([tf.cast(h, dtype)[None], outputs[:-1]], 0)
    return outputs, last_h, last_c, _Trace(gates.stack(), cells.stack(), before)


def _backward(
    trace: _Trace, d_outputs: tf.Tensor, d_h: tf.Tensor, d_c: tf.Tensor, recurrent: tf.Tensor, mask: tf.Tensor | None
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """The loop back over time.

    Args:
        trace: of the forward loop.
        d_outputs: the gradient by the hidden states, [t, n, units].
        d_h, d_c: the gradients by the last state, [n, units] each.
        recurrent: the recurrent kernel.
        mask: bool [n, t], or None.

    Returns:
        The gradients by the gates before their activations, [t, n, 4 units], and by the hidden state and the cell at the start.
    """
    dtype, units = trace.gates.dtype, recurrent.shape[0]
    steps = tf.shape(d_outputs)[0]
    # Transposed once, before the loop: oneDNN's float32 product with a transposed matrix has half the speed.
    back = tf.transpose(recurrent)
    counts = None if mask is None else tf.transpose(mask)[..., None]

    def step(t: tf.Tensor, d_h: tf.Tensor, d_c: tf.Tensor, result: Any) -> tuple[Any, ...]:
        d_z, next_c = _fused_cell_gradient(trace.gates[t], trace.cells[t], d_outputs[t], d_h, d_c)
        if counts is not None:
            d_z, next_c = tf.where(counts[t], d_z, tf.zeros([], dtype)), tf.where(counts[t], next_c, d_c)
        next_h = tf.matmul(d_z, back)
        if counts is not None:
            next_h += tf.where(counts[t], tf.zeros([], dtype), d_h + d_outputs[t])
        return t - 1, next_h, next_c, result.write(t, d_z)

    result = tf.TensorArray(dtype, steps, element_shape=[None, 4 * units])
    first = steps - 1, tf.cast(d_h, dtype), tf.cast(d_c, FLOAT), result
    _, d_h, d_c, result = tf.while_loop(lambda t, *_: t >= 0, step, first, parallel_iterations=1)
    return result.stack(), d_h, d_c
