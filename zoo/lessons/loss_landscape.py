"""The loss landscape: what training walks on.

A loss is a function of all weights, and training looks for weights at which it is low. With two weights it can be drawn exactly.
The loss of the network w2 tanh(w1 x) has two valleys, since (w1, w2) and (-w1, -w2) compute the same. Between them, at 0, is a
saddle: a place that is lowest along one direction and highest along another. A real network has thousands of weights, and a
picture can only show a plane through that space:

    L(a, b) = loss(w + a d1 + b d2)

with the directions d1 and d2, and a and b as the picture's axes. What is seen depends on the plane. Random directions show the
surroundings of w. They are scaled so that the part that belongs to a unit is as long as the unit's own weights
("filter-normalised", Li, Xu, Taylor, Studer and Goldstein 2018), so that the picture does not depend on how the weights are
scaled. But almost every random direction is nearly at right angles to the path that training took, so that the path looks like a
point. The plane through w that lies closest to the path shows it. Its directions, of length 1, are the path's principal
directions: those in which its points are spread most. The table measures how much of the path a plane shows: the share of the
squared distances from the end that lies in the plane.

The real network learns scikit-learn's digits: 64 pixels, 32 ReLU units, 10 classes, 2,410 parameters. Its loss is the
cross-entropy of lesson 4.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import descent, landscape
from zoo.scratch.losses import mean_squared_error, softmax_cross_entropy
from zoo.scratch.network import Dense, Network, dense_network
from zoo.scratch.optimizers import SGD

QUESTION = (
    "Give the optimiser momentum (MOMENTUM = 0.9; lesson 9 says what it is): how far does it go in the same epochs, and does a "
    "plane still hold the path?"
)
VARY = (Number("MOMENTUM", 0.0, 0.95, 0.05, "share of the last step that is kept"),)

SIZES = (64, 32, 10)
EPOCHS, BATCH, RATE, MOMENTUM = 10, 32, 0.1, 0.0
EVERY = 5  # steps between two points of the path
POINTS = 25  # of the grid, across and up
TRUE = (1.5, 1.0)  # the two weights that made the data


def two_weights(w1: float, w2: float) -> Network:
    """The network w2 tanh(w1 x)."""
    return Network([Dense(np.array([[w1]]), np.zeros(1), "tanh"), Dense(np.array([[w2]]), np.zeros(1))])


def exact(x: np.ndarray, y: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The mean squared error of the two-weight network for every pair of weights, [len(second), len(first)]."""
    return np.array([[mean_squared_error(y, two_weights(w1, w2).forward(x))[0] for w1 in first] for w2 in second])


def walk(x: np.ndarray, y: np.ndarray, w1: float, w2: float) -> np.ndarray:
    """The two weights along 300 steps of gradient descent, [301, 2]; the biases stay 0."""
    network, path = two_weights(w1, w2), [(w1, w2)]
    weights, optimizer = network.parameters[::2], SGD(0.2)
    for _ in range(300):
        network.backward(mean_squared_error(y, network.forward(x))[1])
        optimizer.update(weights, network.gradients[::2])
        path.append((weights[0].item(), weights[1].item()))
    return np.array(path)


def train(x: np.ndarray, labels: np.ndarray) -> tuple[Network, list[list[np.ndarray]]]:
    """The network for digits, and its parameters at the start, after every few steps, and at the end."""
    network, random = dense_network(SIZES, "relu", seed=0), np.random.default_rng(0)
    optimizer, path = SGD(RATE, MOMENTUM), [[p.copy() for p in network.parameters]]
    for _ in range(EPOCHS):
        for taken, _ in enumerate(descent.epoch(network, softmax_cross_entropy, optimizer, x, labels, BATCH, random), start=1):
            if taken % EVERY == 0:
                path.append([p.copy() for p in network.parameters])
    return network, [*path, [p.copy() for p in network.parameters]]


def run() -> Outcome:
    """Draws the exact landscape of two weights, and two planes through that of a network for digits."""
    figure, [[small, around, along]] = drawing.canvas("Landscapes of the loss, and the path that training took", 5.2, 1, 3)
    random = np.random.default_rng(1)  # not the network's seed, else the directions would equal its first weights
    x = random.normal(size=(50, 1))
    y = two_weights(*TRUE).forward(x)
    reach = np.linspace(-2.5, 2.5, 61)
    _draw(
        small,
        reach,
        reach,
        exact(x, y, reach, reach),
        1e-3,
        ("two weights,\nexactly", "weight $w_1$", "weight $w_2$", "mean squared error"),
    )
    paths = [walk(x, y, *start) for start in ((-1.0, 2.0), (-2.0, 1.2))]
    numbers: dict[str, float | int | str] = {}
    for path, side in zip(paths, ("right", "left"), strict=True):
        _draw_path(small, path)
        numbers[f"two weights: loss at the end in the {side} valley"] = float(exact(x, y, path[-1:, 0], path[-1:, 1])[0, 0])

    data = load_digits()
    pixels, labels = data.data / 16, data.target
    network, trace = train(pixels, labels)
    end = trace[-1]

    def loss(parameters: landscape.Point) -> float:
        for own, new in zip(network.parameters, parameters, strict=True):
            own[...] = new
        return softmax_cross_entropy(labels, network.forward(pixels))[0]

    randoms = [landscape.random_direction(end, random) for _ in range(2)]
    principal = landscape.principal_directions(trace)
    for axes, directions, name, unit in (
        (around, randoms, "random directions", "as long as the weights"),
        (along, principal, "principal directions of the path", "of length 1"),
    ):
        places, share = landscape.project(trace, directions)
        across = up = np.linspace(-1, 1, POINTS)
        if directions is principal:
            across, up = (np.linspace(each.min() - 1, each.max() + 1, POINTS) for each in places.T)
        heights = landscape.surface(loss, end, directions, across, up)
        names = f"{name}:\n{share:.1%} of the path", f"$d_1$, {unit}", f"$d_2$, {unit}", "cross-entropy (nats)"
        _draw(axes, across, up, heights, heights.min(), names)
        _draw_path(axes, places)
        numbers[f"digits: share of the path in the plane, {name}"] = share
    around.annotate(
        "the whole path", (0, 0), (0, -0.8), ha="center", color="white", arrowprops={"arrowstyle": "->", "color": "white"}
    )
    numbers["digits: distance from start to end, in the space of all parameters"] = float(
        np.linalg.norm(landscape.flat(trace[0]) - landscape.flat(end))
    )
    numbers["digits: loss at the start"], numbers["digits: loss at the end"] = loss(trace[0]), loss(end)
    return Outcome(figure, numbers)


def _draw(axes: Any, across: np.ndarray, up: np.ndarray, losses: np.ndarray, lowest: float, names: Sequence[str]) -> None:
    title, first, second, scale = names
    levels = np.geomspace(lowest, losses.max(), 19)
    shade = axes.contourf(across, up, np.maximum(losses, lowest), levels, norm="log", cmap="viridis")
    axes.contour(across, up, losses, levels, colors="white", linewidths=0.4)
    axes.set(title=title, xlabel=first, ylabel=second)
    bar = axes.figure.colorbar(shade, ax=axes, location="bottom", label=scale)
    bar.set_ticks(levels[::6], labels=[f"{level:.2g}" for level in levels[::6]])
    bar.minorticks_off()


def _draw_path(axes: Any, path: np.ndarray) -> None:
    axes.plot(*path.T, color=drawing.RED, marker=".", markersize=4, linewidth=1.2)
    axes.plot(*path[-1], color="white", marker="*", markersize=13, markeredgecolor="black")
