"""Overfitting: capacity against the loss on points seen and not seen.

A network with more units has a larger capacity: it can take more shapes, and its loss on the training points can fall. The loss
on new points need not. Its average over training sets is the sum of three parts (Geman, Bienenstock and Doursat 1992). The bias
is how far the mean of the networks is from the truth; it has nothing to do with the bias b of a unit. The variance is how much
each network follows the noise of its few training points. The third part is the noise of the new points, which nothing can
predict. With E for the mean over training sets and new points,

    E (network(x) - y)^2 = bias^2 + variance + noise variance

Few units underfit: the bias is large. Many overfit: the variance grows, until the curve runs through nearly every point. Only
points that training never saw can show this, which is why data are split into a part to train on and others to measure on.

Here networks 1 - k - 1 of tanh units fit 20 noisy points of a sine, in eight draws of points. The worst have a few times as many
parameters as there are points. Still wider ones are a little better again (Belkin et al. 2019), but not as good as three units.
"""

from typing import Any

import numpy as np

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import descent
from zoo.scratch.losses import mean_squared_error
from zoo.scratch.network import Network, dense_network
from zoo.scratch.optimizers import Adam

QUESTION = "Draw 200 points instead of 20 (POINTS): which networks still overfit, and what is left of the gap for 50 units?"
VARY = (
    Number("POINTS", 10, 200, 1, "points to train on"),
    Number("NOISE", 0.1, 1.0, 0.1, "standard deviation of y around the sine"),
)

POINTS, NOISE, REACH = 20, 0.4, 5.0  # x lies within -REACH..REACH; NOISE is the standard deviation of y
UNITS = (1, 2, 3, 4, 6, 10, 20, 50, 100)
DRAWN = (1, 3, 20)
STEPS, RATE = 1000, 0.05  # after which the training losses hardly fall
SEEDS = 8
SHOWN = 2  # the draw whose points are drawn
GRID = np.linspace(-REACH, REACH, 301)[:, np.newaxis]


def points(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """POINTS values of x, one in each of as many equal parts of the range, and y = sin(x) + noise, both [POINTS, 1]."""
    random = np.random.default_rng(seed)
    x = REACH * (2 * (np.arange(POINTS) + random.random(POINTS)) / POINTS - 1)[:, np.newaxis]
    return x, np.sin(x) + random.normal(0, NOISE, x.shape)


def fit(units: int, seed: int) -> tuple[Network, float]:
    """A network that was trained on a draw of points, and its loss on them."""
    x, y = points(seed)
    network, optimizer = dense_network((1, units, 1), "tanh", seed), Adam(RATE)
    for _ in range(STEPS):
        descent.step(network, mean_squared_error, optimizer, x, y)
    return network, mean_squared_error(y, network.forward(x))[0]


def parts(curves: np.ndarray) -> tuple[float, float]:
    """Squared bias and variance of curves [seeds, grid] about the sine, whose sum is their mean squared distance from it."""
    mean = curves.mean(axis=0)
    return float(((mean - np.sin(GRID[:, 0])) ** 2).mean()), float(((curves - mean) ** 2).mean())


def run() -> Outcome:
    """Draws fits of three networks, and the losses and their parts against the number of parameters."""
    figure, axes = drawing.canvas(
        "With more units the loss on training points falls at first; on new points it falls and rises", 7.5, 2, 3
    )
    parameters, train, bias, variance = [], [], [], []
    drawn = iter(axes[0])
    for units in UNITS:
        fits = [fit(units, seed) for seed in range(SEEDS)]
        curves = np.stack([network.forward(GRID)[:, 0] for network, _ in fits])
        parameters.append(sum(p.size for p in fits[0][0].parameters))
        train.append(float(np.mean([loss for _, loss in fits])))
        squared_bias, spread = parts(curves)
        bias.append(squared_bias)
        variance.append(spread)
        if units in DRAWN:
            _draw_fits(next(drawn), curves, f"{units} unit{'s' * (units > 1)}, {parameters[-1]} parameters")
    test = np.array(bias) + variance + NOISE**2
    losses, shares = axes[1, 0], axes[1, 2]
    losses.set_subplotspec(axes[1, 0].get_gridspec()[1, :2])
    axes[1, 1].remove()
    losses.plot(parameters, test, "o-", color=drawing.RED, label="new points")
    losses.plot(parameters, train, "o-", color=drawing.BLUE, label="training points")
    losses.axhline(NOISE**2, color="black", linestyle=":", label="noise of the points")
    losses.axvline(POINTS, color="grey", linewidth=0.8, label="as many parameters as points")
    losses.set(title=f"loss, mean of {SEEDS} draws", xscale="log", ylim=(0, 0.7))
    shares.plot(parameters, bias, "o-", color=drawing.GREEN, label="squared bias")
    shares.plot(parameters, variance, "o-", color=drawing.ORANGE, label="variance")
    shares.set(title="parts of the loss on new points", xscale="log", ylim=(0, 0.7))
    for axis in (losses, shares):
        axis.set(xlabel="parameters", ylabel="mean squared error")
        axis.legend(loc="upper right")
    numbers: dict[str, float | int | str] = {"units with the lowest loss on new points": UNITS[int(test.argmin())]}
    for units in (1, 3, 20, 100):
        numbers[f"loss on new points, units: {units}"] = float(test[UNITS.index(units)])
    for units in (1, 3, 20):
        numbers[f"loss on training points, units: {units}"] = train[UNITS.index(units)]
    return Outcome(figure, numbers)


def _draw_fits(axes: Any, curves: np.ndarray, title: str) -> None:
    x = GRID[:, 0]
    axes.plot(x, np.delete(curves, SHOWN, axis=0).T, color=drawing.SKY, linewidth=0.7)
    axes.plot(x, np.sin(x), color="black", linestyle="--", label="sine")
    axes.plot(x, curves[SHOWN], color=drawing.RED, linewidth=2, label="fit to the dots")
    axes.scatter(*points(SHOWN), color=drawing.BLUE, s=16, zorder=3)
    axes.plot([], [], color=drawing.SKY, linewidth=0.7, label="to other draws")
    axes.set(title=title, xlabel="x", ylabel="y", ylim=(-2.4, 3.8))
    axes.legend(loc="upper center", fontsize=8, ncols=2)
