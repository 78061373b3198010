"""The tf.data pipeline from pictures and captions to the batches that a captioner learns from.

An epoch shows each picture once, in a new order, changed a little (`zoo.captions.augmentation`), with some of its captions.
"""

import logging
from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf

from zoo.captions import things
from zoo.captions.augmentation import augment
from zoo.captions.dataset import Captions
from zoo.captions.scenes import MOST
from zoo.core.inputs import utf8
from zoo.core.recipe import Recipe, TrainingData, fixed
from zoo.text.subwords import END, PADDING, START, Subwords

Example = tuple[dict[str, tf.Tensor], dict[str, tf.Tensor], tf.Tensor]  # inputs, targets, weights
References = Sequence[Sequence[str]]  # the captions of each picture
LONGEST = 64  # subwords of a caption at most, with its end; what is longer is cut
# A batch has one of these lengths, in subwords, because training compiles its functions anew for each.
LENGTHS = (8, 12, 16, 20, 24, 32, 48, LONGEST)
SHOWN = 4  # captions of a picture in a batch: the encoder works once for all of them
HELD_OUT_SEED = 1  # of the captions that the validation loss is measured on

_log = logging.getLogger(__name__)


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
        self.size, self.cut = len(self._ids), 0  # captions, and those that are longer
        for row, text in zip(self._ids, texts(references), strict=True):
            ids = [START, *subwords.encode(text), END][: longest + 1]
            row[: len(ids)] = ids
            self.cut += int(len(ids) == len(row) and ids[-1] != END)
        # Of each picture the bucket of its longest caption: captions of up to LENGTHS[bucket] subwords, with the end.
        self.buckets = np.searchsorted(LENGTHS, np.maximum.reduceat(np.count_nonzero(self._ids[:, 1:], 1), self._first[:-1]))

    def draw(self, pictures: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Captions of these pictures, int32 [pictures, SHOWN, longest + 1]: START first. Of fewer captions some come twice."""
        first, count = self._first[pictures], self._first[pictures + 1] - self._first[pictures]
        begin = random.integers(count)
        # From a random one onwards, so that no caption comes twice where there are enough.
        return self._ids[np.stack([first + (begin + i) % count for i in range(SHOWN)], 1)]


def cut(ids: np.ndarray) -> np.ndarray:
    """Captions, int32 [..., t], without the columns of padding that the next of LENGTHS does not need."""
    used = int((ids[..., 1:] != PADDING).any(tuple(range(ids.ndim - 1))).sum())
    return ids[..., : 1 + LENGTHS[np.searchsorted(LENGTHS, used)]]


def batches(captions: Captions, subwords: Subwords, longest: int, grid: int, recipe: Recipe) -> TrainingData:
    """The batches of a training: inputs, targets, and weights, float32 [b, SHOWN, t], which are 0 after the end of a caption.

    The inputs are {"image": uint8 [b, side, side, 3], "subword": int32 [b, SHOWN, t], "number": int32 [b], which pictures of the
    data set these are}. The targets are {"following": the subwords that follow, int32 [b, SHOWN, t], "things": what is in each
    cell, int32 [b, grid * grid, TOLD], see `zoo.captions.things`}.

    Pictures whose longest captions have about the same length come into one batch, so that little of it is padding. An epoch
    leaves out the pictures of a last, smaller batch.

    Args:
        captions: the pictures and their captions.
        subwords: the vocabulary.
        longest: the subwords of a caption at most, with its end.
        grid: rows and columns of the cells of a picture.
        recipe: the batch size, and the seed of all that is drawn.
    """
    learned, size = captions.split("train"), recipe.batch_size
    images, encoded, known = learned.pictures, Encoded(learned.references, subwords, longest), _known(captions, "train")
    steps = max(1, len(images) // size)
    if encoded.cut:
        _log.warning(
            "%d of %d captions are longer than %d subwords: their ends are left out", encoded.cut, encoded.size, longest - 1
        )

    def epoch(number: int) -> tf.data.Dataset:
        def drawn() -> Iterator[tuple[np.ndarray, ...]]:
            random = np.random.default_rng([recipe.seed % 2**32, number])
            order = np.resize(random.permutation(len(images)), steps * size)  # of too few pictures some come twice
            together = order[np.argsort(encoded.buckets[order], kind="stable")].reshape(steps, size)
            for step, chosen in enumerate(random.permutation(together)):
                seed = np.array([recipe.seed % 2**31, number * steps + step], np.int32)
                yield images[chosen], cut(encoded.draw(chosen, random)), *(each[chosen] for each in known), seed

        def changed(
            image: tf.Tensor, ids: tf.Tensor, number: tf.Tensor, centres: tf.Tensor, properties: tf.Tensor, seed: tf.Tensor
        ) -> Example:
            image, centres = augment(image, centres, seed)
            return _example(image, ids, number, centres, properties, tf.ones_like(ids[:, 0, 0], tf.float32), grid)

        specs = (*_specs(images, size), tf.TensorSpec([2], tf.int32))
        dataset = tf.data.Dataset.from_generator(drawn, output_signature=specs)
        return fixed(dataset.map(changed, num_parallel_calls=2).prefetch(4))

    return TrainingData(epoch, _validation(captions, subwords, longest, grid, size), steps)


def _known(captions: Captions, split: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of a split the numbers of its pictures, int32 [n], and its things, see `zoo.captions.things.listed`.

    Where the scenes are not known, each picture has one thing, which is UNKNOWN.
    """
    numbers, scenes = np.flatnonzero(captions.splits == split).astype(np.int32), captions.split(split).scenes
    if scenes is not None:
        return numbers, *things.listed(scenes)
    n = len(numbers)
    unknown = np.full((n, MOST, len(things.PROPERTIES)), things.UNKNOWN, np.int32)
    return numbers, np.zeros((n, MOST, 2), np.float32), unknown


def _validation(captions: Captions, subwords: Subwords, longest: int, grid: int, size: int) -> tf.data.Dataset:
    """The batches of the validation split, unchanged. Pictures that fill the last one have the weight 0."""
    split = captions.split("validation")
    images, encoded, known = split.pictures, Encoded(split.references, subwords, longest), _known(captions, "validation")

    def chosen() -> Iterator[tuple[np.ndarray, ...]]:
        random = np.random.default_rng(HELD_OUT_SEED)
        for start in range(0, len(images), size):
            rows = np.minimum(np.arange(start, start + size), len(images) - 1)
            counted = (np.arange(start, start + size) < len(images)).astype(np.float32)
            yield images[rows], cut(encoded.draw(rows, random)), *(each[rows] for each in known), counted

    specs = (*_specs(images, size), tf.TensorSpec([size], tf.float32))

    def example(
        image: tf.Tensor, ids: tf.Tensor, number: tf.Tensor, centres: tf.Tensor, properties: tf.Tensor, counted: tf.Tensor
    ) -> Example:
        return _example(image, ids, number, centres, properties, counted, grid)

    dataset = tf.data.Dataset.from_generator(chosen, output_signature=specs)
    return fixed(dataset.map(example).prefetch(2))


def _specs(images: np.ndarray, size: int) -> tuple[tf.TensorSpec, ...]:
    """Of pictures, ids, the numbers of the pictures, and the centres and properties of things."""
    return (
        tf.TensorSpec([size, *images.shape[1:]], tf.uint8),
        tf.TensorSpec([size, SHOWN, None], tf.int32),
        tf.TensorSpec([size], tf.int32),
        tf.TensorSpec([size, MOST, 2], tf.float32),
        tf.TensorSpec([size, MOST, len(things.PROPERTIES)], tf.int32),
    )


def _example(
    image: tf.Tensor,
    ids: tf.Tensor,
    number: tf.Tensor,
    centres: tf.Tensor,
    properties: tf.Tensor,
    counted: tf.Tensor,
    grid: int,
) -> Example:
    """Inputs, targets and weights of ids int32 [b, k, t + 1]; `counted`, float32 [b], is 0 of a picture that does not count."""
    following = ids[..., 1:]
    unknown = properties[:, :1, :1] == things.UNKNOWN
    cells = tf.where(unknown, things.UNKNOWN, things.on_grid(centres, properties, grid))
    weight = tf.cast(following != PADDING, tf.float32) * counted[:, None, None]
    inputs = {"image": image, "subword": ids[..., :-1], "number": number}
    return inputs, {"following": following, "things": cells}, weight
