"""Activation functions, and why a network needs them.

A unit's activation bends its weighted sum: a = f(z), z = w . x + b. The course has three:

    sigmoid(z) = 1 / (1 + exp(-z))      between 0 and 1, slope at most 1/4
    tanh(z)                             between -1 and 1, slope at most 1
    ReLU(z) = max(0, z)                 0 or z, slope 0 or 1: the rectified linear unit (Nair and Hinton 2010)

A network is a sequence of layers of units; the layers between the inputs and the outputs are called hidden. Without activations,
more layers gain nothing. Two layers with the weights W1 and W2 and the biases b1 and b2 compute (x W1 + b1) W2 + b2, which is x
(W1 W2) + (b1 W2 + b2). That is one linear map again, however many layers are stacked, and its boundary is one straight line.

Here three networks learn to tell two rings apart, one inside the other. They have the same sizes, 2 - 16 - 16 - 1 (two inputs,
two hidden layers of 16 units, one output), and differ only in the activation. "Identity" means none: f(z) = z. The accuracy is
the share of points that are classified correctly. The linear network can only draw a line. The best line would classify about two
thirds correctly. But training minimises a loss, the cross-entropy of lesson 4, and for this network the loss is lowest where the
output is one half almost everywhere, hence the 50 %. The other two bend their boundary around the inner ring. The picture shows
the output as a probability: blue above one half, red below.
"""

from typing import Any

import numpy as np
from sklearn.datasets import make_circles

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import activations, descent
from zoo.scratch.losses import binary_cross_entropy
from zoo.scratch.network import Network, dense_network
from zoo.scratch.optimizers import Adam

QUESTION = (
    "Leave only 2 units in each hidden layer (HIDDEN) and draw the first weights several times (SEED = 0, 1, 2 ...): which "
    "shapes can a ReLU boundary have then, and which can tanh's? Why does ReLU stay at 50 % for some seeds, and tanh for none?"
)
VARY = (
    Number("HIDDEN", 1, 32, 1, "units of each hidden layer"),
    Number("SEED", 0, 20, 1, "draw of the first weights"),
)

HIDDEN = 16  # units of each hidden layer
SIZES = (2, HIDDEN, HIDDEN, 1)
SEED = 1  # of the first weights
STEPS = 400  # after which the losses hardly fall


def train(activation: str, x: np.ndarray, y: np.ndarray) -> tuple[Network, float]:
    """A network trained on all points, and its accuracy on them."""
    network, optimizer = dense_network(SIZES, activation, SEED), Adam(0.02)
    for _ in range(STEPS):
        descent.step(network, binary_cross_entropy, optimizer, x, y)
    return network, float(((network.forward(x) > 0) == y).mean())


def run() -> Outcome:
    """Draws the functions with their slopes, and the boundaries of three networks."""
    x, labels = make_circles(400, factor=0.5, noise=0.1, random_state=0)
    y = labels[:, np.newaxis].astype(float)
    figure, axes = drawing.canvas("Without a bend in its units, a network of any depth draws one straight line", 7, 2, 3)
    numbers: dict[str, float | int | str] = {}
    z = np.linspace(-4, 4, 401)
    for top, bottom, name, title in zip(
        axes[0], axes[1], ("sigmoid", "tanh", "relu"), ("identity (linear)", "tanh", "relu"), strict=True
    ):
        function, slope = activations.ACTIVATIONS[name]
        top.plot(z, function(z), color=drawing.BLUE, label=f"{name}(z)")
        top.plot(z, slope(function(z)), color=drawing.ORANGE, linestyle="--", label="slope")
        top.set(title=name, xlabel="weighted sum z", ylabel="activation, slope", ylim=(-1.2, 2.2))
        top.legend(loc="upper left")
        network, accuracy = train(title.split()[0], x, y)
        numbers[f"accuracy, {title}"] = accuracy
        _draw_boundary(bottom, network, x, labels)
        bottom.set(title=f"{title}: {accuracy:.0%} right", xlabel="$x_1$", ylabel="$x_2$")
    return Outcome(figure, numbers)


def _draw_boundary(axes: Any, network: Network, x: np.ndarray, labels: np.ndarray) -> None:
    across, up = np.meshgrid(np.linspace(-1.5, 1.5, 150), np.linspace(-1.5, 1.5, 150))
    probability = activations.sigmoid(network.forward(np.column_stack([across.ravel(), up.ravel()])))
    axes.contourf(across, up, probability.reshape(across.shape), np.linspace(0, 1, 11), cmap=drawing.SIGNED, alpha=0.4)
    axes.contour(across, up, probability.reshape(across.shape), [0.5], colors="black")
    for value, colour, marker in ((0, drawing.NEGATIVE, "o"), (1, drawing.POSITIVE, "^")):
        axes.scatter(*x[labels == value].T, s=12, color=colour, marker=marker)
    axes.set_aspect("equal")
