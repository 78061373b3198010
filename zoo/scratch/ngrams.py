"""Next-word prediction by counting: how often did each word follow these words (Shannon 1948)?"""

from collections import Counter
from collections.abc import Sequence

import numpy as np


class NGram:
    """The probability of a word after the size - 1 words before it, from counts: size 1 unigram, 2 bigram, 3 trigram.

    Most contexts were seen a few times or never, so their counts are mixed with the probabilities of the context shorter by one
    word:

        p(w | context) = (count(context, w) + strength p(w | shorter context)) / (count(context) + strength)

    (MacKay and Peto 1995). Below the unigram all words are equally probable.

    Args:
        size: words that are counted together.
        words: the size of the vocabulary.
        strength: how many sightings the shorter context is worth, above 0.
    """

    def __init__(self, size: int, words: int, strength: float) -> None:
        self.size, self.words, self.strength = size, words, strength
        self.counts: dict[tuple[int, ...], Counter[int]] = {}

    def fit(self, contexts: np.ndarray, following: np.ndarray) -> "NGram":
        """Counts the words of a text.

        Args:
            contexts: the words before, [n, size - 1 or more]; the last size - 1 of them are looked at.
            following: the word after each context, [n].
        """
        for context, word in zip(contexts.tolist(), following.tolist(), strict=True):
            for length in range(self.size):
                self.counts.setdefault(tuple(context[len(context) - length :]), Counter())[word] += 1
        return self

    def probability(self, context: Sequence[int], word: int) -> float:
        """The probability of a word after the context; only its last size - 1 words count."""
        p = 1 / self.words
        for length in range(self.size):
            seen = self.counts.get(tuple(context[len(context) - length :]))
            if seen is None:
                return p  # the longer contexts were not seen either
            p = (seen[word] + self.strength * p) / (seen.total() + self.strength)
        return p

    def probabilities(self, context: Sequence[int]) -> np.ndarray:
        """The probability of every word after the context, [words]."""
        return np.array([self.probability(context, word) for word in range(self.words)])

    def nats(self, contexts: np.ndarray, following: np.ndarray) -> float:
        """The mean surprise -log p(word | context), from contexts [n, size - 1 or more] and following [n]."""
        pairs = zip(contexts.tolist(), following.tolist(), strict=True)
        return float(-np.mean([np.log(self.probability(context, word)) for context, word in pairs]))
