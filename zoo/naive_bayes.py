"""NB-SVM (Wang and Manning 2012, "Baselines and Bigrams"): a linear classifier of texts that is hard to beat.

Of the words, pairs and triples of words that a text has, each is weighted by the log of the ratio of its frequencies in texts of
one class and in the others; on top comes a linear support vector machine, whose weights are drawn towards their mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from zoo.calibration import calibrate
from zoo.models import words
from zoo.models.ngrams import LONGEST, at_words, ngrams, weigh

FOLDS = 5


class NBSVM(ClassifierMixin, BaseEstimator):
    """The classifier of two classes on top of counts, of which it takes no more than whether they are above 0.

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
        self.coef_ = self.ratio_ * ((1 - self.interpolation) * np.abs(own).mean() + self.interpolation * own)
        self.bias_ = self.interpolation * float(machine.intercept_[0])
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, counts: csr_matrix) -> np.ndarray:
        """Above 0 for what it takes as of class 1, [n]."""
        return np.asarray(counts.sign() @ self.coef_).ravel() + self.bias_

    def predict(self, counts: csr_matrix) -> np.ndarray:
        """The class of each row, 0 or 1."""
        return (self.decision_function(counts) > 0).astype(int)


def which(texts: Sequence[bytes], buckets: int) -> csr_matrix:
    """Which buckets of n-grams (zoo.models.ngrams) each text has: 1 or 0, float32 [n, buckets]."""
    indices, sizes = [], [np.zeros(1, np.int64)]
    for part in words.split_in_parts(texts):
        found = ngrams(part, buckets)
        keys = np.unique(found.text.numpy() * buckets + found.bucket.numpy())
        indices.append((keys % buckets).astype(np.int32))
        sizes.append(np.bincount(keys // buckets, minlength=part.shape[0]))
    of_all = np.concatenate(indices)
    ends = np.cumsum(np.concatenate(sizes))
    return csr_matrix((np.ones(len(of_all), np.float32), of_all, ends), shape=(len(texts), buckets))


def table(texts: csr_matrix, labels: np.ndarray, classes: int) -> np.ndarray:
    """What each bucket says for class 1 of two, or for each of more classes against the others.

    Args:
        texts: from `which`, [n, buckets].
        labels: class numbers, [n].
        classes: their number.

    Returns:
        float16 [buckets, outputs]: a text's logits are the sum of its buckets' weights, and a bias. There is 1 output for two
        classes, else one for each.
    """
    fitted = [NBSVM().fit(texts, (labels == y).astype(int)) for y in ([1] if classes == 2 else range(classes))]
    return np.stack([each.coef_ for each in fitted], 1).astype(np.float16)


@dataclass(frozen=True)
class Evidence:
    """What n-grams say by themselves, as a network is to hear it.

    Args:
        table: what each bucket says, float16 [buckets, outputs].
        scale: of what n-grams of one word say, of two, ..., and of their sums, float32 [LONGEST + 1]: the former then deviate by
            about 1, the latter are logits.
    """

    table: np.ndarray
    scale: np.ndarray

    def at_words(self, texts: Sequence[bytes]) -> np.ndarray:
        """What is heard at each word of all texts, float16 [words, LONGEST + 1, outputs]; see zoo.models.ngrams.at_words."""
        return _scaled(_unscaled(texts, self.table), self.scale)


class Learned(NamedTuple):
    """What comes of labelled texts.

    Args:
        evidence: for other texts.
        heard: what is heard at the words of these ones, as Evidence.at_words gives it.
        bias: of the logits, float32 [outputs].
    """

    evidence: Evidence
    heard: np.ndarray
    bias: np.ndarray


def learn(texts: Sequence[bytes], labels: np.ndarray, targets: np.ndarray, buckets: int, seed: int) -> Learned:
    """Learns from labelled texts what n-grams say.

    Args:
        texts: n texts, 2 of each class at least.
        labels: their class numbers, [n].
        targets: the same as probabilities, [n, outputs].
        buckets: into which n-grams fall.
        seed: of the folds.

    What is heard at the words of a text comes from a table that was learned without it, from the other folds: of the texts that
    it was learned from, a table is far too sure.
    """
    classes = max(2, targets.shape[1])
    there = which(texts, buckets)
    folds = min(FOLDS, int(np.bincount(labels, minlength=classes).min()))
    fold = np.zeros(len(texts), np.int64)
    tables = []
    for i, (rest, chosen) in enumerate(StratifiedKFold(folds, shuffle=True, random_state=seed % 2**32).split(labels, labels)):
        fold[chosen] = i
        tables.append(table(there[rest], labels[rest], classes))
    return _learned(table(there, labels, classes), targets, _unscaled(texts, np.concatenate(tables), fold))


def adapt(table: np.ndarray, texts: Sequence[bytes], targets: np.ndarray) -> Learned:
    """The same with a table that was learned from other texts: only the scales and the bias come from these."""
    return _learned(table, targets, _unscaled(texts, table))


def _learned(table: np.ndarray, targets: np.ndarray, unscaled: tuple[np.ndarray, np.ndarray]) -> Learned:
    at, text = unscaled
    sums = np.zeros(targets.shape)
    np.add.at(sums, text, at[:, LONGEST])
    of_sums, bias = calibrate(sums, targets)
    deviation = at[:, :LONGEST].std(axis=(0, 2))
    scale = np.append(1 / np.where(deviation > 0, deviation, 1), of_sums).astype(np.float32)
    return Learned(Evidence(table, scale), _scaled(unscaled, scale), bias)


def _scaled(unscaled: tuple[np.ndarray, np.ndarray], scale: np.ndarray) -> np.ndarray:
    return (unscaled[0] * scale[:, None]).astype(np.float16)


def _unscaled(texts: Sequence[bytes], tables: np.ndarray, fold: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """What the n-grams say at each word, float32, and the number of the word's text; by the text's own table of several."""
    buckets = len(tables) // (1 if fold is None else int(fold.max()) + 1)
    known = tf.constant(tables)
    at, text, first = [], [], 0
    for tokens in words.split_in_parts(texts):
        found = ngrams(tokens, buckets)
        if fold is not None:
            found = found._replace(bucket=found.bucket + tf.gather(fold * buckets, first + found.text))
        _, parts = weigh(found, known, tokens.nrows())
        at.append(at_words(found, known, parts, tf.size(tokens.flat_values, tf.int64)).numpy())
        text.append(first + tokens.value_rowids().numpy())
        first += tokens.shape[0]
    return np.concatenate(at), np.concatenate(text)
