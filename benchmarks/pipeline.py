"""Contenders: how many examples a second the data pipeline of a published model gives, and how many its training step takes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.published import parts
from benchmarks.training import zoo_step

STEPS = 10  # of a repetition, evenly spread over an epoch, so that long and short examples have their usual shares


def epoch(model: str) -> Callable[[], int]:
    """The batches of one epoch, with the time to build the data set; units are examples."""
    data = parts(model, "float32").data

    def repeat() -> int:
        return sum(examples(weight) for _, _, weight in data.train(0))

    return repeat


def step(model: str) -> Callable[[], int]:
    """STEPS training steps on batches that are already in memory; units are examples."""
    learned = parts(model)
    train = zoo_step(learned.model, learned.loss, learned.recipe, learned.shards)
    batches = list(learned.data.train(0).shard(max(learned.data.steps // STEPS, 1), 0).take(STEPS))
    units = sum(examples(weight) for _, _, weight in batches)

    def repeat() -> int:
        for x, y, weight in batches:
            float(train(x, y, weight))  # as the training loop does, which checks each loss
        return units

    return repeat


def examples(weight: Any) -> int:
    """The number of rows of a batch, [b] or [b, t], that are not padding."""
    values = weight.numpy()
    return int(np.count_nonzero(values.reshape(len(values), -1).any(1)))
