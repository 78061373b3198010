"""Measures whether the words that `explain` weights most really decide the prediction.

    python -m benchmarks.deletion --split validation

It removes a tenth of the words of each review, once those with the largest weights and once random ones, and measures how much
the probability of the predicted class falls. It also counts the sentences of opinion_words.tsv, beside this file, in which the
words with the largest weights are those that a reader has marked as the opinion.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from apps import cli

REVIEWS = 200
SHARE = 0.1
SENTENCES = Path(__file__).with_name("opinion_words.tsv")  # marked before any model explained them
STRONGEST = 2  # words of a sentence that are compared; fewer if fewer are marked


class Sentence(NamedTuple):
    """A sentence and its words that express an opinion."""

    text: str
    opinion: frozenset[str]


def sentences() -> list[Sentence]:
    """The sentences of the file SENTENCES."""
    rows = [line.split("\t") for line in SENTENCES.read_text(encoding="utf-8").splitlines()[1:]]
    return [Sentence(text, frozenset(words.split())) for text, words in rows]


def named(model: Any, marked: Sequence[Sentence]) -> np.ndarray:
    """Whether the words with the largest weights of each sentence, of either sign, are all marked: bool [n]."""
    found = []
    for tokens, sentence in zip(model.explain([each.text for each in marked]), marked, strict=True):
        strongest = sorted(tokens, key=lambda pair: -abs(pair[1]))[: min(STRONGEST, len(sentence.opinion))]
        found.append(all(word in sentence.opinion for word, _ in strongest))
    return np.array(found)


def drops(model: Any, texts: Sequence[bytes], random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The fall of the probability of each text's class without its deciding words, and without random words, [n] each."""
    explained = model.explain(texts)
    variants = []
    for tokens in explained:
        words, weights = [token for token, _ in tokens], np.array([weight for _, weight in tokens])
        gone = max(1, round(SHARE * len(words)))
        order = np.argsort(weights)
        choices = order[:0], order[-gone:], order[:gone], random.permutation(len(words))[:gone]
        variants += [" ".join(word for i, word in enumerate(words) if i not in set(chosen)) for chosen in choices]
    whole, without_praise, without_blame, without_any = model.predict(variants).reshape(-1, 4).T
    positive = whole >= 0.5
    deciding = np.where(positive, whole - without_praise, without_blame - whole)
    return deciding, np.where(positive, whole - without_any, without_any - whole)


def measure(arguments: argparse.Namespace) -> None:
    """Prints both means, and the share of sentences."""
    import zoo
    from zoo.sentiment import imdb

    texts = imdb.load(real=True).split(arguments.split)[0][:REVIEWS]
    model = zoo.load("sentiment_transformer")
    deciding, at_random = drops(model, texts, np.random.default_rng(0))
    print(f"mean fall of the probability over {len(texts)} reviews of the {arguments.split} split, {SHARE:.0%} of the words gone")
    print(f"{deciding.mean():.4f}  those that decided")
    print(f"{at_random.mean():.4f}  random ones")
    marked = named(model, sentences())
    print(f"{marked.mean():.4f}  of {len(marked)} sentences have their opinion words as those with the largest weights")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.deletion", description=__doc__)
    cli.add_split_flag(parser)
    parser.set_defaults(run=measure, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
