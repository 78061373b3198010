"""The perceptron: weights, a bias, an activation, and a boundary that learns.

A unit multiplies each input by a weight, adds up the products and a bias, and decides by the sign of the sum: 1 where w . x + b >
0, else 0. Its boundary, w . x + b = 0, is a straight line (with more inputs, a plane): w stands at right angles to it, and b
shifts it. The function that turns the sum into the output is called the unit's activation; here it is a step from 0 to 1. The
perceptron (Rosenblatt 1958) learns by error correction. After each example x of the class y, 0 or 1, with the rate r,

    w <- w + r (y - output) x        b <- b + r (y - output)

so it changes only when it is wrong. If some line separates the classes, the perceptron finds one after at most (R / g)^2
corrections (Novikoff 1962). In this formula each example has a 1 added, whose weight is the bias. R is the length of the longest
example, and g is the margin: the distance of the nearest example from the boundary. The wider the gap between the classes, the
larger the margin can be, and the fewer corrections are needed on average. A single draw of points may behave otherwise, so the
table also has means of ten draws. If no line separates the classes, the perceptron never comes to rest: each mistake moves it.

A sigmoid unit has the activation 1 / (1 + exp(-z)) instead of the step. It rises smoothly from 0 to 1, so its output can be read
as a probability, and the same rule is then gradient descent (lesson 6) on a loss called cross-entropy (lesson 4). The unit moves
a little with every example, and least with those that it is sure of. Among clouds that overlap it stays near the best line.
Between the separated clouds of the picture it continues after its last mistake, to a line with a larger margin. But this takes
longer. An epoch sees each example once, and after 40 epochs the sigmoid unit still misclassifies a point in some draws in which
the perceptron is at rest. The table counts them.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch.perceptron import Unit, perceptron, sigmoid_unit

QUESTION = (
    "Move the clouds together and apart (APART = 4.8, then 6): what happens to g and to the corrections on this draw, and does "
    "it agree with the means of ten draws? Why does the perceptron hardly ever rest with APART = 4?"
)
VARY = (
    Number("APART", 3.0, 8.0, 0.1, "distance of the clouds that a line can divide, in standard deviations"),
    Number("SEED", 0, 20, 1, "draw of the points"),
)

APART, NEAR = 5.2, 2.0  # the distances of the clouds' centres, in standard deviations
MIDDLE = np.array([2.0, 1.0])  # not at 0, so that the bias has something to learn
SEED, EACH = 3, 60  # of the draw; points in a cloud
SEEDS, DISTANCES = 10, (6.0, 4.8, 4.0)  # of the means, beside APART
EPOCHS = 40
RATE = 0.05  # of the sigmoid unit: a larger one makes its line jump, too; for the perceptron the rate only scales w and b
EARLY, LATE = (5, 20, 60, 120, 4800), (4700, 4725, 4750, 4775, 4800)  # examples seen when a line is drawn


def clouds(distance: float, seed: int = SEED) -> tuple[np.ndarray, np.ndarray]:
    """Points of two normal clouds in random order, [n, 2], and their classes [n]."""
    random = np.random.default_rng(seed)
    classes = random.permutation(np.repeat([0.0, 1.0], EACH))
    centres = MIDDLE + np.outer(classes - 0.5, [0.8 * distance, 0.6 * distance])
    return centres + random.normal(size=(2 * EACH, 2)), classes


def train(unit: Unit, x: np.ndarray, y: np.ndarray) -> tuple[list[np.ndarray], int]:
    """The unit's (w, b) after each example, and how many of the examples it misclassified when it saw them."""
    lines, wrong = [], 0
    for _ in range(EPOCHS):
        for example, label in zip(x, y, strict=True):
            wrong += int(abs(unit.learn(example, label)) > 0.5)
            lines.append(np.append(unit.weights, unit.bias))
    return lines, wrong


