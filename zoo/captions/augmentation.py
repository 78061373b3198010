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


def augment(images: tf.Tensor, places: tf.Tensor, seed: tf.Tensor, limits: Limits = LIMITS) -> tuple[tf.Tensor, tf.Tensor]:
    """Changes each picture in its own way.

    Args:
        images: uint8 [b, side, side, 3].
        places: points (x, y) of each picture, as shares of the side, float32 [b, points, 2].
        seed: two integers, [2]; the same seed gives the same changes.
        limits: how large these are.

    Returns:
        The new pictures, uint8 [b, side, side, 3]. What comes in from outside a picture is as its edge. And where the points are
        then, float32 [b, points, 2].
    """
    count = tf.shape(images)[0]
    drawn = tf.unstack(tf.random.stateless_uniform([8, count], seed, -1.0, 1.0))
    maps = _maps(tf.cast(tf.shape(images)[1], tf.float32), drawn[:4], limits)
    moved = _moved(images, maps)
    light, contrast, blur, noise = (each[:, None, None, None] for each in drawn[4:])
    moved += limits.blur * (blur + 1) / 2 * (_blurred(moved) - moved)
    tint = tf.random.stateless_uniform([count, 1, 1, 3], seed + 1, -limits.tint, limits.tint)
    mean = tf.reduce_mean(moved, [1, 2, 3], keepdims=True)
    lit = (mean + (moved - mean) * tf.exp(limits.contrast * contrast)) * tf.exp(limits.light * light + tint)
    # One field of noise for the batch, in another strength for each picture: to draw numbers is what takes long here.
    field = tf.random.stateless_normal(tf.concat([[1], tf.shape(images)[1:]], 0), seed)
    noisy = lit + limits.noise * (noise + 1) / 2 * field
    return tf.cast(tf.clip_by_value(tf.round(noisy), 0.0, 255.0), tf.uint8), _places_after(places, maps, images)


def _maps(side: tf.Tensor, drawn: list[tf.Tensor], limits: Limits) -> tf.Tensor:
    """Where pixels of the results come from: (x, y) from (a x + b y + c, d x + e y + f); a to f and two zeros, [b, 8].

    The pictures are turned about their middle, resized and moved by four numbers from -1 to 1 for each, [b] each.
    """
    turn, scale, right, down = drawn
    angle, size = turn * limits.degrees * math.pi / 180, tf.exp(scale * limits.scale)
    cos, sin, middle = tf.cos(angle) * size, tf.sin(angle) * size, (side - 1) / 2
    x, y = middle + right * limits.shift * side, middle + down * limits.shift * side
    zeros = tf.zeros_like(cos)
    return tf.stack([cos, -sin, x - cos * middle + sin * middle, sin, cos, y - sin * middle - cos * middle, zeros, zeros], 1)


def _moved(images: tf.Tensor, maps: tf.Tensor) -> tf.Tensor:
    """The pictures with each pixel from where the maps say, float32."""
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=tf.cast(images, tf.float32),
        transforms=maps,
        output_shape=tf.shape(images)[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )


def _places_after(places: tf.Tensor, maps: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    """Where points of the pictures are in the results. Pixel i covers i to i + 1, and the maps are of the middles of pixels."""
    side = tf.cast(tf.shape(images)[1], tf.float32)
    a, b, c, d, e, f, _, _ = tf.unstack(maps[:, None, :], axis=-1)
    x, y = tf.unstack(places * side - 0.5, axis=-1)
    x, y, size = x - c, y - f, a * e - b * d
    return (tf.stack([e * x - b * y, a * y - d * x], -1) / size[..., None] + 0.5) / side


def _blurred(images: tf.Tensor) -> tf.Tensor:
    """The mean of each pixel and its eight neighbours, float32."""
    return tf.nn.avg_pool2d(images, 3, 1, "SAME")  # at the edges of the pixels that are there
