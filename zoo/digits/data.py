"""The data sets of handwritten digits behind one `load`, and the tf.data pipeline that a network learns from.

An epoch shows each training image once, in a new order and with a new random distortion (`zoo.digits.distortion`), so the
network cannot learn the images by heart.
"""

import math
from pathlib import Path

import numpy as np
import tensorflow as tf

from zoo.core import sources
from zoo.core.names import unknown
from zoo.core.recipe import Recipe, TrainingData, fixed
from zoo.digits import folder
from zoo.digits.distortion import DISTORTION, Distortion, distort
from zoo.images import mnist, sklearn_digits
from zoo.images.digit_images import Digits

EVALUATION_BATCH = 500


def load(name_or_path: str, real: bool = False) -> Digits:
    """Loads labelled images of digits.

    Args:
        name_or_path: "mnist", "sklearn_digits", or a folder with pictures in subfolders named 0 to 9.
        real: refuse a stand-in, as every evaluation must.

    Raises:
        UserError: the name is unknown, the folder cannot be used, or, with `real`, the data set is not at hand.
    """
    if name_or_path == "mnist":
        digits = mnist.load(real)
    elif name_or_path == "sklearn_digits":
        digits = sklearn_digits.load()
    elif Path(name_or_path).exists():
        digits = folder.load(Path(name_or_path))
    else:
        otherwise = "give a folder with pictures in subfolders 0 to 9"
        raise unknown("data set", name_or_path, ("mnist", "sklearn_digits"), otherwise)
    sources.announce(digits.source)
    return digits


def batches(digits: Digits, recipe: Recipe, limits: Distortion = DISTORTION) -> TrainingData:
    """The batches of a training: (images float32 [b, 28, 28] from 0 to 255, labels int64 [b], weights float32 [b]).

    The images of the train split are distorted, a whole batch at a time; those of the validation split are not.

    Args:
        digits: the data.
        recipe: the batch size, and the seed of the order and of the distortions.
        limits: of the distortions.
    """
    images, labels = digits.split("train")
    steps = math.ceil(len(labels) / recipe.batch_size)
    # As constants they are in memory once, for the pipelines of all epochs.
    all_images, all_labels = tf.constant(images), tf.constant(labels)

    def epoch(number: int) -> tf.data.Dataset:
        def batch(index: tf.Tensor, chosen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            undistorted = tf.cast(tf.gather(all_images, chosen), tf.float32)
            moved = distort(undistorted, tf.stack([tf.constant(recipe.seed, tf.int64), number * steps + index]), limits)
            return moved, tf.gather(all_labels, chosen), tf.ones_like(chosen, tf.float32)

        order = np.random.default_rng([recipe.seed % 2**32, number]).permutation(len(labels))
        shuffled = tf.data.Dataset.from_tensor_slices(order).batch(recipe.batch_size)
        return fixed(shuffled.enumerate().map(batch, num_parallel_calls=2).prefetch(4))

    held_out, held_out_labels = digits.split("validation")
    rows = held_out.astype(np.float32), held_out_labels, np.ones(len(held_out_labels), np.float32)
    validation = fixed(tf.data.Dataset.from_tensor_slices(rows).batch(EVALUATION_BATCH))
    return TrainingData(epoch, validation, steps)
