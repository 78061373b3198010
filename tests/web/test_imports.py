"""The import of TensorFlow Datasets, beside the imports of other threads."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from etils.epy import lazy_imports_utils

from zoo.web import imports


def imported() -> Any:
    """What a function gets that imports another one."""
    from json import dumps

    return dumps


def test_a_lazy_import_leaves_other_threads_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lazy_imports_utils, "_lazy_import", imports.in_this_thread(lazy_imports_utils._lazy_import))
    with ThreadPoolExecutor(1) as other, lazy_imports_utils.lazy_imports():
        assert other.submit(imported).result() is json.dumps
        assert imported() is not json.dumps
    assert imported() is json.dumps
