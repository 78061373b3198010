"""Gradio without the type stubs that it writes, whenever it is imported, for the editors of its own developers.

For each of its components it parses its source code, fills a template, and compares the result with a file beside that source.
That is a large part of its start, and it changes the installed package, which may belong to somebody else.
"""

import importlib.abc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

MODULE = "gradio.component_meta"
FUNCTION = "create_or_modify_pyi"  # of that module; it writes the stubs of one component


class _Loader(SourceFileLoader):
    """Loads the module, and puts a function that does nothing in the place of the one that writes stubs."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        setattr(module, FUNCTION, lambda *_: None)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds that one module, and gives it the loader above."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == MODULE else None
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(fullname, spec.origin)
        return spec


def leave_out() -> None:
    """Lets Gradio write no stubs, where it is not imported yet."""
    if MODULE not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
