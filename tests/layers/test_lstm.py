"""The fast LSTM layer against Keras' own: outputs, states and gradients, with every option it computes itself."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.lstm import LSTM

N, STEPS, WIDTH, UNITS = 4, 6, 5, 7
MASK = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [0, 0, 1, 1, 0, 1], [0, 0, 0, 0, 0, 0]], bool)


def normal(seed, *shape):
    return tf.constant(np.random.default_rng(seed).normal(size=shape), tf.float32)


def pair(dtype="float32", **options):
    """A fast and a plain layer of the same weights."""
    keras.utils.set_random_seed(1)
    options = {"return_sequences": True, "return_state": True} | options
    fast, plain = LSTM(UNITS, dtype=dtype, **options), keras.layers.LSTM(UNITS, dtype=dtype, **options)
    for layer in (fast, plain):
        layer.build((None, None, WIDTH))
    plain.set_weights([weight + 0.1 for weight in fast.get_weights()])
    fast.set_weights(plain.get_weights())
    return fast, plain


def run(layer, x, training, mask=None, state=None):
    """Outputs, and the gradients by the input, the state and the weights of a sum that weighs all outputs differently."""
    weights = [v.value for v in layer.trainable_variables]

    @tf.function
    def compute():
        with tf.GradientTape() as tape:
            sources = [x, *weights, *(state or [])]
            tape.watch(sources)
            outputs = tf.nest.flatten(layer(x, mask=mask, initial_state=state, training=training))
            whole = tf.add_n(
                [
                    tf.reduce_sum(tf.cast(o, tf.float32) * tf.random.stateless_normal(tf.shape(o), [i, 1]))
                    for i, o in enumerate(outputs)
                ]
            )
        return outputs, tape.gradient(whole, sources)

    return compute()


OPTIONS = {
    "sequences and state": {},
    "last output only": {"return_sequences": False, "return_state": False},
    "backwards": {"go_backwards": True},
    "zeros where masked": {"zero_output_for_mask": True},
}


# (option, masked, from a state): each option with and without both, and each of both without the other.
CASES = [(name, both, both) for name in OPTIONS for both in (False, True)]
CASES += [("sequences and state", True, False), ("sequences and state", False, True)]


@pytest.mark.slow
@pytest.mark.parametrize(("option", "masked", "started"), CASES)
def test_outputs_and_gradients_are_those_of_keras(option, masked, started):
    fast, plain = pair(**OPTIONS[option])
    x, state = normal(1, N, STEPS, WIDTH), [normal(2, N, UNITS), normal(3, N, UNITS)] if started else None
    mask = tf.constant(MASK) if masked else None
    (mine, my_gradients), (theirs, their_gradients) = (run(layer, x, True, mask, state) for layer in (fast, plain))
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    for a, b in zip(my_gradients, their_gradients, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
    for a, b in zip(tf.nest.flatten(fast(x, mask=mask, initial_state=state, training=False)), theirs, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("steps", [1, 2, 40])
def test_any_number_of_steps(steps):
    x = normal(4, N, steps, WIDTH)
    for a, b in zip(*(run(layer, x, True)[1] for layer in pair()), strict=True):
        np.testing.assert_allclose(a, b, atol=5e-5)


@pytest.mark.slow
def test_dropout_of_the_inputs_is_that_of_keras():
    fast, plain = pair(dropout=0.5, seed=3)
    x = normal(5, N, STEPS, WIDTH)
    mine, theirs = run(fast, x, True), run(plain, x, True)
    np.testing.assert_allclose(mine[0][0], theirs[0][0], atol=1e-6)
    assert np.abs(mine[0][0] - run(fast, x, False)[0][0]).max() > 0.01
    np.testing.assert_allclose(mine[1][1], theirs[1][1], atol=1e-5)


@pytest.mark.slow
def test_dropout_of_the_recurrent_weights_drops_other_ones_in_each_step():
    layer = LSTM(UNITS, 0.5, return_sequences=True, seed=3)
    x = normal(0, N, STEPS, WIDTH)
    layer.build(x.shape)
    plain = keras.layers.LSTM(UNITS, return_sequences=True)
    plain.build(x.shape)
    plain.set_weights(layer.get_weights())
    np.testing.assert_allclose(layer(x, training=False), plain(x, training=False), atol=1e-6)
    kept = []
    for _ in range(20):
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(layer(x, training=True) ** 2)
        kept.append(tape.gradient(total, layer.cell.recurrent_kernel.value).numpy() != 0)
    assert np.mean(kept) == pytest.approx(0.5, abs=0.05)  # what was dropped has no gradient
    assert not np.array_equal(kept[0], kept[1])
    assert LSTM.from_config(layer.get_config()).weight_dropout == 0.5


def test_dropout_of_the_recurrent_weights_needs_the_fast_loop():
    with pytest.raises(ValueError, match="weight_dropout needs Keras' default activations"):
        LSTM(UNITS, 0.5, activation="relu")


@pytest.mark.slow
@pytest.mark.parametrize("options", [{"recurrent_dropout": 0.5, "seed": 3}, {"activation": "relu"}, {"use_bias": False}])
def test_what_it_does_not_compute_itself_is_left_to_keras(options):
    fast, plain = pair(**options)
    x = normal(6, N, STEPS, WIDTH)
    np.testing.assert_allclose(run(fast, x, True)[0][0], run(plain, x, True)[0][0], atol=1e-6)


@pytest.mark.slow
def test_bfloat16_is_closer_to_float32_than_keras_is():
    x = normal(7, 32, 50, WIDTH)
    exact = run(pair()[0], x, True)
    fast, plain = (run(layer, x, True) for layer in pair("mixed_bfloat16"))
    assert fast[0][0].dtype == tf.bfloat16

    def error(results):
        return [
            np.linalg.norm(np.float32(a) - np.float32(b)) / np.linalg.norm(np.float32(b))
            for a, b in zip([results[0][0], *results[1]], [exact[0][0], *exact[1]], strict=True)
        ]

    assert max(error(fast)) < 0.02
    assert np.mean(error(fast)) < np.mean(error(plain))


def test_one_step_of_the_cell_goes_on_where_the_sequence_ends():
    fast, _ = pair()
    x = normal(8, N, STEPS, WIDTH)
    state = [tf.zeros([N, UNITS]), tf.zeros([N, UNITS])]
    for step in range(STEPS):
        h, state = fast.cell(x[:, step], state)
    np.testing.assert_allclose(h, fast(x)[0][:, -1], atol=1e-6)


@pytest.mark.slow
def test_a_stack_in_a_saved_model_loads_as_plain_tensorflow(tmp_path):
    inputs = keras.Input([None, WIDTH])
    model = keras.Model(inputs, LSTM(UNITS)(LSTM(UNITS, return_sequences=True)(inputs)))
    model.export(tmp_path, verbose=False)
    x, loaded = normal(9, N, STEPS, WIDTH), tf.saved_model.load(tmp_path)
    np.testing.assert_allclose(loaded.serve(x), model(x), atol=1e-6)
    again = keras.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(again(x), model(x), atol=1e-6)
