"""Random distortions of images of digits, computed by TensorFlow for a whole batch.

The affine and elastic deformations are those of Simard, Steinkraus and Platt (2003) and Ciresan et al. (2010, arXiv 1003.0358).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from zoo.images.digit_images import SIZE

MIDDLE = (SIZE - 1) / 2  # the index, counted from 0, that turning and resizing leave in place


@dataclass(frozen=True)
class Distortion:
    """The limits of the distortions. Each value is drawn uniformly from -limit to +limit.

    Args:
        degrees: limit of the rotation.
        scale: limit of the logarithms of the width's and the height's factors; 0.2 allows factors from 1/1.22 to 1.22.
        shear: limit of the slant, in pixels to the side for each pixel up.
        shift: limit of the movement along and across, in pixels.
        bend: limit of the elastic field's standard deviation, in pixels.
        soften: not a limit but the share of images whose strokes become softer and wider, as in a coarser scan.
    """

    degrees: float
    scale: float
    shear: float
    shift: float
    bend: float
    soften: float


# Small enough that a 6 stays a 6 and a 1 does not become a 7. docs/digits.md shows what else was tried.
DISTORTION = Distortion(degrees=15, scale=0.18, shear=0.3, shift=1, bend=2.2, soften=0.4)

# The elastic field is a sum of Gaussian bumps on a grid. Both lengths are in pixels: the standard deviation of a bump, which is 4
# in Simard's fields and 5 to 6 in Ciresan's, and the distance between grid points.
BUMP, BUMP_SPACING = 5.0, 4.0

SOFT = np.outer([0.25, 0.5, 0.25], [0.25, 0.5, 0.25]).astype(np.float32)
WIDER = 1.6  # soft strokes are made up to this many times brighter, which widens them


def distort(images: tf.Tensor, seed: Sequence[int] | tf.Tensor, limits: Distortion = DISTORTION) -> tf.Tensor:
    """Turns, resizes, slants, moves and bends each image a little, in its own way, and softens some.

    Args:
        images: float32 [b, 28, 28] from 0 to 255.
        seed: two integers; the same seed gives the same distortions.
        limits: how large the distortions may be.

    Returns:
        float32 [b, 28, 28] from 0 to 255. What comes in from outside the image is black.
    """
    count = tf.shape(images)[0]
    drawn = tf.random.stateless_uniform([9, count, 1, 1], seed, -1.0, 1.0)
    turn, wide, high, slant, right, down, bend, soften, brighten = tf.unstack(drawn)
    turn *= limits.degrees * math.pi / 180
    wide, high = tf.exp(-limits.scale * wide), tf.exp(-limits.scale * high)
    slant *= limits.shear
    # Where each pixel of the result comes from, measured from the middle: the affine map, then the elastic field.
    across = tf.range(SIZE, dtype=tf.float32) - MIDDLE
    along = across[:, tf.newaxis]
    x = wide * (tf.cos(turn) * across + (slant * tf.cos(turn) - tf.sin(turn)) * along) + limits.shift * right
    y = high * (tf.sin(turn) * across + (slant * tf.sin(turn) + tf.cos(turn)) * along) + limits.shift * down
    field = limits.bend * bend * _smooth_fields(count, seed)
    moved = _sample(images, x + field[0] + MIDDLE, y + field[1] + MIDDLE)
    soft = tf.nn.depthwise_conv2d(moved[..., tf.newaxis], SOFT[..., np.newaxis, np.newaxis], [1, 1, 1, 1], padding="SAME")[..., 0]
    soft = tf.minimum(soft * (1 + (WIDER - 1) * (1 + brighten) / 2), 255.0)
    return tf.where((1 + soften) / 2 < limits.soften, soft, moved)


def _smooth_fields(count: tf.Tensor, seed: Sequence[int] | tf.Tensor) -> tf.Tensor:
    """Random displacements, float32 [2, count, 28, 28], along and across: standard normal, alike for neighbouring pixels."""
    points = np.arange(-BUMP, SIZE + BUMP, BUMP_SPACING)
    bumps = np.exp(-(((np.arange(SIZE)[:, np.newaxis] - points) / BUMP) ** 2) / 2)
    bumps = (bumps / np.linalg.norm(bumps, axis=1, keepdims=True)).astype(np.float32)  # a standard deviation of 1 at each pixel
    heights = tf.random.stateless_normal([2, count, len(points), len(points)], seed)
    return tf.einsum("ip,dbpq,jq->dbij", bumps, heights, bumps)


def _sample(images: tf.Tensor, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """The values of images at the places x, y by bilinear interpolation, 0 outside; all are float32 [b, 28, 28].

    A place is measured in pixels from the centre of the upper left pixel. TensorFlow's own operation for this takes projective
    maps only, so it cannot bend an image.
    """
    padded = tf.pad(images, [[0, 0], [1, 2], [1, 2]])
    # The four neighbours of each place are stored side by side, so one lookup finds them.
    corners = tf.stack([padded[:, :-1, :-1], padded[:, :-1, 1:], padded[:, 1:, :-1], padded[:, 1:, 1:]], axis=-1)
    x, y = (tf.clip_by_value(place + 1, 0.0, SIZE + 1.0) for place in (x, y))
    left, top = tf.floor(x), tf.floor(y)
    side = SIZE + 2
    first = tf.range(tf.shape(images)[0])[:, tf.newaxis, tf.newaxis] * side**2
    index = first + tf.cast(top, tf.int32) * side + tf.cast(left, tf.int32)
    neighbours = tf.gather(tf.reshape(corners, [-1, 4]), index)
    x, y = x - left, y - top
    weights = tf.stack([(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y], axis=-1)
    return tf.reduce_sum(neighbours * weights, axis=-1)
