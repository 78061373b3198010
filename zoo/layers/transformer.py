"""The layers of a pre-norm transformer block. They have the weights and results of Keras' layers and train faster on a CPU.

The block is that of an encoder; `zoo.layers.decoder` has that of a decoder.

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


class Attention(keras.layers.Layer):
    """The weights of multi-head attention (Vaswani et al. 2017), and what all kinds of it share.

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

    def project(self, tokens: tf.Tensor, *parts: str) -> list[tf.Tensor]:
        """Some of the queries, keys and values of all heads, by one matrix product.

        Args:
            tokens: [n, t, width].
            parts: names of PARTS that follow one another there.

        Returns:
            One tensor a part, [n, heads, t, width / heads].
        """
        width = tokens.shape[-1]
        chosen = [self.PARTS.index(part) for part in parts]
        kernels = [tf.reshape(self._weight(self.kernels[i], tokens), [width, width]) for i in chosen]
        biases = [tf.reshape(self._weight(self.biases[i], tokens), [width]) for i in chosen]
        flat = tf.nn.bias_add(tf.matmul(tf.reshape(tokens, [-1, width]), tf.concat(kernels, 1)), tf.concat(biases, 0))
        shape = [tf.shape(tokens)[0], tf.shape(tokens)[1], len(parts), self.heads, width // self.heads]
        return tf.unstack(tf.transpose(tf.reshape(flat, shape), [2, 0, 3, 1, 4]))

    def weights_of(self, query: tf.Tensor, key: tf.Tensor, mask: tf.Tensor, training: bool = False) -> tf.Tensor:
        """The weights of t queries and s keys.

        Args:
            query: [n, heads, t, width / heads].
            key: [n, heads, s, width / heads].
            mask: which keys a query attends to, bool [n, heads, t, s]; an axis may be 1.
            training: whether gradients are needed.

        Returns:
            [n, heads, t, s]; the last axis sums to 1.
        """
        # To scale the queries is cheaper than to scale the scores, which are s / each times as many numbers.
        query *= tf.constant(query.shape[-1] ** -0.5, query.dtype)
        softmax = fused.fused_attention_weights if training else fused.attention_weights
        return softmax(tf.matmul(query, key, transpose_b=True), mask)

    def together(self, weights: tf.Tensor, value: tf.Tensor) -> tf.Tensor:
        """The weighted values of all heads, projected: [n, heads, t, s], [n, heads, s, width / heads] -> [n, t, width]."""
        width = self.heads * value.shape[-1]
        mixed = tf.reshape(tf.transpose(tf.matmul(weights, value), [0, 2, 1, 3]), [-1, width])
        output = tf.matmul(mixed, tf.reshape(self._weight(self.output_kernel, value), [width, width]))
        output = tf.nn.bias_add(output, self._weight(self.output_bias, value))
        return tf.reshape(output, [tf.shape(weights)[0], tf.shape(weights)[2], width])

    def _weight(self, variable: keras.Variable, like: tf.Tensor) -> tf.Tensor:
        """A weight in the type of a tensor; Keras casts it only within `call`."""
        return tf.cast(tf.convert_to_tensor(variable), like.dtype)

    def compute_output_shape(self, tokens_shape: tuple[Any, ...]) -> tuple[Any, ...]:
        """The shape of the tokens."""
        return tokens_shape

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "heads": self.heads}


@keras.saving.register_keras_serializable("intro_zoo")
class SelfAttention(Attention):
    """Multi-head self-attention with a mask: `keras.layers.MultiHeadAttention(heads, width / heads)`."""

    def call(self, tokens: tf.Tensor, mask: tf.Tensor, training: bool = False) -> tf.Tensor:
        """[n, t, width], bool [n, t] -> [n, t, width]. No token attends to padding."""
        query, key, value = self.project(tokens, *self.PARTS)
        return self.together(self.weights_of(query, key, mask[:, None, None, :], training), value)

    def weights_between(self, tokens: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        """How much each token attends to each, [n, heads, t, t]; the last axis sums to 1."""
        query, key, _ = self.project(tokens, *self.PARTS)
        return self.weights_of(query, key, mask[:, None, None, :])
