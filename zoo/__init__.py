"""Intro Zoo: the networks of an introduction to deep learning, trained, exported and ready to use.

>>> import zoo
>>> [card.name for card in zoo.list_models()]
['chorale_lstm', 'digits_mlp', 'folk_lstm', 'perceptron', 'sentiment_transformer']
>>> model = zoo.load("sentiment_transformer")   # imports TensorFlow, checks every file's sha256
>>> model.predict(["A fine film.", "Dull."])

Importing this package imports no TensorFlow; the first `load` does.
"""

from pathlib import Path
from typing import Any

from zoo.core.cards import Card, list_models
from zoo.core.errors import UserError

__version__ = "0.1.0"
__all__ = ["Card", "UserError", "list_models", "load"]


def load(name_or_path: str | Path) -> Any:
    """Loads a model of the zoo by its name, or any exported model by its folder. See `zoo.registry.load`."""
    from zoo.core.startup import import_tensorflow

    import_tensorflow()
    from zoo import registry

    return registry.load(name_or_path)
