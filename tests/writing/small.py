"""A small network with random weights, and what it says by plain computation."""

import numpy as np
import tensorflow as tf

from zoo.writing.graph import START
from zoo.writing.network import Config, WritingLSTM

SMALL = Config(byte_width=8, ngrams=(2, 4), ngram_rows=64, ngram_width=4, units=16, heads=2, head_width=4, memory=400)


def network(likely: str = "", seed: int = 0) -> WritingLSTM:
    """With random weights, so that nothing is zero by chance; all bytes but those of `likely` are impossible."""
    model, random = WritingLSTM(SMALL), np.random.default_rng(seed)
    for variable in model.weights:
        variable.assign(random.normal(0, 0.5, variable.shape))
    if likely:
        rare = np.setdiff1d(np.arange(256), list(likely.encode()))
        bias = np.where(np.isin(np.arange(256), rare), -200.0, 0.0)
        bias[ord(" ")] -= 4  # blanks in a row are rare
        model.logits.bias.assign(bias.astype(np.float32))
    return model


def log_probabilities(model: WritingLSTM, content: bytes) -> np.ndarray:
    """The log-probabilities of the byte at each place of a text and of the one after it, [t + 1, 256]."""
    ids = tf.constant([[START, *content]], tf.int32)
    return tf.nn.log_softmax(model(ids)[0].numpy().astype(np.float64)).numpy()
