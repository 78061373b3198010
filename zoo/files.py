"""Files that are written whole or not at all."""

import io
import os
import warnings
from pathlib import Path
from typing import Any

from zoo.errors import UserError


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it: into a new file beside it, which then takes its place.

    When writing fails, what stood at `path` stays as it was. UserError for a place that cannot be written to.
    """
    path = Path(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(beside, "wb") as file:
            file.write(content)
        os.replace(beside, path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        raise UserError(f"cannot write {str(path)!r}: {str(error.strerror).lower()}; choose another place") from error
    finally:
        if beside.is_file():
            beside.unlink()


def write_picture(figure: Any, path: str | Path) -> None:
    """Write a figure of matplotlib's as PNG, as `write_whole` does; the same picture is the same bytes."""
    content = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # titles in scripts that the font lacks show boxes
        # No name of a software with its version.
        figure.savefig(content, format="png", metadata={"Software": None})
    write_whole(path, content.getvalue())
