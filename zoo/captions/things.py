"""Which thing is at which place of a picture: what a captioner's encoder learns to tell where the scenes are known.

A grid of cells lies over the picture. The cell in which the centre of a thing is tells its kind, colour, size and fill, and
in which part of the cell the centre is. Cells that touch have one thing at most.
"""

import math
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from zoo.captions.scenes import COLOURS, DIGITS, FILLS, MOST, SHAPES, SIZES, Scene

# The properties of a thing and their values. Each is told as a number from 1; 0 is "nothing is here".
PROPERTIES: tuple[tuple[str, ...], ...] = (DIGITS + SHAPES, COLOURS, SIZES, FILLS)
PARTS = 4  # of a cell, along and across: where in the cell the centre is, which decides what is left of what
# Of a cell, for each property; that there is nothing is a kind. Then for the part of the cell, along and across.
LOGITS = (1 + len(PROPERTIES[0]), *map(len, PROPERTIES[1:]), PARTS, PARTS)
TOLD = len(LOGITS)  # numbers that tell all of a cell
UNKNOWN = -1  # the scene is not known


def listed(scenes: Sequence[Scene]) -> tuple[np.ndarray, np.ndarray]:
    """The things of n scenes.

    Returns:
        Their centres (x, y) as shares of the side of a square picture, float32 [n, MOST, 2], and their properties, int32
        [n, MOST, 4], which are 0 beyond the last thing.
    """
    centres = np.zeros((len(scenes), MOST, 2), np.float32)
    properties = np.zeros((len(scenes), MOST, len(PROPERTIES)), np.int32)
    for scene, its, told in zip(scenes, centres, properties, strict=True):
        for i, thing in enumerate(scene.things):
            # The longer side of a picture fills the square, and its shorter side lies in the middle.
            its[i] = thing.x + (1 - scene.width) / 2, thing.y + (1 - scene.height) / 2
            values = thing.kind, thing.colour, thing.size, thing.fill
            told[i] = [1 + names.index(value) for names, value in zip(PROPERTIES, values, strict=True)]
    return centres, properties


def on_grid(centres: tf.Tensor, properties: tf.Tensor, grid: int) -> tf.Tensor:
    """What is in each cell, row by row, int32 [n, grid * grid, TOLD]; of two things in one cell one.

    These are the properties, and the part of the cell along and across, each from 1; all 0 where there is nothing.

    Args:
        centres: float32 [n, MOST, 2], see `listed`. What is outside the picture counts to the cell at its edge.
        properties: int32 [n, MOST, 4].
        grid: rows and columns.
    """
    parts = tf.clip_by_value(tf.cast(tf.floor(centres * grid * PARTS), tf.int32), 0, grid * PARTS - 1)
    cell = parts[..., 1] // PARTS * grid + parts[..., 0] // PARTS
    there = properties[..., :1] > 0
    at = tf.where(there, tf.one_hot(cell, grid**2, dtype=tf.int32), 0)  # [n, MOST, cells]
    last = tf.argmax(at * tf.range(1, MOST + 1)[:, None], 1, tf.int32)  # of the things in a cell
    told = tf.concat([properties, parts % PARTS + 1], -1)
    return tf.gather(told, last, batch_dims=1) * tf.reduce_max(at, 1)[..., None]


def probabilities(logits: tf.Tensor) -> tf.Tensor:
    """What each cell tells of its thing, if it has one: the probabilities of each value of each property and of each part.

    Args:
        logits: float32 [n, cells, sum(LOGITS)].

    Returns:
        float32 [n, cells, sum(LOGITS) - 1].
    """
    kind, *others = tf.split(logits, LOGITS, -1)
    return tf.concat([*map(tf.nn.softmax, (kind[..., 1:], *others))], -1)


def peaks(logits: tf.Tensor) -> tf.Tensor:
    """The probability that each cell has a thing, float32 [n, grid * grid].

    A thing on the edge of two cells may be seen in both, but counts once: of cells that touch, only the most probable one has it
    (Zhou et al. 2019, arXiv 1904.07850), with the sum of the probabilities of the cells around it, at most 1. The others have 0.

    Args:
        logits: float32 [n, grid * grid, sum(LOGITS)].
    """
    kind, *_ = tf.split(logits, LOGITS, -1)
    # Cells are compared by their logits, since probabilities near 1 are alike.
    logit = tf.reduce_logsumexp(kind[..., 1:], -1) - kind[..., 0]
    grid = math.isqrt(logits.shape[1])
    square = tf.reshape(logit, [-1, grid, grid, 1])
    around = tf.pad(tf.sigmoid(square), [[0, 0], [1, 1], [1, 1], [0, 0]])
    together = tf.minimum(9 * tf.nn.avg_pool2d(around, 3, 1, "VALID"), 1)
    highest = tf.nn.max_pool2d(square, 3, 1, "SAME")
    return tf.reshape(tf.where(square >= highest, together, 0), tf.shape(logit))


def loss(told: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The sum of the cross-entropies of all cells in nats, float32 [n]; 0 where the scene is UNKNOWN.

    Every cell tells the kind, or that there is nothing. A cell with a thing also tells the rest.

    Args:
        told: see `on_grid`, int32 [n, cells, TOLD].
        logits: float32 [n, cells, sum(LOGITS)].
    """
    kind, *others = tf.split(logits, LOGITS, -1)
    known = tf.cast(told[..., 0] != UNKNOWN, tf.float32)
    there = tf.cast(told[..., 0] > 0, tf.float32)
    cross_entropy = tf.nn.sparse_softmax_cross_entropy_with_logits
    total = known * cross_entropy(tf.maximum(told[..., 0], 0), kind)
    for i, values in enumerate(others, 1):
        total += there * cross_entropy(tf.maximum(told[..., i] - 1, 0), values)
    return tf.reduce_sum(total, -1)
