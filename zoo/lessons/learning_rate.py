"""The learning rate: too small, too large, good, adaptive.

The learning rate says how far each step of gradient descent goes: w <- w - rate g. Near a minimum the loss is a bowl, a
quadratic, and for a bowl one can say exactly which rates work. Its curvature is told by the Hessian H, the matrix of the second
derivatives of the loss by each pair of weights. Its eigenvectors are the directions v in which H only stretches, H v = λ v, and
the eigenvalue λ says how steeply the bowl curves along v. In every step the distance to the minimum along an eigenvector is
multiplied by 1 - rate λ. It shrinks if

    -1 < 1 - rate λ < 1,   that is   rate < 2 / λ.

The steepest direction, with the largest eigenvalue λmax, decides. Below 2 / λmax every start comes to the minimum. Above it
nearly every start diverges. At exactly 2 / λmax the steps jump back and forth for ever. The flattest direction, with the smallest
eigenvalue λmin, takes the most steps. The best constant rate, 2 / (λmax + λmin), shrinks both equally fast (Polyak 1987).

Here one unit, y = w x + b, predicts the length of an iris's petal from its width (Fisher 1936). Its mean squared error is exactly
a quadratic in w and b. An optimiser is a rule that makes steps out of gradients. The adaptive one here is Adam (Kingma and Ba
2015), which divides each step by the size of recent gradients. On this bowl it ends farther from the minimum than the best
constant rate does, but it still works at rates many times 2 / λmax.
"""

from typing import Any

import numpy as np
from sklearn.datasets import load_iris

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import descent
from zoo.scratch.losses import mean_squared_error
from zoo.scratch.network import Dense
from zoo.scratch.optimizers import SGD, Adam, Optimizer

QUESTION = "Subtract their mean, 1.2 cm, from all widths (SHIFT): what happens to the bowl, to 2 / λmax and to the path?"
VARY = (Number("SHIFT", 0.0, 1.5, 0.1, "what is subtracted from all widths, in cm"),)

SHIFT = 0.0  # cm
START = (-0.5, 3.0)  # w and b
STEPS = 60
NEAR = 0.1  # cm², of a loss that is 6 above the lowest at START


def path(optimizer: Optimizer, x: np.ndarray, y: np.ndarray, steps: int = STEPS) -> tuple[np.ndarray, np.ndarray]:
    """The weights [steps + 1, 2] along the path of an optimiser from START, and the loss at each."""
    unit = Dense(np.array([[START[0]]]), np.array([START[1]]))
    weights, losses = [np.array(START)], []
    for _ in range(steps):
        losses.append(descent.step(unit, mean_squared_error, optimizer, x, y))
        weights.append(np.concatenate([p.ravel() for p in unit.parameters]))
    losses.append(mean_squared_error(y, unit.forward(x))[0])
    return np.array(weights), np.array(losses)


def borderline(x: np.ndarray, y: np.ndarray, low: float, high: float) -> float:
    """The rate at which losses turn from shrinking to growing, found by halving the interval low..high."""
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        losses = path(SGD(middle), x, y, 300)[1][-2:]  # by then the flat direction has converged
        low, high = (middle, high) if losses[1] <= losses[0] else (low, middle)
    return low


def run() -> Outcome:
    """Draws four paths down the same bowl, and the loss after the same number of steps for many rates."""
    data = load_iris().data
    x, y = data[:, 3:4] - SHIFT, data[:, 2:3]
    inputs = np.column_stack([x, np.ones_like(x)])
    smallest, largest = np.linalg.eigvalsh(2 / len(x) * inputs.T @ inputs)  # of the Hessian of the mean squared error
    limit, best = float(2 / largest), float(2 / (largest + smallest))
    lowest = float(np.linalg.lstsq(inputs, y)[1][0]) / len(x)
    ways: dict[str, Optimizer] = {
        "too small": SGD(limit / 40),
        "good": SGD(best),
        "too large": SGD(1.02 * limit),
        "adaptive": Adam(0.5),
    }
    numbers: dict[str, float | int | str] = {
        "2 / λmax, from the eigenvalue": limit,
        "2 / λmax, by trying": borderline(x, y, limit / 2, limit * 1.5),
    }
    figure, axes = drawing.canvas("One bowl, four learning rates", 7.5, 2, 3)
    curves = axes[1, 1]
    for axis, colour, (name, optimizer) in zip(axes.flat, drawing.COLOURS, ways.items(), strict=False):
        weights, losses = path(optimizer, x, y)
        _draw_path(axis, weights, inputs, y, colour)
        kind = "Adam's rate" if name == "adaptive" else "rate"
        axis.set(title=f"{name}: {kind} {optimizer.learning_rate:.3f}", xlabel="weight w (cm per cm)", ylabel="bias b (cm)")
        curves.semilogy(losses - lowest, color=colour, label=name)
        numbers[f"loss above the lowest, {name}"] = float(losses[-1] - lowest)
    curves.set(title="loss above the lowest", xlabel="step", ylabel="loss (cm²)", ylim=(1e-12, 1e3))
    curves.legend(loc="lower left")
    sweep = limit * 1.02 ** np.arange(-232, 152)  # from a hundredth of the limit to twenty times
    for name, make, colour in (("gradient descent", SGD, drawing.BLUE), ("Adam", Adam, drawing.RED)):
        final = np.array([path(make(rate), x, y)[1][-1] - lowest for rate in sweep])
        axes[1, 2].loglog(sweep, final, color=colour, label=name)
        numbers[f"largest rate (of a grid 2 % apart) that ends below {NEAR} cm², divided by 2 / λmax, {name}"] = float(
            sweep[final < NEAR].max() / limit
        )
    axes[1, 2].vlines(limit, 1e-8, 1e3, color="black", linestyle=":", label="2 / λmax")
    axes[1, 2].set(title=f"the same after {STEPS} steps", xlabel="learning rate", ylabel="loss (cm²)", ylim=(1e-12, 1e3))
    axes[1, 2].legend(loc="lower left")
    return Outcome(figure, numbers)


def _draw_path(axes: Any, weights: np.ndarray, inputs: np.ndarray, y: np.ndarray, colour: str) -> None:
    w, b = np.meshgrid(np.linspace(-1.2, 5.2, 120), np.linspace(-1.5, 5, 120))
    loss = ((np.stack([w, b], axis=-1) @ inputs.T - y.T) ** 2).mean(axis=-1)
    axes.contour(w, b, loss, np.geomspace(0.25, 60, 12), colors="grey", linewidths=0.6)
    best = np.linalg.lstsq(inputs, y)[0].ravel()
    axes.plot(*best, marker="*", markersize=12, color="black")
    axes.plot(*weights.T, marker="o", markersize=3, linewidth=1.2, color=colour)
    axes.set(xlim=(-1.2, 5.2), ylim=(-1.5, 5))
    axes.set_box_aspect(1)
