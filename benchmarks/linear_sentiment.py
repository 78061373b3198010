"""The baselines of sentiment_transformer: two linear models of word n-grams, on the same words and the same splits.

    python -m benchmarks.linear_sentiment --split validation

NB-SVM (Wang and Manning 2012, "Baselines and Bigrams"): which words, pairs and triples of them a text has, each weighted by the
log of the ratio of its frequencies in positive and negative texts, and a linear support vector machine on top, whose weights are
drawn towards their mean. And pairs weighted by tf-idf with the same machine.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from apps import cli

SEPARATOR = "\t"  # between the words of a text, none of which has white space


class NBSVM(ClassifierMixin, BaseEstimator):
    """The classifier on top of counts, of which it takes no more than whether they are above 0.

    Args:
        smoothing: added to the number of texts of each class that have an n-gram; alpha in the paper.
        interpolation: share of the machine's own weights; the rest is the mean of their absolute values, by which the naive
            Bayes ratios alone decide; beta in the paper.
    """

    def __init__(self, smoothing: float = 1.0, interpolation: float = 0.25) -> None:
        self.smoothing, self.interpolation = smoothing, interpolation

    def fit(self, counts: csr_matrix, labels: np.ndarray) -> "NBSVM":
        """counts [n, n-grams] and labels [n] of 0 and 1."""
        there = counts.sign().astype(np.float64)
        positive, negative = (self.smoothing + np.asarray(there[labels == y].sum(axis=0)).ravel() for y in (1, 0))
        self.ratio_ = np.log(positive / positive.sum()) - np.log(negative / negative.sum())
        machine = LinearSVC(max_iter=5000).fit(there.multiply(self.ratio_).tocsr(), labels)
        own = machine.coef_.ravel()
        self.weight_ = (1 - self.interpolation) * np.abs(own).mean() + self.interpolation * own
        self.bias_ = self.interpolation * float(machine.intercept_[0])
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, counts: csr_matrix) -> np.ndarray:
        """Above 0 for what it takes as positive, [n]."""
        return np.asarray(counts.sign() @ (self.ratio_ * self.weight_)).ravel() + self.bias_

    def predict(self, counts: csr_matrix) -> np.ndarray:
        """The class of each row, 0 or 1."""
        return (self.decision_function(counts) > 0).astype(int)


def models(least: int = 2) -> dict[str, Pipeline]:
    """By name, each fitted and asked with texts of words joined by SEPARATOR; `least`: texts that an n-gram must be in."""

    def counting(vectoriser: Callable[..., Any], longest: int, **more: Any) -> Any:
        return vectoriser(analyzer=_Grams(longest), min_df=least, **more)

    return {
        "NB-SVM, up to 3 words": make_pipeline(counting(CountVectorizer, 3), NBSVM()),
        "tf-idf, up to 2 words, SVM": make_pipeline(counting(TfidfVectorizer, 2, sublinear_tf=True), LinearSVC()),
    }


class _Grams:
    """The n-grams of a text of words joined by SEPARATOR, up to so many words."""

    def __init__(self, longest: int) -> None:
        self.longest = longest

    def __call__(self, text: str) -> list[str]:
        words = text.split(SEPARATOR) if text else []
        return [SEPARATOR.join(words[i : i + n]) for n in range(1, self.longest + 1) for i in range(len(words) - n + 1)]


def main(argv: list[str] | None = None) -> int:
    """Prints a row for each model."""
    parser = cli.Parser(
        prog="python -m benchmarks.linear_sentiment", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cli.add_split_flag(parser)
    arguments = parser.parse_args(argv)
    cli.import_tensorflow_quietly()
    from zoo.data import imdb, reviews

    data = imdb.load(real=True)

    def joined(split: str) -> tuple[list[str], np.ndarray]:
        texts, labels = data.split(split)
        return [SEPARATOR.join(word.decode("utf-8") for word in words) for words in reviews.words(texts)], labels

    (texts, labels), (held_out, truth) = joined("train"), joined(arguments.split)
    print(f"accuracy on {len(truth):,} reviews of the {arguments.split} split, learned from {len(labels):,}")
    for name, model in models().items():
        start = time.monotonic()
        accuracy = float((model.fit(texts, labels).predict(held_out) == truth).mean())
        features = len(model[0].vocabulary_)
        print(f"{100 * accuracy:.2f} %  {name}: {features:,} n-grams, {time.monotonic() - start:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
