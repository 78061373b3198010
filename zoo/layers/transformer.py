"""The layers of a pre-norm transformer block. They have the weights and results of Keras' layers and train faster on a CPU.

In training the element-wise functions are those of `zoo.layers.fused`. Otherwise plain TensorFlow operations compute the same, so
that an exported graph needs nothing else.
"""

from typing import Any

import keras
import tensorflow as tf

from zoo.layers import fused


def block(
    x: keras.KerasTensor,
    mask: keras.KerasTensor,
    heads: int,
    hidden: int,
    dropout: float,
    name: str,
) -> keras.KerasTensor:
    """A pre-norm block: x + attention(norm(x)), then x + feed_forward(norm(x)); [n, t, width] -> the same shape.

    Args:
        x: the tokens' vectors.
        mask: False where a token is padding, bool [n, t].
        heads: the number of attention heads; each is width / heads wide.
        hidden: units of the feed-forward layer.
        dropout: the share of the numbers dropped in training, of what the attention and the feed-forward layer add.
        name: the prefix of the names of all layers.
    """
    y = LayerNormalization(epsilon=1e-5, name=f"{name}_attention_norm")(x)
    y = SelfAttention(heads, name=f"{name}_attention")(y, mask)
    x = x + keras.layers.Dropout(dropout, name=f"{name}_attention_dropout")(y)
    y = LayerNormalization(epsilon=1e-5, name=f"{name}_norm")(x)
    y = GeluDense(hidden, name=f"{name}_hidden")(y)
    y = keras.layers.Dense(x.shape[-1], name=f"{name}_output")(y)
    return x + keras.layers.Dropout(dropout, name=f"{name}_dropout")(y)


@keras.saving.register_keras_serializable("intro_zoo")
class LayerNormalization(keras.layers.LayerNormalization):
    """`keras.layers.LayerNormalization` over the last axis."""

    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """[..., width] -> the same shape."""
        gamma, beta = tf.convert_to_tensor(self.gamma), tf.convert_to_tensor(self.beta)
        if training:
            return fused.fused_layer_norm(self.epsilon)(x, gamma, beta)
        return fused.layer_norm(x, gamma, beta, self.epsilon)


@keras.saving.register_keras_serializable("intro_zoo")
class GeluDense(keras.layers.Dense):
    """`keras.layers.Dense(units, activation="gelu")`."""

    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """[..., width] -> [..., units]."""
        gelu = fused.fused_biased_gelu if training else fused.biased_gelu
        return gelu(tf.tensordot(x, tf.convert_to_tensor(self.kernel), 1), tf.convert_to_tensor(self.bias))


@keras.saving.register_keras_serializable("intro_zoo")
class SelfAttention(keras.layers.Layer):
    """Multi-head self-attention with a mask (Vaswani et al. 2017): `keras.layers.MultiHeadAttention(heads, width / heads)`.

    The queries, keys and values of all heads are one matrix product.

    Args:
        heads: their number, a divisor of the width of the tokens.
        kwargs: `name` and the other arguments of every layer.
    """

    PARTS = "query", "key", "value"

    def __init__(self, heads: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.heads = heads

    def build(self, tokens_shape: tuple[Any, ...]) -> None:
        """Creates the weights, in the shapes and the order of `keras.layers.MultiHeadAttention`."""
        width = tokens_shape[-1]
        each = width // self.heads
        self.kernels, self.biases = [], []
        for part in self.PARTS:
            self.kernels.append(self.add_weight(shape=(width, self.heads, each), name=f"{part}_kernel"))
            self.biases.append(self.add_weight(shape=(self.heads, each), initializer="zeros", name=f"{part}_bias"))
        self.output_kernel = self.add_weight(shape=(self.heads, each, width), name="output_kernel")
        self.output_bias = self.add_weight(shape=(width,), initializer="zeros", name="output_bias")

    def call(self, tokens: tf.Tensor, mask: tf.Tensor, training: bool = False) -> tf.Tensor:
        """[n, t, width], bool [n, t] -> [n, t, width]. No token attends to padding."""
        width = tokens.shape[-1]
        weights, value = self._attend(tokens, mask, training)
        together = tf.reshape(tf.transpose(tf.matmul(weights, value), [0, 2, 1, 3]), [-1, width])
        output = tf.matmul(together, tf.reshape(tf.convert_to_tensor(self.output_kernel), [width, width]))
        return tf.reshape(tf.nn.bias_add(output, tf.convert_to_tensor(self.output_bias)), tf.shape(tokens))

    def weights_between(self, tokens: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        """How much each token attends to each, [n, heads, t, t]; the last axis sums to 1."""
        return self._attend(tokens, mask, training=False)[0]

    def _attend(self, tokens: tf.Tensor, mask: tf.Tensor, training: bool) -> tuple[tf.Tensor, tf.Tensor]:
        """The weights [n, heads, t, t] and the values [n, heads, t, width / heads]."""
        width = tokens.shape[-1]
        each = width // self.heads
        kernel = tf.concat([tf.reshape(tf.convert_to_tensor(part), [width, width]) for part in self.kernels], 1)
        bias = tf.concat([tf.reshape(tf.convert_to_tensor(part), [width]) for part in self.biases], 0)
        flat = tf.nn.bias_add(tf.matmul(tf.reshape(tokens, [-1, width]), kernel), bias)
        parts = tf.reshape(flat, [tf.shape(tokens)[0], tf.shape(tokens)[1], len(self.PARTS), self.heads, each])
        query, key, value = tf.unstack(tf.transpose(parts, [2, 0, 3, 1, 4]))
        # To scale the queries is cheaper than to scale the scores, which are t / each times as many numbers.
        query *= tf.constant(each**-0.5, query.dtype)
        softmax = fused.fused_attention_weights if training else fused.attention_weights
        return softmax(tf.matmul(query, key, transpose_b=True), mask), value

    def compute_output_shape(self, tokens_shape: tuple[Any, ...]) -> tuple[Any, ...]:
        """The shape of the tokens."""
        return tokens_shape

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "heads": self.heads}
