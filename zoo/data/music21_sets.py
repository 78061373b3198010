"""What the data sets that we make of music21's corpus have in common: preparing them once, reading them, telling the source."""

import contextlib
import importlib.metadata
import sys
from collections.abc import Iterator
from typing import Any

import tensorflow as tf
import tensorflow_datasets as tfds

from zoo.data.sources import HOME, Source, prepared_folders
from zoo.errors import UserError


def prepared(data_set: type[tfds.core.GeneratorBasedBuilder], what: str) -> Any:
    """The data set of a builder's class: found where TensorFlow Datasets are, else prepared in ~/tensorflow_datasets.

    UserError, which calls it `what`, where that cannot be written.
    """
    for folder in prepared_folders():
        path = folder / data_set.name / str(data_set.VERSION)
        if (path / "dataset_info.json").is_file():
            return tfds.builder_from_directory(path)
    try:
        made = data_set(data_dir=HOME.expanduser())
        with contextlib.redirect_stdout(sys.stderr):  # where notices belong
            made.download_and_prepare()
    except OSError as error:
        raise UserError(f"cannot prepare {what} in {HOME.expanduser()}: {error.strerror or error}") from error
    return made


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
