import numpy as np
import tensorflow as tf

from zoo.tables.output import Output, loss, predictions

Z = np.array([[0.5], [-2.0], [0.0]], np.float32)


def test_two_classes_are_a_sigmoid_unit() -> None:
    output = Output(2)
    np.testing.assert_allclose(predictions(output, Z)["probability"], 1 / (1 + np.exp(-Z[:, 0])), rtol=1e-6)
    expected = [-np.log(1 / (1 + np.exp(-0.5))), -np.log(1 - 1 / (1 + np.exp(2))), np.log(2)]
    np.testing.assert_allclose(loss(output)(tf.constant([1, 0, 1], tf.int64), Z), expected, rtol=1e-5)


def test_more_classes_are_a_softmax() -> None:
    output = Output(3)
    z = np.array([[1, 2, 3], [0, 0, 0]], np.float32)
    probabilities = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    np.testing.assert_allclose(predictions(output, z)["probabilities"], probabilities, rtol=1e-6)
    losses = loss(output)(tf.constant([2, 0], tf.int64), z)
    np.testing.assert_allclose(losses, -np.log(probabilities[[0, 1], [2, 0]]), rtol=1e-5)
    assert output.units == 3


def test_a_number_is_in_the_target_s_own_unit() -> None:
    output = Output(0, mean=100.0, deviation=20.0)
    np.testing.assert_allclose(predictions(output, Z)["value"], [110, 60, 100])
    np.testing.assert_allclose(loss(output)(tf.constant([110.0, 100.0, 80.0]), Z), [0, 2, 0.5], atol=1e-6)
