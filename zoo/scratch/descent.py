"""Gradient descent in mini-batches (Robbins and Monro 1951): forward, loss, backward, step, until the epochs are over."""

from collections.abc import Callable, Iterator

import numpy as np

from zoo.scratch.network import Trainable
from zoo.scratch.optimizers import Optimizer

Loss = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]


def step(network: Trainable, loss: Loss, optimizer: Optimizer, x: np.ndarray, y: np.ndarray) -> float:
    """One training step on one batch. Returns the loss of the batch before the step."""
    value, gradient = loss(y, network.forward(x))
    network.backward(gradient)
    optimizer.update(network.parameters, network.gradients)
    return value


def epoch(
    network: Trainable,
    loss: Loss,
    optimizer: Optimizer,
    x: np.ndarray,
    y: np.ndarray,
    batch_size: int,
    random: np.random.Generator,
) -> Iterator[float]:
    """Trains on every example once, in a new order, `batch_size` at a time, and yields the loss of each batch."""
    order = random.permutation(len(x))
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield step(network, loss, optimizer, x[chosen], y[chosen])
