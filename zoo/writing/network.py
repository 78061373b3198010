"""An LSTM that predicts the next byte of a text, with a memory of what followed in similar places before.

    bytes and n-grams -> embeddings -> LSTM -> recall -> LSTM -> logits of the next byte

An LSTM of this size learns common letter groups slowly, so each of the last 2, 3, 4 and 6 bytes together has an embedding, too
(`NgramEmbedding`). There are too many n-grams for a table, so a hash brings them into one of fixed size (as in Pagnoni et al.
2024, arXiv 2412.09871).

An LSTM keeps all that it has read in one vector, so it soon forgets how a rare name was spelled. `Recall` remedies that: at each
byte it compares the LSTM's vector with those of earlier bytes, and takes over what followed there. It is attention with one layer
between two LSTM layers (as in Merity 2019, arXiv 1911.11423), whose keys stand one place before their values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from zoo.core import configuration
from zoo.layers import fused
from zoo.layers.lstm import LSTM

BYTES = 256
HASH_FACTOR, HASH_PRIME = 1_000_003, 2**31 - 1  # of the polynomial hash of an n-gram
FAR = -1e9  # the score of a place that must not be used; finite, so that no row becomes NaN


@dataclass(frozen=True)
class Config:
    """The sizes of the network.

    Args:
        byte_width: of the embedding of each byte.
        ngrams: how many bytes each n-gram has, ascending.
        ngram_rows: embeddings of the n-grams of each length.
        ngram_width: of the embedding of each n-gram.
        units: of each LSTM layer.
        layers: LSTM layers.
        heads: of the recall.
        head_width: of each head.
        memory: earlier bytes that the recall keeps beside the text at hand.
        ngram_dropout: the share of the n-grams' vectors dropped in training. Without it the network learns n-grams by heart.
        dropout: the share of the numbers dropped in training, of what each layer takes in.
        weight_dropout: the share of the recurrent weights dropped in training.
    """

    byte_width: int = 128
    ngrams: tuple[int, ...] = (2, 3, 4, 6)
    ngram_rows: int = 8192
    ngram_width: int = 32
    units: int = 512
    layers: int = 2
    heads: int = 2
    head_width: int = 64
    memory: int = 1024
    ngram_dropout: float = 0.6
    dropout: float = 0.4
    weight_dropout: float = 0.4

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Config":
        """The configuration that a card's `architecture` tells."""
        return configuration.told(cls, architecture)

    @property
    def before(self) -> int:
        """Bytes before each byte that its longest n-gram reaches back to."""
        return max(self.ngrams, default=1) - 1


# An LSTM layer, its inputs [n, t, width] and its state -> its outputs [n, t, units] and the state after them.
Run = Callable[[LSTM, tf.Tensor, list[tf.Tensor]], tuple[tf.Tensor, list[tf.Tensor]]]


class States(NamedTuple):
    """What the network has read so far, of n texts.

    Args:
        last: the last bytes, int32 [n, Config.before]; 0 before the beginning of a text.
        lstm: [h, c] of each LSTM layer, float32 [n, units] each.
        keys: of the recall, float32 [n, heads, memory, head_width], the newest byte last.
        values: likewise.
        filled: how many of the places of the memory hold a byte, int32 [n]; they are the last ones.
    """

    last: tf.Tensor
    lstm: list[list[tf.Tensor]]
    keys: tf.Tensor
    values: tf.Tensor
    filled: tf.Tensor


def shares(scores: tf.Tensor, usable: tf.Tensor) -> tf.Tensor:
    """The share of each earlier place in the recall, of the shape of the scores [n, heads, t, s].

    It is a softmax with one more place whose score is 0 and whose value is nothing, so that nothing need be recalled.

    Args:
        scores: of the places.
        usable: which of them may be used, bool, of a shape that fits.
    """
    masked = tf.cast(scores, tf.float32) + tf.where(usable, 0.0, FAR)
    largest = tf.maximum(tf.reduce_max(masked, -1, keepdims=True), 0.0)
    weights = tf.exp(masked - largest)
    return tf.cast(weights / (tf.reduce_sum(weights, -1, keepdims=True) + tf.exp(-largest)), scores.dtype)


def _shares_within(scores: tf.Tensor) -> tf.Tensor:
    """`shares` within one text: at byte i the places j < i are usable, whose next byte has been read."""
    place = tf.range(tf.shape(scores)[-1])
    return shares(scores, place[None, :] < place[:, None])


# The gradient by the scores is w (u - sum(w u)) here, too, because the added place has no value.
_fused_shares_within = fused.fused(_shares_within, fused.attention_gradient)


