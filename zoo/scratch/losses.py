"""Losses, each with its gradient: how wrong a network's outputs are, and which way they should move.

Every function gives the empirical loss, the mean over n examples, and its gradient with respect to the outputs.
"""

import numpy as np

from zoo.scratch.activations import sigmoid, softmax


def mean_squared_error(y: np.ndarray, outputs: np.ndarray) -> tuple[float, np.ndarray]:
    """mean((outputs - y)^2), for numbers.

    Args:
        y: [n, d], the truth.
        outputs: [n, d].

    Returns:
        The loss, and its gradient [n, d]: 2 (outputs - y) / (n d).
    """
    difference = outputs - y
    return float((difference**2).mean()), 2 * difference / difference.size


def binary_cross_entropy(y: np.ndarray, logits: np.ndarray) -> tuple[float, np.ndarray]:
    """-mean(y log p + (1 - y) log(1 - p)) with p = sigmoid(logit), in nats, for a yes or no.

    Args:
        y: [n, 1], 0 or 1.
        logits: [n, 1].

    Returns:
        The loss, and its gradient [n, 1]: (p - y) / n, since the slope of the sigmoid cancels.
    """
    # log(1 + exp(z)) - y z is the same value, and finite for every z.
    loss = np.logaddexp(0, logits) - y * logits
    return float(loss.mean()), (sigmoid(logits) - y) / y.size


def softmax_cross_entropy(labels: np.ndarray, logits: np.ndarray) -> tuple[float, np.ndarray]:
    """-mean(log p[label]) with p = softmax(logits), in nats, for one of several classes.

    Args:
        labels: [n], whole numbers from 0.
        logits: [n, classes].

    Returns:
        The loss, and its gradient [n, classes]: (p - one-hot label) / n.
    """
    rows = np.arange(len(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    gradient = softmax(logits)
    gradient[rows, labels] -= 1
    return float(-log_p[rows, labels].mean()), gradient / len(labels)
