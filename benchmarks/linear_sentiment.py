"""The baselines of sentiment_transformer: two linear models of word n-grams, on the same words and the same splits.

    python -m benchmarks.linear_sentiment --split validation

One is NB-SVM (zoo.sentiment.naive_bayes) on n-grams of one to three words, stored as words and not as hashes. The other is a
linear support vector machine on tf-idf of words and pairs.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from apps import cli

SEPARATOR = "\t"  # between the words of a text, none of which has white space


def models(least: int = 2) -> dict[str, Pipeline]:
    """By name, each fitted and asked with texts of words joined by SEPARATOR; `least`: texts that an n-gram must be in."""
    from zoo.sentiment.naive_bayes import NBSVM  # here, since it imports TensorFlow

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


def compare(arguments: argparse.Namespace) -> None:
    """Prints a row for each model."""
    from zoo.sentiment import imdb
    from zoo.text.encoded import words

    data = imdb.load(real=True)

    def joined(split: str) -> tuple[list[str], np.ndarray]:
        texts, labels = data.split(split)
        return [SEPARATOR.join(word.decode("utf-8") for word in of_text) for of_text in words(texts)], labels

    (texts, labels), (held_out, truth) = joined("train"), joined(arguments.split)
    print(f"accuracy on {len(truth):,} reviews of the {arguments.split} split, learned from {len(labels):,}")
    for name, model in models().items():
        start = time.monotonic()
        accuracy = float((model.fit(texts, labels).predict(held_out) == truth).mean())
        features = len(model[0].vocabulary_)
        print(f"{100 * accuracy:.2f} %  {name}: {features:,} n-grams, {time.monotonic() - start:.0f} s", flush=True)


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.linear_sentiment", description=__doc__)
    cli.add_split_flag(parser)
    parser.set_defaults(run=compare, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
