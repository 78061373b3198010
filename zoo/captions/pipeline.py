"""The tf.data pipeline from pictures and captions to the batches that a captioner learns from.

An epoch shows each picture once, in a new order, changed a little (`zoo.captions.augmentation`), with some of its captions.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf

from zoo.captions.augmentation import augment
from zoo.captions.dataset import Captions
from zoo.core.inputs import utf8
from zoo.core.recipe import Recipe, TrainingData, fixed
from zoo.text.subwords import END, PADDING, START, Subwords

References = Sequence[Sequence[str]]  # the captions of each picture
LONGEST = 64  # subwords of a caption at most, with its end; what is longer is cut
SHOWN = 2  # captions of a picture in a batch: the encoder, which takes longer than the decoder, works once for them
HELD_OUT_SEED = 1  # of the captions that the validation loss is measured on


def texts(references: References) -> list[bytes]:
    """All captions in their order, as UTF-8."""
    return [utf8(caption) for each in references for caption in each]


def longest(references: References, subwords: Subwords) -> int:
    """The subwords of the longest caption, with its end, but at most LONGEST."""
    return min(LONGEST, 1 + max(len(subwords.encode(text)) for text in texts(references)))


class Encoded:
    """The captions of pictures as ids.

    Args:
        references: the captions of each picture; at least one.
        subwords: the vocabulary.
        longest: the subwords of a caption at most, with its end.
    """

    def __init__(self, references: References, subwords: Subwords, longest: int) -> None:
        self._first = np.cumsum([0, *map(len, references)])
        self._ids = np.full((self._first[-1], longest + 1), PADDING, np.int32)
        for row, text in zip(self._ids, texts(references), strict=True):
            ids = [START, *subwords.encode(text), END][: longest + 1]
            row[: len(ids)] = ids

    def draw(self, pictures: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Captions of these pictures, int32 [pictures, SHOWN, longest + 1]: START first. Of fewer captions some come twice."""
        first, count = self._first[pictures], self._first[pictures + 1] - self._first[pictures]
        begin = random.integers(count)
        # From a random one onwards, so that no caption comes twice where there are enough.
        return self._ids[np.stack([first + (begin + i) % count for i in range(SHOWN)], 1)]


def batches(captions: Captions, subwords: Subwords, longest: int, recipe: Recipe) -> TrainingData:
    """The batches of a training: ({"image": uint8 [b, side, side, 3], "subword": int32 [b, SHOWN, longest]}, the subwords that
    follow, int32 [b, SHOWN, longest], their weights, float32 of the same shape: 0 beyond the end).

    All batches have the same shape, since code is compiled for each. An epoch leaves out the pictures of a last, smaller batch.

    Args:
        captions: the pictures and their captions.
        subwords: the vocabulary.
        longest: the subwords of a caption at most, with its end.
        recipe: the batch size, and the seed of all that is drawn.
    """
    learned, size = captions.split("train"), recipe.batch_size
    images, encoded = learned.pictures, Encoded(learned.references, subwords, longest)
    steps = max(1, len(images) // size)

    def epoch(number: int) -> tf.data.Dataset:
        def drawn() -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
            random = np.random.default_rng([recipe.seed % 2**32, number])
            order = np.resize(random.permutation(len(images)), steps * size)  # of too few pictures some come twice
            for step, chosen in enumerate(order.reshape(steps, size)):
                seed = np.array([recipe.seed % 2**31, number * steps + step], np.int32)
                yield images[chosen], encoded.draw(chosen, random), seed

        def changed(image: tf.Tensor, ids: tf.Tensor, seed: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor, tf.Tensor]:
            return _example(augment(image, seed), ids, tf.ones_like(ids[:, 0, 0], tf.float32))

        shapes = _specs(images, size, longest), tf.TensorSpec([2], tf.int32)
        dataset = tf.data.Dataset.from_generator(drawn, output_signature=(*shapes[0], shapes[1]))
        return fixed(dataset.map(changed, num_parallel_calls=2).prefetch(4))

    return TrainingData(epoch, _validation(captions.split("validation"), subwords, longest, size), steps)


def _validation(captions: Captions, subwords: Subwords, longest: int, size: int) -> tf.data.Dataset:
    """The batches of the validation split, unchanged. Pictures that fill the last one have the weight 0."""
    images, encoded = captions.pictures, Encoded(captions.references, subwords, longest)

    def chosen() -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        random = np.random.default_rng(HELD_OUT_SEED)
        for start in range(0, len(images), size):
            rows = np.minimum(np.arange(start, start + size), len(images) - 1)
            yield images[rows], encoded.draw(rows, random), (np.arange(start, start + size) < len(images)).astype(np.float32)

    specs = (*_specs(images, size, longest), tf.TensorSpec([size], tf.float32))
    return fixed(tf.data.Dataset.from_generator(chosen, output_signature=specs).map(_example).prefetch(2))


def _specs(images: np.ndarray, size: int, longest: int) -> tuple[tf.TensorSpec, tf.TensorSpec]:
    return tf.TensorSpec([size, *images.shape[1:]], tf.uint8), tf.TensorSpec([size, SHOWN, longest + 1], tf.int32)


def _example(image: tf.Tensor, ids: tf.Tensor, counted: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor, tf.Tensor]:
    """Inputs, targets and weights of ids int32 [b, k, t + 1]; `counted`, float32 [b], is 0 of a picture that does not count."""
    following = ids[..., 1:]
    weight = tf.cast(following != PADDING, tf.float32) * counted[:, None, None]
    return {"image": image, "subword": ids[..., :-1]}, following, weight
