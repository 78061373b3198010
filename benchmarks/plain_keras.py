"""Contenders: the networks of `benchmarks.workloads` as Keras' own layers, trained by Keras' own `train_on_batch`."""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers, ops

from benchmarks import workloads as w


def lstm(precision: str) -> Callable[[], int]:
    """Training steps in "float32" or "bfloat16" (Keras' mixed precision); units are tokens."""
    _set_precision(precision)
    model = lstm_network(layers.LSTM)
    return _trainer(model, keras.losses.SparseCategoricalCrossentropy(from_logits=True), *w.lstm_batch())


def transformer(precision: str) -> Callable[[], int]:
    """As `lstm`."""
    _set_precision(precision)
    return _trainer(transformer_network(), keras.losses.BinaryCrossentropy(from_logits=True), *w.transformer_batch())


def lstm_network(layer: type[keras.layers.LSTM]) -> keras.Model:
    """Tokens int32 [n, t] -> logits float32 [n, t, 512]; `layer` is the kind of its LSTM layers."""
    token = keras.Input([None], dtype="int32")
    x = layers.Embedding(w.LSTM_TOKENS, w.LSTM_WIDTH)(token)
    for _ in range(w.LSTM_LAYERS):
        x = layer(w.LSTM_UNITS, return_sequences=True)(x)
    logits = layers.Dense(w.LSTM_TOKENS)(x)
    return keras.Model(token, layers.Activation("linear", dtype="float32")(logits))


def transformer_network() -> keras.Model:
    """Tokens int32 [n, 256] -> logit float32 [n]."""
    token = keras.Input([w.LENGTH], dtype="int32")
    x = layers.Embedding(w.TOKENS, w.WIDTH)(token) + layers.Embedding(w.LENGTH, w.WIDTH)(ops.arange(w.LENGTH))
    for _ in range(w.BLOCKS):
        y = layers.LayerNormalization(epsilon=1e-5)(x)
        x = x + layers.MultiHeadAttention(w.HEADS, w.WIDTH // w.HEADS)(y, y)
        y = layers.LayerNormalization(epsilon=1e-5)(x)
        x = x + layers.Dense(w.WIDTH)(layers.Dense(w.HIDDEN, activation="gelu")(y))
    logit = layers.Dense(1)(ops.mean(x, 1))
    return keras.Model(token, layers.Activation("linear", dtype="float32")(ops.squeeze(logit, -1)))


def _set_precision(precision: str) -> None:
    keras.config.set_dtype_policy({"float32": "float32", "bfloat16": "mixed_bfloat16"}[precision])


def _trainer(model: keras.Model, loss: keras.losses.Loss, x: np.ndarray, y: np.ndarray) -> Callable[[], int]:
    model.compile(keras.optimizers.AdamW(w.LEARNING_RATE, global_clipnorm=w.CLIP_NORM), loss)

    def repeat() -> int:
        model.train_on_batch(x, y)
        return x.size

    return repeat
