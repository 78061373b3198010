"""A recurrent layer, and a network of one with a dense layer after it, forwards and backwards through time.

The state after a step is computed from the step's input and the state before it, with the same weights at every step (Elman
1990). Unrolled, the layer is a network as deep as the sequence is long whose levels share their weights, so the gradients of all
levels are added up (Werbos 1990).
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from zoo.scratch.activations import ACTIVATIONS
from zoo.scratch.network import Composite, Layer


class SimpleRNN:
    """h_t = activation(x_t W + h_(t-1) U + b), with h_0 = 0.

    After `backward`, `state_gradients` [n, t, units] holds the loss's gradient by every state, through all later steps.

    Args:
        kernel: W, [inputs, units].
        recurrent_kernel: U, [units, units].
        bias: b, [units].
        activation: a name of `zoo.scratch.activations.ACTIVATIONS`.
    """

    def __init__(self, kernel: np.ndarray, recurrent_kernel: np.ndarray, bias: np.ndarray, activation: str = "tanh") -> None:
        self.parameters = [kernel, recurrent_kernel, bias]
        self.gradients = [np.zeros_like(parameter) for parameter in self.parameters]
        self.activation, self.slope = ACTIVATIONS[activation]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Inputs [n, t, inputs] -> the states after each step [n, t, units]."""
        kernel, recurrent, bias = self.parameters
        n, steps, _ = x.shape
        self.x, self.states = x, np.zeros((n, steps, len(bias)))
        h = np.zeros((n, len(bias)))
        for t in range(steps):
            h = self.activation(x[:, t] @ kernel + h @ recurrent + bias)
            self.states[:, t] = h
        return self.states

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The loss's gradient by what each state is used for outside the layer [n, t, units] -> by the inputs [n, t, inputs];
        keeps those by W, U and b."""
        kernel, recurrent, _ = self.parameters
        self.gradients = [np.zeros_like(parameter) for parameter in self.parameters]
        self.state_gradients, by_x = np.zeros_like(self.states), np.zeros_like(self.x)
        by_h = np.zeros_like(self.states[:, 0])  # by the state after step t, from the steps after it
        for t in reversed(range(self.x.shape[1])):
            self.state_gradients[:, t] = gradient[:, t] + by_h
            by_z = self.state_gradients[:, t] * self.slope(self.states[:, t])
            before = self.states[:, t - 1] if t else np.zeros_like(by_h)
            for total, part in zip(self.gradients, (self.x[:, t].T @ by_z, before.T @ by_z, by_z.sum(axis=0)), strict=True):
                total += part
            by_x[:, t] = by_z @ kernel.T
            by_h = by_z @ recurrent.T
        return by_x


def simple_rnn(inputs: int, units: int, seed: int, activation: str = "tanh", radius: float = 1.0) -> SimpleRNN:
    """A layer with W of variance 1 / inputs, U an orthogonal matrix times `radius`, and b = 0.

    An orthogonal matrix turns a state and keeps its length (Saxe et al. 2014), so that each step multiplies the length by
    `radius`.
    """
    random = np.random.default_rng(seed)
    kernel = random.normal(0, np.sqrt(1 / inputs), (inputs, units))
    turn, _ = np.linalg.qr(random.normal(size=(units, units)))
    return SimpleRNN(kernel, radius * turn, np.zeros(units), activation)


class Recurrent(Layer, Protocol):
    """A layer that reads sequences step by step: inputs [n, t, inputs] -> states [n, t, units]."""

    state_gradients: np.ndarray  # [n, t, units], after `backward`


class SequenceNetwork(Composite):
    """A recurrent layer, and a dense layer that reads its state after the last step, or after each step.

    Args:
        recurrent: a layer such as SimpleRNN.
        output: the layer that turns a state into outputs, such as Dense.
        each_step: whether there is an output after each step, [n t, outputs] with the steps of a sequence one after the other; or
            one after the last, [n, outputs].
    """

    def __init__(self, recurrent: Recurrent, output: Layer, each_step: bool = False) -> None:
        super().__init__([recurrent, output])
        self.recurrent, self.output, self.each_step = recurrent, output, each_step

    def forward(self, x: np.ndarray) -> np.ndarray:
        """[n, t, inputs] -> [n, outputs], or with `each_step` [n t, outputs]."""
        states = self.recurrent.forward(x)
        self.shape = states.shape
        return self.output.forward(states.reshape(-1, states.shape[-1]) if self.each_step else states[:, -1])

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The loss's gradient by the outputs -> by the inputs [n, t, inputs]; both layers keep that by their parameters."""
        by_states = np.zeros(self.shape)
        by_used = self.output.backward(gradient)
        if self.each_step:
            by_states[...] = by_used.reshape(self.shape)
        else:
            by_states[:, -1] = by_used
        return self.recurrent.backward(by_states)


def clipped(gradients: Sequence[np.ndarray], limit: float) -> list[np.ndarray]:
    """The gradients; where all together are longer than the limit, they are shortened in the same proportion, so that the step
    keeps its direction (Pascanu, Mikolov and Bengio 2013).
    """
    length = np.sqrt(sum((gradient**2).sum() for gradient in gradients))
    return [gradient * min(1.0, limit / length) if length else gradient for gradient in gradients]
