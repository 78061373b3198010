"""Gradio leaves its own folder as it is."""

import inspect

from gradio import component_meta

from zoo.web import stubs


def test_no_stubs_are_written_when_gradio_is_imported() -> None:
    assert f"def {stubs.FUNCTION}(" in inspect.getsource(component_meta)
    assert getattr(component_meta, stubs.FUNCTION).__module__ == stubs.__name__
