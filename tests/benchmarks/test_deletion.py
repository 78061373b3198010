"""The published model's explanations name the words that decide."""

import numpy as np

import zoo
from apps.demo import REVIEWS
from benchmarks.deletion import drops
from zoo.data import hand_written_reviews


def test_without_the_words_that_decided_the_verdict_weakens_far_more_than_without_random_ones() -> None:
    texts = [*REVIEWS, *(case.text for case in hand_written_reviews.cases())]
    deciding, at_random = drops(zoo.load("sentiment_transformer"), [text.encode() for text in texts], np.random.default_rng(0))
    assert deciding.mean() > 3 * abs(at_random.mean())
    assert deciding.mean() > 0.1
