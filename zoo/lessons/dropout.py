"""Dropout: units that are switched off at random, so that none relies on another.

In each step of training, each unit of a layer is switched off with a probability, the rate. The outputs of the others are
enlarged, so that their sum stays the same on average (Srivastava et al. 2014):

    training:  a = x mask / (1 - rate),  each number of the mask 0 with probability rate, else 1
    in use:    a = x

So each step trains another, smaller network, and all of them share their weights. The whole network is something like their mean.
Noise is learned by heart by units that only work together with certain others. With dropout such a unit often misses its
partners.

Here 300 digits, a fifth of them with a label drawn at random, teach networks 64 - 100 - 100 - 10. Without dropout they learn
nearly all wrong labels by heart, and their test loss, the loss on digits they never saw, rises. With right labels only, dropout
changes next to nothing in the end, but learns more slowly.
"""

import itertools
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import descent
from zoo.scratch.dropout import Dropout
from zoo.scratch.losses import softmax_cross_entropy
from zoo.scratch.network import Network, dense_network
from zoo.scratch.optimizers import Adam

QUESTION = "Try other rates (RATE): at which is the test accuracy highest, and what does the training loss tell at 0.9?"
VARY = (Number("RATE", 0.1, 0.9, 0.1, "share of the units that are dropped"),)

RATE = 0.5
EXAMPLES, NOISY = 300, 0.2  # NOISY is the share of training labels that are drawn at random
SIZES = (64, 100, 100, 10)
EPOCHS, BATCH, LEARNING_RATE = 50, 30, 0.002
EVERY = 5  # epochs, of measuring
SEEDS = 4
SKETCH = (4, 6, 6, 3)  # units of the network that is drawn


def network_with_dropout(rate: float, seed: int) -> tuple[Network, list[Dropout]]:
    """A network with dropout after each hidden layer, and those layers of it."""
    *hidden, last = dense_network(SIZES, "relu", seed).layers
    random = np.random.default_rng(seed)
    dropouts = [Dropout(rate, random) for _ in hidden]
    layers = [layer for pair in zip(hidden, dropouts, strict=True) for layer in pair]
    return Network([*layers, last]), dropouts


def train(x: np.ndarray, labels: np.ndarray, rate: float, noisy: float, seed: int) -> np.ndarray:
    """Trains on a draw of digits.

    Args:
        x: [n, 64], pixels from 0 to 1.
        labels: [n], the right ones.
        rate: of dropout.
        noisy: the share of training labels that are drawn at random.
        seed: of the draws, and of the network.

    Returns:
        [EPOCHS / EVERY, 4]: after every EVERY epochs, with all units in use: the loss on the training digits with their noisy
        labels, the share of the wrong labels that the network reproduces, and the loss and the accuracy on the other digits.
    """
    random = np.random.default_rng(seed)
    order = random.permutation(len(x))
    chosen, rest = order[:EXAMPLES], order[EXAMPLES:]
    told = np.where(random.random(EXAMPLES) < noisy, random.integers(0, 10, EXAMPLES), labels[chosen])
    wrong = told != labels[chosen]
    network, dropouts = network_with_dropout(rate, seed)
    optimizer, history = Adam(LEARNING_RATE), []
    for epoch in range(1, EPOCHS + 1):
        for layer in dropouts:
            layer.training = True
        list(descent.epoch(network, softmax_cross_entropy, optimizer, x[chosen], told, BATCH, random))
        for layer in dropouts:
            layer.training = False
        if epoch % EVERY == 0:
            seen, new = network.forward(x[chosen]), network.forward(x[rest])
            repeated = (seen.argmax(axis=1) == told)[wrong].sum() / max(1, wrong.sum())
            accuracy = (new.argmax(axis=1) == labels[rest]).mean()
            history.append(
                (softmax_cross_entropy(told, seen)[0], repeated, softmax_cross_entropy(labels[rest], new)[0], accuracy)
            )
    return np.array(history)


def run() -> Outcome:
    """Draws a network with and without dropout, and the curves of training with and without it."""
    figure, axes = drawing.canvas("Dropout: each step trains another part of the network", 7.5, 2, 3)
    random = np.random.default_rng(0)
    for axis, title, rate in zip(axes[0], ("in use: all units", "one step", "another step"), (0, RATE, RATE), strict=True):
        _draw_network(axis, Dropout(rate, random))
        axis.set_title(title)
    numbers: dict[str, float | int | str] = {}
    x, labels = load_digits(return_X_y=True)
    x = x / 16
    epochs = np.arange(EVERY, EPOCHS + 1, EVERY)
    for rate, colour, name in ((0.0, drawing.BLUE, "no dropout"), (RATE, drawing.ORANGE, f"dropout {RATE}")):
        noisy, right = (
            np.mean([train(x, labels, rate, share, seed) for seed in range(SEEDS)], axis=0).T for share in (NOISY, 0.0)
        )
        train_loss, repeated, test_loss, accuracy = noisy
        axes[1, 0].plot(epochs, train_loss, color=colour, label=name)
        axes[1, 1].plot(epochs, test_loss, color=colour, label=name)
        axes[1, 2].plot(epochs, accuracy, color=colour, label=name)
        axes[1, 2].plot(epochs, right[3], color=colour, linestyle="--", label=f"{name}, right labels")
        numbers[f"wrong labels learned by heart, {name}"] = float(repeated[-1])
        numbers[f"test loss, {name}"] = float(test_loss[-1])
        numbers[f"test accuracy, {name}"] = float(accuracy[-1])
        numbers[f"test accuracy with right labels, {name}"] = float(right[3, -1])
    for axis, title, label in zip(
        axes[1], ("training digits", "test digits", "test digits"), ("loss (nats)", "loss (nats)", "accuracy"), strict=True
    ):
        axis.set(title=title, xlabel="epoch", ylabel=label)
        axis.legend()
    return Outcome(figure, numbers)


def _draw_network(axes: Any, dropout: Dropout) -> None:
    masks = [np.ones(SKETCH[0]), *(dropout.forward(np.ones(units)) for units in SKETCH[1:-1]), np.ones(SKETCH[-1])]
    places = [np.column_stack([np.full(units, layer), np.arange(units) - (units - 1) / 2]) for layer, units in enumerate(SKETCH)]
    for left, right, before, after in zip(places, places[1:], masks, masks[1:], strict=False):
        for place, other in itertools.product(left[before > 0], right[after > 0]):
            axes.plot(*np.transpose([place, other]), color="grey", linewidth=0.7, zorder=1)
    for place, mask in zip(places, masks, strict=True):
        axes.scatter(*place[mask > 0].T, s=180, color=drawing.BLUE, zorder=2)
        axes.scatter(*place[mask == 0].T, s=180, facecolor="white", edgecolor="lightgrey", zorder=2)
        axes.scatter(*place[mask == 0].T, s=60, marker="x", color=drawing.RED, zorder=3)
    axes.set(xlim=(-0.4, len(SKETCH) - 0.6), ylim=(-3.2, 3.2), xticks=range(len(SKETCH)), yticks=[])
    axes.set_xticklabels(["inputs", "hidden", "hidden", "outputs"])
