"""Gradient descent: step by step downhill.

The gradient of a loss L at the weights w is the vector of its slopes along each weight. It is the direction in which L grows most
steeply, so a small step against it makes L smaller (Cauchy 1847):

    w <- w - r g        g = gradient of L at w, r = the learning rate

The loss falls by about r |g|^2, where |g| is the gradient's length; the smaller the step, the better the approximation. With the
same r, steps are long on steep slopes and short on flat ground. They are at right angles to the contour lines, along which L is
the same. Gradient descent only knows the slope where it is. Which of two valleys it ends in depends on where it starts, and it
never learns that the other one is deeper. On a saddle, the lowest point of the ridge between the valleys, the gradient is 0, too,
though no minimum is there. From a start on the ridge, gradient descent goes to the saddle and stays. From a start beside the
ridge it slows down near the saddle and then finds its way down, since the slope grows with the distance from the ridge.

The surface has two weights: L(w1, w2) = (w1^2 - 1)^2 / 4 - w1^3 / 10 + w2^2, with a saddle at (0, 0), a valley on its left and a
deeper one on its right.
"""

import numpy as np

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch.optimizers import SGD

QUESTION = "Start a hundred times nearer to the ridge (BESIDE = 1e-5): how many steps longer does it linger at the saddle?"
VARY = (Number("BESIDE", 1e-5, 1e-2, 1e-5, "distance of a start from the ridge"),)

RATE = 0.1
STEPS = 150
BESIDE = 1e-3
STARTS = {
    "left": (-0.45, 1.4, drawing.BLUE),
    "right": (0.45, 1.4, drawing.RED),
    "on the ridge": (0.0, 1.4, drawing.BLACK),
    "beside the ridge": (BESIDE, -1.4, drawing.GREEN),
}


def loss(w: np.ndarray) -> np.ndarray:
    """L at the points w [2, ...]."""
    return (w[0] ** 2 - 1) ** 2 / 4 - w[0] ** 3 / 10 + w[1] ** 2


def gradient(w: np.ndarray) -> np.ndarray:
    """The derivatives of L by both weights, [2, ...]."""
    return np.stack([w[0] ** 3 - w[0] - 0.3 * w[0] ** 2, 2 * w[1]])


def descend(start: tuple[float, float], rate: float, steps: int) -> np.ndarray:
    """The weights before each step and after the last, [2, steps + 1]."""
    w, optimizer = np.array(start), SGD(rate)
    path = [w.copy()]
    for _ in range(steps):
        optimizer.update([w], [gradient(w)])
        path.append(w.copy())
    return np.stack(path, axis=1)


def fall_to_forecast(rate: float) -> float:
    """The fall of the loss in the first step from the left, divided by r |g|^2."""
    first, second = descend(STARTS["left"][:2], rate, 1).T
    return float((loss(first) - loss(second)) / (rate * (gradient(first) ** 2).sum()))


def run() -> Outcome:
    """Draws the paths from four starts on the surface, and the loss along them."""
    figure, [[plane, curve]] = drawing.canvas("Where gradient descent ends depends on where it starts", 5.2, 1, 2)
    across, up = np.meshgrid(np.linspace(-1.7, 1.9, 181), np.linspace(-1.6, 1.6, 161))
    heights = loss(np.stack([across, up]))
    levels = np.concatenate([np.linspace(-0.1, 0.55, 14), np.linspace(0.75, 2.75, 11)])  # closer where the ground is flat
    plane.contourf(across, up, heights, levels, cmap="Greys", alpha=0.6, extend="both")
    plane.contour(across, up, heights, levels, colors="0.6", linewidths=0.6)
    numbers: dict[str, float | int | str] = {}
    for name, (w1, w2, colour) in STARTS.items():
        path = descend((w1, w2), RATE, STEPS)
        losses = loss(path)
        plane.plot(*path, color=colour, marker=".", markersize=6, linewidth=1, label=name)
        plane.plot(*path[:, :1], color=colour, marker="o", markersize=8)
        plane.plot(*path[:, -1:], color=colour, marker="*", markersize=16, markeredgecolor="white", zorder=5)
        curve.plot(losses, color=colour, label=name, linestyle="--" if name == "on the ridge" else "-")
        numbers[f"loss at the end, started {name}"] = float(losses[-1])
        if name in ("right", "beside the ridge"):
            numbers[f"steps until within 0.01 of the minimum, started {name}"] = int(np.argmax(losses < loss(deepest()) + 0.01))
    for rate in (RATE, RATE / 100):
        numbers[f"first step's fall of the loss, as a share of r times the gradient's squared length, r = {rate:g}"] = (
            fall_to_forecast(rate)
        )
    plane.annotate("saddle", (0, 0), (-0.35, -0.45), ha="right", arrowprops={"arrowstyle": "->"})
    plane.set(xlabel="$w_1$", ylabel="$w_2$", title=f"steps with r = {RATE:g} (circle: start, star: end)", aspect="equal")
    curve.set(xlabel="step", ylabel="loss L", title="loss after each step", ylim=(-0.2, 2.4))
    curve.legend(title="start", loc="upper right")
    return Outcome(figure, numbers)


def deepest() -> np.ndarray:
    """The deeper of the two minima: where w1^2 - 0.3 w1 - 1 = 0 and w2 = 0."""
    return np.array([(0.3 + np.sqrt(0.09 + 4)) / 2, 0.0])
