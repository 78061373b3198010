"""Contenders: the networks of `benchmarks.workloads` by this project's layers and its training step."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from benchmarks import plain_keras
from benchmarks import workloads as w
from zoo.core import processor, training
from zoo.core.recipe import Recipe, TrainingData
from zoo.layers.lstm import LSTM
from zoo.layers.transformer import block

Loss = Callable[[Any, Any], tf.Tensor]


def ours_lstm() -> Callable[[], int]:
    """Training steps; units are tokens."""
    return _trainer(lambda: plain_keras.lstm_network(LSTM), tf.nn.sparse_softmax_cross_entropy_with_logits, *w.lstm_batch())


def ours_transformer() -> Callable[[], int]:
    """Training steps; units are tokens."""
    return _trainer(transformer_network, tf.nn.sigmoid_cross_entropy_with_logits, *w.transformer_batch())


def transformer_network() -> keras.Model:
    """The network of `plain_keras.transformer_network` with this project's blocks, whose attention also takes a mask."""
    token = keras.Input([w.LENGTH], dtype="int32")
    position = keras.layers.Embedding(w.LENGTH, w.WIDTH)(ops.arange(w.LENGTH))
    x, mask = keras.layers.Embedding(w.TOKENS, w.WIDTH)(token) + position, ops.greater_equal(token, 0)
    for i in range(w.BLOCKS):
        x = block(x, mask, w.HEADS, w.HIDDEN, 0.0, f"block_{i}")
    logit = keras.layers.Dense(1, dtype="float32")(ops.mean(x, 1))
    return keras.Model(token, ops.squeeze(logit, -1))


def zoo_step(model: keras.Model, loss: Loss, recipe: Recipe, shards: int = 1) -> Callable[[Any, Any, Any], tf.Tensor]:
    """The training step of `zoo.core.training.train`: (x, y, weight) -> the batch's loss."""
    nothing = tf.data.Dataset.range(0)
    data = TrainingData(lambda _: nothing, nothing, steps=1000)
    return training._Loop(model, loss, data, recipe, Path(), None, shards, None).train_step


def _trainer(build: Callable[[], keras.Model], loss: Loss, x: np.ndarray, y: np.ndarray) -> Callable[[], int]:
    shards = processor.shards(w.BATCH)
    recipe = Recipe(1, w.BATCH, w.LEARNING_RATE, clip_norm=w.CLIP_NORM, precision=processor.precision("auto"))
    step = zoo_step(training.seeded(recipe, build), loss, recipe, shards)
    batch = tf.constant(x), tf.constant(y), tf.ones(y.shape)

    def repeat() -> int:
        step(*batch).numpy()
        return x.size

    return repeat
