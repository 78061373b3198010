"""A captioner: a picture in, a sentence out, one subword after the other (Xu et al. 2015, arXiv 1502.03044).

    picture -> convolutions -> a grid of vectors -> the things on it -> transformer decoder -> logits of the next subword

The encoder makes a grid of vectors of the picture, each of which knows a part of it and its surroundings: residual convolutions
(He et al. 2016, arXiv 1603.05027), with layer normalisation over the channels, so that no picture depends on the others in its
batch. From each vector the probabilities are computed that a thing has its centre there, which one, and in which part of the cell
(`zoo.captions.things`).

The decoder writes a caption and, at each subword, attends to the cells that most probably have a thing (Anderson et al. 2018,
arXiv 1707.07998), or to the whole grid where nobody knows the things of the training pictures. These weights show where it looks.
It reads the vector of a cell, these probabilities, and the coordinates, as numbers and as waves: by a difference of numbers it
learns soonest what is left of what. A sum over the cells, the summary, lets it count.

While it learns, the encoder has two tasks besides the captions: it predicts which subwords the captions have at all (Fang et al.
2015, arXiv 1411.4952) and, where the scene is known, which thing is in which cell. Through the decoder alone an encoder learns
little before the decoder has learned the language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from zoo.captions import things
from zoo.core import configuration
from zoo.layers import fused
from zoo.layers.decoder import Cache, DecoderBlock, Projected
from zoo.layers.transformer import GeluDense, LayerNormalization

INITIAL = 0.02  # standard deviation of the first embeddings, so that the first logits are near zero
OF_PLACES = 0.3  # that of the first weights of coordinates: what they say is then as large as what the convolutions say
WAVES = 3  # of coordinates: one on the whole side of the picture, and each shorter one half as long
RARE = -5.0  # the first logit of a subword's being in a caption: most are in none
EMPTY = 6.0  # the first logit of a cell's being empty: most are


@dataclass(frozen=True)
class Config:
    """The sizes of the network.

    Args:
        subwords: entries of the vocabulary, the reserved ones included.
        image: pixels of a picture on each side, a multiple of 2 for each of `channels`.
        channels: of the convolutions. Each entry halves the picture, so three entries make a grid of an eighth of its pixels.
        residuals: residual blocks at each of these sizes.
        width: of the vectors of the grid and of the subwords, a multiple of `heads`.
        blocks: of the decoder.
        heads: of each attention.
        hidden: units of each feed-forward layer.
        longest: subwords of a caption at most, with its end.
        read: cells that the decoder reads, those that most probably have a thing; 0: all.
        dropout: the share of the numbers dropped in training, of what each part of the decoder adds.
    """

    subwords: int
    image: int = 96
    channels: tuple[int, ...] = (32, 64, 128)
    residuals: tuple[int, ...] = (0, 1, 2)
    width: int = 192
    blocks: int = 2
    heads: int = 4
    hidden: int = 384
    longest: int = 48
    read: int = 0
    dropout: float = 0.1

    @property
    def grid(self) -> int:
        """Rows and columns of the grid of vectors."""
        return self.image // 2 ** len(self.channels)

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Config":
        """The configuration that a card's `architecture` tells."""
        return configuration.told(cls, architecture)


class Memory(NamedTuple):
    """What the decoder reads of m pictures.

    Attributes:
        vectors: of s cells, [m, s, width].
        cells: which ones these are, row by row, int32 [m, s].
    """

    vectors: tf.Tensor
    cells: tf.Tensor


class Seen(NamedTuple):
    """What the encoder makes of n pictures.

    Attributes:
        grid: the vectors of all cells, row by row, [n, grid * grid, width].
        things: the logits of the thing in each cell, float32 [n, grid * grid, ...], see `zoo.captions.things`.
        summary: of all things, by which they can be counted, [n, width].
        memory: what the decoder reads.
    """

    grid: tf.Tensor
    things: tf.Tensor
    summary: tf.Tensor
    memory: Memory


