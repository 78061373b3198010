"""From a text to batches of pieces: what the network reads, and the byte that follows each byte."""

import numpy as np
import tensorflow as tf

from zoo.core.recipe import TrainingData, fixed
from zoo.writing import names

PIECE = 256  # bytes of a piece that is trained on
READ = 512  # bytes of a piece of the validation split; only its second half counts, which has at least as many before it
HELD_OUT_AT_ONCE = 32  # pieces of the validation split in a batch


def batches(train: bytes, validation: bytes, batch_size: int, seed: int) -> TrainingData:
    """Batches (bytes int32 [b, t], the bytes that follow, weights float32 [b, t]).

    In each epoch the training text has other names in some of its parts (`zoo.writing.names`), it is cut at other places, and the
    pieces come in another order.

    Args:
        train: the training split, in UTF-8.
        validation: the validation split.
        batch_size: pieces of a batch, if the text has as many.
        seed: of the names, the places and the order.
    """
    text = train.decode("utf-8")
    known = names.find(text)
    piece = min(PIECE, len(train) - 1)
    batch_size = min(batch_size, (len(train) - 1) // piece)
    steps = max(1, (len(train) - piece) // piece // batch_size)

    def epoch(number: int) -> tf.data.Dataset:
        random = np.random.default_rng([seed % 2**32, number])
        new = names.replaced(text, known, int(random.integers(2**32))).encode("utf-8") if known else train
        ids = tf.constant(np.frombuffer(new if len(new) > piece else train, np.uint8).astype(np.int32))
        first = int(random.integers(min(piece, len(ids) - 1 - piece) + 1))
        order = random.permutation((len(ids) - 1 - first) // piece)
        starts = first + piece * np.resize(order, batch_size * steps)  # where new names are short, some pieces come twice
        rows = tf.constant(starts.reshape(steps, batch_size).astype(np.int32))

        def cut(starts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            place = starts[:, None] + tf.range(piece)
            return tf.gather(ids, place), tf.gather(ids, place + 1), tf.ones_like(place, tf.float32)

        return fixed(tf.data.Dataset.from_tensor_slices(rows).map(cut, num_parallel_calls=1).prefetch(2))

    return TrainingData(epoch, held_out(validation), steps)


def held_out(text: bytes, read: int = READ) -> tf.data.Dataset:
    """The pieces of a text in its order, in batches as `batches` gives them: each byte but the first is predicted once.

    Args:
        text: at least two bytes.
        read: bytes of a piece. Of all pieces but the first only the second half counts, so that the network has read enough.
    """
    ids = np.frombuffer(text, np.uint8).astype(np.int32)
    pieces, counted = [], 0
    while counted < len(ids) - 1:
        begin = max(0, counted - read // 2)
        end = min(begin + read, len(ids) - 1)
        padding = (0, read - (end - begin))
        weight = (np.arange(begin, end) >= counted).astype(np.float32)
        pieces.append([np.pad(each, padding) for each in (ids[begin:end], ids[begin + 1 : end + 1], weight)])
        counted = end
    columns = tuple(np.stack(column) for column in zip(*pieces, strict=True))
    return fixed(tf.data.Dataset.from_tensor_slices(columns).batch(HELD_OUT_AT_ONCE))