def mistakes(lines: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How many of the points each (w, b) misclassifies."""
    return ((np.array(lines) @ with_one(x).T > 0) != (y > 0.5)).sum(axis=1)


def margin(line: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    """The margin of (w, b): the distance of the nearest example, with its 1, from the plane; negative if one is misclassified."""
    return float(((2 * y - 1) * (with_one(x) @ line)).min() / np.linalg.norm(line))


def with_one(x: np.ndarray) -> np.ndarray:
    """The examples with a 1 as last input, whose weight is the bias."""
    return np.column_stack([x, np.ones(len(x))])


def over_draws() -> dict[str, float | int | str]:
    """Means of SEEDS draws of the clouds for each of DISTANCES, and how the sigmoid unit ends where they are APART."""
    numbers: dict[str, float | int | str] = {}
    for distance in (*DISTANCES, APART):
        wrong, ends = [], []
        for seed in range(SEEDS):
            x, y = clouds(distance, seed)
            lines, corrections = train(perceptron(2), x, y)
            wrong.append(corrections)
            ends.append(margin(lines[-1], x, y))
        numbers[f"clouds {distance:g} apart, mean corrections of {SEEDS} draws"] = float(np.mean(wrong))
        numbers[f"clouds {distance:g} apart, draws of {SEEDS} in which the perceptron came to rest"] = int(
            np.sum(np.array(ends) > 0)
        )
    smooth = [margin(train(sigmoid_unit(2, RATE), *clouds(APART, seed))[0][-1], *clouds(APART, seed)) for seed in range(SEEDS)]
    pairs = [(step, slope) for step, slope in zip(ends, smooth, strict=True) if step > 0]
    numbers["of these, the sigmoid unit still misclassifies a point in"] = sum(slope <= 0 for _, slope in pairs)
    numbers["of these, the sigmoid unit has the larger g in"] = sum(slope > step for step, slope in pairs)
    return numbers


def run() -> Outcome:
    """Draws the boundaries of both units as they learn clouds that a line divides, and clouds that overlap."""
    figure, axes = drawing.canvas("Corrected by its errors, a line comes to divide two clouds", 8.2, 2, 3)
    numbers: dict[str, float | int | str] = {}
    for row, apart, moments, cloud in zip(axes, (APART, NEAR), (EARLY, LATE), ("divided", "overlapping"), strict=True):
        x, y = clouds(apart)
        for column, unit, name, colour in (
            (row[0], perceptron(2), "perceptron", drawing.BLACK),
            (row[1], sigmoid_unit(2, RATE), "sigmoid unit", drawing.GREEN),
        ):
            lines, wrong = train(unit, x, y)
            missed = mistakes(lines, x, y)
            _draw_lines(column, x, y, lines, moments)
            column.set_title(f"{name}, {cloud} clouds")
            row[2].plot(np.arange(1, len(missed) + 1) / len(x), missed, color=colour, label=name, linewidth=1)
            if cloud == "overlapping":
                late = missed[len(missed) // 2 :]
                numbers[f"overlapping clouds, {name}: mistakes in the 2nd half, fewest"] = int(late.min())
                numbers[f"overlapping clouds, {name}: mistakes in the 2nd half, most"] = int(late.max())
            else:
                nearest = margin(lines[-1], x, y)
                numbers[f"divided clouds, {name}: g of its line"] = nearest if nearest > 0 else "its line does not divide them"
                if name == "perceptron":
                    numbers[f"divided clouds, perceptron: corrections in {EPOCHS} epochs"] = wrong
                elif nearest > 0:
                    longest = float(np.linalg.norm(with_one(x), axis=1).max())
                    numbers["divided clouds: (R / g)^2 with the sigmoid unit's g"] = (longest / nearest) ** 2
        title = f"mistakes, {cloud} clouds"
        row[2].set(title=title, xlabel="times that all examples were seen", ylabel=f"mistakes of {len(x)} points")
        row[2].set(xscale="log", ylim=(0, 95))
        row[2].set_xticks([0.01, 0.1, 1, 10], labels=["0.01", "0.1", "1", "10"])
        row[2].legend(loc="upper right")
    return Outcome(figure, numbers | over_draws())


def _draw_lines(axes: Any, x: np.ndarray, y: np.ndarray, lines: Sequence[np.ndarray], moments: Sequence[int]) -> None:
    for value, colour, marker in ((0, drawing.NEGATIVE, "o"), (1, drawing.POSITIVE, "^")):
        axes.scatter(*x[y == value].T, s=9, color=colour, marker=marker)
    for moment, grey in zip(moments, ("0.8", "0.65", "0.5", "0.3", "0"), strict=True):
        *weights, bias = lines[moment - 1]
        normal = np.array(weights) / np.linalg.norm(weights)
        along = np.array([-normal[1], normal[0]])
        foot = -bias / np.linalg.norm(weights) * normal  # the line's point nearest to 0
        axes.axline(foot, foot + along, color=grey, linewidth=1.8, label=str(moment))
    free = foot + 4 * along  # on the last line, away from the points
    axes.annotate("", free + 2 * normal, free, arrowprops={"arrowstyle": "->", "linewidth": 1.8})
    axes.annotate("w", free + 2 * normal, fontsize=12, fontweight="bold")
    axes.set(xlabel="$x_1$ (blue: class 1, red: class 0)", ylabel="$x_2$", xlim=(-3.5, 7.5), ylim=(-4.5, 6.5), aspect="equal")
    legend = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.17), "ncol": 5, "fontsize": 8, "frameon": False}
    axes.legend(title="after so many examples", title_fontsize=8, handlelength=1, columnspacing=1, **legend)
