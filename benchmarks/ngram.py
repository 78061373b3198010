"""The baseline of folk_lstm: an n-gram with interpolated Witten-Bell smoothing over the same tokens and the same split.

    python -m benchmarks.ngram                  # nats per note on the validation split, orders 3 to 6
    python -m benchmarks.ngram --split test --order 5

P(w | h) = (c(h w) + T(h) P(w | h')) / (c(h) + T(h)), where c counts, T(h) is the number of different tokens seen after h, and h'
is h without its first token; below the unigrams stands the uniform distribution; a history never seen leaves P(w | h') (Witten
and Bell 1991; Chen and Goodman 1998, section 2.5).
"""

import argparse
import math
import sys
from collections.abc import Iterable, Sequence

import numpy as np

from apps import cli


class NGram:
    """The model of one order: `order` - 1 tokens of history. Tokens are ids from 0 to vocabulary_size - 1."""

    def __init__(self, order: int, vocabulary_size: int):
        if order < 1 or vocabulary_size < 1 or vocabulary_size**order >= 2**63:
            raise ValueError(f"order {order} with {vocabulary_size} tokens: n-grams must fit 63 bits")
        self.order = order
        self.size = vocabulary_size
        # For k = 1 ... order: the k-grams seen, as rising numbers in base `size`, and how often; and their histories.
        self._grams: list[tuple[np.ndarray, np.ndarray]] = []
        self._histories: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def fit(self, sequences: Iterable[Sequence[int] | np.ndarray]) -> "NGram":
        """Counts every token but the first of each sequence, which is given."""
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
        """Natural logarithm of the probability of each token after the first, given all before it: float64 [t - 1]."""
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
    """The value of each key among the `known` ones, which rise; 0 for others."""
    if not len(known):
        return np.zeros(len(keys), np.int64)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[at] == keys, values[at], 0)


def nats_per_note(model: NGram, sequences: Sequence[Sequence[int]], notes: int, controls: int) -> float:
    """Minus the log-probability of all tokens after the controls, so many, <end> among them, over the number of notes."""
    return -math.fsum(model.log_probability(sequence)[controls:].sum() for sequence in sequences) / notes


def measure(options: argparse.Namespace) -> None:
    """Prints a line for each order."""
    from zoo.data import folk
    from zoo.data.scores import encode, ranges, transposed
    from zoo.data.tune_books import VOCABULARY

    train = [
        transposed(melody.token, shift, VOCABULARY)
        for melody in encode(folk.load("train"), VOCABULARY, ranges([], VOCABULARY))
        for shift in (melody.shifts if options.transpose else [0])
    ]
    scores = folk.load(options.split)
    sequences, notes = [VOCABULARY.encode(score) for score in scores], sum(len(score.notes) for score in scores)
    print(f"{options.split}: {len(scores)} tunes, {notes} notes; training on {sum(map(len, train))} tokens", file=sys.stderr)
    for order in options.order:
        model = NGram(order, len(VOCABULARY)).fit(train)
        print(f"order {order}: {nats_per_note(model, sequences, notes, VOCABULARY.controls):.4f} nats per note", flush=True)


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(
        prog="python -m benchmarks.ngram",
        description="The n-gram baseline of folk_lstm: nats per note.",
        epilog=__doc__.split("\n\n")[1],
    )
    parser.add_argument("--split", choices=["validation", "test"], default="validation")
    parser.add_argument(
        "--order", type=cli.whole(1, 8), nargs="+", default=[3, 4, 5, 6], help="tokens in an n-gram (default: 3 4 5 6)"
    )
    parser.add_argument("--transpose", action="store_true", help="train on every tune in all keys that fit, too")
    parser.set_defaults(run=measure, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
