import numpy as np
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from zoo.text import masked_words
from zoo.text.masked_words import SHARE, mask_words
from zoo.text.words import MASK, RESERVED

SIZE, TARGETS, HIDDEN = 40, 30, RESERVED.index(MASK)


def weight() -> np.ndarray:
    return masked_words.weights(np.arange(SIZE), TARGETS, SIZE)


def test_frequent_words_are_hidden_less_often_and_rare_ones_never() -> None:
    words = np.repeat([3, 4, 5, 39], [10_000, 100, 1, 5])
    found = masked_words.weights(words, TARGETS, SIZE)
    share = 10_000 / len(words)
    np.testing.assert_allclose(found[3], (masked_words.FREQUENT / share) ** 0.5, rtol=1e-5)
    assert found[5] == 1
    assert found[3] < found[4] < found[5]
    assert (found[: len(RESERVED)] == 0).all()
    assert found[39] == 0  # no target


@given(st.lists(st.integers(0, 32), min_size=1, max_size=6), st.integers(0, 2**31 - 1))
def test_a_share_of_each_window_is_hidden_and_can_be_found_again(lengths: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    words = np.zeros((len(lengths), 32), np.int32)
    for row, length in zip(words, lengths, strict=True):
        row[:length] = random.integers(1, SIZE, length)
    inputs, hidden, counts = mask_words(tf.constant(words), tf.constant(weight()), TARGETS, tf.constant([seed, 1]))
    shown, at, hidden, counts = inputs["word"].numpy(), inputs["at"].numpy(), hidden.numpy(), counts.numpy()
    can = ((words >= len(RESERVED)) & (words < TARGETS)).sum(1)
    np.testing.assert_array_equal(counts.sum(1), np.minimum(np.round(SHARE * np.array(lengths)), can))
    restored = shown.copy()
    for row in range(len(words)):
        chosen = counts[row] == 1
        assert len(set(at[row][chosen])) == chosen.sum()
        restored[row, at[row][chosen]] = hidden[row][chosen]
    np.testing.assert_array_equal(restored, words)  # nothing else was changed
    assert ((shown != 0) == (words != 0)).all()


def test_most_chosen_words_become_the_mask_and_the_same_seed_masks_the_same() -> None:
    words = np.random.default_rng(0).integers(3, TARGETS, (200, 64)).astype(np.int32)
    one, again, other = (mask_words(tf.constant(words), tf.constant(weight()), TARGETS, tf.constant([1, s])) for s in (5, 5, 6))
    np.testing.assert_array_equal(one[0]["word"], again[0]["word"])
    assert not np.array_equal(one[0]["at"], other[0]["at"])
    shown = tf.gather(one[0]["word"], one[0]["at"], batch_dims=1).numpy()
    assert abs((shown == HIDDEN).mean() - masked_words.MASKED) < 0.03
    kept = (shown == one[1].numpy()).mean()
    assert abs(kept - (1 - masked_words.MASKED - masked_words.REPLACED)) < 0.03
