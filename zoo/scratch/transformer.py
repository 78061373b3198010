"""A pre-norm transformer block, forwards and backwards: attention between the words, then a small network for each word.

x = x + attention(norm(x)), then x = x + feed_forward(norm(x)) (Vaswani et al. 2017; norms before, not after: Xiong et al. 2020).
"""

import numpy as np
from scipy.special import erf

from zoo.scratch.attention import SelfAttention, self_attention
from zoo.scratch.network import Composite, Dense


def gelu(z: np.ndarray) -> np.ndarray:
    """z Phi(z), with Phi the normal distribution function: a ReLU with a rounded corner (Hendrycks and Gimpel 2016)."""
    return z * 0.5 * (1 + erf(z / np.sqrt(2)))


def gelu_slope(z: np.ndarray) -> np.ndarray:
    """Phi(z) + z phi(z), with phi the normal density."""
    return 0.5 * (1 + erf(z / np.sqrt(2))) + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


class LayerNorm:
    """gamma (x - mean) / sqrt(variance + e) + beta, over the numbers of each vector by itself (Ba, Kiros and Hinton 2016).

    Args:
        width: of the vectors. gamma begins at 1, beta at 0.
        epsilon: e.
    """

    def __init__(self, width: int, epsilon: float = 1e-5) -> None:
        self.parameters = [np.ones(width), np.zeros(width)]
        self.gradients = [np.zeros(width), np.zeros(width)]
        self.epsilon = epsilon

    def forward(self, x: np.ndarray) -> np.ndarray:
        """[n, t, width] -> the same shape."""
        gamma, beta = self.parameters
        self.deviation = np.sqrt(x.var(axis=-1, keepdims=True) + self.epsilon)
        self.normal = (x - x.mean(axis=-1, keepdims=True)) / self.deviation
        return gamma * self.normal + beta

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The loss's gradient by the outputs [n, t, width] -> by the inputs; keeps those by gamma and beta.

        Shifting all numbers of an input, or stretching their deviations from the mean, does not change the output. So the parts
        of the gradient along these two directions are subtracted.
        """
        self.gradients = [(gradient * self.normal).sum(axis=(0, 1)), gradient.sum(axis=(0, 1))]
        by_normal = gradient * self.parameters[0]
        shift = by_normal.mean(axis=-1, keepdims=True)
        stretch = (by_normal * self.normal).mean(axis=-1, keepdims=True) * self.normal
        return (by_normal - shift - stretch) / self.deviation


class FeedForward(Composite):
    """gelu(x W1 + b1) W2 + b2 of each word's vector by itself.

    Args:
        first: the layer with W1 [width, hidden] and b1, without an activation.
        second: the layer with W2 [hidden, width] and b2, without an activation.
    """

    def __init__(self, first: Dense, second: Dense) -> None:
        super().__init__([first, second])
        self.first, self.second = first, second

    def forward(self, x: np.ndarray) -> np.ndarray:
        """[n, t, width] -> the same shape."""
        self.z = self.first.forward(x.reshape(-1, x.shape[-1]))
        return self.second.forward(gelu(self.z)).reshape(x.shape)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The loss's gradient by the outputs [n, t, width] -> by the inputs."""
        by_hidden = self.second.backward(gradient.reshape(-1, gradient.shape[-1]))
        return self.first.backward(by_hidden * gelu_slope(self.z)).reshape(gradient.shape)


class Block(Composite):
    """A block of the residual stream x: attention of norm(x) is added to it, then the feed-forward layer of norm(x).

    Args:
        attention: of the words.
        feed_forward: of each word.
        residual: whether x is kept and added to; if not, it is replaced.
        normalise: whether there are norms.
    """

    def __init__(
        self, attention: SelfAttention, feed_forward: FeedForward, residual: bool = True, normalise: bool = True
    ) -> None:
        width = attention.parameters[-1].shape[0]
        self.pairs: list[tuple[LayerNorm | None, SelfAttention | FeedForward]] = [
            (LayerNorm(width) if normalise else None, part) for part in (attention, feed_forward)
        ]
        super().__init__([part for pair in self.pairs for part in pair if part])
        self.residual = residual

    def forward(self, x: np.ndarray) -> np.ndarray:
        """[n, t, width] -> the same shape."""
        for norm, part in self.pairs:
            y = part.forward(norm.forward(x) if norm else x)
            x = x + y if self.residual else y
        return x

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The loss's gradient by the outputs [n, t, width] -> by the inputs: with a residual, the gradient by the outputs and
        those of the parts are added.
        """
        for norm, part in reversed(self.pairs):
            by_x = part.backward(gradient)
            by_x = norm.backward(by_x) if norm else by_x
            gradient = gradient + by_x if self.residual else by_x
        return gradient


def block(width: int, heads: int, hidden: int, seed: int, residual: bool = True, normalise: bool = True) -> Block:
    """A block with weights of variance 1 / inputs (LeCun et al. 1998) and biases of 0."""
    random = np.random.default_rng([seed, 1])  # other numbers than the attention's
    first = Dense(random.normal(0, width**-0.5, (width, hidden)), np.zeros(hidden))
    second = Dense(random.normal(0, hidden**-0.5, (hidden, width)), np.zeros(width))
    return Block(self_attention(width, heads, seed), FeedForward(first, second), residual, normalise)
