"""The weights of pixels: they add up to the score, follow a linear network exactly, and leave paper at 0."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.digits import attribution, network


@pytest.fixture(scope="module")
def small() -> keras.Model:
    """A small network with random weights and biases."""
    keras.utils.set_random_seed(0)
    model = network.build(network.Config(units=(32, 16)))
    for weights in model.weights:
        if weights.name == "bias":
            weights.assign(np.random.default_rng(0).normal(size=weights.shape))
    return model


def score(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return attribution.log_odds(model(images.astype(np.float32)), labels).numpy()


def test_the_weights_add_up_to_the_score_less_that_of_black(small: keras.Model, digits: np.ndarray) -> None:
    images, labels = digits[:10], np.arange(10)
    weights = attribution.of(small)(images, labels).numpy()
    expected = score(small, images, labels) - score(small, np.zeros_like(images), labels)
    np.testing.assert_allclose(weights.sum((1, 2)), expected, atol=0.05)
    assert not weights[images == 0].any()


def test_the_log_odds_are_those_of_the_softmax() -> None:
    logits = np.random.default_rng(0).normal(size=(4, 10)).astype(np.float32)
    labels = np.array([0, 3, 9, 3])
    p = (np.exp(logits) / np.exp(logits).sum(1, keepdims=True))[np.arange(4), labels]
    np.testing.assert_allclose(attribution.log_odds(tf.constant(logits), labels), np.log(p / (1 - p)), rtol=1e-5)


@pytest.mark.pretrained
def test_without_its_weightiest_ink_a_digit_is_less_probable(reader: Any, digits: np.ndarray) -> None:
    images = digits[:10]
    weights = reader.decided(images)
    bound = np.quantile(weights, 0.97, axis=(1, 2), keepdims=True)
    before = reader.predict(images)
    after = reader.predict(np.where(weights >= bound, 0, images).astype(np.uint8))
    chosen = np.arange(10), before.argmax(1)
    assert (after[chosen] < before[chosen]).all()
    np.testing.assert_array_equal(reader.decided(images, before.argmax(1)), weights)
