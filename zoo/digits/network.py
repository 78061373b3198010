"""A deep multilayer perceptron for handwritten digits: dense layers with ReLU, and nothing else.

    28 x 28 pixels -> 1900 -> 1400 -> 1000 -> 500 -> 10 logits

The network sees 784 numbers and nothing of the image's geometry. It learns the geometry from distorted digits (Simard, Steinkraus
and Platt 2003; Ciresan et al. 2010) and never sees the same image twice, so it needs no dropout.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from zoo.core import configuration
from zoo.images.digit_images import CLASSES, SIZE


@dataclass(frozen=True)
class Config:
    """The sizes of the network.

    Args:
        units: of each hidden layer. The default sizes fill the 25 MB that a published model may have.
    """

    units: tuple[int, ...] = (1900, 1400, 1000, 500)

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Config":
        """The configuration that a card's `architecture` tells."""
        return configuration.told(cls, architecture)


def build(config: Config) -> keras.Model:
    """The network, with random weights: float32 [n, 28, 28] from 0 to 255 -> the logits, float32 [n, 10]."""
    image = keras.Input((SIZE, SIZE), name="image")
    hidden = keras.layers.Rescaling(1 / 255, name="rescaling")(image)
    hidden = keras.layers.Flatten(name="flatten")(hidden)
    for number, units in enumerate(config.units, start=1):
        hidden = keras.layers.Dense(units, activation="relu", kernel_initializer="he_normal", name=f"hidden_{number}")(hidden)
    return keras.Model(image, keras.layers.Dense(CLASSES, dtype="float32", name="logits")(hidden), name="digits_mlp")


def from_architecture(architecture: Mapping[str, Any]) -> keras.Model:
    """The network that a card's `architecture` describes, with random weights. See `build`."""
    return build(Config.of(architecture))
