"""Calibration: a scale and biases for logits, so that predictions of 80 % are right in 80 % of the cases."""

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_softmax, logsumexp

DEVIATION = 5.0  # standard deviation of the prior; wide, since NB-SVM's logits need a scale of about 10


def calibrate(logits: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """The scale and the biases that give the logits of held-out examples the lowest cross-entropy.

    This is temperature scaling with a bias for each output, a kind of Platt scaling (Guo et al. 2017, arXiv 1706.04599). A few
    hundred examples are enough for so few parameters.

    Args:
        logits: [n, outputs]; a single output is the logit of class 1 against class 0.
        targets: the true probabilities, [n, outputs].

    Returns:
        The scale, and the biases float32 [outputs]. The calibrated logits are scale * logits + biases.
    """
    outputs = targets.shape[1]

    def whole(values: np.ndarray, rest: np.ndarray) -> np.ndarray:
        return np.concatenate([rest, values], 1) if outputs == 1 else values

    truth = whole(targets, 1 - targets)

    def cross_entropy(parameters: np.ndarray) -> float:
        calibrated = parameters[0] * logits + parameters[1:]
        return float(-(truth * log_softmax(whole(calibrated, np.zeros_like(targets)), axis=1)).sum(1).mean())

    # A normal prior around scale 1 and biases 0. With few examples it keeps the logits close to what they are.
    start = np.concatenate([np.ones(1), np.zeros(outputs)])
    prior = 1 / (2 * DEVIATION**2 * len(targets))
    found = minimize(lambda p: cross_entropy(p) + prior * float(((p - start) ** 2).sum()), start, method="BFGS").x
    return float(found[0]), found[1:].astype(np.float32)


def temperature_scale(logits: np.ndarray, labels: np.ndarray) -> float:
    """The scale that gives the logits of held-out examples the lowest cross-entropy: temperature scaling, without biases.

    It is for many outputs, for which `calibrate` is slow and would fit a bias each. The scale is between 1/10 and 10.

    Args:
        logits: [n, outputs].
        labels: the true outputs, int [n].
    """
    of_label = logits[np.arange(len(labels)), labels]

    def cross_entropy(log_scale: float) -> float:
        scale = np.float32(np.exp(log_scale))  # a larger type would take all logits with it, which may be many
        return float((logsumexp(scale * logits, axis=1) - scale * of_label).mean())

    return float(np.exp(minimize_scalar(cross_entropy, bounds=(-np.log(10), np.log(10)), method="bounded").x))
