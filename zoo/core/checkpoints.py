"""The checkpoint of a training: where it is kept until the model is published, and what must not be thrown away."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from zoo.core.errors import UserError

CHECKPOINT = "checkpoint.npz"


def state_folder(out: Path) -> Path:
    """The folder of the checkpoints of the training whose model goes to `out`, beside that."""
    return out.parent / f".{out.name}.training"


def check_state(state: Path, stages: Sequence[str], resume: bool) -> None:
    """Raises UserError where a training cannot keep its checkpoint, or would throw away another's. To be called before it.

    Args:
        state: the folder for checkpoints.
        stages: the subfolders of the stages that are to begin; "" is `state` itself.
        resume: whether the training goes on from what is there.
    """
    if os.path.lexists(state) and not state.is_dir():
        raise UserError(f"{state}, where the checkpoint is kept, is a file: remove it, or name another folder for the model")
    others = sorted(each for each in state.rglob("*") if not each.is_dir() and CHECKPOINT not in each.name)
    if others:
        raise UserError(
            f"{state}, where the checkpoint is kept, holds {others[0].name}: move it, or name another folder for the model"
        )
    if not resume:
        for stage in stages:
            check_new(state / stage / CHECKPOINT)


def check_new(checkpoint: Path) -> None:
    """Raises UserError where there is a checkpoint, which a new training would throw away."""
    if checkpoint.is_file():
        raise UserError(f"an interrupted training left {checkpoint}: resume that training, or remove the file to begin anew")


def forget(state: Path) -> None:
    """Removes the checkpoints of a training whose model has been published, and their folders."""
    for checkpoint in sorted(state.rglob(f"*{CHECKPOINT}*")):
        checkpoint.unlink()
    for folder in sorted((each for each in (state, *state.rglob("*")) if each.is_dir()), reverse=True):
        with contextlib.suppress(OSError):  # something else is in it
            folder.rmdir()
