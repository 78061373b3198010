"""The published model's explanations name the words that decide."""

import re

import numpy as np
import pytest

import zoo
from apps.sentiment_demo import REVIEWS
from benchmarks.deletion import drops, named, sentences
from zoo.sentiment import hand_written_reviews

pytestmark = pytest.mark.pretrained


@pytest.mark.slow
def test_without_the_words_that_decided_the_verdict_weakens_far_more_than_without_random_ones() -> None:
    texts = [*REVIEWS, *(case.text for case in hand_written_reviews.cases())]
    deciding, at_random = drops(zoo.load("sentiment_transformer"), [text.encode() for text in texts], np.random.default_rng(0))
    assert deciding.mean() > 3 * abs(at_random.mean())
    assert deciding.mean() > 0.1


def test_the_words_with_the_largest_weights_are_those_that_tell_an_opinion() -> None:
    marked = sentences()
    assert all(each.opinion <= set(re.findall(r"[a-z']+", each.text.lower())) for each in marked)
    assert named(zoo.load("sentiment_transformer"), marked).mean() >= 0.75
