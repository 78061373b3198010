"""One unit that learns from its errors, example by example: Rosenblatt's perceptron (1958), or a sigmoid unit.

Both compute a weighted sum and correct themselves by the same rule. They differ only in the output. The perceptron outputs 0 or
1, so it learns only from its mistakes. The sigmoid unit outputs the probability of 1, so it always has an error to learn from.
"""

from collections.abc import Callable

import numpy as np

from zoo.scratch.activations import sigmoid


def step(z: np.ndarray) -> np.ndarray:
    """1 where z > 0, else 0."""
    return (z > 0).astype(float)


class Unit:
    """f(w . x + b), with weights w and bias b that begin at 0.

    Args:
        inputs: the numbers of an example.
        activation: f.
        rate: the learning rate.
    """

    def __init__(self, inputs: int, activation: Callable[[np.ndarray], np.ndarray], rate: float = 1.0) -> None:
        self.weights, self.bias = np.zeros(inputs), 0.0
        self.activation, self.rate = activation, rate

    def output(self, x: np.ndarray) -> np.ndarray:
        """Examples [n, inputs] -> outputs [n], or one example [inputs] -> one output."""
        return self.activation(x @ self.weights + self.bias)

    def learn(self, x: np.ndarray, y: float) -> float:
        """Error correction for one example [inputs] of the class y, 0 or 1: w <- w + rate (y - output) x, and so b with x = 1.

        Returns:
            The error that it corrected, y - output.
        """
        error = y - float(self.output(x))
        self.weights += self.rate * error * x
        self.bias += self.rate * error
        return error

    def mistakes(self, x: np.ndarray, y: np.ndarray) -> int:
        """How many of the examples [n, inputs] are on the wrong side of the boundary; y is [n], 0 or 1."""
        return int(((x @ self.weights + self.bias > 0) != (y > 0.5)).sum())


def perceptron(inputs: int) -> Unit:
    """Rosenblatt's perceptron: its output is a step, and it changes only when an example is misclassified."""
    return Unit(inputs, step)


def sigmoid_unit(inputs: int, rate: float) -> Unit:
    """Its corrections are steps of gradient descent on the cross-entropy, whose gradient by w is (output - y) x."""
    return Unit(inputs, sigmoid, rate)
