"""The decoder block of an encoder-decoder transformer: pre-norm, with causal self-attention and attention to a memory.

The memory is what an encoder made of the input: the words of a sentence, the places of a picture. A block works in two ways that
give the same numbers. For training it takes whole sequences. For decoding it takes one step of each sequence, with the keys and
values of all earlier steps in a cache.

Several sequences can share one memory: the translations of one sentence into several languages, or the beams of a search. They
are k rows that follow one another, and the memory has one row for them. Its keys and values are then computed and kept once.
"""

from typing import Any, NamedTuple

import keras
import tensorflow as tf

from zoo.layers.decoding import Appended
from zoo.layers.transformer import Attention, GeluDense, LayerNormalization


class Projected(NamedTuple):
    """The keys and values of an attention, [n, heads, s, width / heads] each."""

    keys: tf.Tensor
    values: tf.Tensor


class Cache(NamedTuple):
    """What self-attention keeps of n examples with `beams` sequences each.

    A beam search lets a sequence go on from another one's past. The keys and values stay where they were written all the same,
    and each sequence remembers which beam has written each place of its past.

    Attributes:
        keys: of t steps, [n, heads, t, beams, width / heads].
        values: likewise.
        writer: the beam that has written each place of a sequence, int32 [n * beams, longest]; -1: nothing is there yet.
    """

    keys: Appended
    values: Appended
    writer: tf.Tensor


@keras.saving.register_keras_serializable("intro_zoo")
class CausalSelfAttention(Attention):
    """Self-attention in which no token attends to a later one."""

    def call(self, tokens: tf.Tensor, tokens_mask: tf.Tensor | None = None, training: bool = False) -> tf.Tensor:
        """[n, t, width], bool [n, t] or None -> [n, t, width]. Where the mask is False nobody attends to the token."""
        t = tf.shape(tokens)[1]
        seen = tf.sequence_mask(tf.range(1, t + 1), t)[None, None]
        if tokens_mask is not None:
            seen &= tokens_mask[:, None, None, :]
        query, key, value = self.project(tokens, *self.PARTS)
        return self.together(self.weights_of(query, key, seen, training), value)

    def empty_cache(self, n: tf.Tensor | int, longest: tf.Tensor | int, beams: int) -> Cache:
        """The cache of n * beams sequences of at most `longest` tokens, before the first."""
        nothing = Appended(tf.zeros([n, self.heads, 0, beams, self.kernels[0].shape[-1]], self.compute_dtype))
        return Cache(nothing, nothing, tf.fill([n * beams, longest], -1))

    def step(self, token: tf.Tensor, cache: Cache, at: tf.Tensor) -> tuple[tf.Tensor, Cache]:
        """One token of each sequence.

        Args:
            token: [n * beams, width].
            cache: of the earlier tokens, see `empty_cache`.
            at: the place of the token, int32 [].

        Returns:
            What `call` gives at this place, [n * beams, width], and the cache with the token in it.
        """
        beams, longest = cache.keys.tensor.shape[3], tf.shape(cache.writer)[1]
        n, width, each = tf.shape(token)[0] // beams, token.shape[-1], cache.keys.tensor.shape[4]
        # The beams of an example are the queries of one product.
        query, key, value = self.project(tf.reshape(token, [n, beams, width]), *self.PARTS)
        keys, values = (
            Appended(tf.concat([old.tensor, new[:, :, None]], 2)) for old, new in ((cache.keys, key), (cache.values, value))
        )
        own = tf.range(n * beams)[:, None] % beams
        writer = tf.where(tf.range(longest) == at, own, cache.writer)
        mask = tf.reshape(writer[:, : at + 1], [n, 1, beams, at + 1, 1]) == tf.range(beams)
        mask = tf.reshape(mask, [n, 1, beams, (at + 1) * beams])
        flat = [n, self.heads, (at + 1) * beams, each]
        weights = self.weights_of(query, tf.reshape(keys.tensor, flat), mask)
        output = self.together(weights, tf.reshape(values.tensor, flat))
        return tf.reshape(output, [n * beams, width]), Cache(keys, values, writer)


