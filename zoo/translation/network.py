"""A transformer that translates between several languages, in any direction (Vaswani et al. 2017, arXiv 1706.03762).

    subwords of the source -> encoder -> memory -> decoder -> logits of the next subword of the target

One network serves all directions (Johnson et al. 2017, arXiv 1611.04558). The first input of the decoder is the marker of the
target language. The encoder does not know this language, so one encoding of a sentence serves all targets. All languages share
their subwords and one embedding for source, target and output (Press and Wolf 2017, arXiv 1608.05859). The blocks are pre-norm
(Xiong et al. 2020, arXiv 2002.04745). The encoder is deep and the decoder shallow, because decoding repeats the decoder for each
subword and each beam (Kasai et al. 2021, arXiv 2006.10369).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from zoo.core import configuration
from zoo.layers.decoder import Cache, DecoderBlock, Projected
from zoo.layers.transformer import LayerNormalization, block
from zoo.text.subwords import PADDING

SLOWEST = 10_000.0  # the waves of the positions are up to 2 pi times so many subwords long


@dataclass(frozen=True)
class Config:
    """The sizes of the network.

    Args:
        subwords: entries of the vocabulary, the reserved ones and the markers of the languages included.
        languages: their names, two or more.
        width: of the embeddings and of the residual stream.
        encoder_blocks: the number of blocks of the encoder.
        decoder_blocks: the number of blocks of the decoder.
        heads: of each attention; each is width / heads wide.
        hidden: units of each feed-forward layer.
        dropout: the share of the numbers dropped in training, of the embeddings and of what each part of a block adds.
    """

    subwords: int
    languages: tuple[str, ...]
    width: int = 256
    encoder_blocks: int = 4
    decoder_blocks: int = 2
    heads: int = 4
    hidden: int = 512
    dropout: float = 0.3

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Config":
        """The configuration that a card's `architecture` tells."""
        return configuration.told(cls, architecture)


def marker(language: str) -> str:
    """The name of the entry of the vocabulary that tells the decoder to write this language."""
    return f"<{language}>"


class Memory(NamedTuple):
    """What `TranslationTransformer.step` needs of the sources and of the weights, computed once.

    Attributes:
        projected: the keys and values of each decoder block.
        mask: bool [m, s], False where a source is padded.
        output: the embeddings as the output layer uses them, [width, subwords].
    """

    projected: list[Projected]
    mask: tf.Tensor
    output: tf.Tensor


