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

from zoo.cards import Card, list_models
from zoo.errors import UserError

__version__ = "0.1.0"
__all__ = ["Card", "UserError", "list_models", "load"]


def load(name_or_path: str | Path) -> Any:
    """Loads a model of the zoo by its name, or any exported model by its folder. See `zoo.loading.load`."""
    from zoo.startup import import_tensorflow

    import_tensorflow()
    from zoo.loading import load as load_model  # here, since it imports TensorFlow, too

    return load_model(name_or_path)
