"""Next-word prediction by counting: how often did each word follow these words (Shannon 1948)?"""

from collections import Counter
from collections.abc import Sequence

import numpy as np


class NGram:
    """The probability of a word after the size - 1 words before it, from counts: size 1 unigram, 2 bigram, 3 trigram.

    Most contexts were seen a few times or never, so what they say is mixed with what the context shorter by one word says:

        p(w | context) = (count(context, w) + strength p(w | shorter context)) / (count(context) + strength)

    (MacKay and Peto 1995). Below the unigram all words are equally probable.

    Args:
        size: words that are counted together.
        words: entries of the vocabulary.
        strength: how many sightings what the shorter context says is worth, above 0.
    """

    def __init__(self, size: int, words: int, strength: float) -> None:
        self.size, self.words, self.strength = size, words, strength
        self.counts: dict[tuple[int, ...], Counter[int]] = {}

    def fit(self, contexts: np.ndarray, following: np.ndarray) -> "NGram":
        """Counts.

        Args:
            contexts: the words before, [n, size - 1 or more]; the last size - 1 of them are looked at.
            following: the word after them, [n].
        """
        for context, word in zip(contexts.tolist(), following.tolist(), strict=True):
            for length in range(self.size):
                self.counts.setdefault(tuple(context[len(context) - length :]), Counter())[word] += 1
        return self

    def probability(self, context: Sequence[int], word: int) -> float:
        """Of a word after the context, of which the last size - 1 words are looked at."""
        p = 1 / self.words
        for length in range(self.size):
            seen = self.counts.get(tuple(context[len(context) - length :]))
            if seen is None:
                return p  # no longer context was seen, either
            p = (seen[word] + self.strength * p) / (seen.total() + self.strength)
        return p

    def probabilities(self, context: Sequence[int]) -> np.ndarray:
        """Of every word after the context, [words]."""
        return np.array([self.probability(context, word) for word in range(self.words)])

    def nats(self, contexts: np.ndarray, following: np.ndarray) -> float:
        """The mean surprise -log p(word | context), from contexts [n, size - 1 or more] and following [n]."""
        pairs = zip(contexts.tolist(), following.tolist(), strict=True)
        return float(-np.mean([np.log(self.probability(context, word)) for context, word in pairs]))
