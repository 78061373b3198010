"""Gradio's fields, whose functions get unchecked what the browser holds. They check it, and tell beside the field what is wrong.

For Gradio's own checks a value on the way to another one is an error, which opens a window.
"""

from typing import Any

import gradio as gr


class Slider(gr.Slider):
    """Gradio's slider. Its function gets any number, or None: Gradio sends each stroke of a key, such as "1" of "1500"."""

    is_template = True  # it looks as its base class does

    def preprocess(self, payload: Any) -> Any:
        """The number in the field, or None."""
        return payload


class Radio(gr.Radio):
    """Gradio's choice of one. Its function gets any value: the browser may still hold one that the server offers no longer."""

    is_template = True

    def preprocess(self, payload: Any) -> Any:
        """The choice, or None."""
        return payload
