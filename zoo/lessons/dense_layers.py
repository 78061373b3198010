"""Dense layers, and a deep network made of them.

A layer of u units, each of which sees all n inputs, is one matrix product. With the weights of unit j in column j of W [n, u] and
the biases in b [u],

    a = f(x W + b)        x [n], a [u]

gives the activations a of all units. Many examples are computed at once, as the rows of x. A deep network is layers one after the
other: each takes the activations of the one before as its inputs (Rosenblatt 1962, with several layers; trained as a whole since
Rumelhart, Hinton and Williams 1986). Computing the outputs from the inputs in this way is called the forward pass. A layer has n
u + u parameters, its weights and biases, and takes about n u multiplications for an example.

Where the output is one of several classes, each class has a unit. The outputs z become probabilities by the softmax,

    softmax(z)_k = exp(z_k) / sum over all classes j of exp(z_j)

which are above 0, add up to 1, and are largest where z is largest. Here four measurements of an iris (Fisher 1936) go through 5
ReLU units to one output for each of three species. The measurements are standardised: each has mean 0 and standard deviation 1
over the flowers. The network is trained with the code written by hand. Keras, given its weights, computes the same numbers.
"""

import itertools
from typing import Any

import numpy as np
from sklearn.datasets import load_iris

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import descent
from zoo.scratch.activations import softmax
from zoo.scratch.losses import softmax_cross_entropy
from zoo.scratch.network import Network, dense_network
from zoo.scratch.optimizers import Adam

QUESTION = "Let another flower through (FLOWER = 0 or 100): which hidden units become 0, and which output is the largest?"
VARY = (Number("FLOWER", 0, 149, 1, "the flower that goes through; 50 of each species, one species after the other"),)

FLOWER = 75  # of 150; 50 of each species, one species after the other
SIZES = (4, 5, 3)
STEPS = 300
MEASURES = ("sepal length", "sepal width", "petal length", "petal width")
SHADES = {"cmap": drawing.SIGNED, "vmin": -5, "vmax": 5}
SPECIES = ("setosa", "versicolor", "virginica")


def flowers() -> tuple[np.ndarray, np.ndarray]:
    """The standardised measurements [150, 4] and the species [150]."""
    data = load_iris()
    return (data.data - data.data.mean(axis=0)) / data.data.std(axis=0), data.target


def train(x: np.ndarray, species: np.ndarray) -> Network:
    """The network after STEPS steps on all flowers."""
    network, optimizer = dense_network(SIZES, "relu", seed=1), Adam(0.02)
    for _ in range(STEPS):
        descent.step(network, softmax_cross_entropy, optimizer, x, species)
    return network


def keras_outputs(network: Network, x: np.ndarray) -> np.ndarray:
    """The outputs of Keras' Dense layers with the same weights."""
    import keras

    layers = [keras.layers.Dense(units, dtype="float64") for units in SIZES[1:]]
    layers[0].activation = keras.activations.relu
    model = keras.Sequential([keras.Input(SIZES[:1], dtype="float64"), *layers])
    model.set_weights(network.parameters)
    return model(x).numpy()


def run() -> Outcome:
    """Draws the network with the numbers of one flower, and the same forward pass as products of matrices."""
    x, species = flowers()
    network = train(x, species)
    logits = network.forward(x[[FLOWER]])[0]
    values = [x[FLOWER], network.layers[0].forward(x[[FLOWER]])[0], logits]
    figure, [[top], [bottom]] = drawing.canvas("A layer is a matrix product: one flower goes through 4 - 5 - 3 units", 9.5, 2)
    _draw_network(top, network, values)
    _draw_products(bottom, network, values)
    by_hand = network.forward(x)
    numbers: dict[str, float | int | str] = {
        "parameters": sum(parameter.size for parameter in network.parameters),
        "multiplications for one flower": sum(layer.parameters[0].size for layer in network.layers),
        "accuracy on the 150 flowers it learned": float((by_hand.argmax(axis=1) == species).mean()),
        f"probability of {SPECIES[species[FLOWER]]}, the flower's species": float(softmax(logits)[species[FLOWER]]),
        "hidden units at 0 for the flower": int((values[1] == 0).sum()),
        "largest difference to Keras, 150 flowers": float(np.abs(keras_outputs(network, x) - by_hand).max()),
    }
    return Outcome(figure, numbers)


def _draw_network(axes: Any, network: Network, values: list[np.ndarray]) -> None:
    places = [
        [(column * 4.0, 1.2 * ((len(units) - 1) / 2 - row)) for row in range(len(units))] for column, units in enumerate(values)
    ]
    for layer, (sources, targets) in zip(network.layers, itertools.pairwise(places), strict=True):
        kernel = layer.parameters[0]
        for (i, j), weight in np.ndenumerate(kernel):
            colour = drawing.POSITIVE if weight > 0 else drawing.NEGATIVE
            axes.plot(*zip(sources[i], targets[j], strict=True), color=colour, linewidth=3 * abs(weight), alpha=0.7, zorder=1)
    for units, column in zip(values, places, strict=True):
        for value, (across, up) in zip(units, column, strict=True):
            axes.scatter(across, up, s=1300, c=value, **SHADES, edgecolors="black", zorder=2)
            axes.text(across, up, f"{value:.2f}", ha="center", va="center", color=_legible(value), zorder=3)
    for (across, up), name in zip(places[0], MEASURES, strict=True):
        axes.text(across - 0.45, up, name, ha="right", va="center")
    for (across, up), name, p in zip(places[-1], SPECIES, softmax(values[-1]), strict=True):
        axes.text(across + 0.45, up, f"{name}: {p:.1%}", va="center")
    for across, name in zip((0, 4, 8), ("inputs x", "hidden units a", "outputs z, and softmax"), strict=True):
        axes.text(across, 3.3, name, ha="center")
    axes.set(xlim=(-2.5, 10.5), ylim=(-3.1, 3.7), title="line: a weight, blue above 0, red below, as wide as it is far from 0")
    axes.set_axis_off()


def _draw_products(axes: Any, network: Network, values: list[np.ndarray]) -> None:
    for layer, inputs, outputs, top, name in zip(
        network.layers, values[:-1], values[1:], (0.0, -6.0), ("relu(", ""), strict=True
    ):
        kernel, bias = layer.parameters
        left = 0.0
        for sign, label, matrix in (
            (name, "x" if top == 0 else "a", inputs[np.newaxis]),
            ("·", "W", kernel),
            ("+", "b", bias[np.newaxis]),
            (f"{')' if name else ''} =", "a" if top == 0 else "z", outputs[np.newaxis]),
        ):
            left += 1.3
            axes.text(left - 0.2, top - 2.5, sign, ha="right", va="center", fontsize=12)
            rows, columns = matrix.shape
            first = top - 2.5 + rows / 2
            axes.pcolormesh(left + np.arange(columns + 1), first - np.arange(rows + 1), matrix, **SHADES, edgecolors="0.6")
            for (row, column), value in np.ndenumerate(matrix):
                axes.text(
                    left + column + 0.5,
                    first - row - 0.5,
                    f"{value:.2f}",
                    ha="center",
                    va="center",
                    color=_legible(value),
                    fontsize=9,
                )
            axes.text(left + columns / 2, first + 0.15, f"{label} [{rows}, {columns}]", ha="center")
            left += columns
    axes.set(xlim=(0, 25), ylim=(-11.1, 0.6))
    axes.set_axis_off()


def _legible(value: float) -> str:
    return "white" if abs(value) > 3.3 else "black"
