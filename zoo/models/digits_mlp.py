"""A deep multilayer perceptron for handwritten digits: dense layers with ReLU and dropout (Srivastava et al. 2014).

    28 x 28 pixels -> 768 -> 512 -> 256 -> 10 probabilities

It sees 784 numbers and nothing of the image's geometry; what it knows of that it learned from distorted digits (Simard,
Steinkraus and Platt 2003; Ciresan et al. 2010).
"""

from dataclasses import dataclass, replace
from typing import Any

import keras
import tensorflow as tf

from zoo.training import Recipe

SIZE = 28
CLASSES = 10


@dataclass(frozen=True)
class DigitsMLPConfig:
    """The sizes of the network.

    Args:
        units: of each hidden layer.
        dropout: the share of each hidden layer's units that a training step leaves out.
    """

    units: tuple[int, ...] = (768, 512, 256)
    dropout: float = 0.1  # little, since the distortions already keep the network from learning by heart


def build(config: DigitsMLPConfig) -> keras.Model:
    """The network: float32 [n, 28, 28] from 0 to 255 -> float32 [n, 10], the logits."""
    image = keras.Input((SIZE, SIZE), name="image")
    hidden = keras.layers.Rescaling(1 / 255, name="rescaling")(image)
    hidden = keras.layers.Flatten(name="flatten")(hidden)
    for number, units in enumerate(config.units, start=1):
        dense = keras.layers.Dense(units, activation="relu", kernel_initializer="he_normal", name=f"hidden_{number}")
        hidden = keras.layers.Dropout(config.dropout, name=f"dropout_{number}")(dense(hidden))
    return keras.Model(image, keras.layers.Dense(CLASSES, dtype="float32", name="logits")(hidden), name="digits_mlp")


def loss(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Cross-entropy of each image, [n], from labels [n] of 0 to 9 and logits [n, 10]."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)


def endpoints(model: keras.Model, config: DigitsMLPConfig) -> dict[str, Any]:
    """The signature `predict`: image uint8 [n, 28, 28], white ink on black -> probabilities float32 [n, 10]."""

    @tf.function(input_signature=[tf.TensorSpec([None, SIZE, SIZE], tf.uint8, name="image")])
    def predict(image: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"probabilities": tf.nn.softmax(model(tf.cast(image, tf.float32), training=False))}

    return {"predict": predict}


# 40 epochs of some 11 s on two cores; validation error 0.55 %.
RECIPE = Recipe(epochs=40, batch_size=256, learning_rate=2e-3, warmup_steps=200, weight_decay=0.02, average=0.999)
# Fewer images need smaller batches, else there are too few steps.
FEW = Recipe(epochs=60, batch_size=32, learning_rate=1e-3, warmup_steps=50, weight_decay=0.02, average=0.99)
FEW_IMAGES = 5000


def recipe(images: int, quick: bool = False) -> Recipe:
    """The hyperparameters for so many training images; `quick`: a tenth of the epochs."""
    full = FEW if images < FEW_IMAGES else RECIPE
    return replace(full, epochs=full.epochs // 10, average=0.99) if quick else full
