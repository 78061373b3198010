"""Backpropagation: the chain rule, node by node.

Gradient descent needs the derivative of the loss L by each weight. A computation is a graph of nodes. Each node knows its local
derivatives: how its value changes with each of its inputs. The derivative of L by a node u is the sum over all nodes v that use
u:

    dL/du = sum of dL/dv * dv/du        beginning with dL/dL = 1, from the last node backwards

Each edge is used once, so the derivatives by all parameters together cost about as much as the forward pass (Linnainmaa 1970;
Rumelhart, Hinton and Williams 1986). Finite differences, (L(w + h) - L(w)) / h, need one more forward pass for each parameter,
and are only approximate; they are good for checking. So is tf.GradientTape, TensorFlow's own backpropagation.

The graph here has two units, one after the other, that share the weight w and the bias b, with the squared error of their output:
L = (tanh(w tanh(w x + b) + b) - y)^2. Both w and b are used twice, so each gets the sum of two gradients.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle
from scipy.optimize import approx_fprime

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch.graph import Node, backpropagate, nodes

QUESTION = "Make the input large (X = 5): what happens to the local derivative of the first tanh, and to the gradients before it?"
VARY = (
    Number("X", -5.0, 5.0, 0.1, "the input"),
    Number("Y", -1.0, 1.0, 0.1, "the output that is wanted"),
    Number("W", -3.0, 3.0, 0.1, "the weight"),
    Number("B", -2.0, 2.0, 0.1, "the bias"),
)

X, Y = 1.0, 0.9  # the input, and the output that is wanted
W, B = 1.2, -0.4
GIVEN = {"x": (0.0, 0.0), "w": (2.5, 1.7), "b": (3.5, -1.7), "y": (7.0, -1.7)}  # where they are drawn, across and up


def loss_node(w: float, b: float) -> Node:
    """The last node of the graph of L = (tanh(w tanh(w x + b) + b) - y)^2."""
    weight, bias = Node(w, "w"), Node(b, "b")
    first = (weight * Node(X, "x") + bias).tanh()
    second = (weight * first + bias).tanh()
    return (second - Node(Y, "y")).square()


def by_tape(w: float, b: float) -> np.ndarray:
    """The same derivatives by w and b from TensorFlow."""
    import tensorflow as tf

    weights = [tf.Variable(w, dtype=tf.float64), tf.Variable(b, dtype=tf.float64)]
    with tf.GradientTape() as tape:
        first = tf.tanh(weights[0] * X + weights[1])
        loss = (tf.tanh(weights[0] * first + weights[1]) - Y) ** 2
    return np.array([float(gradient) for gradient in tape.gradient(loss, weights)])


def run() -> Outcome:
    """Draws the graph with every value, local derivative and gradient, and checks the gradients."""
    loss = loss_node(W, B)
    backpropagate(loss)
    order = nodes(loss)
    gradients = {node.name: node.gradient for node in order if not node.inputs}
    figure, [[axes]] = drawing.canvas(
        "Values go forwards, gradients come back: each edge multiplies by its local derivative", 5.6
    )
    _draw(axes, order)
    found = np.array([gradients["w"], gradients["b"]])
    differences = approx_fprime([W, B], lambda at: loss_node(*at).value, 1e-7)
    one_step = loss_node(*([W, B] - 0.1 * found)).value
    numbers: dict[str, float | int | str] = {
        "loss": loss.value,
        "dL/dw": gradients["w"],
        "dL/db": gradients["b"],
        "largest difference to tf.GradientTape": float(np.abs(by_tape(W, B) - found).max()),
        "largest difference to finite differences, h = 1e-7": float(np.abs(differences - found).max()),
        "loss after one step of 0.1 against the gradient": one_step,
    }
    return Outcome(figure, numbers)


def _draw(axes: Any, order: Sequence[Node]) -> None:
    places = {node.number: GIVEN[node.name] for node in order if not node.inputs}
    places |= {node.number: (float(place), 0.0) for place, node in enumerate((n for n in order if n.inputs), start=1)}
    for node in order:
        across, up = places[node.number]
        _draw_box(axes, across, up, node.name, f"{node.value:.3f}", f"{node.gradient:.3f}")
        for source, derivative in zip(node.inputs, node.local, strict=True):
            left, height = places[source.number]
            side = np.sign(height)  # of the source: above or below the row of what is computed, or in it
            ends = (left, height - 0.45 * side), (across, 0.45 * side)
            if side == 0:
                ends = (left + 0.32, 0.0), (across - 0.32, 0.0)
            axes.annotate(
                "", ends[1], ends[0], arrowprops={"arrowstyle": "->", "color": "0.3", "shrinkA": 0, "shrinkB": 0}, zorder=1
            )
            along, over = np.mean(ends, axis=0)
            label = axes.text(along, over, f"{derivative:.2f}", ha="center", va="center", fontsize=9, zorder=1.5)
            if side == 0:
                label.set(y=0.15)
            else:
                label.set_backgroundcolor("white")
    for name, shared in ((node.name, node) for node in order if node.name in ("w", "b")):
        users = [(user, user.local[user.inputs.index(shared)]) for user in order if shared in user.inputs]
        total = " + ".join(f"({user.gradient:.3f}) × {derivative:.2f}" for user, derivative in users)
        axes.text(GIVEN[name][0] + 0.45, GIVEN[name][1] - 0.28, f"= {total}", va="center", color=drawing.RED)
    _draw_box(axes, 0.3, -1.7, "node", "value", "gradient")
    for height, text, tip, tail, colour in ((1.9, "values", 8.2, 6.4, drawing.BLUE), (1.4, "gradients", 6.4, 8.2, drawing.RED)):
        axes.annotate("", (tip, height), (tail, height), arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 2})
        axes.text(7.3, height + 0.12, text, ha="center", color=colour)
    axes.text(0.8, -1.7, "on an edge:\nlocal derivative", va="center", fontsize=9)
    axes.set(xlim=(-0.5, 8.5), ylim=(-2.3, 2.3))
    axes.set_axis_off()


def _draw_box(axes: Any, across: float, up: float, name: str, value: str, gradient: str) -> None:
    axes.add_patch(Rectangle((across - 0.32, up - 0.45), 0.64, 0.9, facecolor="white", edgecolor="black", zorder=2))
    for height, text, colour, weight in (
        (0.28, name, "black", "bold"),
        (0, value, drawing.BLUE, None),
        (-0.28, gradient, drawing.RED, None),
    ):
        axes.text(across, up + height, text, ha="center", va="center", color=colour, fontweight=weight, zorder=3)
