import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import make_blobs
from sklearn.linear_model import Perceptron

from zoo.scratch.perceptron import perceptron, sigmoid_unit


@pytest.fixture(scope="module")
def blobs() -> tuple[np.ndarray, np.ndarray]:
    x, y = make_blobs(60, centers=[[1, 3], [3, 1]], cluster_std=1.0, random_state=0)
    first = int(np.argmax(y == 1))  # scikit-learn's also corrects a sum of exactly 0, which is 0 for the first example alone
    order = [first, *(i for i in range(60) if i != first)]
    return x[order], y[order].astype(float)


def test_the_perceptron_learns_what_scikit_learns_does(blobs: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = blobs
    unit = perceptron(2)
    for _ in range(5):
        for example, label in zip(x, y, strict=True):
            unit.learn(example, label)
    theirs = Perceptron(max_iter=5, tol=None, shuffle=False).fit(x, y)
    np.testing.assert_allclose(unit.weights, theirs.coef_[0], rtol=1e-9)
    assert unit.bias == pytest.approx(theirs.intercept_[0])
    assert unit.mistakes(x, y) == (theirs.predict(x) != y).sum()


def test_a_correction_is_made_by_hand() -> None:
    unit = perceptron(2)
    assert unit.learn(np.array([2.0, -1.0]), 1.0) == 1
    np.testing.assert_array_equal([*unit.weights, unit.bias], [2, -1, 1])
    assert unit.learn(np.array([2.0, -1.0]), 1.0) == 0  # right now: nothing changes
    assert unit.learn(np.array([1.0, 1.0]), 0.0) == -1
    np.testing.assert_array_equal([*unit.weights, unit.bias], [1, -2, 0])
    np.testing.assert_array_equal(unit.output(np.array([[3.0, 1.0], [1.0, 1.0]])), [1, 0])


def test_the_sigmoid_unit_takes_keras_steps_on_the_cross_entropy(blobs: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = blobs
    unit, layer = sigmoid_unit(2, rate=0.3), keras.layers.Dense(1, "sigmoid", kernel_initializer="zeros", dtype="float64")
    layer.build((None, 2))
    optimizer = keras.optimizers.SGD(0.3)
    for example, label in zip(x[:20], y[:20], strict=True):
        unit.learn(example, label)
        with tf.GradientTape() as tape:
            loss = keras.losses.binary_crossentropy([[label]], layer(example[np.newaxis]))
        optimizer.apply(tape.gradient(loss, layer.trainable_variables), layer.trainable_variables)
    kernel, bias = (variable.numpy() for variable in layer.trainable_variables)
    np.testing.assert_allclose(unit.weights, kernel[:, 0], rtol=1e-5)
    assert unit.bias == pytest.approx(bias[0], rel=1e-5)
    np.testing.assert_allclose(unit.output(x), layer(x)[:, 0], rtol=1e-5)
