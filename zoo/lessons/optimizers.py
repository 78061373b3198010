"""Optimisers: six ways of making a step out of a gradient.

Gradient descent steps by rate times gradient g. In a valley that is steep across and flat along, the rate must be small enough
for the steep direction, and then progress along the flat one is slow. It is called SGD, stochastic gradient descent, since in a
network each gradient is that of a few examples drawn at random (lesson 10). There are two remedies, momentum and a rate for each
weight, and Adam combines them:

    momentum    v <- c v - rate g,  w <- w + v                      keeps part of the last step (Polyak 1964)
    Adagrad     s <- s + g^2,  w <- w - rate g / sqrt(s)            a rate for each weight (Duchi, Hazan and Singer 2011)
    RMSprop     s <- c s + (1 - c) g^2,  then as Adagrad            forgets old gradients (Tieleman and Hinton 2012)
    Adadelta    step = g sqrt(d) / sqrt(s), s as in RMSprop,        in units of the weight (Zeiler 2012)
                w <- w - rate step,  d <- c d + (1 - c) step^2
    Adam        m <- b m + (1 - b) g,  m' = m / (1 - b^t)           momentum and RMSprop (Kingma and Ba 2015)
                s <- c s + (1 - c) g^2,  s' = s / (1 - c^t)
                w <- w - rate m' / sqrt(s')

Everything is computed for each weight by itself. The velocity v is the last step; m is a mean of recent gradients, s a mean of
their squares (in Adagrad the sum of all), d a mean of squared steps. Each begins at 0. b and c, numbers below 1 such as 0.9, say
how much of the old value is kept. t is the number of the step, and dividing by 1 - b^t corrects the means, which begin at 0.

A tiny number is added under each root. In Adadelta it is what starts the movement, since d begins at 0. These first steps are so
small that Adadelta's best rate is far above the usual 1. All six optimisers run down a valley that is 50 times as steep across as
along, and train a small network on digits. Each has the rate of a grid that gave it the lowest mean loss: a comparison at one
rate for all would mostly be about that rate. Adagrad and those that came after it scale each axis separately. In the same valley
turned by 45 degrees this no longer helps, and their lead over momentum is gone, while SGD and momentum are not affected by the
turn. RMSprop can also forget too much: at the bottom s shrinks to nearly nothing, so that the next steps are too large, and it
leaves the minimum again.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import descent
from zoo.scratch.losses import softmax_cross_entropy
from zoo.scratch.network import dense_network
from zoo.scratch.optimizers import SGD, Adadelta, Adagrad, Adam, Optimizer, RMSprop

QUESTION = "Turn the valley that is drawn (TURN = 45): which paths change, and which optimiser is best now?"
VARY = (
    Number("TURN", 0, 90, 5, "angle of the valley, in degrees"),
    Number("STEEPNESS", 2.0, 100.0, 1.0, "of the valley, across divided by along"),
)

TURN = 0  # degrees
STEEPNESS = 50.0  # of the valley, across divided by along
START = (-4.0, 1.0)  # along and across
STEPS = 50
SIZES, EPOCHS, BATCH = (64, 32, 32, 10), 4, 32
RATES = 10.0 ** np.arange(-3, 1.01, 0.25)
ADADELTA_RATES = 100 * RATES  # its first steps are so small that its best rates are larger
SEEDS = 5  # of the network, for the curves; the rate is chosen with one seed
WINDOW, LOW = 20, 0.5  # the curves are means over so many batches, since single ones are noisy; and the loss (nats) to reach

OPTIMIZERS: dict[str, Callable[[float], Optimizer]] = {
    "SGD": SGD,
    "SGD with momentum 0.9": lambda rate: SGD(rate, momentum=0.9),
    "Adagrad": Adagrad,
    "Adadelta": Adadelta,
    "RMSprop": RMSprop,
    "Adam": Adam,
}


def valley(degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """The Hessian [2, 2] of the loss w . H w / 2, turned, and the start [2]."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return turn @ np.diag([1, STEEPNESS]) @ turn.T, turn @ START


