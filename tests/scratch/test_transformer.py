import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.scratch.transformer import Block, LayerNorm, block, gelu, gelu_slope

CLOSE = {"rtol": 1e-5, "atol": 1e-5}
WIDTH, HEADS, HIDDEN = 8, 2, 12


def gradients(function, x: np.ndarray, variables: list, by_outputs: np.ndarray) -> tuple:
    """The outputs of TensorFlow's function of x, and their gradients by x and by the variables."""
    inputs = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = function(inputs)
    return outputs, *tape.gradient(outputs, [inputs, *variables], by_outputs)


def test_gelu_is_that_of_keras() -> None:
    z = np.linspace(-6, 6, 41)
    outputs, by_z = gradients(lambda z: keras.activations.gelu(z, approximate=False), z, [], np.ones(41))
    np.testing.assert_allclose(gelu(z), outputs, **CLOSE)
    np.testing.assert_allclose(gelu_slope(z), by_z, **CLOSE)


def test_the_norm_is_that_of_keras() -> None:
    random = np.random.default_rng(0)
    x, by_outputs = random.normal(3, 5, (2, 4, WIDTH)), random.normal(size=(2, 4, WIDTH))
    ours, theirs = LayerNorm(WIDTH), keras.layers.LayerNormalization(epsilon=1e-5, dtype="float64")
    ours.parameters = [random.normal(size=WIDTH), random.normal(size=WIDTH)]
    theirs.build(x.shape)
    theirs.set_weights(ours.parameters)
    outputs, *wanted = gradients(theirs, x, [v.value for v in theirs.trainable_variables], by_outputs)
    np.testing.assert_allclose(ours.forward(x), outputs, **CLOSE)
    for gradient, expected in zip([ours.backward(by_outputs), *ours.gradients], wanted, strict=True):
        np.testing.assert_allclose(gradient, expected, **CLOSE)


def in_keras(ours: Block, residual: bool, normalise: bool) -> keras.Model:
    """The same block from layers of Keras, with the same weights."""
    add = (lambda x, y: x + y) if residual else (lambda x, y: y)
    names = [{"name": name, "dtype": "float64"} for name in ("norm_1", "attention", "norm_2", "hidden", "output")]
    x = inputs = keras.Input([None, WIDTH], dtype="float64")
    y = keras.layers.LayerNormalization(epsilon=1e-5, **names[0])(x) if normalise else x
    x = add(x, keras.layers.MultiHeadAttention(HEADS, WIDTH // HEADS, **names[1])(y, y))
    y = keras.layers.LayerNormalization(epsilon=1e-5, **names[2])(x) if normalise else x
    y = keras.layers.Dense(HIDDEN, activation="gelu", **names[3])(y)
    model = keras.Model(inputs, add(x, keras.layers.Dense(WIDTH, **names[4])(y)))
    model.set_weights([as_keras(p, w.shape) for p, w in zip(ours.parameters, model.weights, strict=True)])
    return model


def as_keras(ours: np.ndarray, shape: tuple) -> np.ndarray:
    """Keras keeps the kernels of query, key and value as [width, heads, each], not [heads, width, each]."""
    return ours.transpose(1, 0, 2) if tuple(shape) == (WIDTH, HEADS, WIDTH // HEADS) else ours.reshape(shape)


@pytest.mark.parametrize(("residual", "normalise"), [(True, True), (False, True), (True, False)])
def test_a_block_is_that_of_keras(residual: bool, normalise: bool) -> None:
    random = np.random.default_rng(1)
    x, by_outputs = random.normal(size=(2, 5, WIDTH)), random.normal(size=(2, 5, WIDTH))
    ours = block(WIDTH, HEADS, HIDDEN, 0, residual, normalise)
    for parameter in ours.parameters:
        parameter += random.normal(0, 0.1, parameter.shape)  # no bias of 0, no gamma of 1
    theirs = in_keras(ours, residual, normalise)
    outputs, by_x, *wanted = gradients(theirs, x, [v.value for v in theirs.trainable_variables], by_outputs)
    np.testing.assert_allclose(ours.forward(x), outputs, **CLOSE)
    np.testing.assert_allclose(ours.backward(by_outputs), by_x, **CLOSE)
    for gradient, variable, expected in zip(ours.gradients, theirs.trainable_variables, wanted, strict=True):
        ours_there = as_keras(gradient, variable.shape)
        np.testing.assert_allclose(ours_there, np.asarray(expected), err_msg=variable.path, **CLOSE)
