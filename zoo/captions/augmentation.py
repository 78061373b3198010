"""Random changes of pictures that keep their captions true, computed by TensorFlow for a whole batch.

Each picture is turned, resized and moved a little, gets other light, and some blur or noise. Nothing is mirrored, since a caption
may say left, and a digit would become another sign. The colours keep their names.
"""

import math
from dataclasses import dataclass

import tensorflow as tf


@dataclass(frozen=True)
class Limits:
    """How much a picture is changed. Each value is drawn uniformly from -limit to +limit, or from 0 where it is a strength.

    Args:
        degrees: of the rotation.
        scale: of the logarithm of the size; 0.05 allows factors from 1/1.05 to 1.05.
        shift: of the movement along and across, as a share of the side.
        light: of the logarithm of the brightness.
        tint: of the logarithms of the brightness of red, green and blue each: the white balance.
        contrast: of the logarithm of the contrast.
        blur: the strength, up to which a picture is mixed with its mean over 3 x 3 pixels.
        noise: the standard deviation of the noise, in levels of 255.
    """

    degrees: float = 4
    scale: float = 0.05
    shift: float = 0.03
    light: float = 0.12
    tint: float = 0.03
    contrast: float = 0.15
    blur: float = 0.5
    noise: float = 6


LIMITS = Limits()


def augment(images: tf.Tensor, seed: tf.Tensor, limits: Limits = LIMITS) -> tf.Tensor:
    """Changes each picture in its own way.

    Args:
        images: uint8 [b, side, side, 3].
        seed: two integers, [2]; the same seed gives the same changes.
        limits: how large these are.

    Returns:
        uint8 [b, side, side, 3]. What comes in from outside a picture is as its edge.
    """
    count = tf.shape(images)[0]
    drawn = tf.unstack(tf.random.stateless_uniform([8, count], seed, -1.0, 1.0))
    moved = _moved(images, drawn[:4], limits)
    light, contrast, blur, noise = (each[:, None, None, None] for each in drawn[4:])
    moved += limits.blur * (blur + 1) / 2 * (_blurred(moved) - moved)
    tint = tf.random.stateless_uniform([count, 1, 1, 3], seed + 1, -limits.tint, limits.tint)
    mean = tf.reduce_mean(moved, [1, 2, 3], keepdims=True)
    lit = (mean + (moved - mean) * tf.exp(limits.contrast * contrast)) * tf.exp(limits.light * light + tint)
    # One field of noise for the batch, in another strength for each picture: to draw numbers is what takes long here.
    field = tf.random.stateless_normal(tf.concat([[1], tf.shape(images)[1:]], 0), seed)
    noisy = lit + limits.noise * (noise + 1) / 2 * field
    return tf.cast(tf.clip_by_value(tf.round(noisy), 0.0, 255.0), tf.uint8)


def _moved(images: tf.Tensor, drawn: list[tf.Tensor], limits: Limits) -> tf.Tensor:
    """Turned about their middle, resized and moved, float32, by four numbers from -1 to 1 for each, [b] each."""
    turn, scale, right, down = drawn
    side = tf.cast(tf.shape(images)[1], tf.float32)
    angle, size = turn * limits.degrees * math.pi / 180, tf.exp(scale * limits.scale)
    cos, sin, middle = tf.cos(angle) * size, tf.sin(angle) * size, (side - 1) / 2
    x, y = middle + right * limits.shift * side, middle + down * limits.shift * side
    zeros = tf.zeros_like(cos)
    # Where each pixel of the result comes from: (a x + b y + c, d x + e y + f).
    maps = tf.stack([cos, -sin, x - cos * middle + sin * middle, sin, cos, y - sin * middle - cos * middle, zeros, zeros], 1)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=tf.cast(images, tf.float32),
        transforms=maps,
        output_shape=tf.shape(images)[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )


def _blurred(images: tf.Tensor) -> tf.Tensor:
    """The mean of each pixel and its eight neighbours, float32."""
    return tf.nn.avg_pool2d(images, 3, 1, "SAME")  # at the edges of the pixels that are there
