"""Packages that predicting does without: where one is missing, the error names the extra of intro-zoo that installs it."""

import contextlib
from collections.abc import Iterator

from zoo.core.errors import UserError

# The name that is imported: the name that pip installs, and the extra in pyproject.toml that has it.
EXTRAS = {
    "gradio": ("gradio", "studio"),
    "importlib_resources": ("importlib_resources", "train"),
    "music21": ("music21", "music"),
    "platformdirs": ("platformdirs", "train"),
    "sacrebleu": ("sacrebleu", "train"),
    "sacremoses": ("sacremoses", "train"),
    "sklearn": ("scikit-learn", "train"),
    "svglib": ("svglib", "music"),
    "tensorboard": ("tensorboard", "train"),
    "tensorflow_datasets": ("tensorflow-datasets", "train"),
    "threadpoolctl": ("threadpoolctl", "train"),
    "verovio": ("verovio", "music"),
}


def missing(package: str) -> UserError:
    """The error for a package of an extra that is not installed. `package` is a key of EXTRAS."""
    name, extra = EXTRAS[package]
    return UserError(f"this needs the package {name}, which is not installed: pip install 'intro-zoo[{extra}]'")


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Raises `missing` where an import within finds no package of an extra. Every other error passes through."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        raise missing(package) from error
