"""Dropout by hand: training switches units off at random, so that no unit relies on another (Srivastava et al. 2014)."""

import numpy as np


class Dropout:
    """Inverted dropout: in training, a = x mask / (1 - rate) with a new random mask of 0 and 1; otherwise a = x.

    The division keeps the mean of every activation the same, so that nothing has to be scaled when the network is used.

    Args:
        rate: the probability that a unit is switched off, from 0 to below 1. Raises ValueError for any other.
        random: draws the masks.

    Attributes:
        training: whether units are switched off; False when the network is used.
        mask: the last one, [n, units], 1 where a unit is kept.
    """

    def __init__(self, rate: float, random: np.random.Generator) -> None:
        if not 0 <= rate < 1:
            raise ValueError(f"a dropout rate is from 0 to below 1, not {rate}")
        self.rate, self.random, self.training = rate, random, True
        self.mask = np.ones(0)
        self.parameters: list[np.ndarray] = []  # there is nothing to learn here
        self.gradients: list[np.ndarray] = []

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Activations [n, units] -> the same, with some of them 0 and the others larger."""
        self.mask = (self.random.random(x.shape) >= self.rate).astype(x.dtype) if self.training else np.ones_like(x)
        return x * self.mask * self._gain

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The loss's gradient by the outputs -> by the inputs [n, units]: 0 where a unit was switched off."""
        return gradient * self.mask * self._gain

    @property
    def _gain(self) -> float:
        return 1 / (1 - self.rate) if self.training else 1.0
