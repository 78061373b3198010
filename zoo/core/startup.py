"""TensorFlow is imported without its start-up remarks."""

import importlib
import os
import sys
import tempfile

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
LEGACY_KERAS = "TF_USE_LEGACY_KERAS"


def import_tensorflow(keras: bool = True) -> None:
    """Imports TensorFlow without its remarks about this machine (no GPU, which instructions): some twenty lines.

    Some are printed before any log level applies, so what C++ writes to standard error while TensorFlow is imported is put
    aside. It is printed after all when the import fails; later errors come as Python's exceptions in any case. Who has set
    TF_CPP_MIN_LOG_LEVEL, or has imported TensorFlow before, gets what was asked for.

    Args:
        keras: whether TensorFlow brings Keras along, as it does by default: two seconds' worth, which only training needs. Told
            to use its old Keras, TensorFlow passes over what is not installed; what needs Keras imports it later.
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
    """Imports a module; what is written to the process's standard error meanwhile is printed only where the import fails."""
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
