"""Which ink decided: the weight of each pixel for a digit, by integrated gradients (Sundararajan, Taly and Yan 2017).

The score of a digit is its log-odds, log(p / (1 - p)), where p is the probability that the network gives it. On the straight way
from a black image to the image x, the weight of a pixel is its brightness times the mean of the score's gradient:

    weight_i = x_i * mean over a in [0, 1] of d score(a x) / d x_i

The weights of an image add up to its score less that of the black image. A pixel without ink has the weight 0: what speaks for a
digit by being absent is not shown.
"""

from collections.abc import Callable

import keras
import tensorflow as tf

from zoo.images.digit_images import CLASSES, SIZE

POINTS = 16  # of the mean on the way

Weights = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def of(model: keras.Model) -> Weights:
    """A function of images, uint8 [n, 28, 28], and digits, int64 [n], that gives the weights, float32 [n, 28, 28].

    Args:
        model: the network, from images float32 [n, 28, 28] to logits [n, 10].
    """

    @tf.function(input_signature=[tf.TensorSpec([None, SIZE, SIZE], tf.uint8), tf.TensorSpec([None], tf.int64)])
    def weights(images: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        images = tf.cast(images, tf.float32)
        places = (tf.range(POINTS, dtype=tf.float32) + 0.5) / POINTS
        way = tf.reshape(places[:, tf.newaxis, tf.newaxis, tf.newaxis] * images, [-1, SIZE, SIZE])
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(way)
            score = tf.reduce_sum(log_odds(model(way, training=False), tf.tile(labels, [POINTS])))
        gradient = tf.reshape(tape.gradient(score, way), [POINTS, -1, SIZE, SIZE])
        return images * tf.reduce_mean(gradient, axis=0)

    return weights


def log_odds(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """log(p / (1 - p)) of each row's digit, float32 [n], from logits [n, 10] and digits int64 [n]."""
    chosen = tf.one_hot(labels, CLASSES, on_value=True, off_value=False)
    others = tf.where(chosen, logits.dtype.min, logits)
    return tf.boolean_mask(logits, chosen) - tf.reduce_logsumexp(others, axis=1)
