"""TensorFlow is imported without its start-up remarks."""

import importlib
import os
import sys
import tempfile

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
LEGACY_KERAS = "TF_USE_LEGACY_KERAS"


def import_tensorflow(keras: bool = True) -> None:
    """Imports TensorFlow without its remarks about this machine (no GPU, which instructions), some twenty lines.

    TensorFlow writes some of them before any log level applies. So whatever is written to standard error during the import is
    put aside, and printed only where the import fails. Later errors come as Python's exceptions in any case. Nothing is put aside
    where TF_CPP_MIN_LOG_LEVEL is set; nothing happens where TensorFlow has been imported already.

    Args:
        keras: whether TensorFlow imports Keras, too, as it does by default. That takes two seconds, and only training needs it.
            False tells TensorFlow to use its legacy Keras, which is not installed and is therefore skipped; code that needs
            Keras imports it later.
    """
    if "tensorflow" in sys.modules:
        return
    legacy = os.environ.get(LEGACY_KERAS)
    if not keras:
        os.environ[LEGACY_KERAS] = "1"
    try:
        if LEVEL in os.environ:
            importlib.import_module("tensorflow")
        else:
            os.environ[LEVEL] = "3"
            _import_quietly("tensorflow")
    finally:
        if not keras:
            del os.environ[LEGACY_KERAS]
            if legacy is not None:
                os.environ[LEGACY_KERAS] = legacy


def _import_quietly(name: str) -> None:
    """Imports a module. What it writes to standard error meanwhile is printed only where the import fails."""
    if sys.stderr is not None:
        sys.stderr.flush()
    with tempfile.TemporaryFile() as remarks:
        try:
            kept = os.dup(2)
        except OSError:  # there is no standard error, as in a program without a console
            importlib.import_module(name)
            return
        os.dup2(remarks.fileno(), 2)
        imported = False
        try:
            importlib.import_module(name)
            imported = True
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            if not imported:
                remarks.seek(0)
                os.write(2, remarks.read())
