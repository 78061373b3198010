"""Pictures of any size on the network's canvas: the whole picture, as large as fits, on paper of its own colour."""

import tensorflow as tf


def fitted(picture: tf.Tensor, side: int) -> tf.Tensor:
    """A picture, uint8 [height, width, 3] of any size, in the middle of a square, uint8 [side, side, 3].

    Its longer side gets `side` pixels, averaged over those that it had. The rest of the square gets the median colour of the
    edge, so that the paper goes on.
    """
    size = tf.cast(tf.shape(picture)[:2], tf.float32)
    new = tf.cast(tf.maximum(1.0, tf.round(size * (side / tf.reduce_max(size)))), tf.int32)
    small = tf.clip_by_value(tf.image.resize(picture, new, antialias=True), 0.0, 255.0)
    edge = tf.concat([small[0], small[-1], small[1:-1, 0], small[1:-1, -1]], 0)
    ordered = tf.sort(edge, axis=0)
    last = tf.shape(ordered)[0] - 1
    paper = (ordered[last // 2] + ordered[(last + 1) // 2]) / 2
    top, left = (side - new[0]) // 2, (side - new[1]) // 2
    square = tf.image.pad_to_bounding_box(small - paper, top, left, side, side) + paper
    return tf.ensure_shape(tf.cast(tf.round(square), tf.uint8), (side, side, 3))
