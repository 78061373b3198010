"""A linear classifier of a pretrained network's vectors, from which fine-tuning starts.

A head that starts with zeros is wrong at first. Its gradients then change the layers below it, and these lose much of what they
learned in pretraining. A head that is fitted before fine-tuning leaves them in place (Kumar et al. 2022, arXiv 2202.10054).
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_expit, log_softmax

# The inverse of the penalty, as scikit-learn's C. Chosen on IMDB's validation split, see docs/sentiment.md.
INVERSE_PENALTY = 0.01


class Probe(NamedTuple):
    """The logits are vectors @ kernel + bias + evidence_weight * evidence.

    Args:
        kernel: float32 [width, outputs].
        bias: float32 [outputs].
        evidence_weight: the factor of the evidence.
    """

    kernel: np.ndarray
    bias: np.ndarray
    evidence_weight: float


def fit(vectors: np.ndarray, evidence: np.ndarray, targets: np.ndarray) -> Probe:
    """Logistic regression with a quadratic penalty, by L-BFGS.

    Args:
        vectors: of n texts, [n, width]. They are standardised first, so that the penalty treats all their numbers alike.
        evidence: logits of the same texts from another classifier, [n, outputs].
        targets: the true probabilities, [n, outputs]; with one output those of class 1.
    """
    (n, width), outputs = vectors.shape, targets.shape[1]
    mean, deviation = vectors.mean(0), vectors.std(0)
    deviation = np.where(deviation > 0, deviation, 1)
    z = (vectors - mean) / deviation
    penalty = 1 / (INVERSE_PENALTY * n)

    def parts(parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        *rest, evidence_weight = parameters
        weights = np.reshape(rest, [width + 1, outputs])
        return weights[:-1], weights[-1], evidence_weight

    def objective(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        kernel, bias, evidence_weight = parts(parameters)
        logits = z @ kernel + bias + evidence_weight * evidence
        if outputs == 1:
            cross_entropy = -(targets * log_expit(logits) + (1 - targets) * log_expit(-logits)).sum()
            error = expit(logits) - targets
        else:
            log_probabilities = log_softmax(logits, axis=1)
            cross_entropy = -(targets * log_probabilities).sum()
            error = np.exp(log_probabilities) - targets
        # The penalty draws the weight of the evidence towards 1, the other weights towards 0: of few texts it decides.
        value = cross_entropy / n + penalty / 2 * ((kernel**2).sum() + (evidence_weight - 1) ** 2)
        by_kernel, by_bias = z.T @ error / n + penalty * kernel, error.mean(0)
        by_evidence_weight = (error * evidence).sum() / n + penalty * (evidence_weight - 1)
        return value, np.concatenate([by_kernel.ravel(), by_bias, [by_evidence_weight]])

    start = np.append(np.zeros((width + 1) * outputs), 1.0)
    kernel, bias, evidence_weight = parts(minimize(objective, start, jac=True, method="L-BFGS-B").x)
    kernel = kernel / deviation[:, None]
    return Probe(kernel.astype(np.float32), (bias - mean @ kernel).astype(np.float32), float(evidence_weight))
