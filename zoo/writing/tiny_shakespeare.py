"""Tiny Shakespeare: 40,000 lines of Shakespeare's plays in one text (Karpathy 2015), through TensorFlow Datasets."""

import hashlib
from typing import Any

from zoo.core import sources
from zoo.core.errors import UserError
from zoo.core.sources import Source

NAME = "tiny_shakespeare"
VERSION = "1.0.0"
HOST = "raw.githubusercontent.com"  # where TensorFlow Datasets downloads it from
SHA256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
LICENCE = "public domain"


def load() -> tuple[bytes, Source]:
    """The whole text. Raises UserError where it can be neither found nor downloaded."""
    found = sources.tfds_builder(NAME, VERSION, HOST)
    if found is None:
        raise UserError(
            f"{NAME} is not prepared in TFDS_DATA_DIR or ~/tensorflow_datasets, and {HOST} does not answer: "
            "go online once, or name its file (input.txt of char-rnn) or a text file of your own"
        )
    builder, how = found
    return _text(builder, how), source(how)


def prepared() -> tuple[bytes, Source] | None:
    """The same where the text is prepared for TensorFlow Datasets; None where it is not. Nothing is downloaded."""
    builder = sources.prepared(NAME, VERSION)
    return None if builder is None else (_text(builder, sources.PREPARED), source(sources.PREPARED))


def _text(builder: Any, how: str) -> bytes:
    import tensorflow_datasets as tfds

    # The splits of TensorFlow Datasets are parts of the text, in this order.
    parts = [tfds.as_numpy(builder.as_dataset(split=name, batch_size=-1))["text"] for name in ("train", "validation", "test")]
    text = b"".join(piece for part in parts for piece in part)
    if not is_it(text):
        raise UserError(f"the copy of {NAME} that is {how} is not the text of that name: remove it, so that it is loaded anew")
    return text


def is_it(text: bytes) -> bool:
    """Whether a text is Tiny Shakespeare, wherever it comes from."""
    return hashlib.sha256(text).hexdigest() == SHA256


def source(how: str) -> Source:
    """Where it came from; `how` it came."""
    return Source(NAME, VERSION, how, LICENCE)
