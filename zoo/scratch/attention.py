"""Self-attention with several heads, forwards and backwards, and the encoding of positions (Vaswani et al. 2017)."""

import numpy as np

from zoo.scratch.activations import softmax


def positions(length: int, width: int) -> np.ndarray:
    """The encoding of each position as waves from fast to slow, [length, width]. Without it attention does not know the order of
    words.

    Column 2 i is sin(position / 10000^(2 i / width)), column 2 i + 1 the cosine of the same (Vaswani et al. 2017).
    """
    place = np.arange(length)[:, np.newaxis]
    angle = place / 10_000 ** (np.arange(0, width, 2) / width)
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1).reshape(length, -1)[:, :width]


class SelfAttention:
    """Self-attention: each word gets a weighted mean of the values of all words, with weights that depend on how well they match.

    In each head, with x the words' vectors:

        Q = x W_Q + b_Q, K = x W_K + b_K, V = x W_V + b_V
        A = softmax(Q K^T / sqrt(each))         how much each word (row) looks at each
        output = A V W_O, summed over the heads, + b_O

    Args:
        query: W_Q, [heads, width, each]; the names of the parts of `parameters` are PARTS.
        key: W_K, [heads, width, each].
        value: W_V, [heads, width, each].
        output: W_O, [heads, each, width].

    The biases begin at 0; those of query, key and value are [heads, 1, each], that of the output [width].
    """

    PARTS = ("W_Q", "b_Q", "W_K", "b_K", "W_V", "b_V", "W_O", "b_O")

    def __init__(self, query: np.ndarray, key: np.ndarray, value: np.ndarray, output: np.ndarray) -> None:
        heads, _, each = query.shape
        self.parameters: list[np.ndarray] = []
        for kernel in (query, key, value):
            self.parameters += [kernel, np.zeros((heads, 1, each))]
        self.parameters += [output, np.zeros(output.shape[-1])]
        self.gradients = [np.zeros_like(parameter) for parameter in self.parameters]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Words' vectors [n, t, width] -> [n, t, width]; keeps the weights A as `weights`, [n, heads, t, t]."""
        w_q, b_q, w_k, b_k, w_v, b_v, w_o, b_o = self.parameters
        self.x = x[:, np.newaxis]  # [n, 1, t, width]: the same for every head
        self.scale = w_q.shape[-1] ** -0.5
        self.query, self.key, self.value = self.x @ w_q + b_q, self.x @ w_k + b_k, self.x @ w_v + b_v  # [n, heads, t, each]
        self.weights = softmax(self.query @ _turned(self.key) * self.scale)
        self.mixed = self.weights @ self.value
        return (self.mixed @ w_o).sum(axis=1) + b_o

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The loss's gradient by the outputs [n, t, width] -> by the words' vectors; keeps those by the parameters."""
        w_q, _, w_k, _, w_v, _, w_o, _ = self.parameters
        by_output = gradient[:, np.newaxis]
        by_mixed = by_output @ _turned(w_o)
        by_weights = by_mixed @ _turned(self.value)
        # The gradient of a softmax: that by each weight, less the mean of these weighted by A, times the weight.
        by_scores = self.weights * (by_weights - (by_weights * self.weights).sum(axis=-1, keepdims=True)) * self.scale
        by_query, by_key, by_value = by_scores @ self.key, _turned(by_scores) @ self.query, _turned(self.weights) @ by_mixed
        self.gradients = []
        by_x = np.zeros_like(gradient)
        for kernel, by_part in ((w_q, by_query), (w_k, by_key), (w_v, by_value)):
            self.gradients += [(_turned(self.x) @ by_part).sum(axis=0), by_part.sum(axis=(0, 2))[:, np.newaxis]]
            by_x += (by_part @ _turned(kernel)).sum(axis=1)
        self.gradients += [(_turned(self.mixed) @ by_output).sum(axis=0), gradient.sum(axis=(0, 1))]
        return by_x


def _turned(matrices: np.ndarray) -> np.ndarray:
    return matrices.swapaxes(-1, -2)


def self_attention(width: int, heads: int, seed: int) -> SelfAttention:
    """Attention whose heads are width / heads wide; the weights are drawn with variance 1 / inputs (LeCun et al. 1998)."""
    random = np.random.default_rng(seed)
    each = width // heads
    query, key, value = random.normal(0, width**-0.5, (3, heads, width, each))
    return SelfAttention(query, key, value, random.normal(0, width**-0.5, (heads, each, width)))
