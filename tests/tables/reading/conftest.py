from pathlib import Path

import pytest

from tests.tables.reading.tables import Files


@pytest.fixture
def files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Files:
    return Files(tmp_path / "a.tsv", capsys)
