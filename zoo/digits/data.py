"""Images of handwritten digits from any source, their splits, and the tf.data pipeline that trains on them.

Each epoch sees each image once, in a new order and a little moved, turned, resized, slanted, bent or softened (`distort`): the
network cannot learn the training images by heart, and no digit becomes another one. The affine and elastic deformations are
those of Simard, Steinkraus and Platt (2003) and Ciresan et al. (2010, arXiv 1003.0358).
"""

import math
from pathlib import Path

import numpy as np
import tensorflow as tf

from zoo.core import sources
from zoo.core.names import unknown
from zoo.core.recipe import Recipe, TrainingData, fixed
from zoo.digits.dataset import Digits
from zoo.digits.distortion import DISTORTION, Distortion, distort

EVALUATION_BATCH = 500


def load(name_or_path: str, real: bool = False) -> Digits:
    """The digits `mnist`, `sklearn_digits`, or a folder of the user's with pictures in subfolders named 0 to 9.

    Args:
        name_or_path: which.
        real: refuse a stand-in, as every evaluation must.

    Raises:
        UserError: an unknown name, a folder or picture that cannot be used, or, with `real`, data that are not at hand.
    """
    from zoo.digits import folder as digit_folder  # here, since they build a Digits
    from zoo.digits import mnist, sklearn_digits

    if name_or_path == "mnist":
        digits = mnist.load(real)
    elif name_or_path == "sklearn_digits":
        digits = sklearn_digits.load()
    elif Path(name_or_path).exists():
        digits = digit_folder.load(Path(name_or_path))
    else:
        otherwise = "give a folder with pictures in subfolders 0 to 9"
        raise unknown("data set", name_or_path, ("mnist", "sklearn_digits"), otherwise)
    sources.announce(digits.source)
    return digits


def batches(digits: Digits, recipe: Recipe, limits: Distortion = DISTORTION) -> TrainingData:
    """Distorted batches of the train split, the validation split as it is: (images [b, 28, 28], labels [b], weights [b]).

    The images are float32 from 0 to 255. They lie in memory, so no further cache is needed; a batch is distorted as a whole.
    """
    images, labels = digits.split("train")
    steps = math.ceil(len(labels) / recipe.batch_size)
    # Constants are shared by the pipelines of all epochs.
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