class Recall(keras.layers.Layer):
    """Attention from each byte to what followed the earlier bytes.

    Args:
        heads: their number.
        head_width: of each.
        kwargs: `name` and the other arguments of every layer.
    """

    def __init__(self, heads: int, head_width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.heads, self.head_width = heads, head_width
        self.query, self.key, self.value = (
            keras.layers.Dense(heads * head_width, use_bias=name != "key", name=name) for name in ("query", "key", "value")
        )

    def build(self, shape: tuple[Any, ...]) -> None:
        """Makes the weights for vectors [n, t, width]."""
        for layer in (self.query, self.key, self.value):
            layer.build(shape)

    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """The vectors of the bytes of whole texts [n, t, width] -> what is recalled at each, [n, t, heads * head_width]."""
        query, key, value = self.project(x)
        scores = tf.matmul(query, key, transpose_b=True)
        found = (_fused_shares_within if training else _shares_within)(scores)
        # What followed place j stands at j + 1; the last place is never used.
        following = tf.concat([value[:, :, 1:], value[:, :, :1]], 2)
        return self._joined(tf.matmul(found, following))

    def project(self, x: tf.Tensor) -> list[tf.Tensor]:
        """Queries, keys and values of vectors [n, t, width], [n, heads, t, head_width] each."""
        shape = tf.concat([tf.shape(x)[:2], [self.heads, self.head_width]], 0)
        parts = (tf.reshape(layer(x), shape) for layer in (self.query, self.key, self.value))
        query, key, value = (tf.transpose(part, [0, 2, 1, 3]) for part in parts)
        return [query * tf.cast(self.head_width**-0.5, query.dtype), key, value]

    def over(self, query: tf.Tensor, keys: tf.Tensor, values: tf.Tensor, usable: tf.Tensor) -> tf.Tensor:
        """What is recalled of a memory.

        Args:
            query: [n, heads, t, head_width].
            keys: [n, heads, s, head_width].
            values: likewise; values[:, :, j + 1] belongs to keys[:, :, j].
            usable: which keys each query may use, bool [n, t, s - 1].

        Returns:
            [n, t, heads * head_width].
        """
        # The scores and shares are moved by a place rather than the keys and values, which are many times as large.
        found = shares(tf.matmul(query, keys, transpose_b=True)[..., :-1], usable[:, None])
        return self._joined(tf.matmul(tf.pad(found, [[0, 0], [0, 0], [0, 0], [1, 0]]), values))

    def _joined(self, found: tf.Tensor) -> tf.Tensor:
        """The heads side by side: [n, heads, t, head_width] -> [n, t, heads * head_width]."""
        n, t = tf.shape(found)[0], tf.shape(found)[2]
        return tf.reshape(tf.transpose(found, [0, 2, 1, 3]), [n, t, self.heads * self.head_width])


class NgramEmbedding(keras.layers.Layer):
    """Embeddings of the n-grams that end at each byte, side by side.

    Args:
        config: the sizes.
        kwargs: `name` and the other arguments of every layer.
    """

    def __init__(self, config: Config, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ngrams, self.rows = config.ngrams, config.ngram_rows
        self.tables = [keras.layers.Embedding(self.rows, config.ngram_width, name=f"of_{size}_bytes") for size in self.ngrams]
        self.dropouts = [
            keras.layers.Dropout(config.ngram_dropout, (None, None, 1), name=f"dropout_{size}") for size in self.ngrams
        ]

    def call(self, ids: tf.Tensor, training: bool = False) -> list[tf.Tensor]:
        """Bytes int32 [n, before + t] -> of each length of n-gram the vectors at the last t bytes, [n, t, ngram_width].

        In training whole vectors are dropped, other ones at each byte, so that no n-gram is relied on alone.
        """
        before = max(self.ngrams) - 1
        ids = tf.cast(ids, tf.int64)
        t, found = tf.shape(ids)[1] - before, []
        hashed = ids[:, before:]
        for size in range(2, max(self.ngrams) + 1):
            first = before + 1 - size
            hashed = (hashed * HASH_FACTOR + ids[:, first : first + t] + 1) % HASH_PRIME
            if size in self.ngrams:
                i = self.ngrams.index(size)
                vectors = self.tables[i](tf.cast(hashed % self.rows, tf.int32))
                found.append(self.dropouts[i](vectors, training=training))
        return found


class WritingLSTM(keras.Model):
    """The network: bytes int32 [n, t] -> the logits of the byte that follows each, float32 [n, t, 256]."""

    def __init__(self, config: Config) -> None:
        super().__init__(name="writing_lstm")
        self.config = config
        self.byte = keras.layers.Embedding(BYTES, config.byte_width, name="byte")
        self.ngram = NgramEmbedding(config, name="ngram") if config.ngrams else None
        self.lstms, self.dropouts = [], []
        for i in range(config.layers):
            # Keras makes the random state of a layer with the layer, so the scopes of its path must be open by then.
            with keras.name_scope(self.name), keras.name_scope(f"lstm_{i}"):
                self.dropouts.append(keras.layers.Dropout(config.dropout, name=f"dropout_{i}"))
                self.lstms.append(LSTM(config.units, config.weight_dropout, return_sequences=True, name=f"lstm_{i}"))
        self.recall = Recall(config.heads, config.head_width, name="recall")
        self.recalled = keras.layers.Dense(config.units, kernel_initializer="zeros", name="recalled")
        self.recall_dropout = keras.layers.Dropout(config.dropout, name="recall_dropout")
        self.output_dropout = keras.layers.Dropout(config.dropout, name="output_dropout")
        self.logits = keras.layers.Dense(BYTES, dtype="float32", name="logits")
        self(tf.zeros([1, 2], tf.int32))  # creates the variables

    def call(self, ids: tf.Tensor, training: bool = False) -> tf.Tensor:
        """See the class; each text is read from its beginning."""
        x = self._embedded(tf.pad(ids, [[0, 0], [self.config.before, 0]]), training)
        for i, (dropout, lstm) in enumerate(zip(self.dropouts, self.lstms, strict=True)):
            y = lstm(dropout(x, training=training), training=training)
            if i == 0:
                y += self.recalled(self.recall_dropout(self.recall(y, training=training), training=training))
            x = y if i == 0 else x + y
        return self.logits(self.output_dropout(x, training=training))

    def _embedded(self, ids: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Bytes int32 [n, before + t] -> the embeddings of the last t of them and of their n-grams, [n, t, ...]."""
        x = self.byte(ids[:, self.config.before :])
        return tf.concat([x, *self.ngram(ids, training=training)], -1) if self.ngram else x

    def scale_logits(self, scale: float) -> None:
        """Multiplies all logits, for good."""
        for variable in self.logits.weights:
            variable.assign(scale * variable)

    def initial_states(self, n: tf.Tensor) -> States:
        """The states before the first byte of n texts."""
        config = self.config
        zero = tf.zeros([n, config.units])
        memory = tf.zeros([n, config.heads, config.memory, config.head_width])
        last = tf.zeros([n, config.before], tf.int32)
        return States(last, [[zero, zero] for _ in self.lstms], memory, memory, tf.zeros([n], tf.int32))

    def read(self, ids: tf.Tensor, states: States) -> tuple[tf.Tensor, States]:
        """Goes on reading, without dropout: bytes int32 [n, t] -> logits of the byte after each, float32 [n, t, 256], new states.

        Read in pieces, a text has the same logits as read at once, as long as the memory holds all of it.
        """
        return self._go_on(ids, states, lambda lstm, x, state: lstm.inner_loop(x, state, None)[1:])

    def step(self, ids: tf.Tensor, states: States) -> tuple[tf.Tensor, States]:
        """`read` of one byte, without a loop over time: int32 [n] -> logits float32 [n, 256], new states."""

        def one(lstm: LSTM, x: tf.Tensor, state: list[tf.Tensor]) -> tuple[tf.Tensor, list[tf.Tensor]]:
            y, state = lstm.cell(x[:, 0], state)
            return y[:, None], state

        logits, states = self._go_on(ids[:, None], states, one)
        return logits[:, 0], states

    def _go_on(self, ids: tf.Tensor, states: States, run: Run) -> tuple[tf.Tensor, States]:
        """See `read`; `run` computes an LSTM layer."""
        ids = tf.concat([states.last, ids], 1)
        x, after = self._embedded(ids), []
        keys, values, filled = states.keys, states.values, states.filled
        t, memory = tf.shape(x)[1], self.config.memory
        for i, (lstm, state) in enumerate(zip(self.lstms, states.lstm, strict=True)):
            y, state = run(lstm, x, state)
            after.append(list(state))
            if i == 0:
                query, key, value = self.recall.project(y)
                keys, values = (
                    tf.concat([keys, tf.cast(key, keys.dtype)], 2),
                    tf.concat([values, tf.cast(value, values.dtype)], 2),
                )
                # At byte i of this piece, the keys of the places before it, as far as they are filled.
                place = tf.range(memory + t - 1)
                before = place[None, :] < memory + tf.range(t)[:, None]
                held = place[None, :] >= memory - filled[:, None]
                y += self.recalled(self.recall.over(query, keys, values, before[None] & held[:, None]))
            x = y if i == 0 else x + y
        states = States(ids[:, t:], after, keys[:, :, t:], values[:, :, t:], tf.minimum(filled + t, memory))
        return self.logits(x), states


def build(config: Config) -> WritingLSTM:
    """The network with random weights."""
    return WritingLSTM(config)


def from_architecture(architecture: Mapping[str, Any]) -> WritingLSTM:
    """The network that a card's `architecture` describes, with random weights. See `build`."""
    return build(Config.of(architecture))
