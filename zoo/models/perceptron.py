"""The perceptron: one sigmoid unit. Rosenblatt (1958), with the logistic function as in logistic regression.

    probability = sigmoid(w . (x - mean) / deviation + b)

The standardisation is part of the model, so that it takes features in the data set's own units.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo.training import Recipe


@dataclass(frozen=True)
class PerceptronConfig:
    """The number of features of a row."""

    features: int


def build(config: PerceptronConfig, mean: np.ndarray, variance: np.ndarray) -> keras.Model:
    """The network: float32 [n, features] in the data's own units -> float32 [n, 1], the logit.

    Args:
        config: the size.
        mean: of each feature in the training split, [features].
        variance: likewise.
    """
    features = keras.Input((config.features,), name="features")
    standardise = keras.layers.Normalization(mean=mean, variance=variance, name="standardise")
    unit = keras.layers.Dense(1, name="unit")
    return keras.Model(features, unit(standardise(features)), name="perceptron")


def loss(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Binary cross-entropy of each row, [n], from labels [n] of 0 and 1 and logits [n, 1]."""
    return tf.nn.sigmoid_cross_entropy_with_logits(labels, logits[:, 0])


def endpoints(model: keras.Model, config: PerceptronConfig) -> dict[str, Any]:
    """The signature `predict`: features float32 [n, features] -> probability float32 [n]."""

    @tf.function(input_signature=[tf.TensorSpec([None, config.features], tf.float32, name="features")])
    def predict(features: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"probability": tf.sigmoid(model(features, training=False)[:, 0])}

    return {"predict": predict}


# The average is at its best after some 30 epochs; the decay plays the part of logistic regression's L2 penalty.
RECIPE = Recipe(epochs=60, batch_size=32, learning_rate=0.02, weight_decay=0.02, average=0.99)
