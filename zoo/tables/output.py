"""What a network for tables predicts, and its loss.

The network turns n rows into z, float32 [n, units]. What z means depends on the target:

    two classes     1 unit        probability of the second class = sigmoid(z)
    more classes    1 unit each   probabilities = softmax(z)
    a number        1 unit        value = mean + deviation * z
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf


@dataclass(frozen=True)
class Output:
    """What a network predicts.

    Args:
        classes: the number of classes; 0 where the target is a number.
        mean: of a target that is a number, in the training split.
        deviation: the standard deviation of the same, above 0.
    """

    classes: int
    mean: float = 0.0
    deviation: float = 1.0

    @property
    def units(self) -> int:
        """The units of the network's output layer."""
        return self.classes if self.classes > 2 else 1


def output_for(classes: int, targets: np.ndarray) -> Output:
    """What a network predicts that learns from these targets of the training split; `classes` is 0 where they are numbers."""
    if classes:
        return Output(classes)
    return Output(0, float(targets.mean(dtype=float)), float(targets.std(dtype=float)))


def loss(output: Output) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The function that training minimises: (targets [n], z float32 [n, units]) -> the loss of each row in nats, float32 [n].

    For classes it is the cross-entropy. For a number it is half the squared error, measured in standard deviations of the target:
    up to a constant, the negative log-likelihood of a normal distribution with that deviation (Bishop 2006, section 3.1.1).
    """

    def losses(targets: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
        if output.classes > 2:
            return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, z)
        targets = tf.cast(targets, tf.float32)
        if output.classes:
            return tf.nn.sigmoid_cross_entropy_with_logits(targets, z[:, 0])
        return tf.square((targets - output.mean) / output.deviation - z[:, 0]) / 2

    return losses


def predictions(output: Output, z: tf.Tensor) -> dict[str, tf.Tensor]:
    """What z, float32 [n, units], means: `probability` [n], `probabilities` [n, classes] or `value` [n], all float32."""
    if output.classes > 2:
        return {"probabilities": tf.nn.softmax(z)}
    if output.classes:
        return {"probability": tf.sigmoid(z[:, 0])}
    return {"value": output.mean + output.deviation * z[:, 0]}
