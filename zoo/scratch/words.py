"""Words as numbers: an index, a one-hot vector, a learned vector; and a network that guesses the next word."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from zoo.scratch.activations import softmax
from zoo.scratch.losses import softmax_cross_entropy
from zoo.scratch.network import Composite, dense_network

UNKNOWN = "<unknown>"  # stands for every word outside the vocabulary


class Vocabulary:
    """Words and their indices: 0 is UNKNOWN, then come the words by falling frequency, equally frequent ones in alphabetical
    order.

    Args:
        words: all words of a text, with repetitions.
        most: the size of the vocabulary with UNKNOWN; rarer words become UNKNOWN. None: every word gets an index.
    """

    def __init__(self, words: Iterable[str], most: int | None = None) -> None:
        counts = Counter(words)
        frequent = sorted(counts, key=lambda word: (-counts[word], word))
        self.words = [UNKNOWN, *frequent][:most]
        self.index = {word: index for index, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, words: Sequence[str]) -> np.ndarray:
        """Words -> their indices [t]."""
        return np.array([self.index.get(word, 0) for word in words], dtype=np.int64)

    def decode(self, indices: Iterable[int]) -> list[str]:
        """Indices -> their words."""
        return [self.words[index] for index in indices]


def one_hot(indices: np.ndarray, size: int) -> np.ndarray:
    """Indices [...] -> vectors [..., size] that are 1 at the index and 0 elsewhere: any two words are equally far apart."""
    return np.eye(size)[indices]


class Embedding:
    """Each word's vector is a row of a table, learned like any weight: one_hot(index) E = E[index], without the product.

    Args:
        table: E, [words, width].
    """

    def __init__(self, table: np.ndarray) -> None:
        self.parameters = [table]
        self.gradients = [np.zeros_like(table)]

    def forward(self, indices: np.ndarray) -> np.ndarray:
        """Indices [...] -> vectors [..., width]."""
        self.indices = indices
        return self.parameters[0][indices]

    def backward(self, gradient: np.ndarray) -> None:
        """Takes the loss's gradient by the vectors [..., width]: the gradient of a row is the sum over all places where its word
        occurs.
        """
        by_table = np.zeros_like(self.parameters[0])
        np.add.at(by_table, self.indices, gradient)
        self.gradients = [by_table]


class NextWord(Composite):
    """Guesses the next word from the words before it, whose vectors enter a network side by side (Bengio et al. 2003).

    Args:
        words: entries of the vocabulary.
        context: how many words before it the network sees.
        width: of a word's vector.
        hidden: tanh units.
        seed: of the first weights.
    """

    def __init__(self, words: int, context: int, width: int, hidden: int, seed: int) -> None:
        self.embedding = Embedding(np.random.default_rng(seed).normal(0, 1, (words, width)))
        self.network = dense_network((context * width, hidden, words), "tanh", seed + 1)
        super().__init__([self.embedding, self.network])

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The indices of the words before, [n, context] -> logits of the next one, [n, words]."""
        vectors = self.embedding.forward(x)
        self.shape = vectors.shape
        return self.network.forward(vectors.reshape(len(x), -1))

    def backward(self, gradient: np.ndarray) -> None:
        """Takes the loss's gradient by the logits [n, words]."""
        self.embedding.backward(self.network.backward(gradient).reshape(self.shape))

    def probabilities(self, context: Sequence[int]) -> np.ndarray:
        """The probability of every word after the context, [words]."""
        return softmax(self.forward(np.array([context])))[0]

    def nats(self, contexts: np.ndarray, following: np.ndarray) -> float:
        """The mean surprise -log p(word | context), from contexts [n, context] and following [n]."""
        return softmax_cross_entropy(following, self.forward(contexts))[0]
