"""Logits as probabilities that are right as often as they say."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

DEVIATION = 5.0  # of the prior: NB-SVM's logits want a factor of about 10


def calibrate(logits: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """The scale and the biases with which logits of held-out examples have the lowest cross-entropy.

    Temperature scaling with a bias for each output (Guo et al. 2017, arXiv 1706.04599, where it is one of the kinds of Platt
    scaling). So few numbers can be chosen well on a few hundred examples.

    Args:
        logits: [n, outputs].
        targets: the true probabilities, [n, outputs].

    Returns:
        The scale and biases float32 [outputs]: the calibrated logits are scale * logits + biases. Of one output only, the logits
        are those of class 1 against 0.
    """
    outputs = targets.shape[1]

    def whole(values: np.ndarray, rest: np.ndarray) -> np.ndarray:
        return np.concatenate([rest, values], 1) if outputs == 1 else values

    truth = whole(targets, 1 - targets)

    def cross_entropy(parameters: np.ndarray) -> float:
        calibrated = parameters[0] * logits + parameters[1:]
        return float(-(truth * log_softmax(whole(calibrated, np.zeros_like(targets)), axis=1)).sum(1).mean())

    # From the logits as they are on, and the fewer examples there are, the nearer to them: a normal prior.
    start = np.concatenate([np.ones(1), np.zeros(outputs)])
    prior = 1 / (2 * DEVIATION**2 * len(targets))
    found = minimize(lambda p: cross_entropy(p) + prior * float(((p - start) ** 2).sum()), start, method="BFGS").x
    return float(found[0]), found[1:].astype(np.float32)
