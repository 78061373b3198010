"""Multi30k for TensorFlow Datasets, which downloads its files and keeps the sentences."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from zoo.core import sources
from zoo.core.errors import UserError
from zoo.translation import multi30k
from zoo.translation.dataset import Sentences


class Multi30k(tfds.core.GeneratorBasedBuilder):
    """The data set for TensorFlow Datasets; the name of the class gives it its name, multi30k."""

    VERSION = tfds.core.Version(multi30k.VERSION)

    def _info(self) -> tfds.core.DatasetInfo:
        sentences = {language: tfds.features.Text() for language in multi30k.LANGUAGES}
        return self.dataset_info_from_configs(
            description="Captions of pictures in English, and their translations into German, French and Czech.",
            license=multi30k.LICENCE,
            features=tfds.features.FeaturesDict({"line": np.int32, **sentences}),
            homepage="https://github.com/multi30k/dataset",
            metadata=tfds.core.MetadataDict(),
        )

    def _split_generators(self, download_manager: Any) -> dict[str, Iterator[tuple[int, dict[str, Any]]]]:
        paths = download_manager.download({name: f"{multi30k.ADDRESS}/{name}" for name in multi30k.SHA256})
        files = {name: Path(path) for name, path in paths.items()}
        return {split: self._generate_examples(multi30k.read(files, split, multi30k.LANGUAGES)) for split in multi30k.FILES}

    def _generate_examples(self, texts: Mapping[str, list[bytes]]) -> Iterator[tuple[int, dict[str, Any]]]:
        for line, sentences in enumerate(zip(*texts.values(), strict=True)):
            yield line, {"line": line, **dict(zip(texts, sentences, strict=True))}


def load(languages: Sequence[str]) -> Sentences:
    """The data set in some of its languages: prepared for TensorFlow Datasets, or downloaded.

    Raises:
        UserError: it is not prepared and cannot be downloaded.
    """
    found = sources.tfds_builder(multi30k.NAME, multi30k.VERSION, multi30k.HOST)
    if found is None:
        raise UserError(
            f"Multi30k is not prepared in TFDS_DATA_DIR or ~/tensorflow_datasets, and {multi30k.HOST} does not answer: go online "
            f"once, or give a folder with its files ({multi30k.file_name('train', 'en')} and so on) instead of the name"
        )
    builder, how = found
    return multi30k.sentences({split: _prepared(builder, split, languages) for split in multi30k.FILES}, how)


def _prepared(builder: Any, split: str, languages: Sequence[str]) -> dict[str, list[bytes]]:
    """The sentences of a split that has been prepared, in the order of the files."""
    values = tfds.as_numpy(builder.as_dataset(split=split, batch_size=-1))
    order = np.argsort(values["line"])
    return {language: values[language][order].tolist() for language in languages}