@keras.saving.register_keras_serializable("intro_zoo")
class CrossAttention(Attention):
    """Attention of the tokens of sequences to a memory."""

    def call(self, tokens: tf.Tensor, memory: tf.Tensor, memory_mask: tf.Tensor, training: bool = False) -> tf.Tensor:
        """[n, t, width], [m, s, width], bool [m, s] -> [n, t, width]; n is a multiple of m, see the module."""
        return self.attend(tokens, self.memory_cache(memory), memory_mask, training)[0]

    def memory_cache(self, memory: tf.Tensor) -> Projected:
        """The keys and values of a memory [m, s, width]."""
        return Projected(*self.project(memory, "key", "value"))

    def attend(
        self, tokens: tf.Tensor, memory: Projected, memory_mask: tf.Tensor, training: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """What `call` gives, from `memory_cache`; and the weights [n, heads, t, s], whose last axis sums to 1."""
        n, t, width = tf.shape(tokens)[0], tf.shape(tokens)[1], tokens.shape[-1]
        m, s = tf.shape(memory_mask)[0], tf.shape(memory_mask)[1]
        rows = n // tf.maximum(m, 1)  # that share one row of the memory: all of their tokens are queries of one product
        (query,) = self.project(tf.reshape(tokens, [m, rows * t, width]), "query")
        weights = self.weights_of(query, memory.keys, memory_mask[:, None, None, :], training)
        output = tf.reshape(self.together(weights, memory.values), [n, t, width])
        by_row = tf.transpose(tf.reshape(weights, [m, self.heads, rows, t, s]), [0, 2, 1, 3, 4])
        return output, tf.reshape(by_row, [n, self.heads, t, s])


@keras.saving.register_keras_serializable("intro_zoo")
class DecoderBlock(keras.layers.Layer):
    """A pre-norm decoder block: x + self_attention(norm(x)), x + cross_attention(norm(x)), x + feed_forward(norm(x)).

    Args:
        heads: the number of attention heads; each is width / heads wide.
        hidden: units of the feed-forward layer.
        dropout: the share of the numbers dropped in training, of what each of the three parts adds.
        kwargs: `name` and the other arguments of every layer.
    """

    def __init__(self, heads: int, hidden: int, dropout: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.heads, self.hidden, self.dropout = heads, hidden, dropout

    def build(self, x_shape: tuple[Any, ...]) -> None:
        """Creates the layers of the three parts."""
        width = x_shape[-1]
        policy = self.dtype_policy
        for part in ("self", "cross", "feed_forward"):
            norm = LayerNormalization(epsilon=1e-5, dtype=policy, name=f"{part}_norm")
            norm.build(x_shape)
            setattr(self, f"{part}_norm", norm)
            setattr(self, f"{part}_dropout", keras.layers.Dropout(self.dropout, dtype=policy, name=f"{part}_dropout"))
        self.self_attention = CausalSelfAttention(self.heads, dtype=policy, name="self_attention")
        self.cross_attention = CrossAttention(self.heads, dtype=policy, name="cross_attention")
        self.feed_forward_hidden = GeluDense(self.hidden, dtype=policy, name="feed_forward_hidden")
        self.feed_forward_output = keras.layers.Dense(width, dtype=policy, name="feed_forward_output")
        for layer in (self.self_attention, self.cross_attention, self.feed_forward_hidden):
            layer.build(x_shape)
        self.feed_forward_output.build((*x_shape[:-1], self.hidden))

    def call(
        self,
        x: tf.Tensor,
        memory: tf.Tensor,
        memory_mask: tf.Tensor,
        x_mask: tf.Tensor | None = None,
        training: bool = False,
    ) -> tf.Tensor:
        """Whole sequences.

        Args:
            x: the tokens' vectors, [n, t, width].
            memory: [m, s, width]; n is a multiple of m, see the module.
            memory_mask: False where the memory is padded, bool [m, s].
            x_mask: False where a token is padding, bool [n, t]; None where padding, if any, comes last.
            training: whether dropout is active.

        Returns:
            [n, t, width].
        """
        y = self.self_attention(self.self_norm(x, training=training), tokens_mask=x_mask, training=training)
        x = x + self.self_dropout(y, training=training)
        y = self.cross_attention(self.cross_norm(x, training=training), memory, memory_mask, training=training)
        x = x + self.cross_dropout(y, training=training)
        y = self.feed_forward_hidden(self.feed_forward_norm(x, training=training), training=training)
        return x + self.feed_forward_dropout(self.feed_forward_output(y), training=training)

    def attention(self, x: tf.Tensor, memory: tf.Tensor, memory_mask: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """What `call` gives without dropout, and how much each token attends to each place of the memory, [n, heads, t, s]."""
        x = x + self.self_attention(self.self_norm(x))
        return self._read(x, self.memory_cache(memory), memory_mask)

    def memory_cache(self, memory: tf.Tensor) -> Projected:
        """The keys and values of a memory [m, s, width], for `step`."""
        return self.cross_attention.memory_cache(memory)

    def empty_cache(self, n: tf.Tensor | int, longest: tf.Tensor | int, beams: int) -> Cache:
        """The cache of `step` for n * beams sequences of at most `longest` tokens, before the first.

        It is a state for `zoo.layers.decoding.beam_search`. Without a search `beams` is 1.
        """
        return self.self_attention.empty_cache(n, longest, beams)

    def step(
        self, x: tf.Tensor, cache: Cache, memory_cache: Projected, memory_mask: tf.Tensor, at: tf.Tensor
    ) -> tuple[tf.Tensor, Cache, tf.Tensor]:
        """One token of each sequence, without dropout.

        Args:
            x: [n, width].
            cache: of the earlier tokens.
            memory_cache: of the memory, with m rows; n is a multiple of m.
            memory_mask: bool [m, s].
            at: the place of the token, int32 [], from 0.

        Returns:
            What `call` gives at this place, [n, width]; the cache with this token; and how much it attends to each place of the
            memory, [n, heads, s].
        """
        y, cache = self.self_attention.step(self.self_norm(x), cache, at)
        y, weights = self._read((x + y)[:, None], memory_cache, memory_mask)
        return y[:, 0], cache, weights[:, :, 0]

    def _read(self, x: tf.Tensor, memory: Projected, memory_mask: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The two later parts, without dropout, and the weights of the cross-attention."""
        y, weights = self.cross_attention.attend(self.cross_norm(x), memory, memory_mask)
        x = x + y
        return x + self.feed_forward_output(self.feed_forward_hidden(self.feed_forward_norm(x))), weights

    def compute_output_shape(self, x_shape: tuple[Any, ...], *_: Any, **__: Any) -> tuple[Any, ...]:
        """The shape of the tokens."""
        return x_shape

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "heads": self.heads, "hidden": self.hidden, "dropout": self.dropout}
