"""What the data sets that we make of music21's corpus have in common: building them once, reading them, telling the source."""

import importlib.metadata
from collections.abc import Iterator
from typing import Any

import tensorflow as tf
import tensorflow_datasets as tfds

from zoo.core.sources import Source, built


def prepared(data_set: type[tfds.core.GeneratorBasedBuilder], what: str) -> Any:
    """The data set of a builder's class, which a user calls `what`; see `sources.built`."""
    return built(data_set, what, "music21")


def examples(made: Any, split: str) -> Iterator[dict[str, Any]]:
    """The examples of a split of a prepared data set, as numpy, in the order stored; none where it has no such split."""
    if split not in made.info.splits:
        return
    options = tf.data.Options()
    options.autotune.enabled = False  # TensorFlow 2.21 can hang for up to a minute when an iterator with autotuning closes
    config = tfds.ReadConfig(options=options, try_autocache=False, interleave_cycle_length=1)
    yield from tfds.as_numpy(made.as_dataset(split=split, read_config=config))


def source(name: str, version: str, licence: str) -> Source:
    """What the card says about where such a data set comes from."""
    return Source(name, version, f"package music21 {importlib.metadata.version('music21')}", licence)
