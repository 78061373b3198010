"""The data sets of scenes: drawn once, kept for TensorFlow Datasets, and read from there.

A drawing takes about 2 ms of a core, and a tenth of that to read when it is prepared. A training shows each picture many times,
so the pictures are drawn before it, by a process a core, and the training has the cores for itself.

Each scene has its own random numbers, seeded by its split and number, so it is the same on every machine. The splits have other
digits: those of "train" and "validation" are of MNIST's training images, those of "test" and "held_out" of its test images, which
other people wrote.
"""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import tensorflow_datasets as tfds

from zoo.captions.dataset import HELD_OUT, Captions
from zoo.captions.drawing import SIDE
from zoo.captions.drawn import CHUNK, draw_chunk
from zoo.captions.scenes import Scene
from zoo.core import parallel, sources
from zoo.core.recipe import fixed
from zoo.core.sources import Source
from zoo.images import mnist, sklearn_digits
from zoo.images.digit_images import Digits

LICENCE = f"the scenes are drawn by this project, Apache-2.0; MNIST's digits in them: {mnist.LICENCE}"
OWN_LICENCE = "the scenes are drawn by this project, Apache-2.0; the digits in them: CC BY 4.0 (UCI, Alpaydin and Kaynak)"


class Scenes(tfds.core.GeneratorBasedBuilder):
    """Scenes with MNIST's digits.

    Attributes:
        TITLE: what a message calls the data set.
        ORIGIN: where its digits come from.
        LICENCE: of the pictures.
        SIZES: the number of scenes of each split.
    """

    VERSION = tfds.core.Version("1.0.0")
    TITLE: ClassVar[str] = "the scenes"
    ORIGIN: ClassVar[str] = "MNIST's digits and drawn shapes"
    LICENCE: ClassVar[str] = LICENCE
    SIZES: ClassVar[dict[str, int]] = {"train": 60_000, "validation": 2_000, "test": 2_000, HELD_OUT: 2_000}

    def digits(self) -> Digits:
        """The handwriting in the scenes."""
        return mnist.load(real=True)

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            description="Pictures of one to four digits and shapes, each with true sentences about it.",
            license=self.LICENCE,
            features=tfds.features.FeaturesDict(
                {
                    "number": np.int32,
                    "image": tfds.features.Image(shape=(SIDE, SIDE, 3), encoding_format="jpeg"),
                    "captions": tfds.features.Sequence(tfds.features.Text()),
                    "scene": tfds.features.Text(),
                }
            ),
            homepage="https://www.tensorflow.org/datasets/catalog/mnist",
        )

    def _split_generators(self, download_manager: Any) -> dict[str, Iterator[tuple[int, dict[str, Any]]]]:
        digits = self.digits()
        return {split: self._generate_examples(split, digits) for split in self.SIZES}

    def _generate_examples(self, split: str, digits: Digits) -> Iterator[tuple[int, dict[str, Any]]]:
        size = self.SIZES[split]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "digits.npz"  # for the other processes
            images, labels = digits.split("test" if split == HELD_OUT else split)
            np.savez(path, images=images, labels=labels)
            chunks = [(str(path), split, first, min(first + CHUNK, size)) for first in range(0, size, CHUNK)]
            what = f"drawing scenes ({split.replace('_', ' ')})"
            for chunk in parallel.read_all(draw_chunk, chunks, what, f"x {CHUNK} scenes", many=100):
                for number, picture, captions, scene in chunk:
                    yield number, {"number": number, "image": io.BytesIO(picture), "captions": captions, "scene": scene}


class ScenesOfSklearnDigits(Scenes):
    """The stand-in where MNIST is absent: the same scenes with scikit-learn's digits."""

    VERSION = Scenes.VERSION
    TITLE = "the scenes with scikit-learn's digits"
    ORIGIN = "scikit-learn's digits and drawn shapes"
    LICENCE = OWN_LICENCE

    def digits(self) -> Digits:
        """The handwriting in the scenes."""
        return sklearn_digits.load()


class FewScenes(ScenesOfSklearnDigits):
    """A small data set for trying things out, with scikit-learn's digits, so that it needs no network."""

    VERSION = Scenes.VERSION
    TITLE = "a few scenes"
    SIZES: ClassVar[dict[str, int]] = {"train": 2_000, "validation": 200, "test": 200, HELD_OUT: 200}


def load(real: bool = False) -> Captions:
    """The scenes with MNIST's digits, or their stand-in.

    Raises UserError with `real`, where neither the scenes nor MNIST are at hand.
    """
    if sources.found_built(Scenes) is None and mnist.load(real).source.stand_in:
        return of_builder(ScenesOfSklearnDigits, stand_in=True)
    return of_builder(Scenes)


def few() -> Captions:
    """The small data set."""
    return of_builder(FewScenes)


def of_builder(data_set: type[Scenes], stand_in: bool = False) -> Captions:
    """The scenes of a builder, in an order that never changes. They are drawn first where that has not been done."""
    built = sources.built(data_set, data_set.TITLE, data_set.ORIGIN)
    total = sum(data_set.SIZES.values())
    pictures = np.empty((total, SIDE, SIDE, 3), np.uint8)
    references: list[tuple[str, ...]] = [()] * total
    scenes: list[Scene] = [Scene(())] * total
    splits, start = [], 0
    config = tfds.ReadConfig(try_autocache=False, interleave_cycle_length=1)
    for split, size in data_set.SIZES.items():
        for example in tfds.as_numpy(fixed(built.as_dataset(split=split, read_config=config))):
            at = start + int(example["number"])
            pictures[at] = example["image"]
            references[at] = tuple(text.decode() for text in example["captions"].tolist())
            scenes[at] = Scene.parse(example["scene"].decode())
        splits += [split] * size
        start += size
    source = Source(
        data_set.name, str(data_set.VERSION), f"drawn by this project from {data_set.ORIGIN}", data_set.LICENCE, stand_in
    )
    return Captions(pictures, tuple(references), np.array(splits), source, tuple(scenes))
