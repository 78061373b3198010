"""The inputs of the inference contenders."""

import numpy as np
import tensorflow as tf

from benchmarks import inference
from benchmarks.workloads import REVIEW
from zoo.text.words import split


def test_each_review_has_as_many_tokens_as_it_should() -> None:
    texts = inference.raw_inputs("sentiment_transformer", 3)
    assert len(set(texts)) == 3
    assert split(tf.constant(texts)).row_lengths().numpy().tolist() == [REVIEW] * 3


def test_digits_are_images() -> None:
    images = inference.raw_inputs("digits_mlp", 4)
    assert images.dtype == np.uint8
    assert images.shape == (4, 28, 28)