def descend(optimizer: Optimizer, hessian: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The path [STEPS + 1, 2] down a valley, and the loss at each point."""
    w = start.copy()
    path = [w.copy()]
    for _ in range(STEPS):
        optimizer.update([w], [hessian @ w])
        path.append(w.copy())
    points = np.array(path)
    return points, ((points @ hessian) * points).sum(axis=1) / 2


def train(optimizer: Optimizer, x: np.ndarray, labels: np.ndarray, seed: int) -> np.ndarray:
    """The loss of every batch, in the order of training."""
    network, random = dense_network(SIZES, "relu", seed), np.random.default_rng(seed)
    losses: list[float] = []
    for _ in range(EPOCHS):
        losses += descent.epoch(network, softmax_cross_entropy, optimizer, x, labels, BATCH, random)
    return np.array(losses)


def best(name: str, losses: Callable[[Optimizer], np.ndarray]) -> float:
    """The rate with which an optimiser has the lowest mean loss over a run."""
    rates = ADADELTA_RATES if name == "Adadelta" else RATES
    return float(min(rates, key=lambda rate: losses(OPTIMIZERS[name](rate)).mean()))


def race(name: str, degrees: float) -> tuple[float, np.ndarray, np.ndarray]:
    """An optimiser's best rate in the valley, its path [STEPS + 1, 2] and the loss at each point."""
    rate = best(name, lambda optimizer: descend(optimizer, *valley(degrees))[1])
    return rate, *descend(OPTIMIZERS[name](rate), *valley(degrees))


def run() -> Outcome:
    """Draws six paths down the valley, and the loss against the step there and in a network."""
    digits = load_digits()
    x, labels = digits.data / 16, digits.target
    figure, axes = drawing.canvas("Six optimisers, each at its best rate", 9, 4, 2, height_ratios=(1, 1, 1, 2.4))
    in_valley, in_network = axes[3]
    numbers: dict[str, float | int | str] = {}
    for axis, colour, (name, make) in zip(axes.flat, drawing.COLOURS, OPTIMIZERS.items(), strict=False):
        rate, path, losses = race(name, TURN)
        _draw_path(axis, path, colour)
        axis.set_title(f"{name}, rate {rate:.3g}")
        in_valley.semilogy(losses, color=colour)
        rate = best(name, lambda optimizer: train(optimizer, x, labels, seed=0))
        runs = [train(make(rate), x, labels, seed) for seed in range(SEEDS)]
        smooth = np.convolve(np.mean(runs, axis=0), np.ones(WINDOW) / WINDOW, "valid")
        in_network.semilogy(WINDOW + np.arange(len(smooth)), smooth, color=colour, label=f"{name}, {rate:.3g}")
        if name in ("SGD", "SGD with momentum 0.9", "Adam"):
            numbers[f"steps of the network to a loss of {LOW}, {name}"] = WINDOW + int(np.argmax(smooth < LOW))
    for name in ("SGD", "SGD with momentum 0.9", "Adam", "Adagrad"):
        numbers[f"loss in the valley, {name}"] = float(race(name, 0)[2][-1])
    for name in ("Adam", "Adagrad"):
        numbers[f"loss in the valley turned by 45 degrees, {name}"] = float(race(name, 45)[2][-1])
    in_valley.set(title="in the valley", xlabel="step", ylabel="loss", ylim=(1e-20, 1e2))
    in_network.set(title="in a network on digits", xlabel=f"step of {BATCH} digits", ylim=(0.07, 12))
    in_network.set_ylabel(f"loss (nats), mean of {WINDOW} steps")
    in_network.legend(title="optimiser, rate", ncols=2, fontsize=8)
    return Outcome(figure, numbers)


def _draw_path(axes: Any, path: np.ndarray, colour: str) -> None:
    hessian, _ = valley(TURN)
    points = np.stack(np.meshgrid(np.linspace(-4.6, 4.6, 120), np.linspace(-4.6, 4.6, 120)), axis=-1)
    loss = ((points @ hessian) * points).sum(axis=-1) / 2
    axes.contour(points[..., 0], points[..., 1], loss, np.geomspace(0.3, 60, 8), colors="grey", linewidths=0.6)
    axes.plot(0, 0, marker="*", markersize=10, color="black")
    axes.plot(*path.T, marker="o", markersize=3, linewidth=1.2, color=colour)
    axes.set(xlabel="weight $w_1$", ylabel="weight $w_2$")
    if TURN == 0:
        axes.set_ylim(-1.6, 1.6)