@keras.saving.register_keras_serializable("intro_zoo")
class Convolution(keras.layers.Conv2D):
    """A convolution of 3 x 3 pixels, and the GELU of its output where one is asked for.

    Args:
        channels: of the output.
        stride: 2 halves the picture.
        gelu: whether the GELU follows.
        kwargs: `name` and the other arguments of every layer.
    """

    def __init__(self, channels: int, stride: int = 1, gelu: bool = True, **kwargs: Any) -> None:
        kwargs = {"padding": "same", "kernel_initializer": "he_normal", **kwargs}
        super().__init__(channels, 3, strides=stride, **kwargs)
        self.gelu = gelu

    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """[n, h, w, c] -> [n, h / stride, w / stride, channels]."""
        if not self.gelu:
            return super().call(x)
        function = fused.fused_biased_gelu if training else fused.biased_gelu
        return function(tf.nn.conv2d(x, self.kernel, self.strides[0], "SAME"), tf.convert_to_tensor(self.bias))


class Encoder(keras.layers.Layer):
    """The convolutions: float32 or uint8 [n, image, image, 3] from 0 to 255 -> [n, grid * grid, width], row by row.

    Args:
        config: the sizes.
        kwargs: `name` and the other arguments of every layer.
    """

    def __init__(self, config: Config, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.stages: list[list[Any]] = []
        for i, (channels, residuals) in enumerate(zip(config.channels, config.residuals, strict=True)):
            halving = Convolution(channels, stride=2, gelu=i == 0, name=f"halving_{i}")
            self.stages.append([halving, *(self._residual(channels, f"residual_{i}_{j}") for j in range(residuals))])
        self.norm = LayerNormalization(epsilon=1e-5, name="grid_norm")
        self.projection = keras.layers.Dense(config.width, name="projection")

    @staticmethod
    def _residual(channels: int, name: str) -> list[keras.layers.Layer]:
        """The layers of x + convolution(gelu(convolution(norm(x)))). The last one begins at zero, so the block begins as x."""
        last = Convolution(channels, gelu=False, kernel_initializer="zeros", name=f"{name}_output")
        return [LayerNormalization(epsilon=1e-5, name=f"{name}_norm"), Convolution(channels, name=f"{name}_hidden"), last]

    def call(self, images: tf.Tensor, training: bool = False) -> tf.Tensor:
        """See the class."""
        x = tf.cast(images, self.compute_dtype) / 64 - 2
        for halving, *residuals in self.stages:
            x = halving(x, training=training)
            for norm, hidden, output in residuals:
                x = x + output(hidden(norm(x, training=training), training=training))
        x = self.projection(self.norm(x, training=training))
        return tf.reshape(x, [-1, self.config.grid**2, self.config.width])


def coordinates(grid: int) -> np.ndarray:
    """Where the cells of a grid are, float32 [grid, grid, 2 * (1 + 2 * WAVES)]: the same numbers for the row and the column.

    These are the middle of the cell, from -1 at the top or left to 1, and the sine and cosine of WAVES waves.
    """
    at = (np.arange(grid, dtype=np.float32)[:, None] + 0.5) / grid * 2 - 1
    angles = at * np.pi * 2.0 ** np.arange(WAVES, dtype=np.float32)
    each = np.concatenate([at, np.sin(angles), np.cos(angles)], 1)
    shape = (grid, grid, each.shape[1])
    return np.concatenate([np.broadcast_to(each[:, None], shape), np.broadcast_to(each, shape)], -1)


class Captioner(keras.Model):
    """The network: {"image" float32 or uint8 [n, image, image, 3], "subword" int32 [n, k, t]} -> logits.

    Each picture has k captions, so that it is encoded once for all of them. They begin with START. What follows the end is
    padding, and has no influence on what comes before it.

    The output is {"next": of the subword that follows each one, float32 [n, k, t, subwords]; "found": of each subword's being in
    a caption of the picture, float32 [n, subwords]; "things": of the thing in each cell, float32 [n, grid * grid, ...], see
    `zoo.captions.things`}.

    Args:
        config: the sizes.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(name="captioner")
        self.config = config
        normal = keras.initializers.RandomNormal(stddev=INITIAL)
        self.encoder = Encoder(config, name="encoder")
        self.subword = keras.layers.Embedding(config.subwords, config.width, embeddings_initializer=normal, name="subword")
        self.place = keras.layers.Embedding(config.longest, config.width, embeddings_initializer=normal, name="place")
        self.dropout = keras.layers.Dropout(config.dropout, name="embedded_dropout")
        self.blocks = [DecoderBlock(config.heads, config.hidden, config.dropout, name=f"block_{i}") for i in range(config.blocks)]
        self.final_norm = LayerNormalization(epsilon=1e-5, name="final_norm")
        self.next_bias = self.add_weight(shape=(config.subwords,), initializer="zeros", name="next_bias", dtype="float32")
        rare = keras.initializers.Constant(RARE)
        self.found_logits = keras.layers.Dense(config.subwords, bias_initializer=rare, dtype="float32", name="found_logits")
        self.thing_logits = keras.layers.Dense(sum(things.LOGITS), bias_initializer=_empty, dtype="float32", name="thing_logits")
        self.told = keras.layers.Dense(config.width, use_bias=False, name="told")
        normal = keras.initializers.RandomNormal(stddev=OF_PLACES)
        self.coordinates = coordinates(config.grid).reshape(config.grid**2, -1)
        self.places = keras.layers.Dense(config.width, use_bias=False, kernel_initializer=normal, name="places")
        self.summary_hidden = GeluDense(config.width, name="summary_hidden")
        self.summary_output = keras.layers.Dense(config.width, name="summary_output")
        image = tf.zeros([1, config.image, config.image, 3], tf.uint8)
        self({"image": image, "subword": tf.ones([1, 1, 2], tf.int32)})  # creates the variables

    def call(self, inputs: dict[str, tf.Tensor], training: bool = False) -> dict[str, tf.Tensor]:
        """See the class."""
        return self.answers(self.see(inputs["image"], training), inputs["subword"], training)

    def answers(self, seen: Seen, subword: tf.Tensor, training: bool = False) -> dict[str, tf.Tensor]:
        """What `call` gives, from what the encoder made of the pictures."""
        n, k, t = tf.unstack(tf.shape(subword))
        logits = self.logits(seen.memory, tf.reshape(subword, [n * k, t]), training)
        # The summary is among them, so that it learns to count: "two" is a subword of captions, and "three" is another one.
        whole = tf.concat([tf.reduce_mean(seen.grid, 1), tf.reduce_max(seen.grid, 1), seen.summary], -1)
        return {
            "next": tf.reshape(logits, [n, k, t, self.config.subwords]),
            "found": self.found_logits(tf.cast(whole, tf.float32)),
            "things": seen.things,
        }

    def encode(self, images: tf.Tensor, training: bool = False) -> Memory:
        """What the decoder reads of pictures, float32 or uint8 [n, image, image, 3] from 0 to 255."""
        return self.see(images, training).memory

    def things(self, images: tf.Tensor) -> tf.Tensor:
        """The logits of the thing in each cell, float32 [n, grid * grid, ...], see `zoo.captions.things`."""
        return self.see(images, training=False).things

    def see(self, images: tf.Tensor, training: bool = False) -> Seen:
        """What the encoder makes of pictures, float32 or uint8 [n, image, image, 3] from 0 to 255."""
        grid = self.encoder(images, training=training)
        thing_logits = self.thing_logits(grid)
        there, cells = self._read(thing_logits)
        vectors, logits = (tf.gather(each, cells, batch_dims=1) for each in (grid, thing_logits))
        told, places = self.told(things.probabilities(logits)), tf.gather(self.places(self.coordinates), cells)
        # In bfloat16 the sum would be too inexact to count things by.
        hidden = tf.cast(self.summary_hidden(vectors + told, training=training), tf.float32)
        summary = self.summary_output(tf.reduce_sum(there * hidden, 1))
        vectors += tf.cast(there, told.dtype) * told + places + summary[:, None]
        return Seen(grid, thing_logits, summary, Memory(vectors, cells))

    def _read(self, thing_logits: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The cells that the decoder reads, int32 [n, s]; and how much each counts in the summary, float32 [n, s, 1]: as much as
        there is a thing, or all alike.
        """
        if self.config.read:
            there, cells = tf.math.top_k(things.peaks(thing_logits), self.config.read)
            return there[..., None], cells
        shape = tf.shape(thing_logits)[:2]
        return tf.fill([*tf.unstack(shape), 1], 1 / self.config.grid**2), tf.broadcast_to(tf.range(shape[1]), shape)

    def logits(self, memory: Memory, subword: tf.Tensor, training: bool = False) -> tf.Tensor:
        """The logits of the subwords that follow, float32 [n, t, subwords].

        Args:
            memory: of m pictures; n is a multiple of m, with the captions of a picture side by side.
            subword: int32 [n, t], START first.
            training: whether dropout is active.
        """
        x = self.dropout(self._embedded(subword), training=training)
        for block in self.blocks:
            x = block(x, memory.vectors, self._everywhere(memory), training=training)
        return self._next(self.final_norm(x, training=training))

    def attention(self, memory: Memory, subword: tf.Tensor) -> tf.Tensor:
        """Where the network looks when it writes what follows each subword: the mean of the last block's heads.

        Arguments as for `logits`. Returns float32 [n, t, grid * grid], whose last axis sums to 1.
        """
        x = self._embedded(subword)
        for block in self.blocks:
            x, weights = block.attention(x, memory.vectors, self._everywhere(memory))
        weights = tf.reduce_mean(tf.cast(weights, tf.float32), 1)
        shape, cells = tf.shape(weights), self.config.grid**2
        m, s = tf.unstack(tf.shape(memory.cells))
        of_picture = tf.reshape(weights, [m, shape[0] // tf.maximum(m, 1) * shape[1], s])
        return tf.reshape(tf.matmul(of_picture, tf.one_hot(memory.cells, cells)), [shape[0], shape[1], cells])

    def memory_caches(self, memory: Memory) -> list[Projected]:
        """What `step` needs of a memory, for each block."""
        return [block.memory_cache(memory.vectors) for block in self.blocks]

    def empty_caches(self, n: tf.Tensor | int, beams: int) -> list[Cache]:
        """What `step` keeps of n * beams captions, for each block, before their first subword."""
        return [block.empty_cache(n, self.config.longest, beams) for block in self.blocks]

    def step(
        self, subword: tf.Tensor, caches: list[Cache], memory_caches: list[Projected], at: tf.Tensor
    ) -> tuple[tf.Tensor, list[Cache]]:
        """One subword of each caption, without dropout.

        Args:
            subword: int32 [n].
            caches: of the earlier ones.
            memory_caches: of m pictures; n is a multiple of m.
            at: the place of the subword, int32 [], from 0.

        Returns:
            The logits of the one that follows, float32 [n, subwords], and the new caches.
        """
        x = self.subword(subword) + self.place(at)[None]
        everywhere = tf.ones(tf.shape(memory_caches[0].keys)[:3:2], tf.bool)
        after = []
        for block, cache, memory in zip(self.blocks, caches, memory_caches, strict=True):
            x, new, _ = block.step(x, cache, memory, everywhere, at)
            after.append(new)
        return self._next(self.final_norm(x)), after

    def _embedded(self, subword: tf.Tensor) -> tf.Tensor:
        return self.subword(subword) + self.place(tf.range(tf.shape(subword)[1]))

    def _everywhere(self, memory: Memory) -> tf.Tensor:
        return tf.ones(tf.shape(memory.cells), tf.bool)

    def _next(self, x: tf.Tensor) -> tf.Tensor:
        """Vectors [..., width] -> logits: their products with the embeddings (Press and Wolf 2017, arXiv 1608.05859)."""
        embeddings = tf.cast(tf.convert_to_tensor(self.subword.embeddings), x.dtype)
        logits = tf.cast(tf.tensordot(x, embeddings, [[-1], [1]]), tf.float32)
        return logits + tf.cast(tf.convert_to_tensor(self.next_bias), tf.float32)


def _empty(shape: tuple[int, ...], dtype: Any = None) -> tf.Tensor:
    """The first biases of the logits of things: most cells are empty."""
    return EMPTY * tf.one_hot(0, shape[0], dtype=dtype)


def from_architecture(architecture: Mapping[str, Any]) -> Captioner:
    """The network that a card's `architecture` describes, with random weights."""
    return Captioner(Config.of(architecture))
