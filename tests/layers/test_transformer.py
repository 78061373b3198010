"""The quick layers of the transformer against Keras' own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.transformer import GeluDense, LayerNormalization, SelfAttention

pytestmark = pytest.mark.slow

N, LENGTH, WIDTH, HEADS = 3, 6, 8, 2
MASK = tf.sequence_mask([6, 3, 1], LENGTH)


def pairs(dtype="float32"):
    keras.utils.set_random_seed(1)
    layers = keras.layers
    return {
        "norm": (LayerNormalization(epsilon=1e-5, dtype=dtype), layers.LayerNormalization(epsilon=1e-5, dtype=dtype), False),
        "gelu": (GeluDense(5, dtype=dtype), layers.Dense(5, activation="gelu", dtype=dtype), False),
        "attention": (
            SelfAttention(HEADS, dtype=dtype),
            layers.MultiHeadAttention(HEADS, WIDTH // HEADS, dtype=dtype),
            True,
        ),
    }


def run(layer, masked, x, training):
    def call():
        if not masked:
            return layer(x, training=training) if training is not None else layer(x)
        if training is None:
            return layer(x, x, attention_mask=MASK[:, None, :])
        return layer(x, MASK, training=training)

    @tf.function
    def compute():
        weights = [v.value for v in layer.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch([x, *weights])
            y = call()
            # Where no token is, nobody reads the result.
            seen = tf.cast(y, tf.float32) * tf.cast(MASK, tf.float32)[..., None]
            whole = tf.reduce_sum(seen * tf.random.stateless_normal(seen.shape, [1, 2]))
        return seen, tape.gradient(whole, [x, *weights])

    return compute()


@pytest.mark.parametrize("name", ["norm", "gelu", "attention"])
def test_outputs_and_gradients_are_those_of_keras(name):
    mine, theirs, masked = pairs()[name]
    x = tf.random.stateless_normal([N, LENGTH, WIDTH], [0, 1])
    run(mine, masked, x, True), run(theirs, masked, x, None)  # builds them
    random = np.random.default_rng(0)
    theirs.set_weights([random.normal(size=weight.shape) for weight in theirs.get_weights()])
    mine.set_weights(theirs.get_weights())
    expected, expected_gradients = run(theirs, masked, x, None)
    for training in (True, False):
        got, gradients = run(mine, masked, x, training)
        np.testing.assert_allclose(got, expected, atol=1e-5)
        for a, b in zip(gradients, expected_gradients, strict=True):
            np.testing.assert_allclose(a, b, atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("name", ["norm", "gelu", "attention"])
def test_bfloat16_stays_near_float32(name):
    exact, half = pairs()[name], pairs("mixed_bfloat16")[name]
    x = tf.random.stateless_normal([N, LENGTH, WIDTH], [0, 1])
    run(exact[0], exact[2], x, True), run(half[0], half[2], x, True)
    half[0].set_weights(exact[0].get_weights())
    (value, gradients), (rounded, rounded_gradients) = (run(layer, masked, x, True) for layer, _, masked in (exact, half))
    assert np.linalg.norm(rounded - value) < 0.02 * np.linalg.norm(value)
    for a, b in zip(rounded_gradients, gradients, strict=True):
        assert np.linalg.norm(a - b) <= 0.05 * np.linalg.norm(b) + 5e-3


def test_the_layers_export_as_plain_tensorflow(tmp_path):
    tokens, mask = keras.Input([None, WIDTH]), keras.Input([None], dtype="bool")
    x = GeluDense(5)(LayerNormalization()(SelfAttention(HEADS)(tokens, mask)))
    model = keras.Model([tokens, mask], x)
    model.export(tmp_path, verbose=False)
    x, loaded = tf.random.stateless_normal([N, LENGTH, WIDTH], [0, 1]), tf.saved_model.load(tmp_path)
    np.testing.assert_allclose(loaded.serve([x, MASK]), model([x, MASK]), atol=1e-6)
    again = keras.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(again([x, MASK]), model([x, MASK]), atol=1e-6)
