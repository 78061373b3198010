"""The baseline of the networks that predict the next token: an n-gram with interpolated Witten-Bell smoothing.

P(w | h) = (c(h w) + T(h) P(w | h')) / (c(h) + T(h)): c counts, T(h) is the number of different tokens seen after h, and h' is h
without its first token. The unigrams are interpolated with the uniform distribution. After an unseen history it is P(w | h').
Source: Witten and Bell 1991; Chen and Goodman 1998, section 2.5.
"""

from collections.abc import Iterable, Sequence

import numpy as np


class NGram:
    """The model of one order: `order` - 1 tokens of history. Tokens are ids from 0 to vocabulary_size - 1."""

    def __init__(self, order: int, vocabulary_size: int):
        if order < 1 or vocabulary_size < 1 or vocabulary_size**order >= 2**63:
            raise ValueError(f"order {order} with {vocabulary_size} tokens: n-grams must fit 63 bits")
        self.order = order
        self.size = vocabulary_size
        # For k = 1 ... order: the k-grams, as rising numbers in base `size`, with their counts; and likewise their histories.
        self._grams: list[tuple[np.ndarray, np.ndarray]] = []
        self._histories: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def fit(self, sequences: Iterable[Sequence[int] | np.ndarray]) -> "NGram":
        """Counts the n-grams of sequences of token ids. The first token of a sequence is given, and is not counted itself."""
        tokens = [np.asarray(sequence, np.int64) for sequence in sequences]
        for k in range(1, self.order + 1):
            grams = np.concatenate([self._numbers(sequence, k) for sequence in tokens] or [np.zeros(0, np.int64)])
            grams, counts = np.unique(grams, return_counts=True)
            histories, first = np.unique(grams // self.size, return_index=True)
            total = np.add.reduceat(counts, first) if len(grams) else counts
            types = np.diff([*first, len(grams)])
            self._grams.append((grams, counts))
            self._histories.append((histories, total, types))
        return self

    def log_probability(self, sequence: Sequence[int] | np.ndarray) -> np.ndarray:
        """The natural logarithm of the probability of each token but the first, given those before it: float64 [t - 1]."""
        tokens = np.asarray(sequence, np.int64)
        probability = np.full(max(len(tokens) - 1, 0), 1 / self.size)
        for k in range(1, self.order + 1):
            grams = self._numbers(tokens, k)
            known, counts = self._grams[k - 1]
            histories, total, types = self._histories[k - 1]
            c = _look_up(grams, known, counts)
            n, t = _look_up(grams // self.size, histories, total), _look_up(grams // self.size, histories, types)
            of_k = probability[len(probability) - len(grams) :]  # the first tokens have no k-gram
            of_k[n > 0] = ((c + t * of_k) / np.maximum(n + t, 1))[n > 0]
        return np.log(probability)

    def _numbers(self, tokens: np.ndarray, k: int) -> np.ndarray:
        """The k-grams that end at each token after the first and begin in the sequence, as numbers."""
        numbers = np.zeros(max(len(tokens) - k + 1, 0), np.int64)
        for i in range(k):
            numbers = numbers * self.size + tokens[i : i + len(numbers)]
        return numbers[1:] if k == 1 else numbers


def _look_up(keys: np.ndarray, known: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The value of each key that is among the `known` ones, which rise; 0 for the others."""
    if not len(known):
        return np.zeros(len(keys), np.int64)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[at] == keys, values[at], 0)
