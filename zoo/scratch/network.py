"""A dense layer, and a network of dense layers, forwards and backwards.

The forward pass keeps the inputs of each layer. The backward pass takes the gradient of the loss by the layer's outputs and
computes those by its weights, its biases and its inputs, by the chain rule (Rumelhart, Hinton and Williams 1986).
"""

import itertools
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from zoo.scratch.activations import ACTIVATIONS


class Trainable(Protocol):
    """Anything that can be trained: it has a forward and a backward pass, and parameters with gradients."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Inputs -> outputs."""

    def backward(self, gradient: np.ndarray) -> Any:
        """Takes the loss's gradient by the outputs; keeps that by the parameters."""

    @property
    def parameters(self) -> list[np.ndarray]:
        """What is learned; an optimiser changes it in place."""

    @property
    def gradients(self) -> list[np.ndarray]:
        """What `backward` found, in the order of `parameters`."""


class Layer(Trainable, Protocol):
    """A layer that can follow other layers: its backward pass gives the gradient by its inputs."""

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The loss's gradient by the outputs -> by the inputs; keeps that by the parameters."""


class Dense:
    """a = activation(x W + b).

    Args:
        kernel: W, [inputs, units].
        bias: b, [units].
        activation: a name of `zoo.scratch.activations.ACTIVATIONS`.
    """

    def __init__(self, kernel: np.ndarray, bias: np.ndarray, activation: str = "identity") -> None:
        self.parameters = [kernel, bias]
        self.gradients = [np.zeros_like(kernel), np.zeros_like(bias)]
        self.activation, self.slope = ACTIVATIONS[activation]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Inputs [n, inputs] -> activations [n, units]."""
        kernel, bias = self.parameters
        self.x = x
        self.a = self.activation(x @ kernel + bias)
        return self.a

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The loss's gradient by the activations [n, units] -> by the inputs [n, inputs]; keeps those by W and b."""
        by_z = gradient * self.slope(self.a)
        self.gradients = [self.x.T @ by_z, by_z.sum(axis=0)]
        return by_z @ self.parameters[0].T


class Composite:
    """Parts that are trained together.

    Args:
        parts: in the order of their parameters.
    """

    def __init__(self, parts: Sequence[Trainable]) -> None:
        self.parts = parts

    @property
    def parameters(self) -> list[np.ndarray]:
        """Those of all parts, in order; an optimiser changes them in place."""
        return [parameter for part in self.parts for parameter in part.parameters]

    @property
    def gradients(self) -> list[np.ndarray]:
        """What `backward` found, in the order of `parameters`."""
        return [gradient for part in self.parts for gradient in part.gradients]


class Network(Composite):
    """Layers one after the other: the outputs of each are the inputs of the next."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        super().__init__(layers)
        self.layers = list(layers)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """[n, inputs] -> [n, outputs]."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The loss's gradient by the outputs -> by the inputs; every layer keeps that by its parameters."""
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        return gradient


def dense_network(sizes: Sequence[int], activation: str, seed: int) -> Network:
    """A network of dense layers with sizes[0] inputs; all layers but the last have the activation.

    The weights are drawn so that activations have the same size in each layer: variance 2 / inputs for ReLU (He et al. 2015),
    1 / inputs otherwise (LeCun et al. 1998); biases begin at 0.
    """
    random = np.random.default_rng(seed)
    gain = 2.0 if activation == "relu" else 1.0
    layers = []
    for number, (inputs, units) in enumerate(itertools.pairwise(sizes), start=1):
        kernel = random.normal(0, np.sqrt(gain / inputs), (inputs, units))
        layers.append(Dense(kernel, np.zeros(units), activation if number < len(sizes) - 1 else "identity"))
    return Network(layers)
