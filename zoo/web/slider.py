"""A slider whose function gets what its user types: Gradio sends each stroke of a key, and refuses "1" on the way to "1500"."""

from typing import Any

import gradio as gr


class Slider(gr.Slider):
    """Gradio's slider, but what stands in its field reaches the function unchecked: any number, or None where it is empty.

    The function checks it, and tells what is wrong beside the field. For Gradio's own check it is an error that opens a window.
    """

    is_template = True  # it looks as its base class does

    def preprocess(self, payload: Any) -> Any:
        """The number in the field, or None."""
        return payload
