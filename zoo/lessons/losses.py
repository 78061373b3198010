"""Losses: how wrong an output is, and which way it should move.

A loss says how wrong the output for an example is: 0 if it is right, more the worse it is. The empirical loss is the mean over
the n examples at hand. Which loss to take depends on what the output z means. log is the natural logarithm:

    a number                     squared error    (z - y)^2                        gradient by z: 2 (z - y)
    yes or no, p = sigmoid(z)    cross-entropy    -y log p - (1 - y) log(1 - p)    gradient by z: p - y
    a class, p = softmax(z)      cross-entropy    -log p[y]                        gradient by z: p - one-hot y

The gradient by z is the slope of the loss: where it is below 0, the loss falls as z grows. The input z of a sigmoid or a softmax
is called a logit. softmax(z)_k = exp(z_k) / sum over j of exp(z_j) is the probability of class k. One-hot y is 1 at the right
class and 0 at all others.

A cross-entropy is the surprise at the right answer, -log p, in nats (the unit that goes with the natural logarithm: 1 nat is 1.44
bits). It is 0 where the right answer had the probability 1. Its gradient is simply the error, p - y, because the logarithm
cancels the flat ends of sigmoid and softmax (Bridle 1990). A squared error of a sigmoid's output does not cancel them. Its
gradient, 2 (p - y) p (1 - p), vanishes where the unit is sure. So it vanishes, too, where the unit is sure but wrong and has most
to learn (Solla, Levin and Fleisher 1988). Here two units start sure but wrong, with z = -6 for a yes. Each moves its z downhill
step by step (gradient descent, lesson 6), one on each loss.
"""

from collections.abc import Callable

import numpy as np

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch.activations import sigmoid, sigmoid_slope
from zoo.scratch.losses import binary_cross_entropy, mean_squared_error, softmax_cross_entropy

QUESTION = "Start even surer of the wrong answer (START = -8): how many more steps does each loss need?"
VARY = (Number("START", -12.0, -1.0, 0.5, "z of a unit that should say yes"),)

START = -6.0  # z of a unit that should say yes
RATE = 1.0
CLASSES = (2, 10, 100)
LogitLoss = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]


def squared_error_of_sigmoid(y: np.ndarray, logits: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean squared error of p = sigmoid(logit), and its gradient by the logits; shapes as in `binary_cross_entropy`."""
    p = sigmoid(logits)
    value, by_p = mean_squared_error(y, p)
    return value, by_p * sigmoid_slope(p)


def along(loss: LogitLoss, y: float, z: np.ndarray) -> tuple[list[float], list[float]]:
    """The loss of one example with the output z, and its gradient, for each z."""
    pairs = [loss(np.full((1, 1), y), np.full((1, 1), each)) for each in z]
    return [value for value, _ in pairs], [float(gradient[0, 0]) for _, gradient in pairs]


def along_right_logit(classes: int, z: np.ndarray) -> tuple[list[float], list[float]]:
    """The cross-entropy of one example whose right class has the logit z and all others 0, and its gradient by z."""
    pairs = [softmax_cross_entropy(np.array([0]), np.array([[each] + [0.0] * (classes - 1)])) for each in z]
    return [value for value, _ in pairs], [float(gradient[0, 0]) for _, gradient in pairs]


def steps_until_right(loss: LogitLoss) -> int:
    """Steps of gradient descent from START until the unit gives yes a probability above one half."""
    z, yes, taken = np.full((1, 1), START), np.ones((1, 1)), 0
    while z[0, 0] < 0:
        z = z - RATE * loss(yes, z)[1]
        taken += 1
    return taken


def run() -> Outcome:
    """Draws each loss and its gradient against the output, and counts the steps out of a sure mistake with both losses."""
    figure, axes = drawing.canvas(
        "A unit that is sure and wrong: a large gradient of the cross-entropy, hardly any of the squared error", 7, 2, 3
    )
    z = np.linspace(-8, 8, 321)
    panels = {
        "a number, y = 1": {"squared error": along(mean_squared_error, 1.0, z)},
        "yes or no, the right answer yes": {
            "cross-entropy": along(binary_cross_entropy, 1.0, z),
            "squared error of p": along(squared_error_of_sigmoid, 1.0, z),
        },
        "one class, the other logits 0": {f"{classes} classes": along_right_logit(classes, z) for classes in CLASSES},
    }
    scales = ("loss", "loss (cross-entropy: nats)", "loss (nats)")
    for (title, curves), scale, (top, bottom) in zip(panels.items(), scales, axes.T, strict=True):
        for (name, (losses, gradients)), colour in zip(curves.items(), drawing.COLOURS, strict=False):
            top.plot(z, losses, color=colour, label=name)
            bottom.plot(z, gradients, color=colour, label=name)
        top.set(title=title, ylabel=scale, xlabel="output z")
        bottom.set(ylabel="gradient by z", xlabel="output z")
        top.legend(loc="upper right")
    numbers = measured()
    ends = [gradient for name, gradient in numbers.items() if name.startswith("gradient")]
    axes[1, 1].annotate("", (START, ends[0]), (START, ends[1]), arrowprops={"arrowstyle": "<->"})
    axes[1, 1].text(START + 0.3, -0.6, f"z = {START:g}:\n{ends[0] / ends[1]:.0f} times\nas steep")
    return Outcome(figure, {**numbers})


def measured() -> dict[str, float]:
    """The gradients at START, the steps out of it, and the losses of small batches."""
    yes, start = np.ones((1, 1)), np.full((1, 1), START)
    return {
        f"gradient at z = {START:g}, cross-entropy": float(binary_cross_entropy(yes, start)[1][0, 0]),
        f"gradient at z = {START:g}, squared error of p": float(squared_error_of_sigmoid(yes, start)[1][0, 0]),
        "steps until right, cross-entropy": steps_until_right(binary_cross_entropy),
        "steps until right, squared error of p": steps_until_right(squared_error_of_sigmoid),
        "mean squared error of 2.5 and 0 for 3 and 1": mean_squared_error(np.array([[3.0], [1.0]]), np.array([[2.5], [0.0]]))[0],
        "binary cross-entropy of z = 2 and -1, both yes": binary_cross_entropy(np.ones((2, 1)), np.array([[2.0], [-1.0]]))[0],
        "softmax cross-entropy of z = (2, 1, -1), the first right": softmax_cross_entropy(
            np.array([0]), np.array([[2.0, 1.0, -1.0]])
        )[0],
        "softmax cross-entropy of ten equal z": softmax_cross_entropy(np.array([0]), np.zeros((1, 10)))[0],
    }
