"""NB-SVM (Wang and Manning 2012, "Baselines and Bigrams"): a linear classifier of texts that is hard to beat.

Of the words, pairs and triples of words that a text has, each is weighted by the log of the ratio of its frequencies in texts of
one class and in the others; on top comes a linear support vector machine, whose weights are drawn towards their mean.
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

# Texts that an n-gram must be in to be known, and to say something: of one text only, it would teach nothing but that text.
LEAST = 2
FOLDS = 5
# N-grams that may be known, at 6 bytes each: enough for all 970,890 that two of IMDB's training texts have, and few enough for a
# published model, which may have 25 MB (zoo.core.export.MAX_MEGABYTES).
MOST_NGRAMS = 1_000_000


def log_ratios(present: csr_matrix, chosen: np.ndarray, smoothing: float = 1.0) -> np.ndarray:
    """The logarithm of the ratio of each n-gram's frequencies in chosen texts and in the others, [n-grams].

    Args:
        present: 1 for each n-gram that a text has, else 0, [n, n-grams].
        chosen: bool [n].
        smoothing: added to the number of texts with an n-gram, of either kind; alpha in the paper.
    """
    inside, outside = (smoothing + np.asarray(present[which].sum(axis=0)).ravel() for which in (chosen, ~chosen))
    return np.log(inside / inside.sum()) - np.log(outside / outside.sum())


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
        present = counts.sign().astype(np.float64)
        self.ratio_ = log_ratios(present, labels == 1, self.smoothing)
        machine = LinearSVC(max_iter=5000).fit(present.multiply(self.ratio_).tocsr(), labels)
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


def learn_ngrams(texts: Sequence[bytes], most: int) -> np.ndarray:
    """The n-grams that LEAST of the texts or more have, of these the `most` that most texts have.

    Returns:
        Their hashes in order, int32 [known], as zoo.text.ngrams.ngrams wants them. Raises UserError where there is none.
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
    """Which of the known n-grams (`learn_ngrams`) each text has: 1 or 0, float32 [n, known]."""
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
    """Numbers from 0 on, in order. Of keys as long as these np.unique makes a hash table, which takes ten times as long."""
    ordered = np.sort(keys)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def ngram_weights(texts: csr_matrix, labels: np.ndarray, classes: int) -> np.ndarray:
    """What each known n-gram says for class 1 of two, or for each of more classes against the others.

    Args:
        texts: from `ngram_presence`, [n, known].
        labels: class numbers, [n].
        classes: their number.

    Returns:
        float16 [known, outputs]: a text's logits are the sum of its n-grams' weights, and a bias. There is 1 output for two
        classes, else one for each. What fewer than LEAST of these texts have says nothing.
    """
    positive = [1] if classes == 2 else range(classes)
    says = np.zeros((texts.shape[1], len(positive)), np.float16)
    often = texts.getnnz(0) >= LEAST
    if often.any():
        says[often] = np.stack([NBSVM().fit(texts[:, often], (labels == y).astype(int)).coef_ for y in positive], 1)
    return says


@dataclass(frozen=True)
class Evidence:
    """The evidence that n-grams give by themselves, which the network takes as an input.

    Args:
        known: the hashes of the known n-grams, int32 [known]; see `learn_ngrams`.
        weights: what each says, float16 [known, outputs].
        scale: of what n-grams of one word say, of two, ..., and of their sums, float32 [LONGEST + 1]: the former then deviate by
            about 1, the latter are logits.
    """

    known: np.ndarray
    weights: np.ndarray
    scale: np.ndarray

    def at_words(self, texts: Sequence[bytes]) -> np.ndarray:
        """The evidence at each word of all texts, float16 [words, LONGEST + 1, outputs]; see `evidence_at_words`."""
        return _scaled(_unscaled(texts, self.known, self.weights)[0], self.scale)


class FittedEvidence(NamedTuple):
    """What comes of labelled texts.

    Args:
        evidence: for other texts.
        word_evidence: that at the words of these texts, shaped as `Evidence.at_words` gives it.
        logits: the logits of these texts without a bias, [n, outputs].
    """

    evidence: Evidence
    word_evidence: np.ndarray
    logits: np.ndarray

    def weighted(self, weight: float) -> "FittedEvidence":
        """The same with logits that are `weight` times as large."""
        by = np.append(np.ones(LONGEST), weight).astype(np.float32)
        evidence = replace(self.evidence, scale=self.evidence.scale * by)
        return FittedEvidence(evidence, _scaled(self.word_evidence, by), self.logits * weight)


def learn(texts: Sequence[bytes], labels: np.ndarray, targets: np.ndarray, seed: int, most: int = MOST_NGRAMS) -> FittedEvidence:
    """Learns from labelled texts what n-grams say.

    Args:
        texts: n texts, 2 of each class at least.
        labels: their class numbers, [n].
        targets: the same as probabilities, [n, outputs].
        most: n-grams that may be known.
        seed: of the folds.

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
    """The same with n-grams that were learned from other texts: only the scales come from these."""
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
    """What the n-grams say at each word, float32, and the number of the word's text; by the text's own table of several."""
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
