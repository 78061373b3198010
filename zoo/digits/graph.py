"""The signature of the exported network: an image in, the probabilities of the ten digits out.

The exported network looks at each image five times, as it is and moved a little each way, and gives the mean of the five
probabilities. docs/digits.md shows what that gains.
"""

from typing import Any

import keras
import tensorflow as tf

from zoo.images.digit_images import CLASSES, SIZE

SHIFT = 0.7  # pixels by which four of the five views are moved
VIEWS = 5


def probabilities(model: keras.Model, images: tf.Tensor) -> tf.Tensor:
    """The mean of the probabilities of five views: the image itself, and the image moved by SHIFT pixels in each direction.

    Args:
        model: the network, from images to logits.
        images: float32 [n, 28, 28] from 0 to 255.

    Returns:
        float32 [n, 10].
    """
    padded = tf.pad(images, [[0, 0], [1, 1], [1, 1]])
    neighbours = padded[:, 1:-1, :-2], padded[:, 1:-1, 2:], padded[:, :-2, 1:-1], padded[:, 2:, 1:-1]
    # Moving by a part of a pixel is linear interpolation between the image and the image moved by a whole pixel.
    views = tf.stack([images, *((1 - SHIFT) * images + SHIFT * moved for moved in neighbours)])
    of_each = tf.nn.softmax(model(tf.reshape(views, [-1, SIZE, SIZE]), training=False))
    return tf.reduce_mean(tf.reshape(of_each, [VIEWS, -1, CLASSES]), axis=0)


def endpoints(model: keras.Model) -> dict[str, Any]:
    """The signature `predict`: image uint8 [n, 28, 28], white ink on black -> probabilities float32 [n, 10]."""

    @tf.function(input_signature=[tf.TensorSpec([None, SIZE, SIZE], tf.uint8, name="image")])
    def predict(image: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"probabilities": probabilities(model, tf.cast(image, tf.float32))}

    return {"predict": predict}
