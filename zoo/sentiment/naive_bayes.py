"""NB-SVM (Wang and Manning 2012, "Baselines and Bigrams"): a linear classifier of texts that is hard to beat.

The inputs are the words, pairs and triples of words that a text has. Each is scaled by a log-ratio: the logarithm of its
frequency in the texts of one class, divided by that in the other texts. A linear support vector machine is fitted to these, and
its weights are interpolated with the mean of their absolute values.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from zoo.core.calibration import calibrate
from zoo.core.errors import UserError
from zoo.text import words
from zoo.text.ngrams import LONGEST, PRIME, evidence_at_words, hashed, ngrams, sum_weights

# Texts that must have an n-gram before it gets a weight. The weight of an n-gram of one text could only memorise that text.
LEAST = 2
FOLDS = 5
# N-grams that may be known, at 6 bytes each: enough for all 970,890 that two of IMDB's training texts have, and few enough for a
# published model, which may have 25 MB (zoo.core.export.MAX_MEGABYTES).
MOST_NGRAMS = 1_000_000


def log_ratios(present: csr_matrix, chosen: np.ndarray, smoothing: float = 1.0) -> np.ndarray:
    """The log-ratio of each n-gram, [n-grams]: the logarithm of its frequency in the chosen texts divided by that in the others.

    Args:
        present: 1 for each n-gram that a text has, else 0, [n, n-grams].
        chosen: which texts are chosen, bool [n].
        smoothing: added to the number of texts that have an n-gram, chosen or not; alpha in the paper.
    """
    inside, outside = (smoothing + np.asarray(present[which].sum(axis=0)).ravel() for which in (chosen, ~chosen))
    return np.log(inside / inside.sum()) - np.log(outside / outside.sum())


class NBSVM(ClassifierMixin, BaseEstimator):
    """NB-SVM for two classes, as an estimator of scikit-learn's. Of the counts of n-grams it uses only whether they are above 0.

    Args:
        smoothing: added to the number of texts of each class that have an n-gram; alpha in the paper.
        interpolation: the share of the machine's own weights, beta in the paper. The rest is the mean of their absolute values;
            with a share of 0 the log-ratios alone decide.
    """

    def __init__(self, smoothing: float = 1.0, interpolation: float = 0.25) -> None:
        self.smoothing, self.interpolation = smoothing, interpolation

    def fit(self, counts: csr_matrix, labels: np.ndarray) -> "NBSVM":
        """Fits the weights to counts [n, n-grams] and labels [n] of 0 and 1."""
        present = counts.sign().astype(np.float64)
        self.ratio_ = log_ratios(present, labels == 1, self.smoothing)
        machine = LinearSVC(max_iter=5000).fit(present.multiply(self.ratio_).tocsr(), labels)
        own = machine.coef_.ravel()
        self.coef_ = self.ratio_ * ((1 - self.interpolation) * np.abs(own).mean() + self.interpolation * own)
        self.bias_ = self.interpolation * float(machine.intercept_[0])
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, counts: csr_matrix) -> np.ndarray:
        """The score of each row, [n]: above 0 for class 1."""
        return np.asarray(counts.sign() @ self.coef_).ravel() + self.bias_

    def predict(self, counts: csr_matrix) -> np.ndarray:
        """The class of each row, 0 or 1."""
        return (self.decision_function(counts) > 0).astype(int)


def learn_ngrams(texts: Sequence[bytes], most: int) -> np.ndarray:
    """The n-grams that at least LEAST of the texts have; where these are more than `most`, the most common of them.

    Returns:
        Their hashes in ascending order, int32 [known], for zoo.text.ngrams.ngrams.

    Raises:
        UserError: the texts have no n-gram in common.
    """
    parts = []
    for part in words.split_in_parts(texts):
        found = hashed(part)
        parts.append((sorted_unique(found.text.numpy() * PRIME + found.number.numpy()) % PRIME).astype(np.int32))
    hashes, counts = np.unique(np.concatenate(parts), return_counts=True)
    known = hashes[counts >= LEAST]
    if not len(known):
        raise UserError(f"no word is in {LEAST} of the training texts, so nothing can be learned from them: give more texts")
    return np.sort(known[np.argsort(-counts[counts >= LEAST], kind="stable")[:most]])


def ngram_presence(texts: Sequence[bytes], known: np.ndarray) -> csr_matrix:
    """Which of the known n-grams (`learn_ngrams`) each text has: a sparse matrix of 1 and 0, float32 [n, known]."""
    indices, sizes = [], [np.zeros(1, np.int64)]
    for part in words.split_in_parts(texts):
        found = ngrams(part, known)
        keys = sorted_unique(found.text.numpy() * len(known) + found.number.numpy())
        indices.append((keys % len(known)).astype(np.int32))
        sizes.append(np.bincount(keys // len(known), minlength=part.shape[0]))
    of_all = np.concatenate(indices)
    ends = np.cumsum(np.concatenate(sizes))
    return csr_matrix((np.ones(len(of_all), np.float32), of_all, ends), shape=(len(texts), len(known)))


def sorted_unique(keys: np.ndarray) -> np.ndarray:
    """The different keys in ascending order; all are 0 or more.

    np.unique builds a hash table for so many keys, which takes ten times as long.
    """
    ordered = np.sort(keys)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def ngram_weights(texts: csr_matrix, labels: np.ndarray, classes: int) -> np.ndarray:
    """The weight of each known n-gram for class 1 of two, or for each of more classes against all others.

    Args:
        texts: from `ngram_presence`, [n, known].
        labels: class numbers, [n].
        classes: their number.

    Returns:
        float16 [known, outputs]: the logits of a text are the sums of its n-grams' weights, plus a bias. There is one output for
        two classes, else one for each class. An n-gram that fewer than LEAST of these texts have gets the weight 0.
    """
    positive = [1] if classes == 2 else range(classes)
    weights = np.zeros((texts.shape[1], len(positive)), np.float16)
    often = texts.getnnz(0) >= LEAST
    if often.any():
        weights[often] = np.stack([NBSVM().fit(texts[:, often], (labels == y).astype(int)).coef_ for y in positive], 1)
    return weights


@dataclass(frozen=True)
class Evidence:
    """The evidence that n-grams give by themselves, which the network takes as an input.

    Args:
        known: the hashes of the known n-grams, int32 [known]; see `learn_ngrams`.
        weights: the weight of each, float16 [known, outputs].
        scale: float32 [LONGEST + 1]. The first LONGEST numbers are the factors of the weights of n-grams of one word, of two, and
            so on: with them each input of the network has a standard deviation of about 1. The last number is the factor of the
            sums over a text: with it the sums are calibrated logits.
    """

    known: np.ndarray
    weights: np.ndarray
    scale: np.ndarray

    def at_words(self, texts: Sequence[bytes]) -> np.ndarray:
        """The evidence at each word of all texts, float16 [words, LONGEST + 1, outputs]; see `evidence_at_words`."""
        return _scaled(_unscaled(texts, self.known, self.weights)[0], self.scale)


class FittedEvidence(NamedTuple):
    """The evidence that was fitted to labelled texts, and its values for these texts themselves.

    Args:
        evidence: the evidence for other texts.
        word_evidence: that at the words of these texts, shaped as `Evidence.at_words` gives it.
        logits: the logits of these texts without a bias, [n, outputs].
    """

    evidence: Evidence
    word_evidence: np.ndarray
    logits: np.ndarray

    def weighted(self, weight: float) -> "FittedEvidence":
        """The same with logits that are multiplied by `weight`."""
        by = np.append(np.ones(LONGEST), weight).astype(np.float32)
        evidence = replace(self.evidence, scale=self.evidence.scale * by)
        return FittedEvidence(evidence, _scaled(self.word_evidence, by), self.logits * weight)


def learn(texts: Sequence[bytes], labels: np.ndarray, targets: np.ndarray, seed: int, most: int = MOST_NGRAMS) -> FittedEvidence:
    """Fits the weights of n-grams to labelled texts.

    Args:
        texts: n texts, at least 2 of each class.
        labels: their class numbers, [n].
        targets: the same as probabilities, [n, outputs].
        seed: decides which text is in which fold.
        most: the largest number of n-grams.

    The evidence at the words of a text comes from weights that were fitted to the other folds: on the texts that they were fitted
    to, the weights are overconfident. Raises UserError where the texts have no n-gram in common.
    """
    known = learn_ngrams(texts, most)
    classes = max(2, targets.shape[1])
    present = ngram_presence(texts, known)
    folds = min(FOLDS, int(np.bincount(labels, minlength=classes).min()))
    fold = np.zeros(len(texts), np.int64)
    tables = []
    for i, (rest, chosen) in enumerate(StratifiedKFold(folds, shuffle=True, random_state=seed % 2**32).split(labels, labels)):
        fold[chosen] = i
        tables.append(ngram_weights(present[rest], labels[rest], classes))
    return _fitted(known, ngram_weights(present, labels, classes), targets, _unscaled(texts, known, np.concatenate(tables), fold))


def rescale(evidence: Evidence, texts: Sequence[bytes], targets: np.ndarray) -> FittedEvidence:
    """Evidence with the n-grams and weights of an earlier one, `evidence`: only the scale is fitted to these texts."""
    known, weights = evidence.known, evidence.weights
    return _fitted(known, weights, targets, _unscaled(texts, known, weights))


def _fitted(
    known: np.ndarray, weights: np.ndarray, targets: np.ndarray, unscaled: tuple[np.ndarray, np.ndarray]
) -> FittedEvidence:
    at, text = unscaled
    sums = np.zeros(targets.shape)
    np.add.at(sums, text, at[:, LONGEST])
    of_sums, _ = calibrate(sums, targets)
    deviation = at[:, :LONGEST].std(axis=(0, 2))
    scale = np.append(1 / np.where(deviation > 0, deviation, 1), of_sums).astype(np.float32)
    return FittedEvidence(Evidence(known, weights, scale), _scaled(at, scale), of_sums * sums)


def _scaled(at: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return (at * scale[:, None]).astype(np.float16)


def _unscaled(
    texts: Sequence[bytes], known: np.ndarray, tables: np.ndarray, fold: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The evidence at each word before it is scaled, float32 [words, LONGEST + 1, outputs], and the number of each word's text.

    Args:
        texts: n texts.
        known: the hashes of the known n-grams.
        tables: their weights, float16 [known, outputs]; with `fold` the weights of all folds, one after the other.
        fold: for each text the fold whose weights count for it, [n].
    """
    of_all, hashes = tf.constant(tables), tf.constant(known)
    at, text, first = [], [], 0
    for tokens in words.split_in_parts(texts):
        found = ngrams(tokens, hashes)
        if fold is not None:
            found = found._replace(number=found.number + tf.gather(fold * len(known), first + found.text))
        _, parts = sum_weights(found, of_all, tokens.nrows())
        at.append(evidence_at_words(found, of_all, parts, tf.size(tokens.flat_values, tf.int64)).numpy())
        text.append(first + tokens.value_rowids().numpy())
        first += tokens.shape[0]
    return np.concatenate(at), np.concatenate(text)
