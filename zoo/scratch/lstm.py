"""A long short-term memory layer, forwards and backwards through time.

Hochreiter and Schmidhuber (1997), with the forget gate of Gers, Schmidhuber and Cummins (2000): beside its state h the layer
carries a cell c. Gates between 0 and 1 decide what is kept of the cell, what is added to it, and what is shown of it.
"""

import numpy as np

from zoo.scratch.activations import sigmoid

GATES = (
    "input",
    "forget",
    "candidate",
    "output",
)  # in the order of Keras; the candidate is not a gate: it is what the input gate lets in


class LSTM:
    """z = x_t W + h_(t-1) U + b, in four parts; i, f, o = sigmoid and g = tanh of theirs;
    c_t = f c_(t-1) + i g, h_t = o tanh(c_t), with h_0 = c_0 = 0.

    After `forward`, `gates` [n, t, 4, units] holds i, f, g and o, and `cells` [n, t, units] the cells; after `backward`,
    `state_gradients` [n, t, units] holds the loss's gradient by every state h, through all later steps.

    Args:
        kernel: W, [inputs, 4 units], the columns of GATES side by side.
        recurrent_kernel: U, [units, 4 units].
        bias: b, [4 units].
    """

    def __init__(self, kernel: np.ndarray, recurrent_kernel: np.ndarray, bias: np.ndarray) -> None:
        self.parameters = [kernel, recurrent_kernel, bias]
        self.gradients = [np.zeros_like(parameter) for parameter in self.parameters]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Inputs [n, t, inputs] -> the states h after each step [n, t, units]."""
        kernel, recurrent, bias = self.parameters
        (n, steps, _), units = x.shape, len(recurrent)
        self.x, self.gates = x, np.zeros((n, steps, 4, units))
        self.cells, self.states = np.zeros((n, steps, units)), np.zeros((n, steps, units))
        h = c = np.zeros((n, units))
        for t in range(steps):
            z = (x[:, t] @ kernel + h @ recurrent + bias).reshape(n, 4, units)
            i, f, o = (sigmoid(z[:, part]) for part in (0, 1, 3))
            g = np.tanh(z[:, 2])
            c = f * c + i * g
            h = o * np.tanh(c)
            self.gates[:, t], self.cells[:, t], self.states[:, t] = np.stack([i, f, g, o], axis=1), c, h
        return self.states

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The loss's gradient by what each state is used for outside the layer [n, t, units] -> by the inputs [n, t, inputs];
        keeps those by W, U and b."""
        kernel, recurrent, _ = self.parameters
        self.gradients = [np.zeros_like(parameter) for parameter in self.parameters]
        self.state_gradients, by_x = np.zeros_like(self.states), np.zeros_like(self.x)
        nothing = np.zeros_like(self.states[:, 0])
        by_h = by_c = nothing  # by h and c after step t, from the steps after it
        for t in reversed(range(self.x.shape[1])):
            i, f, g, o = self.gates[:, t].swapaxes(0, 1)
            h_before, c_before = (self.states[:, t - 1], self.cells[:, t - 1]) if t else (nothing, nothing)
            shown = np.tanh(self.cells[:, t])
            by_h = self.state_gradients[:, t] = gradient[:, t] + by_h
            by_c = by_c + by_h * o * (1 - shown**2)
            by_z = np.hstack(
                [by_c * g * i * (1 - i), by_c * c_before * f * (1 - f), by_c * i * (1 - g**2), by_h * shown * o * (1 - o)]
            )
            for total, part in zip(self.gradients, (self.x[:, t].T @ by_z, h_before.T @ by_z, by_z.sum(axis=0)), strict=True):
                total += part
            by_x[:, t] = by_z @ kernel.T
            by_h, by_c = by_z @ recurrent.T, by_c * f  # the way back through the cell has one factor, the forget gate
        return by_x


def lstm(inputs: int, units: int, seed: int, forget_bias: float = 1.0) -> LSTM:
    """A layer with W of variance 1 / inputs, an orthogonal U for each gate, and b = 0 but for that of the forget gate, so that
    it begins open (Gers et al. 2000; Jozefowicz, Zaremba and Sutskever 2015)."""
    random = np.random.default_rng(seed)
    kernel = random.normal(0, np.sqrt(1 / inputs), (inputs, 4 * units))
    recurrent = np.hstack([np.linalg.qr(random.normal(size=(units, units)))[0] for _ in GATES])
    bias = np.zeros(4 * units)
    bias[units : 2 * units] = forget_bias
    return LSTM(kernel, recurrent, bias)
