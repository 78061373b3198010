"""What the training of a published model computes with: network, loss, data and recipe, for any network of the registry.

The wing's own `train` is called, up to the moment where it hands these to the training loop. Nothing is trained or published.
"""

import shlex
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import keras
import tensorflow as tf

from zoo import registry
from zoo.core import cards, processor, sources
from zoo.core.cards import Card
from zoo.core.errors import UserError
from zoo.core.recipe import Recipe, TrainingData
from zoo.core.sources import Source
from zoo.core.trainer import Options, Session


@dataclass(frozen=True)
class Parts:
    """The arguments of `zoo.core.training.train`; of a training in stages, those of its first stage."""

    model: keras.Model
    loss: Callable[[Any, Any], tf.Tensor]
    data: TrainingData
    recipe: Recipe
    shards: int


class _Caught(Exception):
    """Carries the parts out of a training."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts


def parts(model: str, precision: str = "auto", seed: int = 0, weights: bool = True) -> Parts:
    """What the training of a published model computes with.

    Args:
        model: its name.
        precision: "float32" or "bfloat16", even where that is slow; "auto": the faster one.
        seed: of the initial weights, dropout and the order of the data.
        weights: start from the published weights; otherwise from random ones.

    Raises:
        UserError: the data set of the model is not at hand.
    """
    folder = cards.find(model)
    card = cards.read_card(folder)
    network = registry.named(card.architecture["network"])
    measured = processor.precision

    def fit(
        session: Session, model: keras.Model, loss: Any, data: TrainingData, recipe: Recipe, shards: int = 1, *rest: Any
    ) -> None:
        raise _Caught(Parts(model, loss, data, recipe, shards))

    def announce(source: Source) -> None:
        if source.stand_in:
            raise UserError(f"the data set {card.dataset.name} is not at hand")

    with (
        tempfile.TemporaryDirectory() as out,
        mock.patch.object(Session, "fit", fit),
        mock.patch.object(sources, "announce", announce),
        mock.patch.object(processor, "precision", lambda wanted: measured(wanted) if wanted == "auto" else wanted),
    ):
        options = Options(out=Path(out) / "model", seed=seed, precision=precision, start=folder if weights else None)
        try:
            registry.resolve(network.trainer)(data_set(card), network=network.name, **options)
        except _Caught as caught:
            return caught.parts
    raise AssertionError(f"the training of {model} calls no Session.fit")


def data_set(card: Card) -> str:
    """The name of the data set that a published model learned from, as the command on its card gives it."""
    words = shlex.split(card.training.command)
    return words[words.index("--data") + 1] if "--data" in words else registry.named(card.architecture["network"]).data_sets[0]
