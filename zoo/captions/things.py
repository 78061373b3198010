"""Which thing is at which place of a picture: what a captioner's encoder learns to tell where the scenes are known.

A grid of cells lies over the picture. The cell in which the centre of a thing is has its kind, colour, size and fill.
"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from zoo.captions.scenes import COLOURS, DIGITS, FILLS, MOST, SHAPES, SIZES, Scene

# The properties of a thing and their values. Each is told as a number from 1; 0 is "nothing is here".
PROPERTIES: tuple[tuple[str, ...], ...] = (DIGITS + SHAPES, COLOURS, SIZES, FILLS)
LOGITS = tuple(
    map(len, ((None, *PROPERTIES[0]), *PROPERTIES[1:]))
)  # of a cell, for each property; that there is nothing is a kind
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
    """The properties of the thing in each cell, row by row, int32 [n, grid * grid, 4]; of two in one cell those of one.

    Args:
        centres: float32 [n, MOST, 2], see `listed`. What is outside the picture counts to the cell at its edge.
        properties: int32 [n, MOST, 4].
        grid: rows and columns.
    """
    cells = tf.clip_by_value(tf.cast(tf.floor(centres * grid), tf.int32), 0, grid - 1)
    cell = cells[..., 1] * grid + cells[..., 0]
    there = properties[..., :1] > 0
    at = tf.where(there, tf.one_hot(cell, grid**2, dtype=tf.int32), 0)  # [n, MOST, cells]
    last = tf.argmax(at * tf.range(1, MOST + 1)[:, None], 1, tf.int32)  # of the things in a cell
    return tf.gather(properties, last, batch_dims=1) * tf.reduce_max(at, 1)[..., None]


def probabilities(logits: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """What each cell tells of its thing.

    Args:
        logits: float32 [n, cells, sum(LOGITS)].

    Returns:
        The probabilities of each value of each property, if there is a thing, float32 [n, cells, sum(LOGITS) - 1]; and that there
        is one, [n, cells].
    """
    kind, *others = tf.split(logits, LOGITS, -1)
    return tf.concat([*map(tf.nn.softmax, (kind[..., 1:], *others))], -1), 1 - tf.nn.softmax(kind)[..., 0]


def most_probable(logits: tf.Tensor, cells: int) -> tf.Tensor:
    """The cells that most probably have a thing, int32 [n, cells], the most probable one first.

    Args:
        logits: float32 [n, all cells, sum(LOGITS)].
        cells: how many.
    """
    kind, *_ = tf.split(logits, LOGITS, -1)
    # Of logits, since probabilities near 1 are alike.
    return tf.math.top_k(tf.reduce_logsumexp(kind[..., 1:], -1) - kind[..., 0], cells).indices


def loss(properties: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The sum of the cross-entropies of all cells in nats, float32 [n]; 0 where the scene is UNKNOWN.

    Every cell tells the kind, or that there is nothing. A cell with a thing also tells its other properties.

    Args:
        properties: int32 [n, cells, 4].
        logits: float32 [n, cells, sum(LOGITS)].
    """
    kind, *others = tf.split(logits, LOGITS, -1)
    known = tf.cast(properties[..., 0] != UNKNOWN, tf.float32)
    there = tf.cast(properties[..., 0] > 0, tf.float32)
    cross_entropy = tf.nn.sparse_softmax_cross_entropy_with_logits
    total = known * cross_entropy(tf.maximum(properties[..., 0], 0), kind)
    for i, values in enumerate(others, 1):
        total += there * cross_entropy(tf.maximum(properties[..., i] - 1, 0), values)
    return tf.reduce_sum(total, -1)
