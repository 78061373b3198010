"""Optimisers by hand: how a gradient becomes a step. The formulas are those that Keras follows.

Each has `update(parameters, gradients)`, which changes the parameters in place. What it remembers of earlier steps begins with
the first step.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class Optimizer(Protocol):
    """The method that all optimisers have."""

    learning_rate: float

    def update(self, parameters: Sequence[np.ndarray], gradients: Sequence[np.ndarray]) -> None:
        """Takes one step: changes each parameter in place by its gradient."""


class SGD:
    """w <- w - rate g, or with momentum m (Polyak 1964): v <- m v - rate g, w <- w + v."""

    def __init__(self, learning_rate: float, momentum: float = 0.0) -> None:
        self.learning_rate, self.momentum = learning_rate, momentum
        self.velocities: list[np.ndarray] = []

    def update(self, parameters: Sequence[np.ndarray], gradients: Sequence[np.ndarray]) -> None:
        """One step."""
        self.velocities = self.velocities or [np.zeros_like(p) for p in parameters]
        for p, g, v in zip(parameters, gradients, self.velocities, strict=True):
            v[...] = self.momentum * v - self.learning_rate * g
            p += v


class Adagrad:
    """s <- s + g^2, w <- w - rate g / sqrt(s + e): a weight with large gradients so far makes smaller steps (Duchi, Hazan and
    Singer 2011).
    """

    def __init__(self, learning_rate: float, initial: float = 0.1, epsilon: float = 1e-7) -> None:
        self.learning_rate, self.initial, self.epsilon = learning_rate, initial, epsilon
        self.squares: list[np.ndarray] = []

    def update(self, parameters: Sequence[np.ndarray], gradients: Sequence[np.ndarray]) -> None:
        """One step."""
        self.squares = self.squares or [np.full_like(p, self.initial) for p in parameters]
        for p, g, s in zip(parameters, gradients, self.squares, strict=True):
            s += g**2
            p -= self.learning_rate * g / np.sqrt(s + self.epsilon)


class RMSprop:
    """s <- r s + (1 - r) g^2, w <- w - rate g / sqrt(s + e): Adagrad that forgets (Tieleman and Hinton 2012)."""

    def __init__(self, learning_rate: float, rho: float = 0.9, epsilon: float = 1e-7) -> None:
        self.learning_rate, self.rho, self.epsilon = learning_rate, rho, epsilon
        self.squares: list[np.ndarray] = []

    def update(self, parameters: Sequence[np.ndarray], gradients: Sequence[np.ndarray]) -> None:
        """One step."""
        self.squares = self.squares or [np.zeros_like(p) for p in parameters]
        for p, g, s in zip(parameters, gradients, self.squares, strict=True):
            s[...] = self.rho * s + (1 - self.rho) * g**2
            p -= self.learning_rate * g / np.sqrt(s + self.epsilon)


class Adadelta:
    """RMSprop whose step has the unit of the weight: g times rms(steps so far) / rms(gradients so far) (Zeiler 2012)."""

    def __init__(self, learning_rate: float = 1.0, rho: float = 0.95, epsilon: float = 1e-7) -> None:
        self.learning_rate, self.rho, self.epsilon = learning_rate, rho, epsilon
        self.squares: list[np.ndarray] = []
        self.steps: list[np.ndarray] = []

    def update(self, parameters: Sequence[np.ndarray], gradients: Sequence[np.ndarray]) -> None:
        """One step."""
        self.squares = self.squares or [np.zeros_like(p) for p in parameters]
        self.steps = self.steps or [np.zeros_like(p) for p in parameters]
        for p, g, s, d in zip(parameters, gradients, self.squares, self.steps, strict=True):
            s[...] = self.rho * s + (1 - self.rho) * g**2
            step = g * np.sqrt(d + self.epsilon) / np.sqrt(s + self.epsilon)
            d[...] = self.rho * d + (1 - self.rho) * step**2
            p -= self.learning_rate * step


class Adam:
    """Momentum and RMSprop together; both means are corrected for their start at 0 (Kingma and Ba 2015).

    m <- b1 m + (1 - b1) g, s <- b2 s + (1 - b2) g^2, w <- w - rate sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(s) + e)
    """

    def __init__(self, learning_rate: float, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7) -> None:
        self.learning_rate, self.beta_1, self.beta_2, self.epsilon = learning_rate, beta_1, beta_2, epsilon
        self.moments: list[np.ndarray] = []
        self.squares: list[np.ndarray] = []
        self.taken = 0

    def update(self, parameters: Sequence[np.ndarray], gradients: Sequence[np.ndarray]) -> None:
        """One step."""
        self.moments = self.moments or [np.zeros_like(p) for p in parameters]
        self.squares = self.squares or [np.zeros_like(p) for p in parameters]
        self.taken += 1
        rate = self.learning_rate * np.sqrt(1 - self.beta_2**self.taken) / (1 - self.beta_1**self.taken)
        for p, g, m, s in zip(parameters, gradients, self.moments, self.squares, strict=True):
            m[...] = self.beta_1 * m + (1 - self.beta_1) * g
            s[...] = self.beta_2 * s + (1 - self.beta_2) * g**2
            p -= rate * m / (np.sqrt(s) + self.epsilon)
