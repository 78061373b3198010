"""What the demo shows of a published model. An app's parts are in `apps/APP_demo.py`: PARTS, by the names of the models."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """What the demo does with one model.

    Args:
        does: stands behind the name of the model: "reads reviews".
        run: gets the folder for files, prints what the model gives, and returns the files that it made.
        makes: the names of files that replace those of an earlier demo; every other file takes a name that is free.
    """

    does: str
    run: Callable[[Path], list[Path]]
    makes: tuple[str, ...] = ()
