import keras
import numpy as np
import tensorflow as tf

from zoo.scratch.losses import softmax_cross_entropy
from zoo.scratch.words import UNKNOWN, Embedding, NextWord, Vocabulary, one_hot

CLOSE = {"rtol": 1e-5, "atol": 1e-5}


def test_the_most_frequent_words_come_first() -> None:
    vocabulary = Vocabulary("bacabda")
    assert vocabulary.words == [UNKNOWN, "a", "b", "c", "d"]
    assert len(vocabulary) == 5


def test_rare_words_share_one_index() -> None:
    vocabulary = Vocabulary("bacabda", most=3)
    np.testing.assert_array_equal(vocabulary.encode(["a", "d", "never seen", "b"]), [1, 0, 0, 2])
    assert vocabulary.decode([1, 0, 2]) == ["a", UNKNOWN, "b"]


def test_a_word_is_one_and_all_others_zero() -> None:
    np.testing.assert_array_equal(one_hot(np.array([[2, 0]]), 3), [[[0, 0, 1], [1, 0, 0]]])


def test_looking_up_a_row_is_the_product_with_a_one_hot_vector() -> None:
    random = np.random.default_rng(0)
    table, indices = random.normal(size=(7, 4)), random.integers(0, 7, (3, 5))
    np.testing.assert_allclose(Embedding(table).forward(indices), one_hot(indices, 7) @ table, rtol=1e-12)


def test_the_embedding_is_that_of_keras() -> None:
    random = np.random.default_rng(1)
    table, indices, by_vectors = random.normal(size=(6, 4)), random.integers(0, 6, (3, 5)), random.normal(size=(3, 5, 4))
    theirs = keras.layers.Embedding(6, 4, dtype="float64")
    theirs.build((3, 5))
    theirs.set_weights([table])
    with tf.GradientTape() as tape:
        outputs = theirs(indices)
    by_table = tf.convert_to_tensor(tape.gradient(outputs, theirs.trainable_variables[0].value, by_vectors))
    ours = Embedding(table)
    np.testing.assert_allclose(ours.forward(indices), outputs, **CLOSE)
    ours.backward(by_vectors)
    np.testing.assert_allclose(ours.gradients[0], by_table, **CLOSE)


def test_the_next_word_network_is_that_of_keras() -> None:
    random = np.random.default_rng(2)
    contexts, following = random.integers(0, 9, (8, 3)), random.integers(0, 9, 8)
    ours = NextWord(words=9, context=3, width=4, hidden=5, seed=0)
    theirs = keras.Sequential(
        [
            keras.Input([3], dtype="int32"),
            keras.layers.Embedding(9, 4, dtype="float64"),
            keras.layers.Flatten(dtype="float64"),
            keras.layers.Dense(5, activation="tanh", dtype="float64"),
            keras.layers.Dense(9, dtype="float64"),
        ]
    )
    theirs.set_weights(ours.parameters)
    with tf.GradientTape() as tape:
        logits = theirs(contexts)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(following, logits))
    wanted = [tf.convert_to_tensor(g) for g in tape.gradient(loss, [v.value for v in theirs.trainable_variables])]
    value, by_logits = softmax_cross_entropy(following, ours.forward(contexts))
    ours.backward(by_logits)
    np.testing.assert_allclose(ours.forward(contexts), logits, **CLOSE)
    np.testing.assert_allclose([value, ours.nats(contexts, following)], loss, **CLOSE)
    np.testing.assert_allclose(ours.probabilities(contexts[3].tolist()), tf.nn.softmax(logits)[3], **CLOSE)
    assert len(ours.gradients) == len(wanted) == 5
    for gradient, expected in zip(ours.gradients, wanted, strict=True):
        np.testing.assert_allclose(gradient, expected, **CLOSE)
