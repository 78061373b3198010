"""Files of a single column and a target, for the tests of reading."""

from pathlib import Path

import numpy as np
import pytest

import zoo
from zoo.tables.reading import files as table_files
from zoo.tables.reading.hints import Hints
from zoo.tables.schema import Columns, Schema


class Files:
    """Tables with a target y and the columns that a test gives."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self.capsys = capsys
        self.columns: Columns = {}
        self.targets = np.empty(0)

    def read(self, columns: dict[str, list[str]], task: str | None = None, **hints: object) -> Schema:
        """Reads a table of these columns; y is given or its rows are of two classes."""
        n = len(next(iter(columns.values())))
        columns = {**columns} if "y" in columns else {**columns, "y": ["ab"[i // 3 % 2] for i in range(n)]}
        rows = ["\t".join(cells) for cells in zip(*columns.values(), strict=True)]
        self.path.write_text("\n".join(["\t".join(columns), *rows]) + "\n", encoding="utf-8")
        schema, self.columns, self.targets = table_files.read(self.path, "y", task, hints=Hints(**hints))
        self.told = self.capsys.readouterr().err
        return schema

    def refused(self, columns: dict[str, list[str]], **hints: object) -> str:
        """The message that refuses such a table."""
        with pytest.raises(zoo.UserError) as error:
            self.read(columns, **hints)
        assert "\n" not in str(error.value)
        return str(error.value)


def cycle(*cells: str, n: int = 30) -> list[str]:
    return [cells[i % len(cells)] for i in range(n)]


MEASURED = [f"{i * 37 % 30 + i / 7:.2f}" for i in range(30)]  # numbers with decimal points, all different
