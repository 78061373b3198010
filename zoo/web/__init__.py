"""The studio: a page in the browser to play with every network. It sees `zoo.core` and `zoo.registry` only."""

import os

from zoo.web import stubs

# Gradio and the Hugging Face library read these when they are imported: the page asks nothing of other machines.
for _name, _value in {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}.items():
    os.environ.setdefault(_name, _value)

stubs.leave_out()
