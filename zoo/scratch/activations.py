"""Activation functions, which turn the weighted sum z of a unit into its output, and their slopes.

Each `NAME_slope` gives the derivative by z. It takes the activation a = f(z), which is enough to compute it: z is not needed.
"""

import numpy as np


def identity(z: np.ndarray) -> np.ndarray:
    """a = z: no activation at all, as in an output unit that may be any number."""
    return z


def identity_slope(a: np.ndarray) -> np.ndarray:
    """da/dz = 1."""
    return np.ones_like(a)


def sigmoid(z: np.ndarray) -> np.ndarray:
    """a = 1 / (1 + exp(-z)), between 0 and 1."""
    return 0.5 * (1 + np.tanh(z / 2))  # the same value, and no overflow of exp for any z


def sigmoid_slope(a: np.ndarray) -> np.ndarray:
    """da/dz = a (1 - a), at most 1/4."""
    return a * (1 - a)


def tanh(z: np.ndarray) -> np.ndarray:
    """a = tanh(z), between -1 and 1."""
    return np.tanh(z)


def tanh_slope(a: np.ndarray) -> np.ndarray:
    """da/dz = 1 - a squared, at most 1."""
    return 1 - a**2


def relu(z: np.ndarray) -> np.ndarray:
    """a = max(0, z)."""
    return np.maximum(z, 0)


def relu_slope(a: np.ndarray) -> np.ndarray:
    """da/dz = 1 where the unit is active, else 0."""
    return (a > 0).astype(a.dtype)


def softmax(z: np.ndarray) -> np.ndarray:
    """exp(z) / sum of exp(z) along the last axis: positive numbers that add up to 1."""
    shifted = np.exp(z - z.max(axis=-1, keepdims=True))  # the same ratio, and no overflow
    return shifted / shifted.sum(axis=-1, keepdims=True)


ACTIVATIONS = {
    "identity": (identity, identity_slope),
    "sigmoid": (sigmoid, sigmoid_slope),
    "tanh": (tanh, tanh_slope),
    "relu": (relu, relu_slope),
}