def positions(first: tf.Tensor | int, t: tf.Tensor | int, width: int) -> tf.Tensor:
    """The vectors of t places from `first` on, float32 [t, width]: sines, then cosines, of waves of different lengths.

    Source: Vaswani et al. 2017, section 3.5. The waves' lengths form a geometric series from 2 pi to 2 pi times SLOWEST.
    """
    each = tf.range(width // 2, dtype=tf.float32) / max(width // 2 - 1, 1)
    angle = tf.cast(first + tf.range(t), tf.float32)[:, None] * tf.exp(-math.log(SLOWEST) * each)
    return tf.concat([tf.sin(angle), tf.cos(angle)], 1)


def encoder(config: Config) -> keras.Model:
    """[tokens [m, s, width], mask bool [m, s]] -> [m, s, width]; the mask is False where a source is padded."""
    tokens = keras.Input([None, config.width], name="tokens")
    mask = keras.Input([None], dtype="bool", name="mask")
    x = tokens
    for i in range(config.encoder_blocks):
        x = block(x, mask, config.heads, config.hidden, config.dropout, f"block_{i}")
    return keras.Model([tokens, mask], LayerNormalization(epsilon=1e-5, name="final_norm")(x), name="encoder")


class TranslationTransformer(keras.Model):
    """The network.

    Its call is that of training. It takes examples, each of them one sentence in L languages: {"ids": int32 [n, L, t], with END
    and then PADDING after each sentence; "markers": those of the languages, int32 [n, L]}. Each sentence is encoded once and
    translated into each of the other languages, in their order (`others`). The logits are [n, L, L - 1, t, subwords], of the ids
    of the targets.

    Logits and memory are float32, or bfloat16 with the dtype policy "mixed_bfloat16".

    Args:
        config: the architecture.
        embedding_dtype: the type of the embeddings' weights; None: that of the dtype policy. A published network has float16,
            which halves a third of its file; everything is computed in float32.
    """

    def __init__(self, config: Config, embedding_dtype: str | None = None) -> None:
        super().__init__(name="translation_transformer")
        self.config = config
        # Of this size the embeddings, times the square root of the width, have a variance of 1, and so have the first logits.
        normal = keras.initializers.RandomNormal(stddev=config.width**-0.5)
        # Kept from Keras' automatic casting: rows are gathered, and their gradients summed, in the type of the weights.
        self.embedding = self.add_weight(
            shape=(config.subwords, config.width), initializer=normal, dtype=embedding_dtype, autocast=False, name="embedding"
        )
        self.embedded_dropout = keras.layers.Dropout(config.dropout, name="embedded_dropout")
        self.encoder = encoder(config)
        self.blocks = [
            DecoderBlock(config.heads, config.hidden, config.dropout, name=f"decoder_{i}") for i in range(config.decoder_blocks)
        ]
        self.final_norm = LayerNormalization(epsilon=1e-5, name="decoder_norm")
        self.output_bias = self.add_weight(shape=(config.subwords,), initializer="zeros", name="output_bias")
        self({"ids": tf.ones([1, 2, 2], tf.int32), "markers": tf.ones([1, 2], tf.int32)})  # creates the variables

    def call(self, inputs: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """See the class."""
        ids, markers = inputs["ids"], inputs["markers"]
        n, languages, t = tf.shape(ids)[0], ids.shape[1], tf.shape(ids)[2]
        sources = tf.reshape(ids, [n * languages, t])
        memory = self.encode(sources, training)
        wanted = tf.concat([markers[..., None], ids[..., :-1]], 2)
        wanted = tf.reshape(tf.gather(wanted, others(languages), axis=1), [n * languages * (languages - 1), t])
        logits = self.logits(memory, sources != PADDING, wanted, training)
        return tf.reshape(logits, [n, languages, languages - 1, t, self.config.subwords])

    def encode(self, ids: tf.Tensor, training: bool = False) -> tf.Tensor:
        """The memory of m sources: int32 [m, s], with END and then PADDING after each -> [m, s, width]."""
        return self.encoder([self._embedded(ids, 0, training), tf.not_equal(ids, PADDING)], training=training)

    def logits(self, memory: tf.Tensor, memory_mask: tf.Tensor, ids: tf.Tensor, training: bool = False) -> tf.Tensor:
        """The logits of the subword that follows each of the targets' inputs.

        Args:
            memory: see `encode`, [m, s, width].
            memory_mask: False where a source is padded, bool [m, s].
            ids: the inputs of the decoder, int32 [n, t]: the marker of the target language, then the target's subwords. n is a
                multiple of m: the targets of a source follow one another.
            training: whether dropout is active.

        Returns:
            [n, t, subwords].
        """
        x = self._embedded(ids, 0, training)
        for each in self.blocks:
            x = each(x, memory, memory_mask, training=training)
        x = self.final_norm(x, training=training)
        flat = self._output(tf.reshape(x, [-1, self.config.width]), self._output_matrix(x.dtype))
        return tf.reshape(flat, tf.concat([tf.shape(ids), [self.config.subwords]], 0))

    def attention(self, memory: tf.Tensor, memory_mask: tf.Tensor, ids: tf.Tensor) -> tf.Tensor:
        """How much each place of the targets attends to each subword of the source, the mean of the heads.

        The arguments are those of `logits`. The place of a target's subword is that of the input before it, which predicts it.

        Returns:
            float32 [n, blocks, t, s]; the last axis sums to 1.
        """
        x, found = self._embedded(ids, 0, training=False), []
        for each in self.blocks:
            x, weights = each.attention(x, memory, memory_mask)
            found.append(tf.reduce_mean(tf.cast(weights, tf.float32), 1))
        return tf.stack(found, 1)

    def remember(self, memory: tf.Tensor, memory_mask: tf.Tensor) -> Memory:
        """What `step` needs of a memory [m, s, width] and its mask bool [m, s]."""
        return Memory([each.memory_cache(memory) for each in self.blocks], memory_mask, self._output_matrix(memory.dtype))

    def begin(self, n: tf.Tensor | int, longest: tf.Tensor | int, beams: int) -> list[Cache]:
        """The state of `step` for n * beams targets of at most `longest` subwords, before the first."""
        return [each.empty_cache(n, longest, beams) for each in self.blocks]

    def step(self, ids: tf.Tensor, state: list[Cache], memory: Memory, at: tf.Tensor) -> tuple[tf.Tensor, list[Cache]]:
        """One step of n targets.

        Args:
            ids: the last input of each, int32 [n]: at first the marker of the target language.
            state: see `begin`.
            memory: of m sources; n is a multiple of m.
            at: the number of steps before this one, int32 [].

        Returns:
            What `logits` gives at this place, [n, subwords], and the new state.
        """
        x, following = self._embedded(ids[:, None], at, training=False)[:, 0], []
        for each, cache, projected in zip(self.blocks, state, memory.projected, strict=True):
            x, cache, _ = each.step(x, cache, projected, memory.mask, at)
            following.append(cache)
        return self._output(self.final_norm(x), memory.output), following

    def _embedded(self, ids: tf.Tensor, first: tf.Tensor | int, training: bool) -> tf.Tensor:
        """The vectors of subwords with those of their places: [n, t] -> [n, t, width]."""
        width = self.config.width
        vectors = tf.cast(tf.gather(tf.convert_to_tensor(self.embedding), ids), self.compute_dtype) * width**0.5
        places = tf.cast(positions(first, tf.shape(ids)[1], width), vectors.dtype)
        return self.embedded_dropout(vectors + places, training=training)

    def _output_matrix(self, dtype: tf.DType) -> tf.Tensor:
        # Transposed here, since a product with a transposed matrix has half the speed on a CPU in float32.
        return tf.transpose(tf.cast(tf.convert_to_tensor(self.embedding), dtype))

    def _output(self, x: tf.Tensor, matrix: tf.Tensor) -> tf.Tensor:
        """[n, width] -> the logits [n, subwords]."""
        return tf.nn.bias_add(tf.matmul(x, matrix), tf.cast(tf.convert_to_tensor(self.output_bias), x.dtype))


def others(languages: int) -> list[list[int]]:
    """The indices of the languages that each one is translated into: all others, in their order."""
    return [[other for other in range(languages) if other != language] for language in range(languages)]


def from_architecture(architecture: Mapping[str, Any]) -> TranslationTransformer:
    """The network that a card's `architecture` describes, with all its variables, before any weights are set."""
    return TranslationTransformer(Config.of(architecture), embedding_dtype="float16")
